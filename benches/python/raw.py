#!/usr/bin/env python3
"""The bridge against the raw drivers: asyncpg on PostgreSQL, sqlite3 on SQLite.

    python benches/python/raw.py [--postgres URL] [--rounds 9] [--loop uvloop]

It needs a release build of yara-py and, for PostgreSQL, asyncpg. All contenders take turns within
each round, in an order that rotates; a figure is the median of the rounds' ratios to the raw driver.
Ours returns instances of a class, asyncpg its records, sqlite3 tuples of what it stores (no bool,
datetime or UUID). The program runs on one core and the server on the others, where both can be moved.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import gc
import os
import pathlib
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator

from yara_orm import __version__
from yara_orm._engine import Engine, Shape, set_time_zone

RESULTS = pathlib.Path(__file__).resolve().parent.parent / "results"
COLUMNS = "id, name, email, age, score, active, created, uid"
ROWS = 5000


class User:
    """What ours returns."""

    id: int
    name: str
    email: str
    age: int
    score: float
    active: bool
    created: dt.datetime
    uid: uuid.UUID


class SlottedUser:
    """The same with slots."""

    __slots__ = ("active", "age", "created", "email", "id", "name", "score", "uid")


KINDS = [
    ("id", "int"),
    ("name", "str"),
    ("email", "str"),
    ("age", "int"),
    ("score", "float"),
    ("active", "bool"),
    ("created", "instant"),
    ("uid", "uuid"),
]


def shape(kind: type) -> Shape:
    return Shape.instances(kind, [(name, (column, None)) for name, column in KINDS])


def users() -> list[tuple[object, ...]]:
    begin = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)  # noqa: UP017
    return [
        (
            n,
            f"user {n}",
            f"user{n}@example.org",
            n % 90,
            n * 1.5,
            n % 3 == 0,
            begin + dt.timedelta(minutes=n),
            uuid.UUID(int=n * 7919),
        )
        for n in range(1, ROWS + 1)
    ]


Job = Callable[[], Awaitable[object]]
Jobs = dict[str, dict[str, tuple[Job, int]]]


def first(count: int) -> str:
    """The first rows. The number is part of the text, as a query layer would write it."""
    return f"select {COLUMNS} from users order by id limit {count}"


def jobs_of_ours(engine: Engine, place: str) -> dict[str, dict[str, tuple[Job, int]]]:
    """For each workload, what each contender of ours does, and how many calls that are."""
    by_key = f"select {COLUMNS} from users where id = {place}"
    jobs: Jobs = {}
    for name, kind in (("ours", User), ("ours, slots", SlottedUser)):
        made = shape(kind)

        async def get(made: Shape = made) -> None:
            for n in range(1, 301):
                await engine.fetch_as(made, by_key, (n,))

        async def flight(made: Shape = made) -> None:
            async def twenty(start: int) -> None:
                for n in range(start, start + 15):
                    await engine.fetch_as(made, by_key, (n,))

            await asyncio.gather(*(twenty(n * 15 + 1) for n in range(20)))

        jobs.setdefault("get by key", {})[name] = (get, 300)
        jobs.setdefault("get by key, 20 in flight", {})[name] = (flight, 300)
        for count, calls in ((1, 100), (10, 100), (100, 50), (1000, 8), (5000, 3)):

            async def fetch(
                made: Shape = made, count: int = count, calls: int = calls
            ) -> None:
                for _ in range(calls):
                    rows = await engine.fetch_as(made, first(count))
                    assert len(rows) == count  # type: ignore[arg-type]

            jobs.setdefault(f"{count} rows", {})[name] = (fetch, calls)
    return jobs


async def postgres_jobs(url: str) -> tuple[Jobs, Callable[[], Awaitable[None]]]:
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute("drop table if exists users")
    await connection.execute(
        "create table users (id bigint primary key, name text, email text, age int,"
        " score double precision, active boolean, created timestamptz, uid uuid)"
    )
    await connection.copy_records_to_table("users", records=users())
    await connection.execute("analyze users")
    engine = Engine(url)
    jobs = jobs_of_ours(engine, "$1")
    pool = await asyncpg.create_pool(url, min_size=10, max_size=10)
    by_key = f"select {COLUMNS} from users where id = $1"

    async def get() -> None:
        for n in range(1, 301):
            await connection.fetchrow(by_key, n)

    async def flight() -> None:
        async def twenty(start: int) -> None:
            for n in range(start, start + 15):
                await pool.fetchrow(by_key, n)

        await asyncio.gather(*(twenty(n * 15 + 1) for n in range(20)))

    jobs["get by key"]["raw"] = (get, 300)
    jobs["get by key, 20 in flight"]["raw"] = (flight, 300)
    for count, calls in ((1, 100), (10, 100), (100, 50), (1000, 8), (5000, 3)):

        async def fetch(count: int = count, calls: int = calls) -> None:
            for _ in range(calls):
                rows = await connection.fetch(first(count))
                assert len(rows) == count

        jobs[f"{count} rows"]["raw"] = (fetch, calls)

    async def end() -> None:
        await engine.close()
        await pool.close()
        await connection.execute("drop table users")
        await connection.close()

    return jobs, end


async def sqlite_jobs(folder: str) -> tuple[Jobs, Callable[[], Awaitable[None]]]:
    path = f"{folder}/bench.db"
    engine = Engine(f"sqlite://{path}")
    await engine.execute(
        "create table users (id integer primary key, name text, email text, age integer,"
        " score real, active integer, created text, uid text)"
    )
    await engine.execute_many(
        "insert into users values ($1, $2, $3, $4, $5, $6, $7, $8)", users()
    )
    jobs = jobs_of_ours(engine, "?")
    connection = sqlite3.connect(path)
    by_key = f"select {COLUMNS} from users where id = ?"

    async def get() -> None:
        for n in range(1, 301):
            connection.execute(by_key, (n,)).fetchone()

    jobs["get by key"]["raw"] = (get, 300)
    jobs["get by key, 20 in flight"]["raw"] = (get, 300)
    for count, calls in ((1, 100), (10, 100), (100, 50), (1000, 8), (5000, 3)):

        async def fetch(count: int = count, calls: int = calls) -> None:
            for _ in range(calls):
                rows = connection.execute(first(count)).fetchall()
                assert len(rows) == count

        jobs[f"{count} rows"]["raw"] = (fetch, calls)

    async def end() -> None:
        await engine.close()
        connection.close()

    return jobs, end


async def measure(
    jobs: Jobs, rounds: int
) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Wall and CPU time of each call in seconds, for each workload, contender and round."""
    times: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for contenders in jobs.values():
        for job, _ in contenders.values():
            await job()
    for turn in range(rounds):
        for workload, contenders in jobs.items():
            names = sorted(contenders)
            names = names[turn % len(names) :] + names[: turn % len(names)]
            for name in names:
                job, calls = contenders[name]
                gc.collect()
                cpu, wall = time.process_time(), time.perf_counter()
                await job()
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                taken = times.setdefault(workload, {}).setdefault(name, [])
                taken.append((wall / calls, cpu / calls))
    return times


