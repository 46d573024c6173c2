"""Tasks that are cancelled at each of their awaits, before and after what they wait for has come.

Nothing is half-done then, nothing stays open, and nothing that comes later is mixed up. A task that
is cancelled again and again, while it cleans up, is no different.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest
from conftest import LOOPS, with_parameters
from yara_orm import YaraOrm, connections, in_transaction

from .conftest import World
from .held import nothing_is_held
from .library import MODELS, Author, Book, Tag

__all__ = ["MODELS"]


class Cancelled:
    """Drives a coroutine and cancels it at its `at`-th await: before it waits, or after what it
    waited for has come; with `stubborn` at every one that follows, too."""

    def __init__(self, coroutine: Any, at: int, after: bool, stubborn: bool) -> None:
        self.coroutine = coroutine
        self.at, self.after, self.stubborn = at, after, stubborn
        self.awaits = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        step: Callable[[], Any] = lambda: self.coroutine.send(None)
        while True:
            try:
                waited_for = step()
            except StopIteration as stop:
                return stop.value
            now = self.awaits == self.at or (self.stubborn and self.awaits > self.at)
            self.awaits += 1
            if not now or self.after:
                yield waited_for
            if now:
                step = lambda: self.coroutine.throw(asyncio.CancelledError())
            else:
                step = lambda: self.coroutine.send(None)


async def everywhere(
    work: Callable[[], Awaitable[Any]], check: Callable[[], Awaitable[None]]
) -> int:
    """Cancels `work` at each of its awaits, in each way, and checks what is left. Gives how many
    there are."""
    most = 0
    for after in (False, True):
        for stubborn in (False, True):
            for at in range(300):

                async def whole() -> Any:
                    return await work()

                cancelled = Cancelled(whole(), at, after, stubborn)

                async def drive(cancelled: Cancelled = cancelled) -> Any:
                    return await cancelled

                (outcome,) = await asyncio.gather(
                    asyncio.create_task(drive()), return_exceptions=True
                )
                ended = cancelled.awaits <= at
                assert isinstance(outcome, asyncio.CancelledError) or ended, (at, outcome)
                if ended:
                    assert not isinstance(outcome, BaseException), outcome
                # Its error holds the frames, and those what they held.
                del outcome
                await check()
                if ended:
                    most = max(most, at)
                    break
            else:
                raise AssertionError("it has no end")
    return most


async def none_open(world: World) -> None:
    """No connection of the program is at anything, as its server sees it."""
    assert await nothing_is_held()
    if world.backend != "postgres":
        return
    sql = (
        "select count(*) from pg_stat_activity where application_name = $1"
        " and pid <> pg_backend_pid() and state <> 'idle'"
    )
    for _ in range(300):
        if await connections.get("watcher").fetch_row(sql, [NAME]) == (0,):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("a connection is still at something")


NAME = f"yara-cancelled-{os.getpid()}"


async def connect(world: World) -> None:
    extra = {"application_name": NAME} if world.backend == "postgres" else {}
    await YaraOrm.init(with_parameters(world.url, max_size=2, **extra))
    await YaraOrm.add_connection("watcher", world.url)


async def create() -> None:
    await Author.create(name="new")


async def save() -> None:
    ada = await Author.get(name="Ada")
    ada.name = "new"
    await ada.save()


async def bulk_create() -> None:
    await Author.bulk_create([Author(name="new"), *(Author(name=f"n{at}") for at in range(700))])


async def get_or_create() -> None:
    await Author.get_or_create(name="new", defaults={})


async def update_or_create() -> None:
    await Author.update_or_create(name="new", defaults={"mentor_id": None})


async def bulk_update() -> None:
    rows = await Author.all()
    for row in rows:
        row.name = "new" if row.name == "Ada" else "new2"
    await Author.bulk_update(rows, ["name"])


async def delete() -> None:
    await Book.all().delete()
    await Author.all().delete()
    await Author.create(name="new")


async def block() -> None:
    async with in_transaction():
        await Author.filter(name="Ada").update(name="x")
        try:
            async with in_transaction():
                await Author.create(name="y")
                await Author.create(name="y2")
                raise KeyError
        except KeyError:
            pass
        async with in_transaction() as tx:
            await tx.savepoint()
            await Author.create(name="z")
            await tx.rollback_to()
            await tx.release()
            await Author.create(name="new")


async def committed_by_hand() -> None:
    async with in_transaction() as tx:
        await Author.filter(name="Ada").update(name="x")
        await Author.create(name="new")
        await tx.commit()


async def related() -> None:
    book = await Book.get(title="a")
    async with in_transaction():
        await book.tags.add(*await Tag.all())
        await Author.create(name="new")


async def reading() -> None:
    """Everything that reads; it leaves a mark at its end."""
    await Author.all().prefetch_related("books__tags", "mentor")
    await Author.all().select_related("mentor").first()
    await Author.all().count()
    await Author.raw("select * from author")
    await connections.get().fetch_all("select 1 as one")
    async for _ in Author.all().stream():
        pass
    async for _ in Author.all().prefetch_related("books").stream(batch=1):
        break
    async with in_transaction(read_only=True):
        async for _ in Author.all().stream():
            await asyncio.sleep(0)
    async with in_transaction():
        await Author.all().select_for_update()
    await Author.create(name="new")


async def slow() -> None:
    """A statement that runs on at the server while it is being cancelled."""
    sql = {
        "PostgreSQL": "select pg_sleep(0.05)",
        "SQLite": "with recursive c(n) as (select 1 union all select n + 1 from c where n < 20000)"
        " select count(*) from c",
    }[connections.get().engine.dialect]
    async with in_transaction():
        await connections.get().execute(sql)
        async with in_transaction():
            await connections.get().execute(sql)
            await Author.create(name="new")


async def waiting() -> None:
    """A connection is waited for."""
    engine = connections.get().engine
    held = [await engine.begin(read_only=True) for _ in range(2)]
    loop = asyncio.get_running_loop()
    loop.call_later(0.01, held.clear)
    await Author.create(name="new")


WORKS = [
    create,
    save,
    bulk_create,
    get_or_create,
    update_or_create,
    bulk_update,
    delete,
    block,
    committed_by_hand,
    related,
    reading,
    slow,
    waiting,
]


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("loop", ["asyncio", "transports"])
def test_cancelled_at_every_await(
    world: World, work: Callable[[], Awaitable[None]], loop: str
) -> None:
    async def main() -> None:
        await connect(world)

        async def begin() -> None:
            watcher = connections.get("watcher")
            await watcher.execute_script(
                "delete from book_tag; delete from book; delete from author; delete from tag;"
                " insert into author (id, name) values (1000001, 'Ada'), (1000002, 'Bob');"
                " insert into tag (id, name) values (1000001, 't'), (1000002, 'u');"
                " insert into book (id, title, views, status, author_id)"
                " values (1000001, 'a', 0, 'live', 1000001), (1000002, 'b', 0, 'live', 1000002)"
            )

        async def check() -> None:
            await none_open(world)
            # All of it, or nothing; what is committed on its way may have arrived.
            watcher = connections.get("watcher")
            names = [row[0] for row in await watcher.fetch_rows("select name from author")]
            titles = [row[0] for row in await watcher.fetch_rows("select title from book")]
            (links,) = await watcher.fetch_row("select count(*) from book_tag")
            if "new" not in names and work not in (delete, reading):
                assert sorted(names) == ["Ada", "Bob"], names
                assert sorted(titles) == ["a", "b"] and links == 0
            if work is bulk_create and "new" in names:
                assert len(names) == 703
            if work in (block, committed_by_hand) and "new" in names:
                assert sorted(names) == ["Bob", "new", "x"], names
            if work is related and "new" in names:
                assert links == 2
            if work is bulk_update and "new" in names:
                assert sorted(names) == ["new", "new2"]
            await begin()
            assert await Author.all().order_by("id").values_list("name", flat=True) == [
                "Ada",
                "Bob",
            ]

        await begin()
        awaits = await everywhere(work, check)
        assert awaits > 0 or world.backend == "sqlite"
        # While the loop is there to close its transports, which tests after this one would find.
        await YaraOrm.close()

    LOOPS[loop](main)


async def test_cancelled_while_connecting(world: World) -> None:
    """What was there is what is there afterwards, or its successor."""

    async def check() -> None:
        assert await nothing_is_held()
        assert await Author.all().count() == 0

    async def init() -> None:
        await YaraOrm.init(world.url)

    async def add() -> None:
        await YaraOrm.add_connection("other", world.url)

    async def tables() -> None:
        await YaraOrm.generate_schemas(models=MODELS)

    for work in (init, add, tables):
        await everywhere(work, check)
    engine = connections.get().engine
    closing = Cancelled(YaraOrm.close(), 0, False, False)
    await asyncio.gather(asyncio.create_task(_drive(closing)), return_exceptions=True)
    for _ in range(300):
        if engine.status()["connections"] == 0:
            break
        await asyncio.sleep(0.01)
    assert engine.is_closed and engine.status()["connections"] == 0


async def _drive(cancelled: Cancelled) -> Any:
    return await cancelled
