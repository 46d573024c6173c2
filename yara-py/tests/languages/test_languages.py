"""The same models, queries and rows in Rust and in Python."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from yara_orm import (
    MigrationManager,
    YaraOrm,
    clear_query_hooks,
    connections,
    register_query_hook,
)
from yara_orm.exceptions import Error

from .asked import QUERIES, Query, fill
from .kept import NAMES, rows
from .models import MODELS, Everything
from .plain import cell, plain

ROOT = Path(__file__).resolve().parents[3]
POSTGRES = os.environ.get("YARA_TEST_POSTGRES_URL")
BACKENDS = ["sqlite", *(["postgres"] if POSTGRES else [])]


@pytest.fixture(scope="session")
def rust() -> Callable[..., list[Any]]:
    """The Rust half: what it tells, line by line."""
    # As `cargo test --workspace --all-features` builds it, so that nothing is built twice.
    build = ["cargo", "build", "--workspace", "--all-features", "--example", "languages"]
    built = subprocess.run(
        [*build, "--message-format=json-render-diagnostics"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    (program,) = (found for each in messages if (found := each.get("executable")))

    def run(command: str, *arguments: str) -> list[Any]:
        call = [program, command, *arguments]
        told = subprocess.run(call, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        return [json.loads(line) for line in told.stdout.splitlines()]

    return run


class Databases:
    """New databases of one kind, for one test."""

    def __init__(self, backend: str, folder: Path) -> None:
        self.backend = backend
        self.folder = folder
        self.names: list[str] = []

    def new(self) -> str:
        """The URL of an empty database."""
        name = f"yara_languages_{os.getpid()}_{len(self.names)}"
        self.names.append(name)
        if self.backend == "sqlite":
            return f"sqlite://{self.folder}/{name}.db"
        self._on_server(f'create database "{name}"')
        assert POSTGRES is not None
        return f"{POSTGRES.rsplit('/', 1)[0]}/{name}"

    def remove(self) -> None:
        if self.backend == "postgres":
            for name in self.names:
                self._on_server(f'drop database "{name}" with (force)')

    def _on_server(self, sql: str) -> None:
        assert POSTGRES is not None
        YaraOrm.init(POSTGRES).run()
        connections.get().execute(sql).run()
        YaraOrm.close().run()


@pytest.fixture(params=BACKENDS)
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    databases = Databases(request.param, tmp_path)
    yield databases
    databases.remove()


@contextlib.contextmanager
def connected(url: str) -> Iterator[list[str]]:
    """Connected to a database; the statements that are sent."""
    statements: list[str] = []
    YaraOrm.init(url, use_tz=True).run()
    register_query_hook(lambda sql, seconds, error: statements.append(sql))
    try:
        yield statements
    finally:
        clear_query_hooks()
        YaraOrm.close().run()


def text(value: Any) -> str:
    """For comparing: JSON keeps apart what Python holds equal, such as 1, 1.0 and True."""
    return json.dumps(value, ensure_ascii=False)


def lines(value: Any) -> list[str]:
    """The same, to see where two differ."""
    return json.dumps(value, ensure_ascii=False, indent=1).splitlines()


def test_descriptions_are_equal(databases: Databases, rust: Any) -> None:
    url = databases.new()
    (told,) = rust("schema", url)
    described = {model.__name__: model._meta.ready().describe() for model in MODELS}
    assert lines(described) == lines(told["described"])


def test_tables_are_created_by_the_same_statements(databases: Databases, rust: Any) -> None:
    url = databases.new()
    (told,) = rust("schema", url)
    with connected(url):
        created = YaraOrm.get_schema_sql(safe=False, models=MODELS)
    assert created.split("\n\n") == [f"{each};" for each in told["created"]]


def catalog(url: str) -> list[Any]:
    """What a database has of its tables, but for that of the history."""
    sql = """
        select type, name, tbl_name, sql from sqlite_master
        where name not like 'sqlite_%' and tbl_name <> 'orm_migrations' order by 1, 2
    """
    if url.startswith("postgres"):
        sql = """
            select r.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
                pg_get_expr(d.adbin, d.adrelid)
            from pg_class r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0
            left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
            where r.relnamespace = 'public'::regnamespace and r.relname not like 'orm_migrations%'
            union all
            select r.relname, k.conname, pg_get_constraintdef(k.oid), '', ''
            from pg_constraint k join pg_class r on r.oid = k.conrelid
            where k.connamespace = 'public'::regnamespace and r.relname <> 'orm_migrations'
            union all
            select tablename, indexname, indexdef, '', '' from pg_indexes
            where schemaname = 'public' and tablename <> 'orm_migrations'
            order by 1, 2, 3
        """
    with connected(url):
        return connections.get().fetch_rows(sql).run()


def test_both_make_the_same_migration(tmp_path: Path, rust: Any) -> None:
    in_rust, in_python = tmp_path / "rust", tmp_path / "python"
    rust("make", str(in_rust))
    assert MigrationManager(in_python, models=MODELS).make_migrations() == "0001_initial.toml"
    texts = [(place / "0001_initial.toml").read_text() for place in (in_rust, in_python)]
    assert texts[0].splitlines() == texts[1].splitlines()


def test_each_applies_what_the_other_has_written(
    databases: Databases, rust: Any, tmp_path: Path
) -> None:
    names = ["0001_initial"]
    in_rust, in_python = str(tmp_path / "rust"), str(tmp_path / "python")
    rust("make", in_rust)
    MigrationManager(in_python, models=MODELS).make_migrations()
    by_rust, by_python, created = databases.new(), databases.new(), databases.new()
    assert rust("up", by_rust, in_python) == [names]
    with connected(by_python):
        manager = MigrationManager(in_rust, models=MODELS)
        manager.check()
        assert manager.upgrade().run() == names
    with connected(created):
        YaraOrm.generate_schemas(models=MODELS).run()
    assert catalog(by_rust) == catalog(by_python) == catalog(created) != []
    # One history: what one has applied, the other one undoes.
    with connected(by_rust):
        manager = MigrationManager(in_python, models=MODELS)
        assert [row["name"] for row in manager.history().run()] == names
        assert manager.upgrade().run() == []
        assert manager.downgrade(target="zero").run() == names
    assert rust("down", by_python, in_rust) == [names]
    assert catalog(by_rust) == catalog(by_python) == []


# The queries that the database refuses.
REFUSED = ["insert what is there", "delete what is referred to"]


async def answer(ask: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    try:
        return {"rows": plain(await ask())}
    except Error as error:
        return {"error": type(error).__name__}


async def ask_all(queries: list[Query], spelling: str, statements: list[str]) -> list[Any]:
    """What each query sends and gives, in one spelling; in the other where it has no words."""
    await YaraOrm.generate_schemas(models=MODELS)
    await fill()
    answers = []
    for query in queries:
        ask = getattr(query, spelling) or query.typed or query.by_text
        assert ask is not None
        statements.clear()
        told = await answer(ask)
        answers.append({"name": query.name, "sql": list(statements), **told})
    return answers


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What differs between the answers to one query."""
    return [
        f"{one['name']}, {part}:\n  Rust   {text(one.get(part))}\n  Python {text(other.get(part))}"
        for part in ("sql", "rows", "error")
        if text(one.get(part)) != text(other.get(part))
    ]


