"""Aggregates: over the rows of a query, of its groups, or of a relation. A text names a field, a path,
or a relation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

from . import _engine
from .exceptions import FieldError
from .expressions import Deferred, Expr, RelationSet, function, kind_of, operand, wrap
from .paths import RelatedRows, RelationPath
from .shown import arguments as said
from .shown import named, shown
from .values import Value

if TYPE_CHECKING:
    from .expressions import Order

T = TypeVar("T")
U = TypeVar("U")


class Aggregate(Deferred):
    """An aggregate over the rows of a query, of its groups, or of a relation to many rows.

    `distinct` takes each value once, `_filter` only the rows of which a condition is true, and
    `order_by` says in which order values are collected. It has a value for each row by `.over(…)`.
    """

    __slots__ = ()

    def __init__(
        self,
        name: str,
        argument: Any,
        distinct: bool = False,
        _filter: Any = None,
        separator: str | None = None,
        order_by: Any = (),
    ) -> None:
        given = [] if isinstance(argument, str) and argument == "*" else [named(argument)]
        order = several(order_by) or None
        options = {"distinct": distinct or None, "_filter": _filter, "order_by": order}
        super().__init__(
            lambda scope: _aggregate(scope, name, argument, distinct, _filter, separator, order_by),
            f"{type(self).__name__}({said(given, **options)})",
        )


def _aggregate(
    scope: Any,
    name: str,
    argument: Any,
    distinct: bool,
    where: Any,
    separator: str | None,
    order_by: Any,
) -> Expr[Any]:
    rest: list[str] = []
    if isinstance(argument, str) and argument == "*":
        argument = None
    elif isinstance(argument, str):
        argument, rest = scope.place(argument)
    if isinstance(argument, RelatedRows):
        return _over_relation(argument, rest, name, distinct, where, separator, order_by)
    if isinstance(argument, (RelationSet, RelationPath)):
        argument = wrap(operand(argument))
    elif isinstance(argument, Value) or hasattr(argument, "__yara_q__"):
        argument = scope.settled(argument)
    if rest:
        raise FieldError(f"{rest[0]!r} is no field")
    condition = None if where is None else scope.settled(where)._node
    node = None if argument is None else operand(argument)
    orders = _orders(scope, order_by)
    return wrap(_engine.aggregate(name, node, distinct, condition, separator, orders))


def _orders(scope: Any, order_by: Any) -> list[tuple[_engine.Node, bool, str | None]]:
    orders: list[tuple[_engine.Node, bool, str | None]] = scope.orders(several(order_by))
    return orders


def several(given: Any) -> tuple[Any, ...]:
    """One thing, or a list of them."""
    return tuple(given) if isinstance(given, (list, tuple)) else (given,)


def _over_relation(
    rows: RelatedRows,
    rest: list[str],
    name: str,
    distinct: bool,
    where: Any,
    separator: str | None,
    order_by: Any,
) -> Expr[Any]:
    """An aggregate over the rows of a relation: a subquery, which multiplies nothing."""
    scope = rows._target._meta.scope()
    if rest:
        further = scope.place("__".join(rest))[0]
        if isinstance(further, RelatedRows):
            return _over_further(rows, further, rest, name, distinct, where)
    conditions = () if where is None else (_inward(where, rows),)
    if name == "count" and not rest and not distinct:
        return rows._ask("count", None, conditions, {})
    argument = scope.expression("__".join(rest) if rest else "pk")
    orders = _orders(scope, order_by)
    aggregate = _engine.aggregate(name, argument._node, distinct, None, separator, orders)
    return rows._ask("aggregate", wrap(aggregate), conditions, {})


#: What the rows of a relation give, of what each of them gives of a relation further away.
_TOGETHER = {"count": "sum", "sum": "sum", "min": "min", "max": "max"}


def _over_further(
    rows: RelatedRows,
    further: RelatedRows,
    rest: list[str],
    name: str,
    distinct: bool,
    where: Any,
) -> Expr[Any]:
    """An aggregate over the rows that are related to related rows, such as the tags of an author's
    books: one that was reached in two ways is there twice."""
    path = "__".join((*rows._path, *rest))
    if name not in _TOGETHER or (distinct and name in ("count", "sum")):
        raise FieldError(
            f"{path!r} leads over several relations to many rows, of which "
            f"{name}{' distinct' if distinct else ''} cannot be told from what each of "
            f"{rows!r} gives; ask {further._target.__name__} by a query of its own"
        )
    near, far = (None, None) if where is None else _divided(_inward(where, rows), further, path)
    scope = rows._target._meta.scope()
    each = _aggregate(scope, name, "__".join(rest), False, far, None, ())
    together = _engine.aggregate(_TOGETHER[name], each._node, False, None, None, [])
    found = rows._ask("aggregate", wrap(together), () if near is None else (near,), {})
    return function("coalesce", found, 0) if name == "count" else found


def _divided(where: Any, further: RelatedRows, path: str) -> tuple[Any, Any]:
    """Of a filter, what is about related rows, and what is about those that they lead to."""
    from .q import Q

    if not isinstance(where, Q):
        return None, where
    prefix = "__".join(further._path) + "__"
    parts = where.children if where.join_type == Q.AND and not where.negated else (where,)
    near, far = Q(), Q()
    for part in parts:
        names = list(_names(part))
        inner = [name.startswith(prefix) for name in names]
        if any(inner) and not all(inner):
            raise FieldError(
                f"the filter of an aggregate over {path!r} has one condition about "
                f"{further._owner.__name__} and {further._target.__name__}; divide it into one "
                "for each"
            )
        about = far if all(inner) else near
        about.children = (*about.children, part)
    return near or None, far or None


def _names(part: Any) -> Iterable[str]:
    """The names of lookups in a filter. An expression is about the rows furthest away."""
    if isinstance(part, tuple):
        yield part[0]
    elif hasattr(part, "__yara_q__"):
        for child in part.children:
            yield from _names(child)


def _inward(where: Any, rows: RelatedRows) -> Any:
    """A filter of an aggregate, from the point of view of the related rows."""
    from .q import Q

    if not isinstance(where, Q):
        return where
    prefix = "__".join(rows._path) + "__"
    inner = Q(join_type=where.join_type)
    children: list[Any] = []
    for child in where.children:
        if isinstance(child, tuple):
            children.append((child[0].removeprefix(prefix), child[1]))
        else:
            children.append(_inward(child, rows))
    inner.children = tuple(children)
    inner.negated = where.negated
    return inner


if TYPE_CHECKING:
    Text: TypeAlias = str | Value[Any] | type[Any]
    By: TypeAlias = "str | Order | Value[Any] | list[str | Order | Value[Any]] | tuple[str | Order | Value[Any], ...]"

    def Count(field: Text = "*", distinct: bool = False, _filter: Any = None) -> Expr[int]:
        """How many rows, or values that are not NULL."""
        ...

    @overload
    def Sum(  # type: ignore[overload-overlap]
        field: Value[int | None], distinct: bool = ..., _filter: Any = ...
    ) -> Expr[int | None]: ...
    @overload
    def Sum(  # type: ignore[overload-overlap]
        field: Value[Decimal | None], distinct: bool = ..., _filter: Any = ...
    ) -> Expr[Decimal | None]: ...
    @overload
    def Sum(  # type: ignore[overload-overlap]
        field: Value[float | None], distinct: bool = ..., _filter: Any = ...
    ) -> Expr[float | None]: ...
    @overload
    def Sum(
        field: Value[dt.timedelta | None], distinct: bool = ..., _filter: Any = ...
    ) -> Expr[dt.timedelta | None]: ...
    @overload
    def Sum(field: str, distinct: bool = ..., _filter: Any = ...) -> Expr[Any]: ...
    def Sum(field: Any, distinct: bool = False, _filter: Any = None) -> Any:
        """The sum; NULL where there is nothing."""
        ...

    @overload
    def Avg(  # type: ignore[overload-overlap]
        field: Value[int | None], distinct: bool = ..., _filter: Any = ...
    ) -> Expr[float | None]: ...
    @overload
    def Avg(  # type: ignore[overload-overlap]
        field: Value[Decimal | None], distinct: bool = ..., _filter: Any = ...
    ) -> Expr[Decimal | None]: ...
    @overload
    def Avg(  # type: ignore[overload-overlap]
        field: Value[float | None], distinct: bool = ..., _filter: Any = ...
    ) -> Expr[float | None]: ...
    @overload
    def Avg(
        field: Value[dt.timedelta | None], distinct: bool = ..., _filter: Any = ...
    ) -> Expr[dt.timedelta | None]: ...
    @overload
    def Avg(field: str, distinct: bool = ..., _filter: Any = ...) -> Expr[Any]: ...
    def Avg(field: Any, distinct: bool = False, _filter: Any = None) -> Any:
        """The mean; NULL where there is nothing."""
        ...

    @overload
    def Min(field: Value[T | None], _filter: Any = ...) -> Expr[T | None]: ...
    @overload
    def Min(field: str, _filter: Any = ...) -> Expr[Any]: ...
    def Min(field: Any, _filter: Any = None) -> Any:
        """The least value; NULL where there is nothing."""
        ...

    @overload
    def Max(field: Value[T | None], _filter: Any = ...) -> Expr[T | None]: ...
    @overload
    def Max(field: str, _filter: Any = ...) -> Expr[Any]: ...
    def Max(field: Any, _filter: Any = None) -> Any:
        """The greatest value; NULL where there is nothing."""
        ...

    def StringAgg(
        field: Text,
        separator: str = ",",
        distinct: bool = False,
        _filter: Any = None,
        order_by: By = (),
    ) -> Expr[str | None]:
        """Texts, one after the other with a separator between them."""
        ...

    @overload
    def ArrayAgg(
        field: Value[T], distinct: bool = ..., _filter: Any = ..., order_by: By = ...
    ) -> Expr[list[T] | None]: ...
    @overload
    def ArrayAgg(
        field: str, distinct: bool = ..., _filter: Any = ..., order_by: By = ...
    ) -> Expr[Any]: ...
    def ArrayAgg(field: Any, distinct: bool = False, _filter: Any = None, order_by: By = ()) -> Any:
        """Values as a list, `None` among them."""
        ...

    def JsonAgg(field: Text, _filter: Any = None, order_by: By = ()) -> Expr[Any]:
        """Values as a JSON array, which keeps numbers, booleans and documents."""
        ...

    def BoolAnd(condition: Any, _filter: Any = None) -> Expr[bool | None]:
        """Whether a condition is true of all rows; NULL where there is none."""
        ...

    def BoolOr(condition: Any, _filter: Any = None) -> Expr[bool | None]:
        """Whether a condition is true of a row; NULL where there is none."""
        ...

    def StdDev(
        field: Text, sample: bool = False, distinct: bool = False, _filter: Any = None
    ) -> Expr[float | None]:
        """The standard deviation as a float: of all there is, or of a sample."""
        ...

    def Variance(
        field: Text, sample: bool = False, distinct: bool = False, _filter: Any = None
    ) -> Expr[float | None]:
        """The variance as a float: of all there is, or of a sample."""
        ...

else:

    class Count(Aggregate):
        """How many rows, or values that are not NULL."""

        __slots__ = ()

        def __init__(self, field="*", distinct=False, _filter=None):
            super().__init__("count", field, distinct, _filter)

    class Sum(Aggregate):
        """The sum; NULL where there is nothing."""

        __slots__ = ()

        def __init__(self, field, distinct=False, _filter=None):
            super().__init__("sum", field, distinct, _filter)

    class Avg(Aggregate):
        """The mean; NULL where there is nothing."""

        __slots__ = ()

        def __init__(self, field, distinct=False, _filter=None):
            super().__init__("avg", field, distinct, _filter)

    class Min(Aggregate):
        """The least value; NULL where there is nothing."""

        __slots__ = ()

        def __init__(self, field, distinct=False, _filter=None):
            super().__init__("min", field, distinct, _filter)

    class Max(Aggregate):
        """The greatest value; NULL where there is nothing."""

        __slots__ = ()

        def __init__(self, field, distinct=False, _filter=None):
            super().__init__("max", field, distinct, _filter)

    class StringAgg(Aggregate):
        """Texts, one after the other with a separator between them."""

        __slots__ = ()

        def __init__(self, field, separator=",", distinct=False, _filter=None, order_by=()):
            super().__init__("text", field, distinct, _filter, separator, order_by)

    class ArrayAgg(Aggregate):
        """Values as a list, `None` among them."""

        __slots__ = ()

        def __init__(self, field, distinct=False, _filter=None, order_by=()):
            super().__init__("array", field, distinct, _filter, None, order_by)

    class JsonAgg(Aggregate):
        """Values as a JSON array, which keeps numbers, booleans and documents."""

        __slots__ = ()

        def __init__(self, field, _filter=None, order_by=()):
            super().__init__("json", field, False, _filter, None, order_by)

    class BoolAnd(Aggregate):
        """Whether a condition is true of all rows; NULL where there is none."""

        __slots__ = ()

        def __init__(self, condition, _filter=None):
            super().__init__("all", condition, False, _filter)

    class BoolOr(Aggregate):
        """Whether a condition is true of a row; NULL where there is none."""

        __slots__ = ()

        def __init__(self, condition, _filter=None):
            super().__init__("any", condition, False, _filter)

    class StdDev(Aggregate):
        """The standard deviation as a float: of all there is, or of a sample."""

        __slots__ = ()

        def __init__(self, field, sample=False, distinct=False, _filter=None):
            super().__init__("stddev" if sample else "stddev_all", field, distinct, _filter)

    class Variance(Aggregate):
        """The variance as a float: of all there is, or of a sample."""

        __slots__ = ()

        def __init__(self, field, sample=False, distinct=False, _filter=None):
            super().__init__("variance" if sample else "variance_all", field, distinct, _filter)


def custom_aggregate(
    name: str,
    *arguments: Any,
    kind: type[U],
    distinct: bool = False,
    _filter: Any = None,
    order_by: Any = (),
) -> Expr[U]:
    """An aggregate of the database that the engine does not know; `kind` is the type of what it
    gives."""
    result = kind_of(kind)

    def build(scope: Any) -> Expr[Any]:
        given = [
            scope.settled(each)._node if isinstance(each, Value) else each for each in arguments
        ]
        condition = None if _filter is None else scope.settled(_filter)._node
        orders = _orders(scope, order_by)
        return wrap(_engine.custom_aggregate(name, given, result, distinct, condition, orders))

    return Deferred(build, f"{name}({', '.join(map(shown, arguments))})")
