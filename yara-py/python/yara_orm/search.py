"""Full-text search."""

from __future__ import annotations

from typing import Any

from . import _engine
from .exceptions import ParamsError
from .expressions import Deferred, Expr
from .shown import named, shown
from .values import Value

__all__ = ["Fulltext", "fulltext"]


class Fulltext:
    """A search in texts of a row, made by `fulltext`: which rows match, and how well."""

    __slots__ = ("_columns", "_language", "_query")

    def __init__(self, columns: tuple[Any, ...], query: Any, language: str) -> None:
        self._columns = columns
        self._query = query
        self._language = language

    def matches(self) -> Expr[bool]:
        """Whether the row matches."""
        return self._asked(rank=False)

    def rank(self) -> Expr[float]:
        """How well the row matches; more is better."""
        return self._asked(rank=True)

    def _asked(self, rank: bool) -> Expr[Any]:
        from .expressions import wrap

        columns, query, language = self._columns, self._query, self._language

        def build(scope: Any) -> Expr[Any]:
            nodes = [scope.named(column)._node for column in columns]
            given = scope.settled(query)._node if isinstance(query, Value) else query
            return wrap(_engine.search(given, nodes, language, rank))

        return Deferred(build, f"{self!r}.{'rank' if rank else 'matches'}()")

    def __repr__(self) -> str:
        return f"fulltext({', '.join(map(named, self._columns))}, query={shown(self._query)})"


def fulltext(
    *columns: str | Value[Any], query: str | Value[str], language: str = "simple"
) -> Fulltext:
    """A search in these texts of a row, written as for a web search: words that all have to be
    there, `"a phrase"`, `or`, and `-` before what must not be there. `simple` takes words as they
    are, `english` ignores endings.

        found = fulltext(Page.title, Page.body, query="engines -cats", language="english")
        await Page.filter(found.matches()).order_by(found.rank().desc())
    """
    if not columns:
        raise ParamsError("fulltext() needs the texts to search in")
    return Fulltext(columns, query, language)
