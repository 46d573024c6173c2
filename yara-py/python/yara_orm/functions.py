"""Functions and aggregates over expressions. A text names a field or a path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, overload

from . import _engine
from .exceptions import ConfigurationError, FieldError, ParamsError
from .expressions import Deferred, Expr, RelationSet, Value, function, kind_of, operand, wrap
from .paths import RelatedRows, RelationPath

T = TypeVar("T")
U = TypeVar("U")


class Aggregate(Deferred):
    """An aggregate over the rows of a query, of its groups, or of a relation to many rows."""

    __slots__ = ()

    def __init__(
        self,
        name: str,
        argument: Any,
        distinct: bool = False,
        _filter: Any = None,
        separator: str | None = None,
    ) -> None:
        super().__init__(
            lambda scope: _aggregate(scope, name, argument, distinct, _filter, separator)
        )


def _aggregate(
    scope: Any, name: str, argument: Any, distinct: bool, where: Any, separator: str | None
) -> Expr[Any]:
    rest: list[str] = []
    if isinstance(argument, str) and argument == "*":
        argument = None
    elif isinstance(argument, str):
        argument, rest = scope.place(argument)
    if isinstance(argument, RelatedRows):
        return _over_relation(argument, rest, name, distinct, where, separator)
    if isinstance(argument, (RelationSet, RelationPath)):
        argument = wrap(operand(argument))
    elif isinstance(argument, Deferred):
        argument = argument.resolve(scope)
    if rest:
        raise FieldError(f"{rest[0]!r} is no field")
    condition = None if where is None else scope.settled(where)._node
    node = None if argument is None else operand(argument)
    return wrap(_engine.aggregate(name, node, distinct, condition, separator))


def _over_relation(
    rows: RelatedRows, rest: list[str], name: str, distinct: bool, where: Any, separator: str | None
) -> Expr[Any]:
    """An aggregate over the rows of a relation: a subquery, which multiplies nothing."""
    target = rows._target
    scope = target._meta.scope()
    argument: Any = None
    if rest:
        argument = scope.expression("__".join(rest))
    elif name != "count" or distinct:
        argument = scope.expression("pk")
    if where is not None:
        where = _inward(where, rows)
    conditions = () if where is None else (where,)
    return rows._ask(name, argument, conditions, {}, distinct, separator)


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
    Text = str | Value[Any] | type[Any]

    def Count(field: Text = "*", distinct: bool = False, _filter: Any = None) -> Expr[int]: ...
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
    def Sum(field: Any, distinct: bool = False, _filter: Any = None) -> Any: ...
    def Avg(field: Text, distinct: bool = False, _filter: Any = None) -> Expr[Any]: ...
    @overload
    def Min(field: Value[T | None], _filter: Any = ...) -> Expr[T | None]: ...
    @overload
    def Min(field: str, _filter: Any = ...) -> Expr[Any]: ...
    def Min(field: Any, _filter: Any = None) -> Any: ...
    @overload
    def Max(field: Value[T | None], _filter: Any = ...) -> Expr[T | None]: ...
    @overload
    def Max(field: str, _filter: Any = ...) -> Expr[Any]: ...
    def Max(field: Any, _filter: Any = None) -> Any: ...
    @overload
    def Coalesce(value: Value[T | None], *others: T | Value[T]) -> Expr[T]: ...
    @overload
    def Coalesce(value: str, *others: Any) -> Expr[Any]: ...
    def Coalesce(value: Any, *others: Any) -> Any: ...
    def StringAgg(
        field: Text, separator: str = ",", distinct: bool = False, _filter: Any = None
    ) -> Expr[str | None]: ...
    @overload
    def ArrayAgg(field: Value[T], distinct: bool = ..., _filter: Any = ...) -> Expr[list[T]]: ...
    @overload
    def ArrayAgg(field: str, distinct: bool = ..., _filter: Any = ...) -> Expr[Any]: ...
    def ArrayAgg(field: Any, distinct: bool = False, _filter: Any = None) -> Any: ...
    def JsonAgg(field: Text, _filter: Any = None) -> Expr[Any]: ...

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

        def __init__(self, field, separator=",", distinct=False, _filter=None):
            super().__init__("text", field, distinct, _filter, separator)

    class ArrayAgg(Aggregate):
        """Values as a list."""

        __slots__ = ()

        def __init__(self, field, distinct=False, _filter=None):
            super().__init__("array", field, distinct, _filter)

    class JsonAgg(Aggregate):
        """Values as a JSON array."""

        __slots__ = ()

        def __init__(self, field, _filter=None):
            super().__init__("json", field, False, _filter)

    def Coalesce(value, *others):
        """The first that is not NULL."""
        return _over("coalesce", value, *others)


def _over(name: str, first: Any, *rest: Any) -> Expr[Any]:
    """A function whose first argument may be the name of a field."""
    if isinstance(first, str):
        return Deferred(
            lambda scope: function(
                name,
                scope.expression(first),
                *(scope.settled(each) if isinstance(each, Value) else each for each in rest),
            )
        )
    return function(name, first, *rest)


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

    return Deferred(build)


def Cast(value: str | Value[Any], to: type[U]) -> Expr[U]:
    """As a value of another type."""
    kind = kind_of(to)
    return Deferred(lambda scope: wrap(scope.named(value)._node.cast(kind)))


def Random() -> Expr[float]:
    """A random number from 0 to below 1, another one for each row."""
    return function("random")


class DatabaseDefault:
    """What the database fills in where an insert gives no value: `Now()`, `RandomHex()` or
    `SqlDefault("…")`, as `default=` or `db_default=` of a field."""

    __slots__ = ()

    def __yara_db_default__(self) -> dict[str, Any]:
        """What the engine is told."""
        raise ConfigurationError(
            f"{type(self).__name__} says no default: use Now(), RandomHex() or SqlDefault('…')"
        )


class Now(Deferred, DatabaseDefault):
    """The time at which the transaction began; as a default, the time of the insert by the
    database's clock."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(lambda scope: function("now"))

    def __yara_db_default__(self) -> dict[str, Any]:
        return {"clock": True}

    def __repr__(self) -> str:
        return "Now()"


