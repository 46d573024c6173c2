"""Rows locked until the end of a transaction."""

from __future__ import annotations

import asyncio

import pytest
from yara_orm import in_transaction
from yara_orm.exceptions import Error, TransactionManagementError

from .conftest import World
from .library import MODELS, Book, fill

__all__ = ["MODELS"]


async def test_a_lock_needs_a_transaction(world: World) -> None:
    await fill()
    locked = Book.all().select_for_update()
    message = "a query that locks rows needs a transaction"
    with world.counting(0):
        with pytest.raises(TransactionManagementError, match=message):
            await locked
        with pytest.raises(TransactionManagementError, match=message):
            await locked.first()
        with pytest.raises(TransactionManagementError, match=message):
            await locked.values_list("id")
        with pytest.raises(TransactionManagementError, match=message):
            await Book.get(id=1).select_for_update()
        with pytest.raises(Error, match="nowait and skip_locked exclude each other"):
            await Book.select_for_update(nowait=True, skip_locked=True)


async def test_rows_are_locked_and_written(world: World) -> None:
    await fill()
    async with in_transaction():
        for book in await Book.filter(author__name="Ada").order_by("id").select_for_update():
            book.views += 1
            await book.save()
        one = await Book.get(id=3).select_for_update()
        assert await Book.filter(id=one.id).select_for_update(skip_locked=True).exists()
    if world.backend == "postgres":
        assert any("for update" in sql.lower() for sql in world.statements)
    assert await Book.all().order_by("id").values_list("views", flat=True) == [11, 501, 5, 1000]


async def test_increments_under_a_lock_are_not_lost(world: World) -> None:
    await fill()

    async def more() -> None:
        async with in_transaction():
            book = await Book.get(id=1).select_for_update()
            await asyncio.sleep(0)
            book.views += 1
            await book.save()

    await asyncio.gather(*(more() for _ in range(5)))
    assert (await Book.get(id=1)).views == 15


async def test_locked_rows_are_passed_over_or_refused(world: World) -> None:
    await fill()
    if world.backend != "postgres":
        # One transaction at a time writes there: there is nobody to pass over.
        async with in_transaction():
            assert len(await Book.select_for_update(skip_locked=True)) == 4
            assert len(await Book.select_for_update(nowait=True)) == 4
        return
    held, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with in_transaction():
            await Book.filter(id=1).select_for_update()
            held.set()
            await done.wait()

    holder = asyncio.create_task(hold())
    await held.wait()
    try:
        async with in_transaction():
            free = await Book.all().order_by("id").select_for_update(skip_locked=True)
            assert [book.id for book in free] == [2, 3, 4]
        with pytest.raises(Error, match="lock"):
            async with in_transaction():
                await Book.all().select_for_update(nowait=True)
    finally:
        done.set()
        await holder
