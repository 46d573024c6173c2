"""Lookups by text: `author__name__icontains="ada"`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import _engine, registry
from .exceptions import FieldError
from .expressions import Expr, _compare, _match, _one_of, operand, wrap
from .paths import RelatedRows, RelationPath, member

if TYPE_CHECKING:
    from .scope import Scope

Operator = Callable[[Expr[Any], Any], Expr[bool]]


def _null(negated: bool) -> Operator:
    return lambda it, value: it.is_not_null() if bool(value) is negated else it.is_null()


def _range(it: Expr[Any], value: Any) -> Expr[bool]:
    low, high = value
    return it.between(low, high)


def _text(kind: str, ignore_case: bool) -> Operator:
    return lambda it, value: _match(it, kind, value, ignore_case)


def _date(it: Expr[Any], value: Any) -> Expr[bool]:
    return _compare(it.cast(dt.date), "=", value)


def _part(part: str) -> Operator:
    return lambda it, value: _compare(
        wrap(_engine.call(f"extract_{part}", [it._node])), "=", value
    )


OPERATORS: dict[str, Operator] = {
    "exact": lambda it, value: _compare(it, "=", value),
    "not": lambda it, value: ~_compare(it, "=", value),
    "gt": lambda it, value: _compare(it, ">", value),
    "gte": lambda it, value: _compare(it, ">=", value),
    "lt": lambda it, value: _compare(it, "<", value),
    "lte": lambda it, value: _compare(it, "<=", value),
    "in": _one_of,
    "not_in": lambda it, value: ~_one_of(it, value),
    "range": _range,
    "isnull": _null(False),
    "not_isnull": _null(True),
    "contains": _text("contains", False),
    "icontains": _text("contains", True),
    "startswith": _text("startswith", False),
    "istartswith": _text("startswith", True),
    "endswith": _text("endswith", False),
    "iendswith": _text("endswith", True),
    "iexact": _text("exact", True),
    "date": _date,
    **{
        part: _part(part)
        for part in (
            "year", "quarter", "month", "week", "day", "hour", "minute", "second", "microsecond",
        )
    },
}


def conditions(scope: Scope, lookups: dict[str, Any]) -> list[_engine.Node]:
    """The conditions of one call."""
    return [_condition(scope, name, value)._node for name, value in lookups.items()]


def expression(scope: Scope, name: str) -> Expr[Any]:
    """The annotation or column of a name."""
    found, rest = _walk(scope, name.split("__"))
    if isinstance(found, RelatedRows):
        raise FieldError(f"{found!r} leads to any number of rows, so {name!r} is no single value")
    if rest:
        raise FieldError(f"{name!r}: {rest[0]!r} is no field")
    return found if isinstance(found, Expr) else wrap(operand(found))


def path(scope: Scope, name: str) -> tuple[Any, list[str]]:
    """What a text leads to, and what is left of it: a column, or a relation to many rows."""
    return _walk(scope, name.split("__"))


def _walk(scope: Scope, parts: list[str]) -> tuple[Any, list[str]]:
    annotation = scope.annotations.get(parts[0])
    if annotation is not None:
        return annotation, parts[1:]
    place: Any = _member(scope.model, (), scope.model, parts[0])
    for at, part in enumerate(parts[1:], 1):
        if not isinstance(place, RelationPath) or part in OPERATORS:
            return place, parts[at:]
        place = _member(place._root, place._path, place._model, part)
    return place, []


def _member(root: Any, way: tuple[str, ...], model: Any, name: str) -> Any:
    try:
        return member(root, way, model, name)
    except AttributeError as error:
        raise FieldError(str(error)) from None


def _condition(scope: Scope, name: str, value: Any) -> Expr[bool]:
    place, rest = _walk(scope, name.split("__"))
    if isinstance(place, RelatedRows):
        return _related(place, rest, value)
    operator = OPERATORS["exact"]
    if rest:
        if rest[0] not in OPERATORS or len(rest) > 1:
            raise FieldError(
                f"{name!r}: there is no lookup {'__'.join(rest)!r}"
                f"{registry.nearest(rest[0], OPERATORS)}"
            )
        operator = OPERATORS[rest[0]]
    if isinstance(place, RelationPath):
        return _by_relation(place, rest, value, operator)
    if hasattr(value, "__yara_q__") or isinstance(value, Expr):
        value = scope.settled(value)
    select = getattr(type(value), "__yara_select__", None)
    if select is not None and operator is not _one_of and rest[:1] not in (["in"], ["not_in"]):
        value = scope.settled(value)
    return operator(place, value)


def _by_relation(
    place: RelationPath, rest: list[str], value: Any, operator: Operator
) -> Expr[bool]:
    if not rest or rest[0] in ("exact", "not"):
        found: Expr[bool] = place == value
        return ~found if rest[:1] == ["not"] else found
    return operator(place._only_column(), value)


def _related(place: RelatedRows, rest: list[str], value: Any) -> Expr[bool]:
    if not rest or rest[0] in OPERATORS:
        if rest[:1] in (["isnull"], ["not_isnull"]):
            empty = bool(value) is (rest[0] == "isnull")
            return place.none() if empty else place.any()
        return place.any(**{"__".join(["pk", *rest]): value})
    return place.any(**{"__".join(rest): value})
