"""One contender in a process of its own, which measures what it is asked to.

    python worker.py CONTENDER DATABASE URL LOOP

It reads a JSON object from each line of its input, and answers each with one.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import inspect
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import rows
from contender import Contender
from workloads import STALL, STREAM_MEMORY, WORKLOADS, WRITTEN, Workload


def of(name: str) -> type[Contender]:
    """The class of a contender."""
    found: type[Contender] = importlib.import_module(f"contenders.{name}").Contestant
    return found


class Worker:
    def __init__(self, contender: Contender) -> None:
        self.contender = contender

    async def call(self, method: str, *arguments: Any) -> Any:
        found = getattr(self.contender, method)(*arguments)
        return await found if inspect.isawaitable(found) else found

    async def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        what = asked["do"]
        if what == "fill":
            for table, found in rows.contents(asked["scale"]).items():
                await self.call("insert_many", table, found)
            return {}
        if what == "measure":
            (workload,) = (each for each in WORKLOADS if each.name == asked["name"])
            return await self.measure(workload, asked["scale"])
        if what == "check":
            return await self.check()
        return await self.everything(what)

    async def check(self) -> dict[str, Any]:
        """Which columns are not what was written."""
        (one,) = await self.call("first", 1)
        pairs = zip(rows.COLUMNS, self.contender.cells(one), rows.user(1))
        return {"differing": [name for name, cell, meant in pairs if cell != meant]}

    async def measure(self, workload: Workload, scale: float) -> dict[str, Any]:
        method = getattr(self.contender, workload.method, None)
        if workload.in_flight > 1:
            # A driver whose connection does one thing at a time has a pool.
            method = getattr(self.contender, f"{workload.method}_of_pool", method)
        if method is None or (
            workload.in_flight > 1 and not self.contender.asynchronous
        ):
            return {"skipped": True}
        for each in workload.before:
            if each == "fill":
                await self.call("insert_many", WRITTEN, rows.users(rows.USERS))
            else:
                await self.call(each)
        calls = max(1, int(workload.calls * scale))
        arguments = [workload.arguments(n) for n in range(calls)]
        gc.collect()
        cpu, wall = time.process_time(), time.perf_counter()
        if not self.contender.asynchronous:
            self._in_turn(method, arguments, workload.read)
        elif workload.in_flight == 1:
            await self._awaited(method, arguments, workload.read)
        else:
            share = [
                arguments[at :: workload.in_flight] for at in range(workload.in_flight)
            ]
            await asyncio.gather(
                *(self._awaited(method, each, False) for each in share)
            )
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return {"wall": wall / calls, "cpu": cpu / calls}

    def _in_turn(self, method: Any, arguments: list[Any], read: bool) -> None:
        found = None
        for each in arguments:
            found = method(*each)
            if read:
                self.contender.read(found)
        expect(method.__name__, arguments[-1], found)

    async def _awaited(self, method: Any, arguments: list[Any], read: bool) -> None:
        found = None
        for each in arguments:
            found = await method(*each)
            if read:
                self.contender.read(found)
        if arguments:
            expect(method.__name__, arguments[-1], found)

    async def everything(self, what: str) -> dict[str, Any]:
        """The whole of `big`: how long the loop was held, or how much memory it took."""
        method = getattr(
            self.contender, "stream" if what == STREAM_MEMORY else "everything", None
        )
        if method is None or (what == STALL and not self.contender.asynchronous):
            return {"skipped": True}
        if what == STALL:
            return {"value": await self.stall(method)}
        gc.collect()
        before = memory(reset=True)
        count = 0
        if what == STREAM_MEMORY:
            async for _ in method():
                count += 1
        else:
            found = await self.call("everything")
            count = len(found)
        return {"value": (memory() - before) / 1024, "rows": count}

    async def stall(self, method: Any) -> float:
        """The longest delay of a ticker of one millisecond, in milliseconds."""
        longest, running = 0.0, True

        async def tick() -> None:
            nonlocal longest
            while running:
                begin = time.perf_counter()
                await asyncio.sleep(0.001)
                longest = max(longest, time.perf_counter() - begin - 0.001)

        ticker = asyncio.create_task(tick())
        await asyncio.sleep(0.01)
        longest = 0.0
        found = await method()
        running = False
        await ticker
        del found
        return longest * 1000


def expect(method: str, arguments: tuple[Any, ...], found: Any) -> None:
    """A contender that gives too little must not win."""
    known = {"first": lambda: arguments[0], "page": lambda: 100, "books": lambda: 1000}
    known |= {"authors": lambda: rows.AUTHORS, "group": lambda: 90}
    if method in known:
        assert len(found) == known[method](), (method, len(found))
    if method == "count":
        assert found == rows.USERS // 3, found
    if method == "get":
        assert found is not None


def memory(reset: bool = False) -> int:
    """The most memory that the process has had, in KiB; from now on, after a reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


async def serve(contender: Contender) -> None:
    worker = Worker(contender)
    await worker.call("open")
    print(
        json.dumps(
            {"version": version(contender.package) if contender.package else ""}
        ),
        flush=True,
    )
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            answer = await worker.answer(json.loads(line))
        except Exception as error:  # noqa: BLE001
            answer = {"failed": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), flush=True)
    await worker.call("close")


def main() -> None:
    name, database, url, loop = sys.argv[1:]
    if loop == "uvloop":
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(serve(of(name)(database, url)))


if __name__ == "__main__":
    main()
