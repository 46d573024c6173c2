"""The synchronous API: blocks, streams, threads, and what it refuses."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import Run, with_parameters
from yara_orm import Model, Signals, YaraOrm, connections, fields, in_transaction, pre_save
from yara_orm.exceptions import InterfaceError, NotLoaded, ParamsError, UniqueViolation

from .conftest import World
from .held import nothing_is_held, nothing_is_held_now
from .library import MODELS, Author, Book, Tag

SLOW = {
    "sqlite": "with recursive c(n) as (select 1 union all select n + 1 from c where n < 1000000)"
    " select count(*) from c",
    "postgres": "select pg_sleep(0.3)",
}
ENDLESS = {
    "sqlite": "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c",
    "postgres": "select pg_sleep(60)",
}


def authors(*names: str) -> None:
    Author.bulk_create([Author(name=name) for name in names]).run()


def names() -> list[str]:
    return Author.all().order_by("name").values_list("name", flat=True).run()


def test_everything_runs_without_a_loop(world: World) -> None:
    ada = Author.create(name="Ada").run()
    bob = Author(name="Bob", mentor=ada)
    bob.save().run()
    rust = Tag.create(name="rust").run()
    book = Book.create(title="Notes", author=ada).run()
    book.tags.add(rust).run()
    assert Author.get(name="Ada").run() == ada
    assert Author.get_or_none(name="Eve").run() is None
    assert Author.get_or_create(name="Ada").run() == (ada, False)
    assert [a.name for a in Author.all().order_by("name").run()] == ["Ada", "Bob"]
    assert ada.books.all().run() == [book]
    assert ada.books.all().count().run() == 1
    assert book.tags.all().values_list("name", flat=True).run() == ["rust"]
    loaded = Author.all().prefetch_related("books__tags").order_by("id").run()
    assert [tag.name for b in loaded[0].books for tag in b.tags] == ["rust"]
    with pytest.raises(NotLoaded):
        list(ada.books)
    ada.fetch_related("books").run()
    assert list(ada.books) == [book]
    assert Author.filter(name="Bob").update(name="Bo").run() == 1
    bob.refresh_from_db().run()
    assert bob.name == "Bo"
    bob.delete().run()
    assert Author.exists(name="Bo").run() is False
    assert connections.get().fetch_row("select count(*) from author").run() == (1,)
    assert connections.get().execute_query("select name from author").run()[0] == 1


def test_streams_without_a_loop(world: World) -> None:
    authors(*(f"{at:04}" for at in range(1500)))
    query = Author.all().order_by("id")
    with world.counting(1):
        assert [author.name for author in query.stream()] == [f"{at:04}" for at in range(1500)]
    # Left half-way, closed, and dropped: the connection is free each time.
    stream = query.stream()
    assert next(stream).name == "0000"
    stream.close()
    assert list(stream) == [] and nothing_is_held_now()
    with query.stream() as stream:
        for author in stream:
            if author.name == "0700":
                break
    assert list(stream) == [] and nothing_is_held_now()
    for _ in query.stream():
        break
    gc.collect()
    assert nothing_is_held_now()
    assert list(query.none().stream()) == []
    with pytest.raises(ParamsError, match="batch"):
        query.stream(-1)


def test_streams_load_relations_for_a_batch(world: World) -> None:
    authors("Ada", "Bob", "Cy")
    ada = Author.get(name="Ada").run()
    Book.bulk_create([Book(title=title, author=ada) for title in "ab"]).run()
    query = Author.all().order_by("name").prefetch_related("books")
    with world.counting(3):  # the rows, and the books of two batches
        found = [(author.name, len(author.books)) for author in query.stream(batch=2)]
    assert found == [("Ada", 2), ("Bob", 0), ("Cy", 0)]


def test_streams_on_a_loop(world: World, run: Run) -> None:
    YaraOrm.init(with_parameters(world.url, max_size=2)).run()
    authors(*(f"{at:04}" for at in range(1500)))
    query = Author.all().order_by("id")

    async def main() -> None:
        read = [author.name async for author in query.stream()]
        assert read == [f"{at:04}" for at in range(1500)]
        async for _ in query.stream():
            break
        gc.collect()
        async with query.stream() as stream:
            assert (await anext(stream)).name == "0000"
            with pytest.raises(InterfaceError, match="await"):
                next(query.stream())
            assert (await anext(stream)).name == "0001"
        assert [row async for row in stream] == []
        stream = query.iterator()
        await anext(stream)
        await stream.aclose()
        with pytest.raises(InterfaceError, match="await"):
            iter(query.stream())
        # Two streams side by side take turns with a transaction.
        async with in_transaction():
            async for author in query.stream(batch=100):
                if author.name == "0003":
                    break
            del author
            gc.collect()
            assert await query.count() == 1500
        stream = query.stream()
        both = await asyncio.gather(anext(stream), anext(stream), return_exceptions=True)
        assert sorted(type(each).__name__ for each in both) == ["Author", "InterfaceError"]
        await stream.aclose()
        assert await nothing_is_held()

    run(main)


def test_blocks_without_a_loop(world: World) -> None:
    with pytest.raises(ZeroDivisionError) as raised, in_transaction():
        authors("Ada")
        with pytest.raises(UniqueViolation), in_transaction():
            authors("Bob")
            authors("Ada")
        assert names() == ["Ada"]
        1 / 0  # noqa: B018
    assert raised.value.__context__ is None
    assert names() == [] and nothing_is_held_now()
    with in_transaction() as tx:
        authors("Ada")
        tx.savepoint().run()
        authors("Bob")
        tx.rollback_to().run()
        tx.commit().run()
    assert names() == ["Ada"]


CALLS: list[Callable[[], Any]] = [
    lambda: Author.all().run(),
    lambda: Author.create(name="x").run(),
    lambda: Author(name="x").save().run(),
    lambda: Author.all().count().run(),
    lambda: Author.get(name="Ada").run(),
    lambda: Author.all().values("name").run(),
    lambda: Author.all().delete().run(),
    lambda: Author.bulk_create([Author(name="x")]).run(),
    lambda: in_transaction().__enter__(),
    lambda: iter(Author.all().stream()),
    lambda: next(Author.all().stream()),
    lambda: connections.get().fetch_rows("select 1").run(),
    lambda: connections.get().fetch_row("select 1").run(),
    lambda: YaraOrm.init("sqlite://:memory:").run(),
    lambda: YaraOrm.close().run(),
    lambda: YaraOrm.generate_schemas().run(),
]

signalled: list[str] = []


@pre_save(Author)
def _note(sender: Any, instance: Author, using_db: Any, update_fields: Any) -> None:
    signalled.append(instance.name)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.filterwarnings("ignore:.*never awaited")
def test_blocking_on_a_loop_is_refused_before_anything_begins(
    world: World, run: Run, call: Callable[[], Any]
) -> None:
    async def main() -> None:
        signalled.clear()
        with world.counting(0), pytest.raises(InterfaceError, match="`await` it instead"):
            call()
        assert signalled == []
        # The connection is what it was.
        assert await Author.all() == []

    run(main)


def test_a_call_that_was_refused_can_be_awaited(world: World, run: Run) -> None:
    async def main() -> None:
        call = Author.create(name="Ada")
        with pytest.raises(InterfaceError):
            call.run()
        assert (await call).name == "Ada"
        # And where no loop runs, it may block.
        assert await asyncio.to_thread(Author.all().count().run) == 1

    run(main)


def test_other_threads_go_on_while_one_waits(world: World) -> None:
    """The interpreter is released: a thread counts while another one waits for the database."""
    counted = 0
    done = threading.Event()

    def wait() -> None:
        connections.get().fetch_rows(SLOW[world.backend]).run()
        done.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not done.is_set():
        counted += 1
        time.sleep(0.001)
    waiting.join()
    # Were it held, there would be no turn at all.
    assert counted > 10


def test_many_threads(world: World) -> None:
    YaraOrm.init(with_parameters(world.url, max_size=3)).run()

    def work(thread: int) -> None:
        for turn in range(10):
            with in_transaction():
                Author.create(name=f"{thread}-{turn}").run()
                assert Author.filter(name__startswith=f"{thread}-").count().run() == turn + 1
            if turn % 3 == 0:
                with pytest.raises(UniqueViolation):
                    Author.create(name=f"{thread}-{turn}").run()
            list(Author.filter(name__startswith=f"{thread}-").stream())

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert len(names()) == 60 and nothing_is_held_now()


def test_a_thread_is_in_no_block_of_another_one(world: World) -> None:
    authors("Ada")
    with ThreadPoolExecutor(1) as pool, in_transaction() as tx:
        authors("Bob")
        assert pool.submit(names).result() == ["Ada"]
        tx.rollback().run()
    assert names() == ["Ada"]


@pytest.mark.parametrize("in_block", [False, True])
def test_ctrl_c_ends_a_blocking_call(world: World, in_block: bool) -> None:
    YaraOrm.init(with_parameters(world.url, max_size=1)).run()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            if in_block:
                with in_transaction():
                    authors("Ada")
                    connections.get().fetch_rows(ENDLESS[world.backend]).run()
            else:
                connections.get().fetch_rows(ENDLESS[world.backend]).run()
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert names() == []
    authors("Bob")
    assert names() == ["Bob"] and nothing_is_held_now()


def test_ctrl_c_ends_waiting_for_a_connection(world: World) -> None:
    YaraOrm.init(with_parameters(world.url, max_size=1)).run()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    engine = connections.get().engine
    held = engine.begin(read_only=True).run()
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            engine.begin().run()
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert engine.status()["waiting"] == 0
    held.rollback().run()
    assert names() == [] and nothing_is_held_now()


async def awaiting(sender: Any, instance: Model, using_db: Any, update_fields: Any) -> None:
    await asyncio.sleep(0)


class Heard(Model):
    id = fields.IntField(pk=True)


MODELS = (*MODELS, Heard)
pre_save(Heard)(awaiting)


def test_receivers_that_need_a_loop(world: World) -> None:
    with pytest.raises(InterfaceError, match="loop"):
        Heard.create().run()
    assert Heard.all().count().run() == 0 and nothing_is_held_now()


async def sleeping(sender: Any, instance: Model, using_db: Any, update_fields: Any) -> None:
    await asyncio.sleep(1)


async def failing(sender: Any, instance: Model, using_db: Any, update_fields: Any) -> None:
    raise RuntimeError("out of the program")


def test_a_receiver_that_needs_a_loop_is_named(world: World) -> None:
    receivers = Heard._meta.receivers
    before = receivers[Signals.pre_save]
    try:
        for receiver, name in ((awaiting, "awaiting"), (sleeping, "sleeping")):
            receivers[Signals.pre_save] = [receiver]
            said = f"the receiver {name} of pre_save awaits something that needs an event loop, .*await"
            with pytest.raises(InterfaceError, match=said):
                Heard.create().run()
        receivers[Signals.pre_save] = [failing]
        with pytest.raises(RuntimeError, match="out of the program"):
            Heard.create().run()
    finally:
        receivers[Signals.pre_save] = before
    assert Heard.all().count().run() == 0 and nothing_is_held_now()
