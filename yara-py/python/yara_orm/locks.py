"""Locking the rows that a query reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from . import _engine
from .exceptions import FieldError, ParamsError
from .paths import RelationPath
from .registry import nearest

if TYPE_CHECKING:
    from .queryset import QuerySet

Strength = Literal["update", "no_key_update", "share", "key_share"]
_STRENGTHS: tuple[Strength, ...] = ("update", "no_key_update", "share", "key_share")


def locked(
    query: QuerySet[Any],
    select: _engine.Select,
    strength: str,
    nowait: bool,
    skip_locked: bool,
    of: Iterable[str | type[Any]],
) -> _engine.Select:
    """A query that locks its rows, see `QuerySet.select_for_update`."""
    from .prefetch import steps_of

    if strength not in _STRENGTHS:
        raise ParamsError(f"there is no lock {strength!r}{nearest(strength, _STRENGTHS)}")
    if nowait and skip_locked:
        raise ParamsError("nowait and skip_locked exclude each other")
    several: Iterable[Any] = (of,) if isinstance(of, (str, RelationPath)) else of
    paths = []
    for rows in several:
        if rows is query.model or (isinstance(rows, str) and rows == "self"):
            paths.append("self")
        elif isinstance(rows, (str, RelationPath)):
            paths.append("__".join(steps_of(query.model, rows, to_one=True)))
        else:
            raise FieldError(f"rows of {query.model.__name__} are not locked by {rows!r}")
    return select.lock(strength, nowait, skip_locked, paths)
