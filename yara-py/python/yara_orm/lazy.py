"""What a query says to code that takes it for its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING


class Lazy:
    """Has no rows before it is awaited: it is neither true nor false, long nor short."""

    __slots__ = ()

    if TYPE_CHECKING:
        # To a checker they are not there at all.
        __iter__: None
        __contains__: None
        __len__: None
    else:

        def __iter__(self):
            raise TypeError(
                f"{self!r} gives rows when it is awaited: `for row in await query`, or "
                "`async for row in query`"
            )

        def __contains__(self, row):
            raise TypeError(
                f"{self!r} holds no rows before it is awaited: `row in await query`"
                + self._or("`await query.filter(pk=row.pk).exists()`", "filter", "get")
            )

        def __len__(self):
            raise TypeError(
                f"{self!r} has no length before it is awaited: `len(await query)`"
                + self._or("`await query.count()`", "count")
            )

        def _or(self, instead, *needed):
            return f", or {instead}" if all(hasattr(self, each) for each in needed) else ""

    def __bool__(self) -> bool:
        raise TypeError(
            f"{self!r} is neither true nor false before it is awaited: `if await query`"
            + (", or `if await query.exists()`" if hasattr(self, "exists") else "")
        )
