"""What happens around a process: forks, its end, and its memory."""

from __future__ import annotations

import asyncio
import gc
import os

import pytest
from conftest import Database, script, with_parameters
from yara_orm._engine import Engine

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


# Python 3.12 and newer warn of any fork in a process with threads; SQLite's connections have one.
FORKS_WITH_THREADS = """
import warnings
warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
"""


def test_fork(database: Database) -> None:
    done = script(FORKS_WITH_THREADS + FORK, database.url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "good\n", ""), done


def test_a_database_in_memory_stays_with_its_process() -> None:
    done = script(
        FORKS_WITH_THREADS
        + """
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
"""
    )
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


# Of each kind of query: 100 000 in all, some of which fail, are cancelled, or are given up.
QUERIES = """
import asyncio, gc, os, sys
from yara_orm import Model, YaraOrm, connections, fields, in_transaction
from yara_orm.exceptions import DoesNotExist, ProgrammingError, UniqueViolation

class Owner(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20, unique=True)

class Thing(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20)
    at = fields.DatetimeField(auto_now_add=True)
    data = fields.JSONField(default=dict)
    owner = fields.ForeignKeyField("Owner", related_name="things")

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def references():
    # What every query borrows: were one lost each time, these would show it.
    shared = (None, True, False, Thing, Owner, Thing._meta, sys.modules["yara_orm._engine"], 1, "name")
    return sum(sys.getrefcount(each) for each in shared if sys.getrefcount(each) < 2**31)

async def turn(number):
    db = connections.get()
    done = 0
    for _ in range(8):
        await asyncio.gather(*(db.fetch_rows("select $1, 'text'", [n]) for n in range(80)))
        await asyncio.gather(*(Thing.get(id=1) for _ in range(8)))
        await asyncio.gather(*(Thing.filter(name="b").values_list("id", "name") for _ in range(8)))
        await asyncio.gather(*(Thing.filter(Thing.owner.name == "o").count() for _ in range(4)))
        done += 100
    await Owner.all().prefetch_related("things")
    await Thing.all().select_related("owner")
    async for _ in Thing.all().stream():
        break
    for missing in (Owner.get(name="nobody"), db.fetch_rows("select nothing"), Owner.create(name="o")):
        try:
            await missing
        except (DoesNotExist, ProgrammingError, UniqueViolation):
            pass
        else:
            raise AssertionError
    async with in_transaction():
        made = await Owner.create(name=f"n{number}")
        made.name = "m"
        await made.save()
        await made.delete()
    task = asyncio.ensure_future(Thing.all())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    del db, made, task
    return done + 12

def state():
    for _ in range(3):
        gc.collect()
    return resident(), len(gc.get_objects()), references()

async def main():
    await YaraOrm.init(sys.argv[1])
    await YaraOrm.generate_schemas(models=[Owner, Thing])
    owner = await Owner.create(name="o")
    await Thing.bulk_create([Thing(name=name, owner=owner) for name in "abc"])
    for number in range(20):
        await turn(number)
    before, done = state(), 0
    while done < 100_000:
        done += await turn(done)
    after = state()
    print(done, *(late - early for late, early in zip(after, before)))
    await YaraOrm.drop_schemas(models=[Owner, Thing])
    await YaraOrm.close()

asyncio.run(main())
"""


def test_memory_stays_flat_over_100_000_queries(database: Database) -> None:
    if not os.path.exists("/proc/self/statm"):
        pytest.skip("this system does not tell how much memory a program has")
    url = database.url
    if database.is_postgres:
        schema = f"yara_flat_{os.getpid()}"
        admin = database.engine()
        admin.execute(f"create schema {schema}").run()
        url = with_parameters(url, options=f"-c%20search_path%3D{schema}")
    try:
        done = script(QUERIES, url, timeout=300)
    finally:
        if database.is_postgres:
            admin.execute(f"drop schema {schema} cascade").run()
    assert done.returncode == 0, done.stderr
    count, memory, objects, references = (int(number) for number in done.stdout.split())
    assert count >= 100_000
    # A byte for each query would be 100 000, an object or a reference as many.
    assert memory < 2_500_000, (memory, objects, references)
    assert objects < 300 and references < 300, (memory, objects, references)


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
