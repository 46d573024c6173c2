"""Rows that are read in portions, with an event loop or without one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _engine, execution
from .exceptions import InterfaceError

if TYPE_CHECKING:
    from typing_extensions import Self

T_co = TypeVar("T_co", covariant=True)


class Stream(Generic[T_co]):
    """Rows of a query, of which memory holds one portion: `async for row in query.stream()`, or
    `for row in query.stream()` where no event loop runs.

    It has its connection to itself from the first row to the last one, or until it is closed or
    dropped; `async with` and `with` close it at their end.
    """

    __slots__ = ("_batch", "_cursor", "_is_reading", "_load", "_open", "_ready", "_waiting")

    def __init__(
        self,
        open: Callable[[], _engine.Cursor | None],
        load: Callable[[list[Any]], Coroutine[Any, Any, None]] | None = None,
        batch: int = 1000,
    ) -> None:
        self._open: Callable[[], _engine.Cursor | None] | None = open
        self._load = load
        self._batch = batch
        self._cursor: _engine.Cursor | None = None
        self._is_reading = False
        # Rows that can be given, and those whose relations are still to be loaded; the next last.
        self._ready: list[Any] = []
        self._waiting: list[Any] = []

    async def _fill(self) -> bool:
        """Reads on; whether there is a row."""
        if self._is_reading:
            raise InterfaceError("a stream is read by one task at a time")
        self._is_reading = True
        try:
            return await self._read()
        except BaseException:
            # Rows of it are lost, so that there are no more; the connection is free.
            self._forget()
            raise
        finally:
            self._is_reading = False

    async def _read(self) -> bool:
        if self._open is not None:
            begin, self._open = self._open, None
            self._cursor = begin()
        if not self._waiting:
            if self._cursor is None:
                return False
            self._waiting = await execution.perform(self._cursor.next_batch())
            if not self._waiting:
                self._forget()
                return False
            self._waiting.reverse()
        if self._load is None:
            self._ready, self._waiting = self._waiting, []
            return True
        rows = self._waiting[-self._batch :]
        await self._load(rows)
        del self._waiting[-len(rows) :]
        self._ready = rows
        return True

    def _forget(self) -> _engine.Cursor | None:
        """Gives no row any more; the cursor, if there is one, is left to the caller."""
        self._open = None
        self._ready, self._waiting = [], []
        cursor, self._cursor = self._cursor, None
        return cursor

    def __repr__(self) -> str:
        return f"<Stream in portions of {self._batch} rows>"

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T_co:
        if not self._ready and not await self._fill():
            raise StopAsyncIteration
        row: T_co = self._ready.pop()
        return row

    async def aclose(self) -> None:
        """Ends it, and frees its connection."""
        cursor = self._forget()
        if cursor is not None:
            await execution.perform(cursor.close())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __iter__(self) -> Self:
        execution.refuse_in_loop()
        return self

    def __next__(self) -> T_co:
        if not self._ready:
            execution.refuse_in_loop()
            if not execution.run_blocking(self._fill()):
                raise StopIteration
        row: T_co = self._ready.pop()
        return row

    def close(self) -> None:
        """Ends it where no event loop runs."""
        execution.refuse_in_loop()
        execution.run_blocking(self.aclose())

    def __enter__(self) -> Self:
        execution.refuse_in_loop()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
