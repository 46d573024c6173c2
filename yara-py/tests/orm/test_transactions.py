"""Blocks, savepoints, hooks, and tasks within them."""

from __future__ import annotations

import asyncio

import pytest
from yara_orm import IsolationLevel, Model, atomic, connections, fields, in_transaction, on_commit
from yara_orm.exceptions import (
    ConfigurationError,
    TransactionManagementError,
    UniqueViolation,
)

from .conftest import World


class Entry(Model):
    name = fields.CharField(max_length=20, unique=True)


async def names() -> list[str]:
    return await Entry.all().order_by("name").values_list("name", flat=True)


async def test_a_block_is_committed_or_taken_back(world: World) -> None:
    async with in_transaction():
        await Entry.create(name="a")
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            await Entry.create(name="b")
            assert await names() == ["a", "b"]
            1 / 0  # noqa: B018
    assert await names() == ["a"]


async def test_blocks_within_blocks_are_savepoints(world: World) -> None:
    async with in_transaction():
        await Entry.create(name="a")
        with pytest.raises(UniqueViolation):
            async with in_transaction():
                await Entry.create(name="b")
                await Entry.create(name="a")
        async with in_transaction():
            await Entry.create(name="c")
    assert await names() == ["a", "c"]


async def test_the_wrapper(world: World) -> None:
    async with in_transaction() as tx:
        await tx.execute("insert into entry (name) values ($1)", ["a"])
        await tx.savepoint()
        await Entry.create(name="b")
        await tx.rollback_to()
        await tx.savepoint()
        await Entry.create(name="c")
        await tx.release()
        await Entry.create(name="d", using_db=tx)
        assert await Entry.all().using_db(tx).count() == 3
        assert (await connections.get().fetch_one("select count(*) as n from entry"))["n"] == 3
    assert await names() == ["a", "c", "d"]
    async with in_transaction() as tx:
        await Entry.create(name="e")
        await tx.rollback()
    assert await names() == ["a", "c", "d"]


async def test_what_fails_cannot_be_committed_unnoticed(world: World) -> None:
    if world.backend == "postgres":
        with pytest.raises(TransactionManagementError):
            async with in_transaction():
                await Entry.create(name="a")
                with pytest.raises(UniqueViolation):
                    await Entry.create(name="a")
        assert await names() == []


async def test_hooks_run_once_after_the_outermost_commit(world: World) -> None:
    told: list[str] = []
    async with in_transaction():
        on_commit(lambda: told.append("outer"))
        async with in_transaction():
            on_commit(lambda: told.append("inner"))
        assert told == []
    assert told == ["outer", "inner"]
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            on_commit(lambda: told.append("never"))
            1 / 0  # noqa: B018
    on_commit(lambda: told.append("at once"))
    assert told == ["outer", "inner", "at once"]


async def test_tasks_share_a_block_while_it_is_open(world: World) -> None:
    async def create(name: str) -> None:
        await Entry.create(name=name)

    late = asyncio.Event()

    async def too_late() -> None:
        await late.wait()
        await Entry.create(name="late")

    async with in_transaction():
        await asyncio.gather(*(create(name) for name in "abc"))
        task = asyncio.create_task(too_late())
    late.set()
    with pytest.raises(TransactionManagementError):
        await task
    assert await names() == ["a", "b", "c"]


async def test_a_block_that_is_cancelled_is_taken_back(world: World) -> None:
    async def slow() -> None:
        async with in_transaction():
            await Entry.create(name="a")
            await asyncio.sleep(10)

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await names() == []
    await Entry.create(name="b")


async def test_functions_in_blocks(world: World) -> None:
    @atomic()
    async def both(first: str, second: str) -> None:
        await Entry.create(name=first)
        await Entry.create(name=second)

    await both("a", "b")
    with pytest.raises(UniqueViolation):
        await both("c", "a")
    assert await names() == ["a", "b"]


async def test_options_are_for_the_outermost_block(world: World) -> None:
    async with in_transaction(isolation=IsolationLevel.SERIALIZABLE):
        await Entry.create(name="a")
        with pytest.raises(TransactionManagementError, match="for the outermost block"):
            async with in_transaction(isolation="serializable"):
                pass
    with pytest.raises(ConfigurationError, match="there is no connection 'other'"):
        async with in_transaction("other"):
            pass


def test_blocks_without_an_event_loop(world: World) -> None:
    with in_transaction():
        Entry.create(name="a").run()
        with pytest.raises(ZeroDivisionError), in_transaction():
            Entry.create(name="b").run()
            1 / 0  # noqa: B018

    @atomic
    def more() -> None:
        Entry.create(name="c").run()

    more()
    assert Entry.all().order_by("name").values_list("name", flat=True).run() == ["a", "c"]
