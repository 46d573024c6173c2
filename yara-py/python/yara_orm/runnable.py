"""What is awaited, or run where no event loop runs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import execution
from .pickling import Unpicklable

T_co = TypeVar("T_co", covariant=True)


class Runnable(Unpicklable, Generic[T_co]):
    """Something to await, or to run by `.run()`; any number of times."""

    __slots__ = ()

    _instead = "what it gives, or what it is made of, such as a Q"

    if TYPE_CHECKING:

        def _run(self) -> Coroutine[Any, Any, T_co]: ...

    def __await__(self) -> Generator[Any, None, T_co]:
        return self._run().__await__()

    def run(self) -> T_co:
        """The same, synchronously; not where an event loop runs."""
        execution.refuse_in_loop()
        return execution.run_blocking(self._run())


class Done(Runnable[None]):
    """What has been done already, and may be awaited all the same."""

    __slots__ = ()

    async def _run(self) -> None:
        pass


class Call(Runnable[T_co], Coroutine[Any, Any, T_co]):
    """A call that has not begun: a coroutine, that can also be run synchronously by `.run()`."""

    __slots__ = ("_batched", "_begin", "_coroutine", "_name")

    def __init__(
        self,
        begin: Callable[[], Coroutine[Any, Any, T_co]],
        name: str = "a call",
        *,
        batched: bool = False,
    ) -> None:
        # Whether it is a statement that can be one of several in a round trip.
        self._batched = batched
        self._begin: Callable[[], Coroutine[Any, Any, T_co]] | None = begin
        self._coroutine: Coroutine[Any, Any, T_co] | None = None
        self._name = name

    def _run(self) -> Coroutine[Any, Any, T_co]:
        begin, self._begin = self._begin, None
        if begin is None:
            raise RuntimeError(f"{self._name} was awaited or run already; call it again")
        return begin()

    def send(self, value: Any) -> Any:
        """A step, as of a coroutine."""
        if self._coroutine is None:
            self._coroutine = self._run()
        return self._coroutine.send(value)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None) -> Any:
        """Raises in it, as in a coroutine."""
        if self._coroutine is None:
            self._coroutine = self._run()
        return self._coroutine.throw(kind if value is None else value)

    def close(self) -> None:
        """Ends it."""
        self._begin = None
        if self._coroutine is not None:
            self._coroutine.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is neither true nor false before it is awaited: `if await …`")

    def __del__(self) -> None:
        if self._begin is not None:
            warnings.warn(f"{self._name} was never awaited, nor run", RuntimeWarning, stacklevel=2)
