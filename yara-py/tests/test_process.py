"""What happens around a process: forks, its end, and its memory."""

from __future__ import annotations

import asyncio
import gc
import os
import resource

import pytest
from conftest import Database, Run, script
from yara_orm._engine import Engine, Shape

FORK = """
import asyncio, gc, os, sys
from yara_orm._engine import Engine

engine = Engine(sys.argv[1])

async def begin():
    transaction = await engine.begin(read_only=True)
    await transaction.fetch_rows("select 1")
    await asyncio.gather(*(engine.fetch_rows("select 1") for _ in range(3)))
    return transaction

async def use():
    assert await engine.fetch_rows("select 2") == [(2,)]

def child(held):
    # With connections of its own, and without ending those of the parent.
    assert engine.fetch_rows("select 1").run() == [(1,)]
    asyncio.run(use())
    transaction = engine.begin(read_only=True).run()
    transaction.fetch_rows("select 1").run()
    del transaction
    del held
    gc.collect()
    assert engine.fetch_rows("select 3").run() == [(3,)]
    engine.close().run()

loop = asyncio.new_event_loop()
held = [loop.run_until_complete(begin()), engine.begin(read_only=True).run()]
for one in held[1:]:
    one.fetch_rows("select 1").run()

for _ in range(2):
    pid = os.fork()
    if pid == 0:
        try:
            child(held)
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
        sys.exit(0)
    _, status = os.waitpid(pid, 0)
    assert status == 0, status

async def go_on():
    assert held[0].is_open
    assert await held[0].fetch_rows("select 4") == [(4,)]
    await held[0].commit()
    await use()

loop.run_until_complete(go_on())
assert held[1].fetch_rows("select 5").run() == [(5,)]
held[1].rollback().run()
loop.close()
print("good")
"""


def test_fork(database: Database) -> None:
    done = script(FORK, database.url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "good\n", ""), done


def test_a_database_in_memory_stays_with_its_process() -> None:
    done = script("""
import os
from yara_orm import exceptions
from yara_orm._engine import Engine
engine = Engine("sqlite://:memory:")
engine.execute("create table t (a integer)").run()
pid = os.fork()
if pid == 0:
    try:
        engine.fetch_rows("select * from t").run()
    except exceptions.ConfigurationError as error:
        assert "forked" in str(error)
        os._exit(0)
    os._exit(1)
assert os.waitpid(pid, 0)[1] == 0
assert engine.fetch_rows("select * from t").run() == []
print("good")
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "good\n", ""), done


EXITS = {
    "idle": "asyncio.run(main())",
    "blocking": "engine.fetch_rows('select 1').run(); held = engine.begin().run();"
    " held.execute('select 1').run()",
    "loop left open": "loop = asyncio.new_event_loop(); held = loop.run_until_complete(main())",
    "in the middle": "asyncio.run(leave())",
    "sys.exit in a task": "asyncio.run(exits())",
    "threads": "threads()",
}


@pytest.mark.parametrize("way", list(EXITS))
@pytest.mark.parametrize("uvloop", [False, True])
def test_exit_with_connections_open(database: Database, way: str, uvloop: bool) -> None:
    done = script(
        f"""
import asyncio, sys, threading, time
from yara_orm._engine import Engine
engine = Engine(sys.argv[1])
slow = ("with recursive c(n) as (select 1 union all select n + 1 from c where n < 3000000)"
        " select n, 'some text' from c")

if {uvloop}:
    import uvloop
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

async def main():
    transaction = await engine.begin()
    await transaction.execute("select 1")
    cursor = engine.stream("select 1")
    await cursor.next_batch()
    return transaction, cursor

async def leave():
    asyncio.create_task(engine.fetch_rows(slow).__await__.__self__)
    await asyncio.sleep(0.1)

async def exits():
    asyncio.create_task(main())
    await asyncio.sleep(0.05)
    sys.exit(0)

def threads():
    for _ in range(3):
        threading.Thread(target=lambda: engine.fetch_rows(slow).run(), daemon=True).start()
    time.sleep(0.3)

{EXITS[way]}
print("good")
sys.exit(0)
""",
        database.url,
    )
    expected = "" if way == "sys.exit in a task" else "good\n"
    assert (done.returncode, done.stdout) == (0, expected), done
    assert "panicked" not in done.stderr and "Fatal" not in done.stderr, done.stderr


def resident() -> int:
    """Bytes of memory that are in use."""
    if os.path.exists("/proc/self/statm"):
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Row:
    id: int


def test_memory_stays_flat(database: Database, run: Run) -> None:
    engine = database.engine(max_size=2)
    table = database.table("a integer")
    shape = Shape.instances(Row, [("id", ("int", None))])

    async def turn(count: int) -> None:
        for number in range(count):
            fetches = [engine.fetch_rows("select $1, 'text'", [n]) for n in range(90)]
            fetches += [engine.fetch_as(shape, "select 1 union all select 2") for _ in range(10)]
            rows = await asyncio.gather(*fetches)
            assert rows[5] == [(5, "text")]
            if number % 5 == 0:
                await engine.execute(f"insert into {table} values (1)")
                with pytest.raises(Exception, match="nothing"):
                    await engine.fetch_rows("select nothing")
                task = asyncio.create_task(engine.fetch_rows("select 3"))
                await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                transaction = await engine.begin()
                await transaction.execute("select 1")
                await transaction.rollback()

    async def main() -> None:
        await turn(20)
        gc.collect()
        before, objects = resident(), len(gc.get_objects())
        await turn(200)
        gc.collect()
        assert resident() - before < 4_000_000
        assert len(gc.get_objects()) - objects < 500

    run(main)


def test_loops_leave_nothing_behind(database: Database) -> None:
    engine = database.engine()

    async def main() -> None:
        await asyncio.gather(*(engine.fetch_rows("select 1") for _ in range(3)))
        asyncio.create_task(engine.fetch_rows("select 2")).cancel()

    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0

    for _ in range(5):
        asyncio.run(main())
    gc.collect()
    before, open_before = len(gc.get_objects()), descriptors()
    for _ in range(50):
        asyncio.run(main())
    gc.collect()
    assert len(gc.get_objects()) - before < 200
    assert descriptors() - open_before < 12


def test_engines_leave_nothing_behind(database: Database) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0

    before = descriptors()
    for _ in range(20):
        engine = Engine(database.url)
        engine.fetch_rows("select 1").run()
        del engine
    gc.collect()
    assert descriptors() - before < 12
