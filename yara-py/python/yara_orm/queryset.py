"""Queries: lazy, immutable, awaitable.

A query does nothing until it is awaited, iterated with `async for`, or run synchronously by
`run()`. Each method gives a new one. Which rows it is about is in `narrowed`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from . import _engine, execution, registry, router
from .exceptions import FieldError, InvalidQuery, ParamsError
from .expressions import Assignment, Col
from .joined import Joined
from .keys import check_unique
from .locks import Strength, locked
from .looking import explained, text_of
from .paths import RelationPath
from .rows import Rows, Single, check_count
from .runnable import Call, Runnable
from .scope import Scope
from .streams import Stream
from .values import Value

if TYPE_CHECKING:
    from typing_extensions import Self

    from .expressions import Condition
    from .meta import Meta
    from .models import Model
    from .pages import NumberedPage, Page
    from .prefetch import Relation
    from .written import Written

M = TypeVar("M", bound="Model")
M_co = TypeVar("M_co", bound="Model", covariant=True)
U = TypeVar("U")
A1 = TypeVar("A1")
A2 = TypeVar("A2")
A3 = TypeVar("A3")
A4 = TypeVar("A4")
A5 = TypeVar("A5")

_SCALARS = _engine.RowPlan.scalars()


class QuerySet(Joined[M_co]):
    """A query for rows of a model."""

    __slots__ = ()

    # What is read.
    def annotate(self, **expressions: Any) -> Self:
        """Gives expressions names, to read, filter and sort by."""
        copy = self._copy()
        copy._annotations = dict(self._annotations)
        for name, expression in expressions.items():
            if name in self._model_meta.fields_map or self._model_meta.relation(name):
                raise FieldError(f"{self.model.__name__} has a member {name!r} already")
            scope = Scope(self.model, copy._annotations)
            copy._annotations[name] = scope.settled(expression)
        return copy

    def group_by(self, *fields: str | Value[Any]) -> Self:
        """One row for each combination of these; read them with `values` or `values_list`."""
        copy = self._copy()
        groups = {}
        for at, field in enumerate(fields):
            name = field if isinstance(field, str) else _group_name(field, at)
            groups[f"{name}_{at}" if name in groups else name] = self._scope.named(field)
        copy._groups = groups
        copy._select = self._select.group_by([each._node for each in groups.values()])
        return copy

    def only(self, *fields: str | Value[Any]) -> Self:
        """Reads these fields only, and the primary key; others raise `NotLoaded`."""
        from .persist import field_names

        names = field_names(self._model_meta, fields)
        keys = [name for name in self._model_meta.pk_names if name not in names]
        copy = self._copy()
        copy._deferred = tuple(
            name for name in self._model_meta.names if name in names or name in keys
        )
        return copy

    def defer(self, *fields: str | Value[Any]) -> Self:
        """Reads all fields but these."""
        from .persist import field_names

        meta = self._model_meta
        without = set(field_names(meta, fields)) - set(meta.pk_names)
        copy = self._copy()
        copy._deferred = tuple(name for name in meta.names if name not in without)
        return copy

    def select_related(self, *relations: str | type[Model]) -> Self:
        """Reads relations to one row along, in the same statement."""
        from .prefetch import steps_of

        copy = self._copy()
        joined = dict.fromkeys(self._joined)
        for relation in relations:
            steps = steps_of(self.model, relation, to_one=True)
            for end in range(1, len(steps) + 1):
                joined[steps[:end]] = None
        copy._joined = tuple(joined)
        return copy

    def prefetch_related(self, *relations: Relation) -> Self:
        """Loads relations of all rows, each in one statement more."""
        from .prefetch import check

        check(self.model, relations)
        copy = self._copy()
        copy._prefetches = (*self._prefetches, *relations)
        return copy

    def select_for_update(
        self,
        nowait: bool = False,
        skip_locked: bool = False,
        of: Iterable[str | type[Any]] = (),
        *,
        strength: Strength = "update",
    ) -> Self:
        """Locks the rows until the end of the transaction. `nowait` fails where another one has
        locked a row, `skip_locked` passes over it. `of` names relations to one row whose rows are
        locked, and `"self"` the query's own, which are meant where it is empty. Of `strength`
        "update" others can neither change, delete nor lock a row; of "no_key_update" they may
        insert what refers to it; "share" only keeps it as it is, and "key_share" its key."""
        return self._copy(locked(self, self._select, strength, nowait, skip_locked, of))

    def tag(self, words: str) -> Self:
        """Words before the statement as a comment, for logs. They are a part of the statement, so
        let them name a place in the program and not a user."""
        return self._copy(self._select.tag(words))

    def using_db(self, connection: Any) -> Self:
        """Runs on this connection, by name or as it is."""
        copy = self._copy()
        copy._using = connection
        return copy

    using = using_db

    # Running.
    def __await__(self) -> Generator[Any, None, list[M_co]]:
        # A generator costs less than a coroutine, and one that never waits the least.
        if execution.way.get() is None and not (
            self._empty or self._prefetches or self._groups is not None
        ):
            select, shape = self._reading(self._select.in_own_order())
            found = _engine.fetch(router.for_read(self._model_meta, self._using), select, shape)
            if type(found) is _engine.Operation:
                found = yield from found
            rows: list[M_co] = found
            return rows
        rows = yield from self._found().__await__()
        return rows

    if TYPE_CHECKING:

        def run(self) -> list[M_co]:
            """The rows, synchronously; not where an event loop runs."""
            ...

    async def _run(self) -> list[Any]:
        return await self._found()

    def _found(self) -> Awaitable[list[Any]]:
        if self._empty:
            return execution.Known(list)
        return self._rows(self._select.in_own_order())

    async def __aiter__(self) -> AsyncIterator[M_co]:
        for row in await self:
            yield row

    def stream(self, batch: int = 1000) -> Stream[M_co]:
        """The rows, read in portions: `async for row in query.stream()`, or `for` where no event
        loop runs. Memory holds one portion; relations are loaded for `batch` rows at a time."""
        check_count("batch", batch)
        return Stream(self._open, self._load if self._prefetches else None, max(batch, 1))

    iterator = stream

    def _open(self) -> _engine.Cursor | None:
        if self._empty:
            return None
        select, shape = self._reading(self._select.in_own_order())
        target = router.for_read(self._model_meta, self._using)
        return _engine.open(target, select, shape)

    def _reading(self, select: _engine.Select) -> tuple[_engine.Select, _engine.RowPlan]:
        """The query with what an instance needs, and how instances are made of it."""
        if not self._annotations and not self._joined and self._deferred is None:
            meta = self._model_meta
            return select, meta.shape or meta.whole()
        from .shapes import instances

        return instances(self, select)

    def _rows(self, select: _engine.Select) -> Awaitable[list[Any]]:
        if self._groups is not None:
            raise InvalidQuery(
                "groups are no rows of the model: read them with .values() or .values_list()"
            )
        select, shape = self._reading(select)
        rows = execution.rows(router.for_read(self._model_meta, self._using), select, shape)
        return self._loaded(rows) if self._prefetches else rows

    async def _loaded(self, asked: Awaitable[list[Any]]) -> list[Any]:
        rows = await asked
        await self._load(rows)
        return rows

    async def _load(self, rows: list[Any]) -> None:
        if self._prefetches and rows:
            from .prefetch import prefetch

            await prefetch(self.model, rows, self._prefetches, self._using)

    def get(self, *conditions: Condition, **lookups: Any) -> Single[M_co]:
        """The one row; raises `DoesNotExist` or `MultipleObjectsReturned` otherwise."""
        return self._one(conditions, lookups, "get")

    def get_or_none(self, *conditions: Condition, **lookups: Any) -> Single[M_co | None]:
        """The one row, or `None`; raises `MultipleObjectsReturned` where there are several."""
        return self._one(conditions, lookups, "get_or_none")

    def _one(
        self, conditions: tuple[Condition, ...], lookups: dict[str, Any], how: str
    ) -> Single[Any]:
        if lookups and not conditions and not self._annotations:
            select = self._select.one_matching(self._model_meta.ready(), lookups)
            if select is not None:
                return Single(self, select, how)
        query = self.filter(*conditions, **lookups) if conditions or lookups else self
        return Single(query, query._select.narrow(2).in_own_order(), how)

    def first(self) -> Single[M_co | None]:
        """The first row, or `None`; without an order, that of the smallest key."""
        return Single(self, self._select.first(), "first")

    def last(self) -> Single[M_co | None]:
        """The last row of the order in force, or `None`; without an order, that of the greatest
        key. Of a slice, its own last row."""
        return Single(self, self._select.last(), "first")

    def earliest(self, *order: Any) -> Single[M_co | None]:
        """The first row in an order."""
        return self.order_by(*order).first()

    def latest(self, *order: Any) -> Single[M_co | None]:
        """The last row in an order."""
        return self.order_by(*order).last()

    def page(
        self, size: int, *, after: str | None = None, before: str | None = None
    ) -> Call[Page[M_co]]:
        """So many rows behind, or before, the place that a token of another page names; those at
        the start without one. None costs more than the first, and no row is missed or read twice,
        whatever comes or goes meanwhile."""
        from .pages import read

        check_count("size", size)
        if size == 0 or (after is not None and before is not None):
            raise ParamsError("a page has a row at least, and is after or before a place")
        return Call(lambda: read(self, size, after, before), "page")

    def paginate(self, number: int = 1, size: int = 20) -> Call[NumberedPage[M_co]]:
        """A page by its number, from 1, and how many rows there are in all: in one round trip. The
        primary key is added to the order, so that pages do not overlap. For pages that are read
        one after the other, `page` costs less."""
        from .pages import read_numbered

        check_count("number", number)
        check_count("size", size)
        if number == 0 or size == 0:
            raise ParamsError("pages are counted from 1, and have a row at least")
        return Call(lambda: read_numbered(self, number, size), "paginate")

    def count(self) -> Call[int]:
        """The number of rows that the query gives."""
        return Call(self._count, "count", batched=True)

    async def _count(self) -> int:
        if self._empty:
            return 0
        select = self._grouped_select() if self._groups is not None else self._select
        target = router.for_read(self._model_meta, self._using)
        statement = _engine.Statement.count(select)
        (found,) = await execution.rows(target, statement, _SCALARS)
        return int(found)

    def _grouped_select(self) -> _engine.Select:
        groups = self._groups or {}
        return self._select.reading([each._node for each in groups.values()])

    def exists(self) -> Call[bool]:
        """Whether the query gives a row."""
        return Call(self._exists, "exists", batched=True)

    async def _exists(self) -> bool:
        if self._empty:
            return False
        target = router.for_read(self._model_meta, self._using)
        statement = _engine.Statement.exists(self._select)
        (found,) = await execution.rows(target, statement, _SCALARS)
        return bool(found)

    @overload
    def aggregate(self, a: Value[A1], /) -> Call[tuple[A1]]: ...
    @overload
    def aggregate(self, a: Value[A1], b: Value[A2], /) -> Call[tuple[A1, A2]]: ...
    @overload
    def aggregate(self, a: Value[A1], b: Value[A2], c: Value[A3], /) -> Call[tuple[A1, A2, A3]]: ...
    @overload
    def aggregate(
        self, a: Value[A1], b: Value[A2], c: Value[A3], d: Value[A4], /
    ) -> Call[tuple[A1, A2, A3, A4]]: ...
    @overload
    def aggregate(
        self, a: Value[A1], b: Value[A2], c: Value[A3], d: Value[A4], e: Value[A5], /
    ) -> Call[tuple[A1, A2, A3, A4, A5]]: ...
    @overload
    def aggregate(self, **expressions: Any) -> Call[dict[str, Any]]: ...
    def aggregate(self, *expressions: Any, **named: Any) -> Call[Any]:
        """Aggregates over exactly the rows that the query gives, several at once: as a tuple, or by
        name as a dict."""
        if bool(expressions) == bool(named):
            raise ParamsError(
                "aggregate() needs expressions, either all of them with a name or none: "
                "aggregate(n=Count('id'))"
            )
        given = expressions or tuple(named.values())
        nodes = [self._scope.settled(each)._node for each in given]
        rows = self._select.filter(_engine.any_of([])) if self._empty else self._select
        select = rows.aggregate(nodes)
        names = list(named)
        shape = _engine.RowPlan.dicts(names) if names else _engine.RowPlan.tuples()

        async def run() -> Any:
            target = router.for_read(self._model_meta, self._using)
            (row,) = await execution.rows(target, select, shape)
            return row

        return Call(run, "aggregate", batched=True)

    def in_bulk(self, ids: Iterable[Any], field_name: str = "pk") -> Call[dict[Any, M_co]]:
        """Rows by their keys, or by the values of another field that no two rows share."""
        # NULL tells no rows apart.
        keys = [key for key in ids if key is not None]
        check_unique(self._model_meta, field_name)

        async def run() -> dict[Any, Any]:
            if not keys:
                return {}
            rows = await self.filter(**{f"{field_name}__in": keys})
            return {getattr(row, field_name): row for row in rows}

        return Call(run, "a query")

    def values(self, *fields: str | Value[Any], **named: str | Value[Any]) -> Rows[dict[str, Any]]:
        """Rows as dicts; of all fields, where none are named."""
        from .shapes import projection

        chosen = projection(self, fields, named, False)
        return Rows(self, chosen.select, chosen.dicts(), chosen.names)

    def _projected(self, fields: tuple[Any, ...], flat: bool, whole: bool) -> Rows[Any]:
        from .shapes import projection

        chosen = projection(self, fields, {}, whole)
        if flat and len(chosen.names) != 1:
            raise ParamsError(f"flat=True is for one column, and there are {len(chosen.names)}")
        return Rows(self, chosen.select, chosen.plan(flat), chosen.names)

    def into(self, kind: Callable[..., U], **named: Any) -> Rows[U]:
        """Rows as instances of any class that is made by keywords: a dataclass, a TypedDict. Its
        members are fields, annotations, or what is given by name here: expressions and whole rows,
        such as `author=Book.author`."""
        from .shapes import into

        return into(self, kind, named)

    # Writing.
    def update(self, *assigned: Assignment, **values: Any) -> Written[M_co]:
        """Sets fields of exactly the rows that the query gives, and tells how many they were; or
        `.returning(…)` what is in them then."""
        from .written import update

        return update(self, assigned, values)

    def delete(self) -> Written[M_co]:
        """Deletes exactly the rows that the query gives, and tells how many they were; or
        `.returning(…)` what was in them."""
        from .written import delete

        return delete(self)

    def get_or_create(
        self, defaults: dict[str, Any] | None = None, **lookups: Any
    ) -> Call[tuple[M_co, bool]]:
        """The row that matches, or a new one; and whether it is new. Right under a race."""
        from . import upsert

        upsert.check_defaults(defaults)
        return Call(lambda: upsert.get_or_create(self, defaults or {}, lookups), "get_or_create")

    def update_or_create(
        self, defaults: dict[str, Any] | None = None, **lookups: Any
    ) -> Call[tuple[M_co, bool]]:
        """The row that matches, with new values, or a new one; and whether it is new."""
        from . import upsert

        upsert.check_defaults(defaults)
        return Call(
            lambda: upsert.update_or_create(self, defaults or {}, lookups), "update_or_create"
        )

    # Looking at it.
    def sql(self) -> str:
        """The SQL text, on the database that the query would run on."""
        return self.get_parameterized_sql()[0]

    def get_parameterized_sql(self) -> tuple[str, list[Any]]:
        """The SQL text, and the values of its parameters."""
        return text_of(self, self._reading(self._select.in_own_order())[0])

    def explain(
        self,
        format: Literal["text", "json"] = "text",
        *,
        analyze: bool = False,
        verbose: bool = False,
    ) -> Call[str]:
        """How the database would run the query, in its own words or as JSON; with `analyze` it is
        run, and the plan tells how (PostgreSQL), with `verbose` in more detail (PostgreSQL)."""
        select, _ = self._reading(self._select.in_own_order())
        return explained(self, select, format, analyze, verbose)

    def __yara_select__(self) -> _engine.Select:
        """As a subquery: the primary key of its rows."""
        meta = self._model_meta
        nodes = [meta.column(name)._node for name in meta.pk_names]
        return self._select.reading(nodes)

    def subquery(self, column: Value[U]) -> Rows[U]:
        """The values of one column, for `in_` and the like."""
        return self.values_list(column, flat=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {'no ' if self._empty else ''}{self._select!r}>"

    def _shown(self) -> str:
        return f"query of {self._select!r}"


def single(meta: Meta, lookups: dict[str, Any], how: str) -> Single[Any] | None:
    """A query for the one row that matches, where it is asked for as it mostly is; `None` where it
    takes the longer way."""
    query, table = meta._every, meta.table_handle
    if query is None or table is None or not lookups:
        return None
    if meta.manager is not None or registry._pending:
        return None
    select = query._select.one_matching(table, lookups)
    return None if select is None else Single(query, select, how)


def _group_name(field: Any, at: int) -> str:
    if isinstance(field, Col):
        return field.name
    if isinstance(field, RelationPath) and field._path:
        return field._path[-1]
    return f"group_{at}"


__all__ = ["Call", "QuerySet", "Rows", "Runnable", "Single"]