@pytest.mark.parametrize("spelling", ["typed", "by_text"])
def test_the_same_queries_give_the_same(databases: Databases, rust: Any, spelling: str) -> None:
    in_rust = rust("asked", databases.new())
    with connected(databases.new()) as statements:
        in_python = asyncio.run(ask_all(QUERIES, spelling, statements))
    assert [each["name"] for each in in_python] == [each["name"] for each in in_rust]
    pairs = zip(in_rust, in_python, strict=True)
    found = [told for one, other in pairs for told in differences(one, other)]
    assert not found, "\n".join(found)
    assert [each["name"] for each in in_rust if "error" in each] == REFUSED


def test_enough_is_asked() -> None:
    assert len({query.name for query in QUERIES}) == len(QUERIES) >= 60
    assert sum(query.typed is not None for query in QUERIES) >= 60
    assert sum(query.by_text is not None for query in QUERIES) >= 60


def told_of(row: Everything, counts: dict[str, int]) -> dict[str, Any]:
    kinds = Everything._meta.fields_map
    return {name: [cell(kinds[name], getattr(row, name)), counts[name]] for name in NAMES}


async def read() -> list[Any]:
    """The rows that are there, and how many have each of the values that were meant."""
    told = []
    for meant in rows():
        row = await Everything.get(id=meant.id)
        counts = {
            name: await Everything.filter(**{name: getattr(meant, name)}).count() for name in NAMES
        }
        told.append(told_of(row, counts))
    return told


def meant_to_be_told() -> list[Any]:
    """What was written, and that each value is found in each row that has it."""
    every = rows()

    def count(row: Everything, name: str) -> int:
        return sum(getattr(each, name) == getattr(row, name) for each in every)

    return [told_of(row, {name: count(row, name) for name in NAMES}) for row in every]


def test_rows_that_rust_writes_are_read(databases: Databases, rust: Any) -> None:
    url = databases.new()
    assert rust("write", url) == []
    with connected(url):
        assert lines(asyncio.run(read())) == lines(meant_to_be_told())
    assert lines(rust("read", url)) == lines(meant_to_be_told())


def test_rows_that_python_writes_are_read(databases: Databases, rust: Any) -> None:
    url = databases.new()

    async def write() -> None:
        await YaraOrm.generate_schemas(models=[Everything])
        await Everything.bulk_create(rows())

    with connected(url):
        asyncio.run(write())
        assert lines(asyncio.run(read())) == lines(meant_to_be_told())
    assert lines(rust("read", url)) == lines(meant_to_be_told())


def test_long_numbers_in_documents_are_never_rounded(databases: Databases, rust: Any) -> None:
    url = databases.new()
    numbers = [7, 2**64 - 1, 2**70, -(10**40)]

    async def write() -> None:
        await YaraOrm.generate_schemas(models=[Everything])
        await Everything.bulk_create(
            [Everything(id=at, data={"n": n}) for at, n in enumerate(numbers)]
        )

    with connected(url):
        asyncio.run(write())
        read = Everything.all().order_by("id").values_list("data", flat=True)
        assert read.run() == [{"n": n} for n in numbers]
        assert Everything.filter(data__n=2**70).count().run() == 1
    told = rust("digits", url)
    assert [digits for digits, _ in told] == [{"decimal": str(n)} for n in numbers]
    short, long = {"json": {"n": 7}}, {"json": {"n": 2**64 - 1}}
    refused = {"error": "Decode"}
    assert [whole for _, whole in told] == [short, long, refused, refused]
