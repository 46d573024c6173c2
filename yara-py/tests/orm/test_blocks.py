"""Transactions as blocks: how they end whatever fails in them, and tasks that run within."""

from __future__ import annotations

import asyncio
import sys
import traceback
from typing import Any

import pytest
from conftest import Run
from yara_orm import Model, atomic, connections, fields, in_transaction
from yara_orm.exceptions import (
    DBConnectionError,
    InterfaceError,
    InvalidQuery,
    TransactionManagementError,
    UniqueViolation,
)

from .conftest import World
from .held import nothing_is_held


class Strange(Exception):
    """An error of the program's own."""


class Note(Model):
    id = fields.IntField(pk=True)
    text = fields.CharField(max_length=20, unique=True)
    kind = fields.CharField(max_length=20, default="made")

    class Meta:
        table = "block_note"


MODELS = (Note,)


async def texts() -> list[str]:
    return await Note.all().order_by("text").values_list("text", flat=True)


async def _create(text: str) -> Note:
    return await Note.create(text=text)


def test_the_error_of_a_block_is_the_one_that_was_raised(world: World, run: Run) -> None:
    cause = KeyError("why")
    raised = Strange("what")

    async def fail() -> None:
        async with in_transaction():
            await Note.create(text="a")
            async with in_transaction():
                await Note.create(text="b")
                raise raised from cause

    async def main() -> None:
        with pytest.raises(Strange) as caught:
            await fail()
        assert caught.value is raised
        assert caught.value.__cause__ is cause and caught.value.__context__ is None
        names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
        assert "fail" in names
        assert await texts() == []
        assert await nothing_is_held()

    run(main)


def test_errors_of_the_database_keep_their_causes(world: World, run: Run) -> None:
    async def main() -> None:
        await Note.create(text="a")
        with pytest.raises(RuntimeError) as caught:
            async with in_transaction():
                try:
                    await Note.create(text="a")
                except UniqueViolation as error:
                    raise RuntimeError("twice") from error
        assert isinstance(caught.value.__cause__, UniqueViolation)
        assert caught.value.__cause__.sqlstate == "23505"
        assert await texts() == ["a"]

    run(main)


def test_a_rollback_that_fails_hides_nothing(world: World, run: Run) -> None:
    async def main() -> None:
        with pytest.raises(Strange) as caught:
            async with in_transaction() as tx:
                await Note.create(text="a")
                if world.backend == "postgres":
                    await _kill(tx)
                else:
                    await tx.rollback()
                raise Strange
        assert caught.value.__context__ is None
        assert await texts() == []
        assert await nothing_is_held()

    run(main)


async def _kill(tx: Any) -> None:
    """Ends the connection of a transaction, from another one."""
    pid = (await tx.fetch_row("select pg_backend_pid()"))[0]
    engine = connections.get().engine
    await engine.fetch_rows("select pg_terminate_backend($1::int)", [pid])
    await asyncio.sleep(0.05)


async def test_a_block_ends_once(world: World) -> None:
    block = in_transaction()
    async with block:
        with pytest.raises(TransactionManagementError, match="used already"):
            async with block:
                pass
        await Note.create(text="a")
    assert await texts() == ["a"]
    with pytest.raises(TransactionManagementError, match="has not been begun"):
        await block.__aexit__(None, None, None)
    async with block:
        await Note.create(text="b")
    async with in_transaction() as tx:
        await tx.commit()
        with pytest.raises(TransactionManagementError, match="it was committed"):
            await Note.create(text="c")
        with pytest.raises(TransactionManagementError):
            await tx.rollback()
    assert await texts() == ["a", "b"]


async def test_a_savepoint_that_failed_unnoticed(world: World) -> None:
    """The block cannot be committed; it ends all the same, though its wrapper is still there."""
    await Note.create(text="a")
    with pytest.raises(TransactionManagementError, match="was rolled back, not committed"):
        async with in_transaction() as tx:
            await Note.create(text="b")
            await tx.savepoint()
            with pytest.raises(UniqueViolation):
                await Note.create(text="a")
    assert not tx.is_open and await nothing_is_held()
    assert await texts() == ["a"]


def test_a_block_that_ends_in_another_context(world: World, run: Run) -> None:
    """As that of an asynchronous generator, which is closed by the event loop or by a fixture."""

    async def opened() -> Any:
        async with in_transaction():
            await Note.create(text="a")
            yield

    async def main() -> None:
        import contextvars

        generator = opened()
        loop = asyncio.get_running_loop()

        async def step() -> None:
            await anext(generator)

        async def close() -> None:
            await generator.aclose()

        if sys.version_info >= (3, 11):
            await loop.create_task(step(), context=contextvars.copy_context())
            await loop.create_task(close(), context=contextvars.copy_context())
        else:
            await loop.create_task(step())
            await loop.create_task(close())
        assert await nothing_is_held()
        assert await texts() == []

    run(main)