def table(times: dict[str, dict[str, list[tuple[float, float]]]], raw: str) -> str:
    lines = [
        f"| workload | {raw} | ours: wall / CPU | ours with slots: wall / CPU |",
        "|---|---:|---:|---:|",
    ]
    for workload, by_name in times.items():
        floor = by_name["raw"]
        cells = [
            workload,
            f"{statistics.median(wall for wall, _ in floor) * 1e6:.1f} µs",
        ]
        for name in ("ours", "ours, slots"):
            ratios = [
                statistics.median(
                    ours[kind] / theirs[kind]
                    for ours, theirs in zip(by_name[name], floor, strict=True)
                )
                for kind in (0, 1)
            ]
            cells.append(" / ".join(f"{ratio:.2f}" for ratio in ratios))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


@contextlib.contextmanager
def pinned() -> Iterator[None]:
    """This program on the first core, the server on the others; afterwards as it was."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:
        yield
        return
    before = {0: os.sched_getaffinity(0)}
    found = subprocess.run(
        ["pgrep", "-x", "postgres"], capture_output=True, text=True, check=False
    )
    for process in map(int, found.stdout.split()):
        with contextlib.suppress(OSError):
            before[process] = os.sched_getaffinity(process)
            os.sched_setaffinity(process, set(range(1, os.cpu_count() or 1)))
    os.sched_setaffinity(0, {0})
    try:
        yield
    finally:
        for process, cores in before.items():
            with contextlib.suppress(OSError):
                os.sched_setaffinity(process, cores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default=os.environ.get("YARA_BENCH_POSTGRES_URL"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), default="asyncio")
    parser.add_argument(
        "--write", action="store_true", help="write benches/results/python-raw.md"
    )
    options = parser.parse_args()
    if options.loop == "uvloop":
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    set_time_zone(True)
    how = (
        f"`python benches/python/raw.py --loop {options.loop} --rounds {options.rounds}`: yara-py"
        f" {__version__}, CPython {platform.python_version()}, {options.loop},"
        f" {os.cpu_count()} cores. Ratios to the raw driver, medians of {options.rounds} rounds;"
        " less is better."
    )
    text = ["# Python: the bridge against the raw drivers", "", how]

    async def run(jobs: Jobs, end: Callable[[], Awaitable[None]], raw: str) -> str:
        try:
            return table(await measure(jobs, options.rounds), raw)
        finally:
            await end()

    async def on_postgres() -> str:
        return await run(*await postgres_jobs(options.postgres), "asyncpg")

    async def on_sqlite() -> str:
        with tempfile.TemporaryDirectory() as folder:
            return await run(*await sqlite_jobs(folder), "sqlite3")

    with pinned():
        if options.postgres:
            text += ["", "## PostgreSQL", "", asyncio.run(on_postgres())]
        text += ["", "## SQLite", "", asyncio.run(on_sqlite())]
    print("\n".join(text))
    if options.write:
        (RESULTS / "python-raw.md").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
