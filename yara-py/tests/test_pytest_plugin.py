"""The plugin of pytest: each test here runs a suite of its own with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from conftest import DATABASES, POSTGRES
from yara_orm import YaraOrm, connections

pytest_plugins = ["pytester"]

MODELS = """
from yara_orm import Model, fields

class Note(Model):
    text = fields.CharField(20, unique=True)
"""


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: object) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/test.db"
        return
    assert POSTGRES is not None
    name = f"yara_plugin_{uuid.uuid4().hex[:12]}"
    YaraOrm.init(POSTGRES).run()
    connections.get().execute(f"create database {name}").run()
    yield f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
    connections.get().execute(f"drop database {name} with (force)").run()
    YaraOrm.close().run()


def run(pytester: pytest.Pytester, url: str, tests: str) -> pytest.RunResult:
    pytester.makepyfile(models_of_notes=MODELS, test_notes=tests)
    pytester.makeini("[pytest]\npythonpath = .\nyara_modules = models_of_notes\n")
    plugin = ("-p", "yara_orm.contrib.pytest")
    return pytester.runpytest_subprocess(*plugin, "-v", f"--yara-db-url={url}")


def test_what_a_test_writes_is_rolled_back(pytester: pytest.Pytester, url: str) -> None:
    result = run(
        pytester,
        url,
        """
        import asyncio
        import pytest
        from models_of_notes import Note
        from yara_orm import IntegrityError, in_transaction

        @pytest.mark.parametrize("time", [1, 2])
        async def test_awaited(db, time):
            assert await Note.all().count() == 0
            await Note.create(text="milk")
            await asyncio.gather(Note.create(text="tea"), Note.create(text="salt"))
            assert len(await db.fetch_rows("select * from note")) == 3

        @pytest.mark.parametrize("time", [1, 2])
        def test_blocking(db, time):
            assert Note.all().count().run() == 0
            Note.create(text="milk").run()
            assert Note.all().count().run() == 1

        async def test_blocks_are_savepoints(db):
            with pytest.raises(IntegrityError):
                async with in_transaction():
                    await Note.create(text="milk")
                    await Note.create(text="milk")
            async with in_transaction():
                await Note.create(text="tea")
            assert await Note.all().count() == 1

        class TestInAClass:
            async def test_method(self, db):
                await Note.create(text="milk")

        async def test_that_fails(db):
            await Note.create(text="milk")
            assert False, "as it should"

        async def test_after_all(db):
            assert await Note.all().count() == 0
        """,
    )
    result.assert_outcomes(passed=7, failed=1)
    result.stdout.fnmatch_lines(["*as it should*"])


def test_statements_are_counted(pytester: pytest.Pytester, url: str) -> None:
    result = run(
        pytester,
        url,
        """
        import pytest
        from models_of_notes import Note

        async def test_right(db, assert_num_queries):
            with assert_num_queries(2) as statements:
                await Note.create(text="milk")
                await Note.all().count()
            await Note.all().count()
            assert len(statements) == 2 and statements[0].lower().startswith("insert")

        async def test_wrong(db, assert_num_queries):
            with assert_num_queries(1):
                await Note.create(text="milk")
                await Note.all().count()

        async def test_error(db, assert_num_queries):
            with pytest.raises(ZeroDivisionError), assert_num_queries(1):
                1 / 0
        """,
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*statements: 1 expected, 2 run:*", "*1. INSERT*"])


def test_other_tests_are_left_alone(pytester: pytest.Pytester, url: str) -> None:
    result = run(pytester, url, "def test_plain():\n    pass\n\nasync def test_bare():\n    pass\n")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*async def functions are not natively supported*"])


def test_anyio_may_run_the_tests(pytester: pytest.Pytester, url: str) -> None:
    pytest.importorskip("anyio")
    result = run(
        pytester,
        url,
        """
        import pytest
        from models_of_notes import Note

        pytestmark = pytest.mark.anyio

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.parametrize("time", [1, 2])
        async def test_awaited(db, time):
            assert await Note.all().count() == 0
            await Note.create(text="milk")
        """,
    )
    result.assert_outcomes(passed=2)