# --- Tasks in blocks -------------------------------------------------------------------------


def test_gather_within_a_block(world: World, run: Run) -> None:
    async def main() -> None:
        async with in_transaction():
            notes = await asyncio.gather(*(_create(f"{at:02}") for at in range(30)))
            assert len({note.id for note in notes}) == 30
            counts = await asyncio.gather(*(Note.all().count() for _ in range(10)))
            assert counts == [30] * 10
        assert len(await texts()) == 30
        # One that fails takes the others with it, and the block.
        with pytest.raises(UniqueViolation):
            async with in_transaction():
                await asyncio.gather(*(_create(text) for text in ("x", "00", "y")))
        assert len(await texts()) == 30 and await nothing_is_held()

    run(main)


def test_savepoints_side_by_side_are_refused(world: World, run: Run) -> None:
    opened = asyncio.Event

    async def nested(text: str, hold: asyncio.Event) -> None:
        async with in_transaction():
            await Note.create(text=text)
            await hold.wait()

    async def main() -> None:
        hold = opened()
        async with in_transaction():
            first = asyncio.create_task(nested("a", hold))
            await asyncio.sleep(0.05)
            with pytest.raises(TransactionManagementError, match="savepoint"):
                await nested("b", hold)
            # The block around waits for the savepoint, too.
            with pytest.raises(TransactionManagementError, match="savepoint"):
                await Note.create(text="c")
            hold.set()
            await first
        assert await texts() == ["a"] and await nothing_is_held()

    run(main)


def test_tasks_that_outlive_their_block(world: World, run: Run) -> None:
    """They err; nothing is written beside the transaction."""

    async def late(over: asyncio.Event, use: Any) -> None:
        await over.wait()
        await use()

    async def block() -> None:
        async with in_transaction():
            await Note.create(text="never")

    async def stream() -> None:
        async for _ in Note.all().stream():
            pass

    uses = [
        lambda: Note.create(text="late"),
        lambda: Note.all(),
        lambda: Note.bulk_create([Note(text="late")]),
        lambda: Note.all().update(kind="late"),
        block,
        stream,
        lambda: connections.get().execute("delete from block_note"),
        lambda: Note.get_or_create(text="late"),
    ]

    async def main() -> None:
        for fails in (False, True):
            over = asyncio.Event()
            tasks = []
            try:
                async with in_transaction():
                    tasks = [asyncio.create_task(late(over, use)) for use in uses]
                    await asyncio.sleep(0)
                    if fails:
                        raise Strange
            except Strange:
                pass
            over.set()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                assert isinstance(outcome, TransactionManagementError), outcome
                assert "the transaction is over" in str(outcome)
        assert await texts() == [] and await nothing_is_held()

    run(main)


def test_a_block_belongs_to_its_loop(world: World, run: Run) -> None:
    """Another thread that was given the context does not get at the connection."""

    async def elsewhere() -> None:
        await Note.create(text="b")

    async def main() -> None:
        async with in_transaction():
            await Note.create(text="a")
            if world.backend == "postgres":
                with pytest.raises(InterfaceError, match="made by an event loop"):
                    await asyncio.to_thread(lambda: Note.create(text="b").run())
                with pytest.raises(InterfaceError, match="belongs to another event loop"):
                    await asyncio.to_thread(lambda: asyncio.run(elsewhere()))
            else:
                # A database without sockets has no place.
                await asyncio.to_thread(lambda: Note.create(text="b").run())
        assert await texts() == (["a"] if world.backend == "postgres" else ["a", "b"])

    run(main)


async def test_options_are_refused(world: World) -> None:
    for options in (
        {"isolation": "chaos"},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("nan")},
    ):
        with pytest.raises(InvalidQuery):
            async with in_transaction(**options):  # type: ignore[arg-type]
                pass
    assert await nothing_is_held()


async def test_atomic_runs_a_function_again(world: World) -> None:
    runs: list[int] = []

    @atomic(retries=2)
    async def once_more() -> None:
        runs.append(1)
        await Note.create(text=str(len(runs)))
        if len(runs) < 3:
            error = DBConnectionError("later")
            error.retryable = True
            raise error

    await once_more()
    assert len(runs) == 3 and await texts() == ["3"]
