"""Tests of models and queries: each runs on SQLite and on PostgreSQL, against real tables.

An async test function gets its database by the fixture `world`. The tables are those of the models
that its module declares, or names in `MODELS`.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
from collections.abc import Iterator
from typing import Any

import pytest
from yara_orm import YaraOrm, clear_query_hooks, connections, register_query_hook
from yara_orm.registry import models as all_models

POSTGRES = os.environ.get("YARA_TEST_POSTGRES_URL")
BACKENDS = ["sqlite", *(["postgres"] if POSTGRES else [])]


# For tests of what only one of them has.
on_sqlite = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("world", BACKENDS[1:], indirect=True)


class World:
    """A database with empty tables."""

    def __init__(self, backend: str, url: str) -> None:
        self.backend = backend
        self.url = url
        self.statements: list[str] = []

    @contextlib.contextmanager
    def counting(self, expected: int) -> Iterator[None]:
        """Within, so many statements are run."""
        before = len(self.statements)
        yield
        found = self.statements[before:]
        assert len(found) == expected, "\n".join(found)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of this run's own."""
    assert POSTGRES is not None
    name = f"yara_py_{os.getpid()}"
    base = POSTGRES.rsplit("/", 1)[0]
    YaraOrm.init(POSTGRES).run()
    connections.get().execute(f'create database "{name}"').run()
    YaraOrm.close().run()
    yield f"{base}/{name}"
    YaraOrm.init(POSTGRES).run()
    connections.get().execute(f'drop database "{name}" with (force)').run()
    YaraOrm.close().run()


@pytest.fixture(params=BACKENDS)
def world(request: pytest.FixtureRequest, tmp_path: Any) -> World:
    """Where a test runs."""
    if request.param == "sqlite":
        return World("sqlite", f"sqlite://{tmp_path}/test.db")
    return World("postgres", request.getfixturevalue("postgres_url"))


def _models(module: Any) -> list[Any]:
    named = getattr(module, "MODELS", None)
    if named is not None:
        return list(named)
    return [model for model in all_models() if model.__module__ == module.__name__]


def _begin(world: World, module: Any) -> None:
    options = getattr(module, "INIT", {})
    YaraOrm.init(world.url, **options).run()
    if world.backend == "postgres":
        _empty(_models(module), module.__name__)
    else:
        YaraOrm.generate_schemas(models=_models(module)).run()
    register_query_hook(lambda sql, seconds, error: world.statements.append(sql))


_tables_of: list[str] = []


def _empty(models: list[Any], module: str) -> None:
    """Tables without rows; those of a module are made once."""
    if _tables_of == [module]:
        sql = "select schemaname, tablename from pg_tables where schemaname = 'public'"
        names = [f'"{row[1]}"' for row in connections.get().fetch_rows(sql).run()]
        connections.get().execute(f"truncate {', '.join(names)} restart identity cascade").run()
        return
    without_tables()
    YaraOrm.generate_schemas(models=models).run()
    _tables_of[:] = [module]


def without_tables() -> None:
    """Drops what tables of PostgreSQL there are."""
    connections.get().execute_script(
        "drop schema if exists public cascade; create schema public"
    ).run()
    _tables_of.clear()


def _end() -> None:
    clear_query_hooks()
    YaraOrm.close().run()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> bool | None:
    """Runs a test in its world, on an event loop if it is a coroutine function."""
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    world = arguments.get("world")
    function = pyfuncitem.obj
    if world is None:
        if not inspect.iscoroutinefunction(function):
            return None
        asyncio.run(function(**arguments))
        return True
    _begin(world, pyfuncitem.module)
    try:
        if inspect.iscoroutinefunction(function):
            asyncio.run(function(**arguments))
        else:
            function(**arguments)
    finally:
        _end()
    return True
