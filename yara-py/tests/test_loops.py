"""Event loops: many of them, closed ones, cancelled tasks, threads, and blocking calls beside them."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import LOOPS, Database, Run
from yara_orm import exceptions
from yara_orm._engine import Engine


def test_gather(database: Database, run: Run) -> None:
    engine = database.engine(max_size=3)

    async def main() -> None:
        numbers = await asyncio.gather(*(engine.fetch_rows("select $1", [n]) for n in range(200)))
        assert numbers == [[(n,)] for n in range(200)]

    run(main)


def test_an_operation_is_awaited_once(database: Database, run: Run) -> None:
    engine = database.engine()

    async def main() -> None:
        operation = engine.fetch_rows("select 1")
        assert await operation == [(1,)]
        with pytest.raises(RuntimeError, match="awaited or run already"):
            await operation
        task = asyncio.create_task(engine.fetch_rows("select 2"))
        assert await task == [(2,)]
        assert await asyncio.wait_for(engine.fetch_rows("select 3"), 5) == [(3,)]

    run(main)


def del_at_once(operation: object) -> None:
    del operation
    gc.collect()


def test_what_is_never_awaited_is_warned_about(database: Database) -> None:
    engine = database.engine()
    with pytest.warns(RuntimeWarning, match="`execute` was never awaited"):
        del_at_once(engine.execute("select 1"))


def test_blocking_within_a_loop_is_refused(database: Database, run: Run) -> None:
    engine = database.engine()

    async def main() -> None:
        operation = engine.fetch_rows("select 1")
        with pytest.raises(exceptions.InterfaceError, match="await"):
            operation.run()
        # It was refused before it began, so that it can be done right.
        assert await operation == [(1,)]
        assert await asyncio.to_thread(lambda: engine.fetch_rows("select 2").run()) == [(2,)]

    run(main)


def test_awaiting_without_a_loop_is_refused(database: Database) -> None:
    operation = database.engine().fetch_rows("select 1")
    with pytest.raises(RuntimeError, match="no event loop runs"):
        operation.send(None)


def test_one_loop_after_the_other(database: Database, run: Run) -> None:
    engine = database.engine()

    async def main() -> None:
        assert await engine.fetch_rows("select 1") == [(1,)]

    for _ in range(5):
        run(main)
        assert engine.fetch_rows("select 1").run() == [(1,)]


def test_connections_of_a_closed_loop_are_closed(postgres: Database, run: Run) -> None:
    name = f"yara-{os.getpid()}-{time.monotonic_ns()}"
    engine = postgres.engine(application_name=name)
    count = "select count(*) from pg_stat_activity where application_name = $1"
    watcher = postgres.engine()

    async def main() -> None:
        await asyncio.gather(*(engine.fetch_rows("select pg_sleep(0.02)") for _ in range(4)))
        transaction = await engine.begin()
        await transaction.execute("select 1")
        assert watcher_count() >= 2
        asyncio.get_running_loop()._left_open = transaction  # type: ignore[attr-defined]

    def watcher_count() -> int:
        with ThreadPoolExecutor(1) as pool:
            rows = pool.submit(lambda: watcher.fetch_rows(count, [name]).run()).result()
        return int(rows[0][0])

    run(main)
    for _ in range(1000):
        if watcher_count() == 0:
            break
        time.sleep(0.02)
    assert watcher_count() == 0


def test_many_loops_in_many_threads(database: Database) -> None:
    engine = database.engine()
    table = database.table("a integer")

    async def main(thread: int) -> None:
        for turn in range(10):
            rows = await asyncio.gather(*(engine.fetch_rows("select $1", [n]) for n in range(5)))
            assert rows == [[(n,)] for n in range(5)]
            await engine.execute(f"insert into {table} values ($1)", [thread * 100 + turn])

    def work(thread: int) -> None:
        kind = list(LOOPS)[thread % 3]
        for _ in range(2):
            LOOPS[kind](lambda: main(thread))
        assert engine.fetch_rows("select $1", [thread]).run() == [(thread,)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert engine.fetch_rows(f"select count(*) from {table}").run() == [(120,)]


def test_many_threads_that_block(database: Database) -> None:
    engine = database.engine(max_size=2)

    def work(number: int) -> None:
        for turn in range(50):
            assert engine.fetch_rows("select $1, $2", [number, turn]).run() == [(number, turn)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_a_transaction_belongs_to_its_loop(postgres: Database, run: Run) -> None:
    engine = postgres.engine()
    held = []

    async def begin() -> None:
        held.append(await engine.begin())
        held.append(engine.stream("select generate_series(1, 5000)"))
        await held[1].next_batch()

    async def use() -> None:
        with pytest.raises(exceptions.InterfaceError, match="another event loop"):
            await held[0].execute("select 1")
        with pytest.raises(exceptions.InterfaceError, match="another event loop"):
            await held[1].next_batch()

    run(begin)
    run(use)
    with pytest.raises(exceptions.InterfaceError, match="made by an event loop"):
        held[0].execute("select 1").run()


def test_cancellation_stops_the_statement(postgres: Database, run: Run) -> None:
    engine = postgres.engine(max_size=1)

    async def main() -> None:
        # Longer than a test may take.
        task = asyncio.create_task(engine.fetch_rows("select pg_sleep(60)"))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await engine.fetch_rows("select 1") == [(1,)]

    run(main)


def test_cancellation_of_a_slow_read_on_sqlite(sqlite: Database, run: Run) -> None:
    engine = sqlite.engine(max_size=1)
    slow = "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c"

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(engine.fetch_rows(slow), 0.1)
        assert await engine.fetch_rows("select 1") == [(1,)]

    run(main)


def test_cancelled_at_every_await(database: Database, run: Run) -> None:
    """Whatever the step at which a task is cancelled, nothing is left open and nothing mixed up."""
    engine = database.engine(max_size=2)
    table = database.table("a integer")

    async def work() -> None:
        transaction = await engine.begin()
        await transaction.execute(f"insert into {table} values (1)")
        savepoint = await transaction.savepoint()
        await savepoint.fetch_rows("select 2")
        await savepoint.commit()
        cursor = transaction.stream(f"select a from {table}")
        await cursor.next_batch()
        await cursor.close()
        await transaction.rollback()

    async def main() -> None:
        for steps in range(400):
            task = asyncio.create_task(work())
            for _ in range(steps):
                await asyncio.sleep(0)
            finished = task.done()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert await engine.fetch_rows("select $1", [steps]) == [(steps,)]
            if finished:
                break
        # Its error holds the frames, and those the transaction.
        del task
        gc.collect()
        for _ in range(1000):
            if engine.status()["in_use"] == 0:
                break
            await asyncio.sleep(0.01)
        assert engine.status()["in_use"] == 0
        assert await engine.fetch_rows(f"select count(*) from {table}") == [(0,)]

    run(main)


def test_tasks_side_by_side_in_a_transaction(database: Database, run: Run) -> None:
    engine = database.engine()
    table = database.table("a integer")

    async def main() -> None:
        transaction = await engine.begin()
        await asyncio.gather(
            *(transaction.execute(f"insert into {table} values ($1)", [n]) for n in range(50))
        )
        assert await transaction.fetch_rows(f"select count(*) from {table}") == [(50,)]
        await transaction.commit()
        with pytest.raises(exceptions.TransactionManagementError):
            await transaction.execute("select 1")
        with pytest.raises(exceptions.TransactionManagementError):
            await transaction.commit()

    run(main)


def test_a_dropped_transaction_is_rolled_back(database: Database, run: Run) -> None:
    engine = database.engine(max_size=1)
    table = database.table("a integer")

    async def main() -> None:
        transaction = await engine.begin()
        await transaction.execute(f"insert into {table} values (1)")
        del transaction
        assert await engine.fetch_rows(f"select count(*) from {table}") == [(0,)]

    run(main)
    transaction = engine.begin().run()
    transaction.execute(f"insert into {table} values (1)").run()
    del transaction
    assert engine.fetch_rows(f"select count(*) from {table}").run() == [(0,)]


def test_savepoints_and_hooks(database: Database, run: Run) -> None:
    engine = database.engine()
    table = database.table("a integer primary key")
    called: list[str] = []

    async def main() -> None:
        transaction = await engine.begin(isolation="serializable")
        transaction.on_commit(lambda: called.append("outer"))
        await transaction.execute(f"insert into {table} values (1)")
        savepoint = await transaction.savepoint()
        savepoint.on_commit(lambda: called.append("inner"))
        with pytest.raises(exceptions.UniqueViolation):
            await savepoint.execute(f"insert into {table} values (1)")
        await savepoint.rollback()
        await transaction.execute(f"insert into {table} values (2)")
        assert called == []
        await transaction.commit()
        assert called == ["outer"]
        assert await engine.fetch_rows(f"select a from {table} order by a") == [(1,), (2,)]

    run(main)


def test_a_killed_connection(postgres: Database, run: Run) -> None:
    engine = postgres.engine(max_size=1)
    killer = postgres.engine(max_size=1)
    pid = "select pg_backend_pid()"

    async def kill(number: int) -> None:
        await killer.execute("select pg_terminate_backend($1::int)", [number])
        await asyncio.sleep(0.05)

    async def main() -> None:
        # Idle: nobody notices.
        [(first,)] = await engine.fetch_rows(pid)
        await kill(first)
        [(second,)] = await engine.fetch_rows(pid)
        assert second != first
        # In a query.
        task = asyncio.create_task(engine.execute("do 'begin perform pg_sleep(20); end'"))
        await asyncio.sleep(0.1)
        await kill(second)
        with pytest.raises(exceptions.ConnectionLost) as raised:
            await task
        assert raised.value.sqlstate in {"57P01", None}
        # In a transaction.
        transaction = await engine.begin()
        [(third,)] = await transaction.fetch_rows(pid)
        await kill(third)
        with pytest.raises(exceptions.OperationalError):
            await transaction.execute("select 1")
        del transaction
        assert await engine.fetch_rows("select 1") == [(1,)]

    run(main)


def test_a_connection_killed_while_idle_does_not_keep_the_loop_busy(
    postgres: Database, run: Run
) -> None:
    engine = postgres.engine(max_size=1)
    killer = postgres.engine()

    async def main() -> None:
        [(pid,)] = await engine.fetch_rows("select pg_backend_pid()")
        await killer.execute("select pg_terminate_backend($1::int)", [pid])
        await killer.close()
        await asyncio.sleep(0.05)
        begin = time.process_time()
        await asyncio.sleep(0.5)
        assert time.process_time() - begin < 0.2

    run(main)


def test_names_are_resolved_by_the_loop(postgres: Database, run: Run) -> None:
    if "127.0.0.1" not in postgres.url:
        pytest.skip("the test server has another address")
    engine = Engine(postgres.url.replace("127.0.0.1", "localhost"))

    async def main() -> None:
        assert await engine.fetch_rows("select 1") == [(1,)]
        await engine.close()

    run(main)
    engine = Engine(postgres.url.replace("127.0.0.1", "localhost"))
    assert engine.fetch_rows("select 1").run() == [(1,)]
    engine.close().run()


def test_servers_that_are_not_there(run: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = Engine(f"postgres://postgres@127.0.0.1:{port}/test")
    unknown = Engine("postgres://postgres@host.invalid/test")

    async def main() -> None:
        with pytest.raises(exceptions.DBConnectionError, match=str(port)):
            await engine.check()
        with pytest.raises(exceptions.DBConnectionError, match="host.invalid"):
            await unknown.check()

    run(main)
    with pytest.raises(exceptions.DBConnectionError, match=str(port)):
        engine.check().run()
    with pytest.raises(exceptions.DBConnectionError, match="host.invalid"):
        unknown.check().run()


def test_a_server_that_says_nothing(run: Run) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        engine = Engine(
            f"postgres://postgres@127.0.0.1:{mute.getsockname()[1]}/test?connect_timeout=1"
        )

        async def main() -> None:
            with pytest.raises(exceptions.DBConnectionError, match="no answer within 1s"):
                await engine.check()

        run(main)
        with pytest.raises(exceptions.DBConnectionError, match="no answer within 1s"):
            engine.check().run()


def test_waiting_for_the_pool_has_an_end(database: Database, run: Run) -> None:
    engine = database.engine(max_size=1, acquire_timeout=0.2)

    async def main() -> None:
        transaction = await engine.begin()
        await transaction.execute("select 1")
        with pytest.raises(exceptions.PoolTimeout, match="1 by a transaction") as raised:
            await engine.begin()
        assert isinstance(raised.value, TimeoutError)
        await transaction.rollback()

    run(main)
    transaction = engine.begin().run()
    with pytest.raises(exceptions.PoolTimeout):
        engine.begin().run()
    transaction.rollback().run()


class Early(asyncio.SelectorEventLoop):
    """Calls long before the time, as loops do by a little."""

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> Any:
        return super().call_later(delay / 2, callback, *args, context=context)


def test_a_loop_that_calls_too_early_is_asked_again(database: Database) -> None:
    engine = database.engine(max_size=1, acquire_timeout=0.2)

    async def main() -> None:
        transaction = await engine.begin()
        with pytest.raises(exceptions.PoolTimeout):
            await engine.begin()
        await transaction.rollback()

    loop = Early()
    try:
        loop.run_until_complete(asyncio.wait_for(main(), 20))
    finally:
        loop.close()


def test_transactions_have_time_limits(database: Database, run: Run) -> None:
    engine = database.engine()

    async def main() -> None:
        await engine.check()
        transaction = await engine.begin(timeout=0.6)
        await transaction.execute("select 1")
        await asyncio.sleep(0.7)
        with pytest.raises(exceptions.TimeoutExpired):
            await transaction.execute("select 1")

    run(main)


def test_large_statements_and_answers(database: Database, run: Run) -> None:
    engine = database.engine()
    large = "x" * 8_000_000

    async def main() -> None:
        rows = await asyncio.gather(*(engine.fetch_rows("select $1", [large]) for _ in range(3)))
        assert all(row == [(large,)] for row in rows)

    run(main)
    assert engine.fetch_rows("select $1", [large]).run() == [(large,)]


@pytest.mark.parametrize("kind", list(LOOPS))
def test_the_loop_is_not_held(database: Database, kind: str) -> None:
    """A large fetch is decoded in slices, between which others have their turn."""
    engine = database.engine()
    rows = 200_000
    series = (
        "select n, 'name ' || n, n * 1.5 from (with recursive c(n) as (select 1 union all"
        " select n + 1 from c where n < $1) select n from c) as numbers"
    )
    turns: list[int] = []

    async def ticker(fetch: asyncio.Future[object]) -> None:
        """Counts how often others have their turn. Each time it sees to it that the loop has
        something else to do, so that a turn is a turn between two slices."""
        while not fetch.done():
            turns.append(1)
            await asyncio.sleep(0)

    async def main() -> None:
        fetch = asyncio.ensure_future(engine.fetch_rows(series, [rows]))
        await ticker(fetch)
        found = await fetch
        assert len(found) == rows and found[-1][:2] == (rows, f"name {rows}")

    gc.disable()
    try:
        LOOPS[kind](main)
    finally:
        gc.enable()
    # About 30 bytes a row make some 6 MB on the wire; a slice is a quarter of one.
    assert len(turns) >= 20


def test_signals_end_a_blocking_call(database: Database) -> None:
    engine = database.engine(max_size=1)
    seconds = 60
    slow = (
        f"select pg_sleep({seconds})"
        if database.is_postgres
        else "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c"
    )
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    # A program that is started in the background is told to ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        begin = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            engine.fetch_rows(slow).run()
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert engine.fetch_rows("select 1").run() == [(1,)]
    # It did not end by itself.
    assert time.monotonic() - begin < seconds


def test_streams(database: Database, run: Run) -> None:
    engine = database.engine(max_size=1)
    series = (
        "with recursive c(n) as (select 1 union all select n + 1 from c where n < 2500)"
        " select n from c"
    )

    async def main() -> None:
        numbers = [n async for (n,) in engine.stream(series)]
        assert numbers == list(range(1, 2501))
        cursor = engine.stream_dicts(series)
        assert await anext(cursor) == {"n": 1}
        await cursor.close()
        assert await cursor.next_batch() == []
        async for _ in engine.stream(series):
            break
        gc.collect()
        assert await engine.fetch_rows("select 1") == [(1,)]

    run(main)
    assert [n for (n,) in engine.stream(series)] == list(range(1, 2501))


def test_statements_are_told(database: Database, run: Run) -> None:
    engine = database.engine()
    told: list[tuple[str, str | None]] = []
    engine.on_statement = lambda sql, seconds, error: told.append((sql, error))

    async def main() -> None:
        await engine.fetch_rows("select 1")
        with pytest.raises(exceptions.ProgrammingError):
            await engine.fetch_rows("select nothing")

    run(main)
    assert [sql for sql, _ in told] == ["select 1", "select nothing"]
    assert told[0][1] is None and "nothing" in (told[1][1] or "")
    engine.on_statement = None
    engine.fetch_rows("select 2").run()
    assert len(told) == 2
