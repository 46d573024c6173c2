"""A plugin of pytest: tests in transactions that are rolled back, and counted statements.

```python
async def test_a_book_has_a_title(db, assert_num_queries):
    with assert_num_queries(1):
        await Book.create(title="Notes")
```

The database is that of `--yara-db-url`, or `yara_db_url` in the settings of pytest, else one in
memory; `yara_modules` lists the modules that declare the models, whose tables are made once. A suite
that connects in its own way overrides the fixture `yara_database`.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .. import YaraOrm, connection, connections
from ..connection import BaseDBAsyncClient
from ..hooks import register_query_hook, unregister_query_hook
from ..transactions import in_transaction


def pytest_addoption(parser: pytest.Parser) -> None:
    """The database, and the models."""
    parser.getgroup("yara_orm").addoption(
        "--yara-db-url", metavar="URL", help="the database of the fixture db"
    )
    parser.addini("yara_db_url", "the database of the fixture db", default="sqlite://:memory:")
    parser.addini("yara_modules", "modules that declare models", type="linelist", default=[])


@pytest.fixture(scope="session")
def yara_database(pytestconfig: pytest.Config) -> Iterator[None]:
    """The connection, and the tables of all models, as long as tests run."""
    for module in pytestconfig.getini("yara_modules"):
        importlib.import_module(module)
    YaraOrm.init(
        pytestconfig.getoption("--yara-db-url") or pytestconfig.getini("yara_db_url")
    ).run()
    YaraOrm.generate_schemas().run()
    yield
    YaraOrm.close().run()


@pytest.fixture
def db(request: pytest.FixtureRequest, yara_database: None) -> Iterator[BaseDBAsyncClient]:
    """The connection; whatever the test writes is rolled back when it ends.

    The test runs in a transaction of its own, on each connection: blocks within are savepoints, and
    nothing is ever committed, so that `on_commit` calls nothing. It is known where the test runs
    and in the tasks that are started there, but not to other threads, nor to other fixtures. A
    coroutine function that no other plugin runs is run by `asyncio.run`.
    """
    item = request.node
    function = item.obj
    item.obj = _rolled_back(function)
    yield connections.get()
    item.obj = function


_CONTROL = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START", "END"}

AssertNumQueries = Callable[[int], contextlib.AbstractContextManager[list[str]]]


@pytest.fixture
def assert_num_queries() -> AssertNumQueries:
    """`with assert_num_queries(2) as statements:` fails unless so many statements are run. Those
    that begin and end transactions and savepoints are not counted."""
    return _counting


@contextlib.contextmanager
def _counting(expected: int) -> Iterator[list[str]]:
    __tracebackhide__ = True
    found: list[str] = []

    def note(sql: str, seconds: float, error: str | None) -> None:
        if sql.split(None, 1)[0].upper() not in _CONTROL:
            found.append(sql)

    register_query_hook(note)
    try:
        yield found
    finally:
        unregister_query_hook(note)
    if len(found) != expected:
        listed = "".join(f"\n  {at}. {sql}" for at, sql in enumerate(found, 1))
        pytest.fail(f"statements: {expected} expected, {len(found)} run:{listed}")


def _rolled_back(function: Callable[..., Any]) -> Callable[..., Any]:
    """A test that takes back what it writes, where it runs: a connection of PostgreSQL belongs to
    one event loop."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*args: Any, **kwargs: Any) -> None:
            async with contextlib.AsyncExitStack() as stack:
                for name in connection.engines():
                    transaction = await stack.enter_async_context(in_transaction(name))
                    stack.push_async_callback(transaction.rollback)
                await function(*args, **kwargs)

        return awaited

    @functools.wraps(function)
    def blocking(*args: Any, **kwargs: Any) -> None:
        with contextlib.ExitStack() as stack:
            for name in connection.engines():
                transaction = stack.enter_context(in_transaction(name))
                stack.callback(lambda ending: ending().run(), transaction.rollback)
            function(*args, **kwargs)

    return blocking


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a coroutine function that has the fixture `db` and that no other plugin runs: those
    that run them come first, or have made it a plain function."""
    if "db" not in pyfuncitem.fixturenames or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None

    import asyncio

    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
