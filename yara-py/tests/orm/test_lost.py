"""Connections that are lost: while idle, in a query, in a block, in a stream, and with the server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import Run, with_parameters
from yara_orm import YaraOrm, connections, in_transaction
from yara_orm.exceptions import (
    ConnectionLost,
    DatabaseBusy,
    DBConnectionError,
    OperationalError,
    PoolTimeout,
    TransactionManagementError,
)

from .conftest import World, on_postgres, on_sqlite
from .held import nothing_is_held, nothing_is_held_now
from .library import MODELS, Author, Book

__all__ = ["MODELS"]

NAME = f"yara-lost-{os.getpid()}"


async def connect(world: World, **parameters: object) -> None:
    await YaraOrm.init(with_parameters(world.url, application_name=NAME, **parameters))
    await YaraOrm.add_connection("killer", world.url)


async def kill() -> int:
    """Ends the sessions of the program on the server, all but the one that does it."""
    rows = await connections.get("killer").fetch_rows(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1",
        [NAME],
    )
    return len(rows)


@on_postgres
def test_while_idle(world: World, run: Run) -> None:
    async def main() -> None:
        await connect(world, max_size=3)
        await asyncio.gather(*(connections.get().execute("select pg_sleep(0.02)") for _ in "abc"))
        for use in (
            lambda: Author.create(name="a"),
            lambda: Author.all().count(),
            lambda: Author.bulk_create([Author(name="b"), Author(name="c")]),
            lambda: Author.all().prefetch_related("books"),
            _block,
            _stream,
        ):
            assert await kill() > 0
            # Nobody notices: what has not been sent is sent on another connection.
            await use()
        assert await Author.all().count() == 4 and await nothing_is_held()

    run(main)


async def _block() -> None:
    async with in_transaction():
        await Author.create(name="block")


async def _stream() -> None:
    assert [author async for author in Author.all().stream()] != []


@on_postgres
def test_in_a_query(world: World, run: Run) -> None:
    async def main() -> None:
        await connect(world, max_size=1)
        await Author.create(name="Ada")
        writing = connections.get().execute(
            "with slept as (select pg_sleep(20)) insert into author (name) select 'b' from slept"
        )
        task = asyncio.ensure_future(writing)
        await _running()
        await kill()
        with pytest.raises(ConnectionLost) as raised:
            await task
        # It may have happened: whoever wrote has to look.
        assert not raised.value.retryable and raised.value.statement is not None
        assert await Author.all().count() == 1 and await nothing_is_held()

    run(main)


async def _running() -> None:
    for _ in range(500):
        rows = await connections.get("killer").fetch_rows(
            "select 1 from pg_stat_activity where application_name = $1 and state = 'active'",
            [NAME],
        )
        if rows:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing runs")


@on_postgres
def test_in_a_block(world: World, run: Run) -> None:
    async def main() -> None:
        await connect(world, max_size=1)
        with pytest.raises(ConnectionLost):
            async with in_transaction():
                await Author.create(name="a")
                await kill()
                await Author.create(name="b")
        # Half of it would be worse than nothing.
        assert await Author.all().count() == 0
        with pytest.raises(OperationalError):
            async with in_transaction():
                await Author.create(name="a")
                await kill()
        assert await Author.all().count() == 0
        # One that is passed over does not let the rest run on another connection.
        with pytest.raises(TransactionManagementError):
            async with in_transaction():
                await Author.create(name="a")
                await kill()
                with contextlib.suppress(OperationalError):
                    await Author.create(name="b")
                with pytest.raises(TransactionManagementError):
                    await Author.create(name="c")
        assert await Author.all().count() == 0 and await nothing_is_held()
        # In a savepoint, the whole block.
        with pytest.raises((OperationalError, TransactionManagementError)):
            async with in_transaction():
                await Author.create(name="a")
                with contextlib.suppress(OperationalError):
                    async with in_transaction():
                        await Author.create(name="b")
                        await kill()
                        await Author.create(name="c")
                await Author.create(name="d")
        assert await Author.all().count() == 0 and await nothing_is_held()

    run(main)


@on_postgres
def test_in_a_stream(world: World, run: Run) -> None:
    async def main() -> None:
        await connect(world, max_size=1)
        await Author.bulk_create([Author(name=f"{at}") for at in range(5000)])
        read = 0
        with pytest.raises(ConnectionLost):
            async for _ in Author.all().stream():
                read += 1
                if read == 1:
                    await kill()
        # What came before is right, and it does not look like an end.
        assert 0 < read < 5000
        assert await Author.all().count() == 5000 and await nothing_is_held()

    run(main)


@on_postgres
def test_without_a_loop(world: World) -> None:
    YaraOrm.init(with_parameters(world.url, application_name=NAME, max_size=1)).run()
    YaraOrm.add_connection("killer", world.url).run()
    sql = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1"

    def kill_now() -> None:
        connections.get("killer").fetch_rows(sql, [NAME]).run()

    Author.create(name="a").run()
    kill_now()
    Author.create(name="b").run()
    with pytest.raises(ConnectionLost), in_transaction():
        Author.create(name="c").run()
        kill_now()
        Author.create(name="d").run()
    with pytest.raises(ConnectionLost):
        for at, _ in enumerate(Author.all().stream()):
            if at == 0:
                raise ConnectionLost("two rows are one portion")
    assert Author.all().count().run() == 2 and nothing_is_held_now()


# --- A server that goes away and comes back --------------------------------------------------


class Gate:
    """Passes connections on to a server, until it is shut."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.server = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{self.port}")
        self.open = True
        self.pairs: list[socket.socket] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if not self.open:
                client.close()
                continue
            server = socket.create_connection(self.server)
            self.pairs += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def shut(self) -> None:
        self.open = False
        for one in self.pairs:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.pairs.clear()

    def close(self) -> None:
        self.shut()
        self.listener.close()


