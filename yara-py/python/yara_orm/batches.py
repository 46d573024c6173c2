"""Several statements of different kinds in one round trip."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Generator
from typing import Any, TypeVar, overload

from . import _engine, execution
from .exceptions import InvalidQuery, ParamsError
from .execution import Asked, way
from .runnable import Call, Runnable

A1 = TypeVar("A1")
A2 = TypeVar("A2")
A3 = TypeVar("A3")
A4 = TypeVar("A4")
A5 = TypeVar("A5")
A6 = TypeVar("A6")


@overload
def batch(a: Awaitable[A1], /) -> Call[tuple[A1]]: ...
@overload
def batch(a: Awaitable[A1], b: Awaitable[A2], /) -> Call[tuple[A1, A2]]: ...
@overload
def batch(a: Awaitable[A1], b: Awaitable[A2], c: Awaitable[A3], /) -> Call[tuple[A1, A2, A3]]: ...
@overload
def batch(
    a: Awaitable[A1], b: Awaitable[A2], c: Awaitable[A3], d: Awaitable[A4], /
) -> Call[tuple[A1, A2, A3, A4]]: ...
@overload
def batch(
    a: Awaitable[A1], b: Awaitable[A2], c: Awaitable[A3], d: Awaitable[A4], e: Awaitable[A5], /
) -> Call[tuple[A1, A2, A3, A4, A5]]: ...
@overload
def batch(
    a: Awaitable[A1],
    b: Awaitable[A2],
    c: Awaitable[A3],
    d: Awaitable[A4],
    e: Awaitable[A5],
    f: Awaitable[A6],
    /,
) -> Call[tuple[A1, A2, A3, A4, A5, A6]]: ...
@overload
def batch(*parts: Runnable[Any]) -> Call[tuple[Any, ...]]: ...
def batch(*parts: Any) -> Any:
    """Runs statements in one round trip, and gives what each gives, as a tuple: of queries, counts,
    aggregates, updates, deletions, and new rows.

        books, total, _ = await batch(
            Book.filter(Book.views > 10), Book.all().count(), Tag.create(name="new"))

    They run in order, each sees what those before it did, and after an error none has happened.
    What takes several statements, such as `get_or_create`, is refused; relations to load follow in
    statements of their own, those of all parts together.
    """
    for part in parts:
        if not isinstance(part, Runnable):
            raise ParamsError(
                f"a batch is made of queries and of calls such as .count() and .update(), not {part!r}"
            )
        if isinstance(part, Call) and not part._batched:
            name = part._name
            part.close()
            raise ParamsError(f"{name} is no single statement, so it cannot be a part of a batch")
    return Call(lambda: _run(parts), "batch")


async def _run(parts: tuple[Runnable[Any], ...]) -> tuple[Any, ...]:
    steps = [_Part(part._run()) for part in parts]
    try:
        while any(not step.is_done for step in steps):
            for step in steps:
                if not step.is_done and step.asked is None:
                    await step
            await _answer([step for step in steps if step.asked is not None])
    finally:
        for step in steps:
            step.coroutine.close()
    return tuple(step.result for step in steps)


async def _answer(steps: list[_Part]) -> None:
    """Runs what the parts ask for, together."""
    asked = [step.asked for step in steps if step.asked is not None]
    if not asked:
        return
    target = asked[0].target
    if any(each.target is not target for each in asked):
        raise InvalidQuery("the statements of a batch run on one connection, and these on several")
    given = [(each.statement, each.shape) for each in asked]
    results = await execution.perform(_engine.run_all(target, given))
    for step, result in zip(steps, results, strict=True):
        step.asked, step.answer = None, result


class _Part:
    """A part of a batch, driven from one statement to the next."""

    __slots__ = ("answer", "asked", "coroutine", "is_done", "result")

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self.coroutine = coroutine
        self.asked: Asked | None = None
        self.answer: Any = None
        self.result: Any = None
        self.is_done = False

    def __await__(self) -> Generator[Any, Any, None]:
        """Goes on until the part asks for a statement, or has come to its end. What it awaits of
        the event loop, such as a signal's receiver, is awaited here."""
        sent, self.answer = self.answer, None
        while True:
            token = way.set("gathering")
            try:
                yielded = self.coroutine.send(sent)
            except StopIteration as stop:
                self.result, self.is_done = stop.value, True
                return
            finally:
                way.reset(token)
            if isinstance(yielded, Asked):
                self.asked = yielded
                return
            sent = yield yielded
