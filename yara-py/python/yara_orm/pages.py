"""Pages of a query, by the values that its rows are ordered by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _engine, execution, router
from .exceptions import InvalidQuery

if TYPE_CHECKING:
    from .queryset import QuerySet

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows, and the tokens of the pages beside them."""

    rows: list[T]
    #: For `after=…` of the next page; `None` if this is the last one.
    next: str | None
    #: For `before=…` of the page before; `None` if this is the first one.
    previous: str | None


@dataclass(frozen=True)
class NumberedPage(Generic[T]):
    """Rows of a page, and how many there are in all."""

    rows: list[T]
    #: How many rows the query gives in all.
    total: int
    #: The number of the page, from 1.
    number: int
    #: How many rows a page has.
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.size)

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.number < self.pages

    @property
    def has_previous(self) -> bool:
        """Whether a page comes before."""
        return self.number > 1


async def read_numbered(query: QuerySet[Any], number: int, size: int) -> NumberedPage[Any]:
    """See `QuerySet.paginate`."""
    if query._groups is not None:
        raise InvalidQuery("groups have no pages: slice them")
    if query._empty:
        return NumberedPage([], 0, number, size)
    table = query._sliced(slice((number - 1) * size, number * size))
    select, shape = table._reading(table._select.in_page_order())
    statements: list[tuple[_engine.Select | _engine.Statement, _engine.RowPlan | None]] = [
        (select, shape),
        (_engine.Statement.count(query._select), _engine.RowPlan.scalars()),
    ]
    target = router.for_read(query._model_meta, query._using)
    rows, (total,) = await execution.perform(_engine.run_all(target, statements))
    await query._load(rows)
    return NumberedPage(rows, total, number, size)


async def read(query: QuerySet[Any], size: int, after: str | None, before: str | None) -> Page[Any]:
    """See `QuerySet.page`."""
    if query._groups is not None:
        raise InvalidQuery("groups have no pages: slice them")
    if query._empty:
        return Page([], None, None)
    select, shape = query._reading(query._select.in_own_order())
    keyset = _engine.Keyset(router.engine(query._model_meta, query._using), select)
    # One row more tells whether there is another page.
    statement = keyset.page(size + 1, after, before)
    target = router.for_read(query._model_meta, query._using)
    found = await execution.rows(target, statement, shape.keyed(keyset.width))
    more, found = len(found) > size, found[:size]
    if before is not None:
        found.reverse()
    rows = [row for _, row in found]
    await query._load(rows)
    if not found:
        return Page([], None, None)

    def token(at: int) -> str:
        key = found[at][0]
        return keyset.token(list(key) if keyset.width > 1 else [key])

    has_next = more if before is None else True
    has_previous = more if before is not None else after is not None
    return Page(rows, token(-1) if has_next else None, token(0) if has_previous else None)
