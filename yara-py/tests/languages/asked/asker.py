"""What a query of the test is."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from yara_orm import Q

from ..models import Author, Book

Ask = Callable[[], Awaitable[Any]]


@dataclasses.dataclass
class Query:
    """A query by its name; `typed` asks by expressions, `by_text` by lookups. One of them may be
    left out where a spelling has no words for it."""

    name: str
    typed: Ask | None
    by_text: Ask | None = None


def books(name: str, typed: Callable[[], Any] | None, *given: Q, **lookups: Any) -> Query:
    """Books that match, by key."""
    return _rows(Book, name, typed, given, lookups)


def authors(name: str, typed: Callable[[], Any] | None, *given: Q, **lookups: Any) -> Query:
    """Authors that match, by key."""
    return _rows(Author, name, typed, given, lookups)


def _rows(
    model: Any, name: str, typed: Any, given: tuple[Q, ...], lookups: dict[str, Any]
) -> Query:
    by_text = None
    if given or lookups:
        by_text = lambda: model.filter(*given, **lookups).order_by("id")
    by_expression = None
    if typed is not None:
        by_expression = lambda: model.filter(typed()).order_by(model.id)
    return Query(name, by_expression, by_text)


async def row(aggregates: Awaitable[dict[str, Any]]) -> Any:
    """The values of an aggregate; of one, itself."""
    found = tuple((await aggregates).values())
    return found[0] if len(found) == 1 else found