@pytest.fixture
def gate(world: World) -> Iterator[Gate]:
    gate = Gate(world.url)
    yield gate
    gate.close()


@on_postgres
def test_a_server_that_restarts(world: World, gate: Gate, run: Run) -> None:
    async def main() -> None:
        await YaraOrm.init(with_parameters(gate.url, max_size=3, connect_timeout=2))
        await Author.create(name="a")
        running = [
            asyncio.ensure_future(connections.get().execute("select pg_sleep(20)"))
            for _ in range(3)
        ]
        await asyncio.sleep(0.1)
        gate.shut()
        for outcome in await asyncio.gather(*running, return_exceptions=True):
            assert isinstance(outcome, (ConnectionLost, DBConnectionError)), outcome
        for _ in range(3):
            with pytest.raises(DBConnectionError):
                await Author.all().count()
            with pytest.raises(DBConnectionError):
                async with in_transaction():
                    await Author.create(name="b")
        assert await nothing_is_held()
        gate.open = True
        # It is back, and so is the program.
        assert await Author.all().count() == 1
        counts = await asyncio.gather(*(Author.all().count() for _ in range(20)))
        assert counts == [1] * 20 and await nothing_is_held()

    run(main)


@on_postgres
def test_a_network_that_goes_silent(world: World, gate: Gate, run: Run) -> None:
    """A program's own limits end it: no answer ever comes."""

    async def main() -> None:
        await YaraOrm.init(with_parameters(gate.url, max_size=1))
        await Author.create(name="a")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(connections.get().execute("select pg_sleep(20)"), 0.1)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(_in_block("select pg_sleep(20)"), 0.1)
        assert await Author.all().count() == 1 and await nothing_is_held()

    run(main)


async def _in_block(sql: str) -> None:
    async with in_transaction():
        await Author.create(name="b")
        await connections.get().execute(sql)


# --- Pools that are full, and databases that are locked --------------------------------------


