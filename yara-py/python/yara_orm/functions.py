"""Functions over expressions, choices, subqueries, and SQL text. A text names a field or a path.

Most functions are methods of expressions: `Book.title.lower()`. Those here take several values,
none, or the name of a field.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from . import _engine
from .aggregates import Aggregate, Avg, Count, Max, Min, Sum
from .exceptions import FieldError, ParamsError
from .expressions import Deferred, Expr, function, kind_of, wrap
from .shown import lookups, named, shown
from .values import Value

if TYPE_CHECKING:
    from .expressions import Condition
    from .queryset import QuerySet
    from .rows import Rows

T = TypeVar("T")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)


def _over(name: str, *values: Any) -> Expr[Any]:
    """A function whose arguments may be names of fields."""
    if any(isinstance(value, (str, Deferred)) for value in values):
        return Deferred(
            lambda scope: function(name, *(_named(scope, each) for each in values)),
            f"{name}({', '.join(map(named, values))})",
        )
    return function(name, *values)


def _named(scope: Any, value: Any) -> Any:
    return scope.named(value) if isinstance(value, (str, Value)) else value


def Lower(value: str | Value[str | None]) -> Expr[Any]:
    """In lower case."""
    return _over("lower", value)


def Upper(value: str | Value[str | None]) -> Expr[Any]:
    """In upper case."""
    return _over("upper", value)


def Length(value: str | Value[str | None]) -> Expr[Any]:
    """The number of characters."""
    return _over("length", value)


def Trim(value: str | Value[str | None]) -> Expr[Any]:
    """Without spaces at either end."""
    return _over("trim", value)


def Concat(*values: Any) -> Expr[Any]:
    """Texts one after the other; a text names a field, `Value("…")` is a text."""

    def build(scope: Any) -> Expr[Any]:
        parts: list[Expr[Any]] = [scope.named(value) for value in values]
        found = parts[0]
        for part in parts[1:]:
            found = wrap(found._node.concat(part._node))
        return found

    if not values:
        raise ParamsError("Concat() needs texts")
    return Deferred(build, f"concat({', '.join(map(named, values))})")


@overload
def Coalesce(value: Value[T | None], *others: T | Value[T]) -> Expr[T]: ...
@overload
def Coalesce(value: str, *others: Any) -> Expr[Any]: ...
def Coalesce(value: Any, *others: Any) -> Any:
    """The first that is not NULL; a text in front names a field."""
    return _alike("coalesce", value, others)


@overload
def NullIf(value: Value[T], other: T | Value[T]) -> Expr[T | None]: ...
@overload
def NullIf(value: str, other: Any) -> Expr[Any]: ...
def NullIf(value: Any, other: Any) -> Any:
    """NULL where both are equal, else the first; a text in front names a field."""
    return _alike("nullif", value, (other,))


@overload
def Greatest(value: Value[T], *others: T | Value[T]) -> Expr[T]: ...
@overload
def Greatest(value: Any, *others: Any) -> Expr[Any]: ...
def Greatest(value: Any, *others: Any) -> Any:
    """The greatest of these; NULLs are passed over, and a text in front names a field."""
    return _alike("greatest", value, others)


@overload
def Least(value: Value[T], *others: T | Value[T]) -> Expr[T]: ...
@overload
def Least(value: Any, *others: Any) -> Expr[Any]: ...
def Least(value: Any, *others: Any) -> Any:
    """The least of these; NULLs are passed over, and a text in front names a field."""
    return _alike("least", value, others)


def _alike(name: str, value: Any, others: tuple[Any, ...]) -> Expr[Any]:
    if isinstance(value, str):
        return Deferred(
            lambda scope: function(name, scope.expression(value), *_settled(scope, others)),
            f"{name}({', '.join([repr(value), *map(shown, others)])})",
        )
    return function(name, value, *others)


def _settled(scope: Any, values: tuple[Any, ...]) -> list[Any]:
    return [scope.settled(each) if isinstance(each, Value) else each for each in values]


def Cast(value: str | Value[Any], to: type[U]) -> Expr[U]:
    """As a value of another type."""
    kind = kind_of(to)
    return Deferred(
        lambda scope: wrap(scope.named(value)._node.cast(kind)), f"cast({named(value)}, {kind})"
    )


def Random() -> Expr[float]:
    """A random number from 0 to below 1, another one for each row."""
    return function("random")


def Today() -> Expr[dt.date]:
    """The day of `Now()`, of UTC."""
    return function("today")


class When(Generic[T_co]):
    """A condition and the value where it is true, for `Case`."""

    @overload
    def __init__(self: When[U], *conditions: Condition, then: Value[U], **lookups: Any) -> None: ...
    @overload
    def __init__(self, *conditions: Condition, then: T_co, **lookups: Any) -> None: ...
    def __init__(self, *conditions: Condition, then: Any, **lookups: Any) -> None:
        if not conditions and not lookups:
            raise FieldError("When() needs a condition")
        self.conditions = conditions
        self.lookups = lookups
        self.then = then

    def __repr__(self) -> str:
        parts = [*map(shown, self.conditions), *lookups(self.lookups.items())]
        return f"When({', '.join(parts)}, then={shown(self.then)})"


if TYPE_CHECKING:

    @overload
    def Case(*whens: When[T], default: T | Value[T]) -> Expr[T]: ...
    @overload
    def Case(*whens: When[T], default: None = None) -> Expr[T | None]: ...
    @overload
    def Case(*whens: When[Any], default: Any = None) -> Expr[Any]: ...
    def Case(*whens: Any, default: Any = None) -> Any:
        """The value of the first condition that is true; `default`, or NULL, where none is."""
        ...

else:

    class Case(Deferred):
        """The value of the first condition that is true; `default`, or NULL, where none is."""

        __slots__ = ()

        def __init__(self, *whens, default=None):
            if not whens:
                raise FieldError("Case() needs a When()")
            for when in whens:
                if not isinstance(when, When):
                    raise FieldError(f"Case() takes When(condition, then=…), not {when!r}")

            def build(scope):
                pairs = []
                for when in whens:
                    condition = scope.conditions(when.conditions, when.lookups)
                    pairs.append((condition._node, _plain(scope, when.then)))
                return wrap(_engine.case(pairs, _plain(scope, default)))

            given = [*map(repr, whens), f"default={shown(default)}"]
            super().__init__(build, f"Case({', '.join(given)})")


def _plain(scope: Any, value: Any) -> Any:
    """A node of an expression; a value as it is."""
    if isinstance(value, Value) or hasattr(type(value), "__yara_select__"):
        return scope.settled(value)._node
    as_operand = getattr(type(value), "__yara_operand__", None)
    return value if as_operand is None else as_operand(value)


if TYPE_CHECKING:

    @overload
    def Subquery(query: Rows[T]) -> Expr[T | None]: ...
    @overload
    def Subquery(query: QuerySet[Any]) -> Expr[Any]: ...
    def Subquery(query: Any) -> Any:
        """The value of a query's first row, as an expression of another query; NULL where there is
        no row. Without an order, the first row is that of the smallest key. Behind `in`, the values
        of all rows.

        Columns of another model than the query's are those of the query around, and `outer` names
        those of the same.
        """
        ...

else:

    class Subquery(Deferred):
        """The value of a query's first row, as an expression of another query; NULL where there is
        no row. Without an order, the first row is that of the smallest key. Behind `in`, the values
        of all rows.

        Columns of another model than the query's are those of the query around, and `outer` names
        those of the same.
        """

        __slots__ = ("_query",)

        def __init__(self, query):
            if getattr(type(query), "__yara_select__", None) is None:
                raise ParamsError(f"a subquery is made of a query, not of {query!r}")
            self._query = query
            super().__init__(lambda scope: scope.settled(query), f"Subquery({shown(query)})")

        def __yara_select__(self):
            return type(self._query).__yara_select__(self._query)


def Exists(query: QuerySet[Any] | Rows[Any]) -> Expr[bool]:
    """Whether a query gives a row; `~Exists(…)` is whether it gives none."""
    select = getattr(type(query), "__yara_select__", None)
    if select is None:
        raise ParamsError(f"Exists() takes a query, not {query!r}")
    if getattr(query, "_empty", False):
        return wrap(_engine.any_of([]))
    return wrap(_engine.exists(select(query)))


class RawSQL(Deferred):
    """SQL text as an expression. Parameters stand for `$1`, `$2`, … or for each `?` in turn; they
    are bound, and may be expressions themselves."""

    __slots__ = ()

    def __init__(self, sql: str, params: Any = (), kind: type[Any] | None = None) -> None:
        if isinstance(params, (str, dict)):
            raise ParamsError(f"the parameters of SQL text are a list, not {params!r}")
        values = list(params or ())
        result = None if kind is None else kind_of(kind)
        # What is wrong with the text is said here, and not where it is used.
        _engine.raw(sql, [None] * len(values), result)

        def build(scope: Any) -> Expr[Any]:
            return wrap(_engine.raw(sql, [_plain(scope, value) for value in values], result))

        super().__init__(build, f"sql({sql!r})")


@overload
def sql(text: str, *params: Any, kind: type[U]) -> Expr[U]: ...
@overload
def sql(text: str, *params: Any) -> Expr[Any]: ...
def sql(text: str, *params: Any, kind: type[Any] | None = None) -> Expr[Any]:
    """SQL text as an expression. Parameters stand for `$1`, `$2`, … or for each `?` in turn; they
    are bound, and may be expressions themselves. `kind` is the type of what it gives."""
    return RawSQL(text, params, kind)


exists = Exists

__all__ = [
    "Aggregate",
    "Avg",
    "Case",
    "Cast",
    "Coalesce",
    "Concat",
    "Count",
    "Exists",
    "Greatest",
    "Least",
    "Length",
    "Lower",
    "Max",
    "Min",
    "NullIf",
    "Random",
    "RawSQL",
    "Subquery",
    "Sum",
    "Today",
    "Trim",
    "Upper",
    "When",
    "exists",
    "sql",
]