class RandomHex(DatabaseDefault):
    """So many random bytes as hexadecimal digits, two for each, made by the database: for names
    that do not collide. Secrets are made by the module `secrets`."""

    __slots__ = ("size",)

    def __init__(self, size: int = 16) -> None:
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 1024:
            raise ConfigurationError(
                f"RandomHex takes a number of bytes from 1 to 1024, not {size!r}"
            )
        self.size = size

    def __yara_db_default__(self) -> dict[str, Any]:
        return {"random_hex": self.size}

    def __repr__(self) -> str:
        return f"RandomHex({self.size})"


class SqlDefault(DatabaseDefault):
    """SQL text that the database evaluates where an insert gives no value."""

    __slots__ = ("sql",)

    def __init__(self, sql: str) -> None:
        if not isinstance(sql, str) or not sql.strip():
            raise ConfigurationError(f"SqlDefault takes SQL text, not {sql!r}")
        self.sql = sql

    def __yara_db_default__(self) -> dict[str, Any]:
        return {"sql_default": self.sql}

    def __repr__(self) -> str:
        return f"SqlDefault({self.sql!r})"


class When:
    """A condition and the value where it is true, for `Case`."""

    def __init__(self, *conditions: Any, then: Any, **lookups: Any) -> None:
        if not conditions and not lookups:
            raise FieldError("When() needs a condition")
        self.conditions = conditions
        self.lookups = lookups
        self.then = then


class Case(Deferred):
    """The value of the first condition that is true."""

    __slots__ = ()

    def __init__(self, *whens: When, default: Any = None) -> None:
        if not whens:
            raise FieldError("Case() needs a When()")

        def build(scope: Any) -> Expr[Any]:
            pairs = []
            for when in whens:
                condition = scope.conditions(when.conditions, when.lookups)
                pairs.append((condition._node, _plain(scope, when.then)))
            return wrap(_engine.case(pairs, _plain(scope, default)))

        super().__init__(build)


def _plain(scope: Any, value: Any) -> Any:
    """A node of an expression; a value as it is."""
    if isinstance(value, Value) or hasattr(type(value), "__yara_select__"):
        return scope.settled(value)._node
    return value


