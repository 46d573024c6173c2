"""Running statements: awaited on an event loop, or in the thread that asks.

Everything above is written once, as coroutines. In a blocking call they are driven without a loop:
each operation of the engine is run where it would be awaited.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from contextvars import ContextVar
from typing import Any, TypeVar

from . import _engine
from .exceptions import InterfaceError, InvalidQuery

T = TypeVar("T")

blocking: ContextVar[bool] = ContextVar("yara_orm.blocking", default=False)
gathering: ContextVar[bool] = ContextVar("yara_orm.gathering", default=False)
"""Whether statements are not run but handed to a batch, which runs several in one round trip."""


class Asked:
    """A statement that waits for its batch."""

    __slots__ = ("shape", "statement", "target")

    def __init__(
        self, target: Any, statement: _engine.Statement, shape: _engine.RowPlan | None
    ) -> None:
        self.target = target
        self.statement = statement
        self.shape = shape

    def __await__(self) -> Generator[Asked, Any, Any]:
        return (yield self)


async def perform(operation: _engine.Operation[T]) -> T:
    """The result of an operation of the engine."""
    if gathering.get():
        raise InvalidQuery("a batch is made of single statements, and this takes several steps")
    if blocking.get():
        return operation.run()
    return await operation


def refuse_in_loop() -> None:
    """Refuses to block where an event loop runs, before anything has begun."""
    _engine.refuse_in_loop()


def run_blocking(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine of this library, in this thread and without a loop."""
    token = blocking.set(True)
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
        blocking.reset(token)


async def rows(target: Any, statement: _engine.Statement, shape: _engine.RowPlan) -> list[Any]:
    """The rows of a statement."""
    if gathering.get():
        gathered: list[Any] = await Asked(target, statement, shape)
        return gathered
    operation = _engine.run(target, statement, shape)
    found: list[Any] = operation.run() if blocking.get() else await operation
    return found


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
        if gathering.get():
            return int(await Asked(target, statements[0], None))
        return int(await perform(_engine.run(target, statements[0], None)))
    return sum(await perform(_engine.run_all(target, [(each, None) for each in statements])))


def text(target: Any, statement: _engine.Statement) -> tuple[str, list[Any]]:
    """The SQL text of a statement and the values of its parameters."""
    return _engine.text(target, statement)