def test_a_full_pool_says_who_has_it(world: World, run: Run) -> None:
    async def main() -> None:
        await YaraOrm.init(with_parameters(world.url, max_size=2, acquire_timeout=0.8))
        await Author.bulk_create([Author(name=f"{at}") for at in range(3000)])
        engine = connections.get().engine
        transaction = await engine.begin(read_only=True)
        cursor = engine.stream("select id from author")
        await cursor.next_batch()
        for use in (
            lambda: _in_block("select 1"),
            lambda: anext(Author.all().stream()),
        ):
            with pytest.raises(PoolTimeout) as raised:
                await use()
            text = str(raised.value)
            assert "1 by a transaction" in text and "1 by a cursor" in text, text
            assert "acquire_timeout" in text or "max_size" in text, text
            assert isinstance(raised.value, TimeoutError)
        await transaction.rollback()
        await cursor.close()
        assert await Author.all().count() == 3000 and await nothing_is_held()

    run(main)


HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("begin immediate")
print("locked", flush=True)
sys.stdin.readline()
held.execute("rollback")
"""


@on_sqlite
def test_a_file_that_another_process_locks(world: World, run: Run) -> None:
    import subprocess
    import sys

    path = world.url.removeprefix("sqlite://")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None and holder.stdout is not None

    async def main() -> None:
        await YaraOrm.init(with_parameters(world.url, busy_timeout=0.2))
        await asyncio.to_thread(holder.stdout.readline)  # type: ignore[union-attr]
        # Who reads is not in anybody's way.
        assert await Author.all().count() == 0
        with pytest.raises(DatabaseBusy) as raised:
            await Author.create(name="a")
        assert raised.value.retryable
        with pytest.raises(DatabaseBusy):
            async with in_transaction():
                await Author.create(name="a")
        # Others on the loop go on while one waits for the lock.
        ticks = 0
        task = asyncio.ensure_future(Author.create(name="a"))
        while not task.done():
            await asyncio.sleep(0.005)
            ticks += 1
        with pytest.raises(DatabaseBusy):
            await task
        assert ticks > 5
        holder.stdin.write("\n")  # type: ignore[union-attr]
        holder.stdin.flush()  # type: ignore[union-attr]
        await asyncio.to_thread(holder.wait)
        await Author.create(name="a")
        assert await Author.all().count() == 1 and await nothing_is_held()

    try:
        run(main)
    finally:
        holder.kill()
        holder.wait()


@on_sqlite
def test_a_database_in_memory_is_one_for_all(world: World, run: Run) -> None:

    async def main() -> None:
        await YaraOrm.init("sqlite://:memory:?max_size=3")
        await YaraOrm.generate_schemas(models=MODELS)

        async def work(number: int) -> None:
            async with in_transaction():
                author = await Author.create(name=f"{number}")
                await Book.create(title="t", author=author)

        await asyncio.gather(*(work(number) for number in range(20)))
        assert await Author.all().count() == 20
        assert await asyncio.to_thread(Book.all().count().run) == 20

        async def elsewhere() -> Any:
            return await Author.all().count()

        assert await asyncio.to_thread(lambda: asyncio.run(elsewhere())) == 20
        # Another one of the same name is another one.
        await YaraOrm.add_connection("other", "sqlite://:memory:")
        with pytest.raises(Exception, match="no such table"):
            await Author.all().using_db("other").count()

    run(main)


@on_sqlite
async def test_a_slow_read_does_not_stop_the_loop(world: World) -> None:
    """Past its budget, a read of SQLite goes on beside the loop, and remembers that it is slow."""
    slow = (
        "with recursive c(n) as (select 1 union all select n + 1 from c where n < 300000)"
        " select count(*) from c"
    )
    for _ in range(2):
        ticks = 0
        task = asyncio.ensure_future(connections.get().fetch_row(slow))
        while not task.done():
            await asyncio.sleep(0)
            ticks += 1
        assert await task == (300000,) and ticks > 3
    # A short one is over at once: nothing else on the loop has had its turn, but for now and then.
    found = []
    for _ in range(100):
        turns: list[int] = []
        asyncio.get_running_loop().call_soon(turns.append, 1)
        assert await Author.all().count() == 0
        found.append(turns == [])
        await asyncio.sleep(0)
    assert any(found)
