"""What queries give: one row, or rows of columns and expressions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from . import _engine, execution, router
from .exceptions import InvalidQuery, ParamsError
from .expressions import Order
from .lazy import Lazy
from .locks import Strength, locked
from .looking import explained, text_of
from .runnable import Call, Runnable
from .streams import Stream
from .values import Value

if TYPE_CHECKING:
    from typing_extensions import Self

    from .aliases import Table
    from .expressions import Condition
    from .prefetch import Relation
    from .queryset import QuerySet

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Single(Runnable[T_co]):
    """A query for one row."""

    __slots__ = ("_how", "_query", "_select")

    def __init__(self, query: Any, select: _engine.Select, how: str) -> None:
        self._query = query
        self._select = select
        self._how = how

    def _found(self) -> Awaitable[list[Any]]:
        query = self._query
        found: Awaitable[list[Any]]
        found = execution.Known(list) if query._empty else query._rows(self._select)
        return found

    def __await__(self) -> Generator[Any, None, T_co]:
        # A generator costs less than a coroutine, and one that never waits the least.
        query = self._query
        meta = query._model_meta
        if query is meta._every and execution.way.get() is None:
            shape, target = meta.shape or meta.whole(), router.for_read(meta)
            found = _engine.fetch(target, self._select, shape, self._one)
            if type(found) is _engine.Operation:
                found = yield from found
            row: T_co = found
            return row
        row = yield from self._run().__await__()
        return row

    async def _run(self) -> Any:
        return self._one(await self._found())

    def _one(self, rows: list[Any]) -> Any:
        """The row; raises, or says that there is none, where they are not one."""
        if len(rows) == 1:
            return rows[0]
        query = self._query
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

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._select!r}>"

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is neither true nor false before it is awaited: `if await …`")

    def prefetch_related(self, *relations: Relation) -> Self:
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
        self,
        nowait: bool = False,
        skip_locked: bool = False,
        of: Iterable[str | type[Any]] = (),
        *,
        strength: Strength = "update",
    ) -> Self:
        """Locks the row until the end of the transaction, see `QuerySet.select_for_update`."""
        copy = self._with(self._query)
        copy._select = locked(self._query, self._select, strength, nowait, skip_locked, of)
        return copy

    def values(self, *fields: Any, **named: Any) -> Single[Any]:
        """The row as a dict."""
        query = self._query._copy(self._select)
        return SingleValue(query, query.values(*fields, **named), self._how)

    def values_list(self, *fields: Any, flat: bool = False) -> Single[Any]:
        """The row as a tuple."""
        query = self._query._copy(self._select)
        return SingleValue(query, query.values_list(*fields, flat=flat), self._how)


class SingleValue(Single[Any]):
    """A query for one row of values."""

    __slots__ = ("_rows",)

    def __init__(self, query: Any, rows: Rows[Any], how: str) -> None:
        super().__init__(query, rows._select, how)
        self._rows = rows

    def _with(self, query: Any) -> Self:
        raise InvalidQuery("say what is read of a row before its values are chosen")

    def using_db(self, connection: Any) -> Self:
        """Runs on this connection."""
        return type(self)(self._query, self._rows.using_db(connection), self._how)

    def __await__(self) -> Generator[Any, None, Any]:
        return self._run().__await__()

    def _found(self) -> Awaitable[list[Any]]:
        return self._rows


class Rows(Lazy, Runnable[Any], Generic[T]):
    """A query for columns and expressions."""

    __slots__ = ("_names", "_query", "_select", "_shape")

    def __init__(
        self,
        query: QuerySet[Any],
        select: _engine.Select,
        shape: _engine.RowPlan,
        names: list[str],
    ) -> None:
        self._query = query
        self._select = select
        self._shape = shape
        self._names = names

    if TYPE_CHECKING:

        def __await__(self) -> Generator[Any, None, list[T]]: ...
        def run(self) -> list[T]:
            """The rows, synchronously; not where an event loop runs."""
            ...

    async def _run(self) -> list[Any]:
        query = self._query
        if query._empty:
            return []
        target = router.for_read(query._model_meta, query._using)
        found = await execution.rows(target, self._select.in_own_order(), self._shape)
        return self._made(found)

    def _made(self, rows: list[Any]) -> list[Any]:
        """What is made of the rows that were read."""
        return rows

    async def __aiter__(self) -> AsyncIterator[T]:
        for row in await self:
            yield row

    def stream(self, batch: int = 1000) -> Stream[T]:
        """The rows, read in portions by a cursor of the database, see `QuerySet.stream`."""
        check_count("batch", batch)
        return Stream(self._open, None, max(batch, 1))

    def _open(self) -> _engine.Cursor | None:
        if self._query._empty:
            return None
        target = router.for_read(self._query._model_meta, self._query._using)
        statement = self._select.in_own_order()
        return _engine.open(target, statement, self._shape)

    def _changed(self, query: Any, select: _engine.Select) -> Self:
        copy = object.__new__(type(self))
        copy._query, copy._select = query, select
        copy._shape, copy._names = self._shape, self._names
        return copy

    def filter(self, *conditions: Condition, **lookups: Any) -> Self:
        """Only rows that match all of these, too."""
        condition = self._query._scope.conditions(conditions, lookups)
        if condition is None:
            return self
        self._unsliced()
        if self._query._groups is not None and condition._node.holds_aggregate:
            return self._changed(self._query, self._select.having(condition._node))
        return self._changed(self._query, self._select.filter(condition._node))

    def exclude(self, *conditions: Condition, **lookups: Any) -> Self:
        """Only rows that do not match all of these: exactly those that `filter` leaves out."""
        condition = self._query._scope.conditions(conditions, lookups)
        return self if condition is None else self.filter(~condition)

    def _unsliced(self) -> None:
        if self._select.row_limit is not None or self._select.row_offset is not None:
            raise InvalidQuery("a slice cannot be filtered any further; filter before slicing")

    def order_by(self, *order: str | Order | Value[Any]) -> Self:
        """Sorts by these."""
        select = self._select.sorted(self._query._scope.orders(order))
        return self._changed(self._query, select)

    def reverse(self) -> Self:
        """The other way round."""
        return self._changed(self._query, self._select.in_some_order().reversed())

    def limit(self, limit: int) -> Self:
        """At most so many rows, of those that are there after earlier slices."""
        check_count("limit", limit)
        known = self._select.row_limit
        rows = limit if known is None else min(known, limit)
        return self._changed(self._query, self._select.limit(rows))

    def offset(self, offset: int) -> Self:
        """Passes over so many rows."""
        check_count("offset", offset)
        return self._changed(self._query, self._select.offset(offset))

    def __getitem__(self, at: slice) -> Self:
        if not isinstance(at, slice):
            raise ParamsError(f"rows are sliced, as [0:10], not indexed by {at!r}; take .first()")
        return self._changed(self._query, sliced(self._select, at))

    def distinct(self) -> Self:
        """Of equal rows, one."""
        return self._changed(self._query, self._select.distinct())

    def using_db(self, connection: Any) -> Self:
        """Runs on this connection."""
        return self._changed(self._query.using_db(connection), self._select)

    def tag(self, words: str) -> Self:
        """Words before the statement as a comment, see `QuerySet.tag`."""
        return self._changed(self._query, self._select.tag(words))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {', '.join(map(str, self._names))} of {self._select!r}>"

    def _shown(self) -> str:
        return f"query of {self._select!r}"

    # Sets: of queries that may be about different models, where they select the same types.
    def union(self, *others: Rows[T], all: bool = False) -> Self:
        """The rows of all queries, each once; with `all` as often as they come."""
        return self._combined("union", others, all)

    def intersection(self, *others: Rows[T], all: bool = False) -> Self:
        """The rows that all queries have, each once; with `all` as often as all have them
        (PostgreSQL)."""
        return self._combined("intersect", others, all)

    def difference(self, *others: Rows[T], all: bool = False) -> Self:
        """The rows that no other query has, each once; with `all` those that are left when as many
        are taken away as the others have (PostgreSQL)."""
        return self._combined("except", others, all)

    def _combined(self, operator: str, others: tuple[Rows[Any], ...], all: bool) -> Self:
        for other in others:
            if not isinstance(other, Rows):
                raise ParamsError(
                    f"columns are combined with those of other queries, not {other!r}"
                )
        given = [other._select for other in others]
        name = f"{operator} all" if all else operator
        return self._changed(self._query, self._select.combined(name, given))

    # Names.
    def as_table(self, name: str) -> Table[T]:
        """The rows of this query by a name, to be joined, or read as if they were a table.

        best = Book.all().order_by("-views").limit(2).select(Book.author.id, Book.views)
        best = best.as_table("best")
        Author.all().join(best, Author.id == best.c.id).select(Author.name, best.c.views)
        """
        return self._named(_engine.Source.query(self._select, checked_name(name)))

    def cte(self, name: str, *, materialized: bool | None = None) -> Table[T]:
        """This query as a common table expression, see `QuerySet.cte`."""
        return self._named(_engine.Source.common(self._select, checked_name(name), materialized))

    def recursive_cte(
        self, name: str, step: Callable[[Table[T]], Rows[Any]], *, all: bool = False
    ) -> Table[T]:
        """The rows of this query, and those that `step` makes of the rows found last, round after
        round, until there are none that were not there before; with `all`, rows that are there
        count again.

            roots = Author.filter(mentor=None).select(Author.id, Author.name)
            def below(above):
                pupils = Author.all().join(above, Author.mentor.id == above.c.id)
                return pupils.select(Author.id, above.c.name + " / " + Author.name)
            tree = roots.recursive_cte("tree", below)
            await tree.select(tree.c.name)
        """
        above = self._named(_engine.Source.found_last(self._select, checked_name(name)))
        found = step(above)
        if not isinstance(found, Rows):
            raise ParamsError(f"a round of {name!r} selects what the first query does: .select(…)")
        return self._named(_engine.Source.recursive(self._select, name, found._select, all))

    def _named(self, source: _engine.Source) -> Table[T]:
        from .aliases import Table

        return Table(self._query.model, source, self._names, self._shape)

    # Running.
    def first(self) -> Call[T | None]:
        """The first row, or `None`."""

        async def run() -> Any:
            found = await self._changed(self._query, self._select.first())
            return found[0] if found else None

        return Call(run, "a query", batched=True)

    def last(self) -> Call[T | None]:
        """The last row, or `None`; without an order, that of the greatest key."""

        async def run() -> Any:
            found = await self._changed(self._query, self._select.last())
            return found[0] if found else None

        return Call(run, "a query", batched=True)

    def get(self) -> Single[T]:
        """The one row."""
        return SingleValue(self._query, self._changed(self._query, self._select.narrow(2)), "get")

    def count(self) -> Call[int]:
        """The number of rows."""

        async def run() -> int:
            if self._query._empty:
                return 0
            target = router.for_read(self._query._model_meta, self._query._using)
            statement = _engine.Statement.count(self._select)
            (found,) = await execution.rows(target, statement, _engine.RowPlan.scalars())
            return int(found)

        return Call(run, "a query", batched=True)

    def exists(self) -> Call[bool]:
        """Whether there is a row."""

        async def run() -> bool:
            if self._query._empty:
                return False
            target = router.for_read(self._query._model_meta, self._query._using)
            statement = _engine.Statement.exists(self._select)
            (found,) = await execution.rows(target, statement, _engine.RowPlan.scalars())
            return bool(found)

        return Call(run, "a query", batched=True)

    # Looking at it.
    def sql(self) -> str:
        """The SQL text, on the database that the query would run on."""
        return self.get_parameterized_sql()[0]

    def get_parameterized_sql(self) -> tuple[str, list[Any]]:
        """The SQL text, and the values of its parameters."""
        return text_of(self._query, self._select.in_own_order())

    def explain(
        self,
        format: Literal["text", "json"] = "text",
        *,
        analyze: bool = False,
        verbose: bool = False,
    ) -> Call[str]:
        """How the database would run the query, see `QuerySet.explain`."""
        return explained(self._query, self._select.in_own_order(), format, analyze, verbose)

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
        names: list[str],
        kind: Callable[..., Any],
    ) -> None:
        super().__init__(query, select, shape, names)
        self._kind = kind

    def _made(self, rows: list[Any]) -> list[Any]:
        kind = self._kind
        return [kind(**row) for row in rows]

    def stream(self, batch: int = 1000) -> Stream[Any]:
        """The rows, read in portions by a cursor of the database, see `QuerySet.stream`."""
        check_count("batch", batch)

        async def make(rows: list[Any]) -> None:
            rows[:] = self._made(rows)

        return Stream(self._open, make, max(batch, 1))

    def _changed(self, query: Any, select: _engine.Select) -> Self:
        copy = super()._changed(query, select)
        copy._kind = self._kind
        return copy


def checked_name(name: Any) -> str:
    """Refuses what is no name of rows."""
    if not isinstance(name, str) or not name:
        raise ParamsError(f"the name of rows is a text that is not empty, not {name!r}")
    return name


def sliced(select: _engine.Select, at: slice) -> _engine.Select:
    """A slice of the rows that are there after earlier slices."""
    start, stop = at.start or 0, at.stop
    if at.step not in (None, 1):
        raise ParamsError("a slice of a query has no step")
    if start < 0 or (stop is not None and stop < 0):
        raise ParamsError("a slice of a query counts from its start: no negative numbers")
    if stop is not None and stop < start:
        raise ParamsError(f"the slice [{start}:{stop}] ends before it begins")
    limit = select.row_limit
    known = [n for n in (None if limit is None else max(limit - start, 0),) if n is not None]
    if stop is not None:
        known.append(stop - start)
    moved = select.offset((select.row_offset or 0) + start or None)
    return moved.limit(min(known) if known else None)


def check_count(what: str, number: Any) -> None:
    """Refuses what is no number of rows."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ParamsError(f"{what} is a number from 0, not {number!r}")