class Subquery(Deferred):
    """The one value of a query's one row; behind `in`, the values of all of them."""

    __slots__ = ("_query",)

    def __init__(self, query: Any) -> None:
        if getattr(type(query), "__yara_select__", None) is None:
            raise ParamsError(f"a subquery is made of a query, not of {query!r}")
        self._query = query
        super().__init__(lambda scope: scope.settled(query))

    def __yara_select__(self) -> _engine.Select:
        found: _engine.Select = type(self._query).__yara_select__(self._query)
        return found


def Exists(query: Any) -> Expr[bool]:
    """Whether a query has rows."""
    return wrap(_engine.exists(type(query).__yara_select__(query)))


class RawSQL(Deferred):
    """SQL text as an expression. Parameters stand for `$1`, `$2`, … or for each `?` in turn; they
    are bound, and may be expressions themselves."""

    __slots__ = ()

    def __init__(self, sql: str, params: Any = (), kind: type[Any] | None = None) -> None:
        if isinstance(params, (str, dict)):
            raise ParamsError(f"the parameters of SQL text are a list, not {params!r}")
        values = list(params or ())
        named = None if kind is None else kind_of(kind)
        # What is wrong with the text is said here, and not where it is used.
        _engine.raw(sql, [None] * len(values), named)

        def build(scope: Any) -> Expr[Any]:
            return wrap(_engine.raw(sql, [_plain(scope, value) for value in values], named))

        super().__init__(build)


class _Functions:
    """Any function of the database: `func.my_function(Book.title)`."""

    def __getattr__(self, name: str) -> Callable[..., Expr[Any]]:
        def build(*arguments: Any, kind: type[Any] | None = None) -> Expr[Any]:
            return Deferred(
                lambda scope: wrap(
                    _engine.custom(
                        name,
                        [_plain(scope, argument) for argument in arguments],
                        None if kind is None else kind_of(kind),
                    )
                )
            )

        return build


func = _Functions()


class WindowFunction:
    """A function that needs a window: give it to `over`, or call its `over`."""

    def __init__(self, name: str, *arguments: Any) -> None:
        self.name = name
        self.arguments = arguments

    def over(self, partition_by: Any = (), order_by: Any = ()) -> Expr[Any]:
        """See `over`."""
        return over(self, partition_by, order_by)


def RowNumber() -> WindowFunction:
    """The number of the row, from 1."""
    return WindowFunction("row_number")


def Rank() -> WindowFunction:
    """The number of the first of its peers, with gaps."""
    return WindowFunction("rank")


def DenseRank() -> WindowFunction:
    """The number of its group of peers, without gaps."""
    return WindowFunction("dense_rank")


def Lag(value: str | Value[Any], by: int = 1, default: Any = None) -> WindowFunction:
    """A value of the row so many rows before."""
    return WindowFunction("lag", value, by, default)


def Lead(value: str | Value[Any], by: int = 1, default: Any = None) -> WindowFunction:
    """A value of the row so many rows after."""
    return WindowFunction("lead", value, by, default)


def over(what: WindowFunction | Expr[Any], partition_by: Any = (), order_by: Any = ()) -> Expr[Any]:
    """A window function, or an aggregate, over the rows around each row: those that are equal in
    `partition_by`, in the order of `order_by`."""
    partition, order = _several(partition_by), _several(order_by)

    def build(scope: Any) -> Expr[Any]:
        if isinstance(what, WindowFunction):
            name = what.name
            arguments = [
                scope.named(each)._node
                if isinstance(each, Value) or (at == 0 and isinstance(each, str))
                else each
                for at, each in enumerate(what.arguments)
            ]
        else:
            name, arguments = "aggregate", [scope.settled(what)._node]
        orders = [scope.order(each) for each in order]
        node = _engine.window(
            name,
            arguments,
            [scope.named(each)._node for each in partition],
            [(each.expression._node, each.descending, each.nulls) for each in orders],
        )
        return wrap(node)

    return Deferred(build)


Window = over


def _several(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, (list, tuple)) else (given,)


def sql(text: str, *params: Any, kind: type[Any] | None = None) -> Expr[Any]:
    """SQL text as an expression. Parameters stand for `$1`, `$2`, … or for each `?` in turn; they
    are bound, and may be expressions themselves."""
    return RawSQL(text, params, kind)


exists = Exists
