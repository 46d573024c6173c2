"""Running statements: awaited on an event loop, or in the thread that asks.

Everything above is written once, as coroutines. In a blocking call they are driven without a loop:
each operation of the engine is run where it would be awaited.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import ContextVar
from typing import Any, Generic, Literal, TypeVar, overload

from . import _engine
from .exceptions import InterfaceError, InvalidQuery

T = TypeVar("T")

way: ContextVar[Literal["blocking", "gathering"] | None] = ContextVar("yara_orm.way", default=None)
"""How statements are run: awaited, in the thread that asks, or not at all but handed to a batch,
which runs several in one round trip."""


class Asked:
    """A statement that waits for its batch."""

    __slots__ = ("shape", "statement", "target")

    def __init__(
        self,
        target: Any,
        statement: _engine.Select | _engine.Statement,
        shape: _engine.RowPlan | None,
    ) -> None:
        self.target = target
        self.statement = statement
        self.shape = shape

    def __await__(self) -> Generator[Asked, Any, Any]:
        return (yield self)


class Known(Generic[T]):
    """To be awaited, and never waited for."""

    __slots__ = ("_find",)

    def __init__(self, find: Callable[[], T]) -> None:
        self._find = find

    def __await__(self) -> Generator[Any, None, T]:
        return self._find()
        yield


def perform(operation: _engine.Operation[T]) -> Awaitable[T]:
    """The result of an operation of the engine."""
    current = way.get()
    if current is None:
        return operation
    if current == "blocking":
        return Known(operation.run)
    raise InvalidQuery("a batch is made of single statements, and this takes several steps")


def refuse_in_loop() -> None:
    """Refuses to block where an event loop runs, before anything has begun."""
    _engine.refuse_in_loop()


def run_blocking(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine of this library, in this thread and without a loop."""
    token = way.set("blocking")
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    else:
        coroutine.close()
        raise InterfaceError(
            "a synchronous call came upon something that needs an event loop, such as a signal's "
            "receiver that awaits; await the call instead"
        )
    finally:
        way.reset(token)


async def guest(awaitable: Awaitable[T], what: str) -> T:
    """The result of something of the program's, such as a receiver; without a loop, what needs one
    is refused."""
    if way.get() != "blocking":
        return await awaitable
    steps = awaitable.__await__()
    cause: RuntimeError | None = None
    try:
        next(steps)
    except StopIteration as stop:
        result: T = stop.value
        return result
    except RuntimeError as error:
        # As asyncio says it.
        if "event loop" not in str(error):
            raise
        cause = error
    else:
        steps.close()
    raise InterfaceError(
        f"{what} awaits something that needs an event loop, and there is none in .run(); await the "
        "call instead"
    ) from cause


@overload
def rows(
    target: Any, statement: _engine.Select | _engine.Statement, shape: _engine.RowPlan
) -> Awaitable[list[Any]]: ...
@overload
def rows(target: Any, statement: _engine.Statement, shape: None) -> Awaitable[int]: ...
def rows(target: Any, statement: Any, shape: _engine.RowPlan | None) -> Awaitable[Any]:
    """The rows of a statement, or without a shape their number."""
    current = way.get()
    if current is None:
        return _engine.run(target, statement, shape)
    if current == "gathering":
        return Asked(target, statement, shape)
    return perform(_engine.run(target, statement, shape))


async def batch(
    target: Any, statements: list[_engine.Statement], shape: _engine.RowPlan
) -> list[Any]:
    """The rows of several statements, one after the other; all of them are run, or none."""
    given = [(each, shape if each.gives_rows else None) for each in statements]
    results = await perform(_engine.run_all(target, given))
    return [row for result in results if isinstance(result, list) for row in result]


async def count(target: Any, statements: list[_engine.Statement]) -> int:
    """How many rows statements have written; all of them are run, or none."""
    if len(statements) == 1:
        return await rows(target, statements[0], None)
    return sum(await perform(_engine.run_all(target, [(each, None) for each in statements])))


def text(target: Any, statement: _engine.Select | _engine.Statement) -> tuple[str, list[Any]]:
    """The SQL text of a statement and the values of its parameters."""
    return _engine.text(target, statement)
