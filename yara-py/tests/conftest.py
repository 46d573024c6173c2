"""What the tests have in common: both databases, both kinds of event loop, and blocking calls."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from yara_orm._engine import Engine

POSTGRES = os.environ.get("YARA_TEST_POSTGRES_URL")

DATABASES = [
    "sqlite",
    pytest.param(
        "postgres",
        marks=pytest.mark.skipif(POSTGRES is None, reason="there is no YARA_TEST_POSTGRES_URL"),
    ),
]


def with_parameters(url: str, **parameters: object) -> str:
    """A URL with further parameters."""
    if not parameters:
        return url
    separator = "&" if "?" in url else "?"
    return url + separator + "&".join(f"{name}={value}" for name, value in parameters.items())


class Database:
    """One of the databases, and tables of the test's own."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url
        self.engines: list[Engine] = []
        self.tables: list[str] = []

    @property
    def is_postgres(self) -> bool:
        return self.name == "postgres"

    def engine(self, **parameters: object) -> Engine:
        """An engine, closed after the test."""
        engine = Engine(with_parameters(self.url, **parameters))
        self.engines.append(engine)
        return engine

    def table(self, columns: str) -> str:
        """A table with a name of its own, dropped after the test."""
        name = f"t_{uuid.uuid4().hex[:12]}"
        Engine(self.url).execute(f"create table {name} ({columns})").run()
        self.tables.append(name)
        return name

    def clean(self) -> None:
        for engine in self.engines:
            engine.close().run()
        engine = Engine(self.url)
        for table in reversed(self.tables) if self.is_postgres else []:
            engine.execute(f"drop table if exists {table}").run()
        engine.close().run()


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database("sqlite", f"sqlite://{tmp_path}/test.db")
    else:
        assert POSTGRES is not None
        database = Database("postgres", POSTGRES)
    yield database
    database.clean()


@pytest.fixture
def postgres() -> Iterator[Database]:
    if POSTGRES is None:
        pytest.skip("there is no YARA_TEST_POSTGRES_URL")
    database = Database("postgres", POSTGRES)
    yield database
    database.clean()


@pytest.fixture
def sqlite(tmp_path: Any) -> Iterator[Database]:
    database = Database("sqlite", f"sqlite://{tmp_path}/test.db")
    yield database
    database.clean()


Run = Callable[[Callable[[], Awaitable[Any]]], Any]


def on_asyncio(main: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(limited(main))


def on_uvloop(main: Callable[[], Awaitable[Any]]) -> Any:
    uvloop = pytest.importorskip("uvloop")
    loop = uvloop.new_event_loop()
    try:
        return loop.run_until_complete(limited(main))
    finally:
        loop.close()


class Proactor(asyncio.SelectorEventLoop):
    """A loop that watches no file descriptors, as the one of Windows."""

    def add_reader(self, *_: object) -> None:
        raise NotImplementedError

    add_writer = add_reader  # type: ignore[assignment]


def on_transports(main: Callable[[], Awaitable[Any]]) -> Any:
    loop = Proactor()
    try:
        return loop.run_until_complete(limited(main))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def limited(main: Callable[[], Awaitable[Any]]) -> Any:
    """Fails instead of hanging."""
    return await asyncio.wait_for(main(), 30)


LOOPS = {"asyncio": on_asyncio, "uvloop": on_uvloop, "transports": on_transports}


@pytest.fixture(params=list(LOOPS))
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a coroutine function on a new loop of one kind."""
    return LOOPS[request.param]


def script(text: str, *arguments: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    """Runs a program of its own."""
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", text, *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
