"""What queries give: one row, or rows of columns and expressions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar, overload

from . import _engine, execution, router
from .exceptions import ParamsError
from .expressions import Order, Value
from .runnable import Call, Runnable

if TYPE_CHECKING:
    from typing_extensions import Self

    from .expressions import Condition
    from .queryset import QuerySet

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
A1 = TypeVar("A1")
A2 = TypeVar("A2")
A3 = TypeVar("A3")
A4 = TypeVar("A4")
A5 = TypeVar("A5")
A6 = TypeVar("A6")
A7 = TypeVar("A7")
A8 = TypeVar("A8")


class Single(Runnable[T_co]):
    """A query for one row."""

    __slots__ = ("_how", "_query", "_select")

    def __init__(self, query: Any, select: _engine.Select, how: str) -> None:
        self._query = query
        self._select = select
        self._how = how

    async def _run(self) -> Any:
        query = self._query
        rows = [] if query._empty else await query._rows(self._select)
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise query.model.MultipleObjectsReturned(
                f"several {query.model.__name__} match a query that is to give one row"
            )
        if self._how in ("get_or_none", "first"):
            return None
        if self._how == "index":
            raise IndexError("the query has no row at this place")
        raise query.model.DoesNotExist(f"no {query.model.__name__} matches the query")

    def _with(self, query: Any) -> Self:
        copy = type(self)(query, self._select, self._how)
        return copy

    def prefetch_related(self, *relations: Any) -> Self:
        """Loads relations of the row."""
        return self._with(self._query.prefetch_related(*relations))

    def select_related(self, *relations: Any) -> Self:
        """Reads relations to one row along."""
        return self._with(self._query.select_related(*relations))

    def only(self, *fields: Any) -> Self:
        """Reads these fields only."""
        return self._with(self._query.only(*fields))

    def defer(self, *fields: Any) -> Self:
        """Reads all fields but these."""
        return self._with(self._query.defer(*fields))

    def annotate(self, **expressions: Any) -> Self:
        """With expressions beside the fields."""
        return self._with(self._query.annotate(**expressions))

    def using_db(self, connection: Any) -> Self:
        """Runs on this connection."""
        return self._with(self._query.using_db(connection))

    def select_for_update(
        self, nowait: bool = False, skip_locked: bool = False, of: tuple[str, ...] = ()
    ) -> Self:
        """Locks the row until the end of the transaction."""
        copy = self._with(self._query)
        copy._select = self._select.lock("update", nowait, skip_locked, list(of))
        return copy

    def values(self, *fields: Any, **named: Any) -> Single[Any]:
        """The row as a dict."""
        return SingleValue(self._query.values(*fields, **named), self._select, self._how)

    def values_list(self, *fields: Any, flat: bool = False) -> Single[Any]:
        """The row as a tuple."""
        return SingleValue(self._query.values_list(*fields, flat=flat), self._select, self._how)


class SingleValue(Single[Any]):
    """A query for one row of values."""

    __slots__ = ()

    async def _run(self) -> Any:
        rows: Rows[Any] = self._query
        limited: Rows[Any] = Rows(
            rows._query, rows._select.limit(self._select.row_limit), rows._shape
        )
        found = await limited
        if len(found) == 1 or (found and self._how == "first"):
            return found[0]
        model = rows._query.model
        if found:
            raise model.MultipleObjectsReturned(
                f"several {model.__name__} match a query that is to give one row"
            )
        if self._how in ("get_or_none", "first"):
            return None
        raise model.DoesNotExist(f"no {model.__name__} matches the query")


class Rows(Runnable[Any], Generic[T]):
    """A query for columns and expressions."""

    __slots__ = ("_query", "_select", "_shape")

    def __init__(
        self, query: QuerySet[Any], select: _engine.Select, shape: _engine.RowPlan
    ) -> None:
        self._query = query
        self._select = select
        self._shape = shape

    if TYPE_CHECKING:

        def __await__(self) -> Generator[Any, None, list[T]]: ...
        def run(self) -> list[T]: ...

    async def _run(self) -> list[Any]:
        query = self._query
        if query._empty:
            return []
        target = router.for_read(query.model, query._using)
        statement = _engine.Statement.select(self._select.in_own_order())
        found: list[Any] = await execution.rows(target, statement, self._shape)
        return found

    async def __aiter__(self) -> AsyncIterator[T]:
        for row in await self:
            yield row

    def _changed(self, query: Any, select: _engine.Select) -> Rows[T]:
        return Rows(query, select, self._shape)

    def filter(self, *conditions: Condition, **lookups: Any) -> Rows[T]:
        """Only rows that match all of these, too."""
        condition = self._query._scope.conditions(conditions, lookups)
        if condition is None:
            return self
        if self._query._groups is not None and condition._node.holds_aggregate:
            return self._changed(self._query, self._select.having(condition._node))
        return self._changed(self._query, self._select.filter(condition._node))

    def order_by(self, *order: str | Order | Value[Any]) -> Rows[T]:
        """Sorts by these."""
        select = self._select.unordered()
        for by in order:
            resolved = self._query._scope.order(by)
            select = select.order_by(resolved.expression._node, resolved.descending, resolved.nulls)
        return self._changed(self._query, select)

    def limit(self, limit: int) -> Rows[T]:
        """At most so many rows."""
        check_count("limit", limit)
        return self._changed(self._query, self._select.limit(limit))

    def offset(self, offset: int) -> Rows[T]:
        """Passes over so many rows."""
        check_count("offset", offset)
        return self._changed(self._query, self._select.offset(offset))

    def distinct(self) -> Rows[T]:
        """Of equal rows, one."""
        return self._changed(self._query, self._select.distinct())

    def using_db(self, connection: Any) -> Rows[T]:
        """Runs on this connection."""
        return self._changed(self._query.using_db(connection), self._select)

    def first(self) -> Call[T | None]:
        """The first row, or `None`."""

        async def run() -> Any:
            found = await self._changed(self._query, self._select.limit(1).in_some_order())
            return found[0] if found else None

        return Call(run, "a query")

    def get(self) -> Single[T]:
        """The one row."""
        rows: Any = self
        return SingleValue(rows, self._select.limit(2), "get")

    def count(self) -> Call[int]:
        """The number of rows."""

        async def run() -> int:
            target = router.for_read(self._query.model, self._query._using)
            statement = _engine.Statement.count(self._select)
            (found,) = await execution.rows(target, statement, _engine.RowPlan.scalars())
            return int(found)

        return Call(run, "a query")

    def exists(self) -> Call[bool]:
        """Whether there is a row."""

        async def run() -> bool:
            target = router.for_read(self._query.model, self._query._using)
            statement = _engine.Statement.exists(self._select)
            (found,) = await execution.rows(target, statement, _engine.RowPlan.scalars())
            return bool(found)

        return Call(run, "a query")

    def sql(self) -> str:
        """The SQL text, on the database that the query would run on."""
        target = router.engine(self._query.model, self._query._using)
        return execution.text(target, _engine.Statement.select(self._select.in_own_order()))[0]

    def __yara_select__(self) -> _engine.Select:
        return self._select


class Made(Rows[Any]):
    """A query whose rows are made into instances of any class."""

    __slots__ = ("_kind",)

    def __init__(
        self,
        query: QuerySet[Any],
        select: _engine.Select,
        shape: _engine.RowPlan,
        kind: Callable[..., Any],
    ) -> None:
        super().__init__(query, select, shape)
        self._kind = kind

    async def _run(self) -> list[Any]:
        return [self._kind(**row) for row in await super()._run()]

    def _changed(self, query: Any, select: _engine.Select) -> Rows[Any]:
        return Made(query, select, self._shape, self._kind)


class ValuesList(Protocol):
    """`values_list` and `select`, with the types of the columns."""

    @overload
    def __call__(self, a: Value[A1], /, *, flat: Literal[True]) -> Rows[A1]: ...
    @overload
    def __call__(self, a: Value[A1], /) -> Rows[tuple[A1]]: ...
    @overload
    def __call__(self, a: Value[A1], b: Value[A2], /) -> Rows[tuple[A1, A2]]: ...
    @overload
    def __call__(self, a: Value[A1], b: Value[A2], c: Value[A3], /) -> Rows[tuple[A1, A2, A3]]: ...
    @overload
    def __call__(
        self, a: Value[A1], b: Value[A2], c: Value[A3], d: Value[A4], /
    ) -> Rows[tuple[A1, A2, A3, A4]]: ...
    @overload
    def __call__(
        self, a: Value[A1], b: Value[A2], c: Value[A3], d: Value[A4], e: Value[A5], /
    ) -> Rows[tuple[A1, A2, A3, A4, A5]]: ...
    @overload
    def __call__(
        self, a: Value[A1], b: Value[A2], c: Value[A3], d: Value[A4], e: Value[A5], f: Value[A6], /
    ) -> Rows[tuple[A1, A2, A3, A4, A5, A6]]: ...
    @overload
    def __call__(
        self,
        a: Value[A1],
        b: Value[A2],
        c: Value[A3],
        d: Value[A4],
        e: Value[A5],
        f: Value[A6],
        g: Value[A7],
        /,
    ) -> Rows[tuple[A1, A2, A3, A4, A5, A6, A7]]: ...
    @overload
    def __call__(
        self,
        a: Value[A1],
        b: Value[A2],
        c: Value[A3],
        d: Value[A4],
        e: Value[A5],
        f: Value[A6],
        g: Value[A7],
        h: Value[A8],
        /,
    ) -> Rows[tuple[A1, A2, A3, A4, A5, A6, A7, A8]]: ...
    @overload
    def __call__(
        self,
        a: Value[Any],
        b: Value[Any],
        c: Value[Any],
        d: Value[Any],
        e: Value[Any],
        f: Value[Any],
        g: Value[Any],
        h: Value[Any],
        i: Value[Any] | str,
        /,
        *more: Value[Any] | str,
    ) -> Rows[tuple[Any, ...]]: ...
    @overload
    def __call__(self, field: str, /, *, flat: Literal[True]) -> Rows[Any]: ...
    @overload
    def __call__(
        self, field: str, /, *more: str | Value[Any], flat: bool = False
    ) -> Rows[tuple[Any, ...]]: ...
    @overload
    def __call__(self, *, flat: bool = False) -> Rows[tuple[Any, ...]]: ...


def check_count(what: str, number: Any) -> None:
    """Refuses what is no number of rows."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ParamsError(f"{what} is a number from 0, not {number!r}")
