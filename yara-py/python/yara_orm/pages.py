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


async def read(query: QuerySet[Any], size: int, after: str | None, before: str | None) -> Page[Any]:
    """See `QuerySet.page`."""
    if query._groups is not None:
        raise InvalidQuery("groups have no pages: slice them")
    if query._empty:
        return Page([], None, None)
    select, shape = query._reading(query._select.in_own_order())
    keyset = _engine.Keyset(router.engine(query.model, query._using), select)
    # One row more tells whether there is another page.
    statement = _engine.Statement.select(keyset.page(size + 1, after, before))
    target = router.for_read(query.model, query._using)
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
