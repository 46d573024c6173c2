"""What is told of statements, and what is written before them."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

import pytest
from yara_orm import (
    YaraOrm,
    clear_query_annotators,
    connections,
    in_transaction,
    register_query_annotator,
    register_query_hook,
)
from yara_orm.exceptions import ConfigurationError
from yara_orm.hooks import unregister_query_annotator, unregister_query_hook

from .conftest import World
from .library import MODELS, Author, Book, fill

__all__ = ["MODELS"]

route: ContextVar[str] = ContextVar("route", default="")


@pytest.fixture(autouse=True)
def nobody_annotates() -> Any:
    yield
    clear_query_annotators()


async def test_a_hook_of_two_arguments_is_told_no_values(world: World) -> None:
    told: list[tuple[Any, ...]] = []
    timed: list[tuple[Any, ...]] = []

    @register_query_hook
    def after(sql: str, params: list[Any] | None) -> None:
        told.append((sql, params))

    @register_query_hook
    def with_time(sql: str, seconds: float, error: str | None = None) -> None:
        timed.append((sql, seconds, error))

    await Author.create(name="a secret")
    with pytest.raises(Exception, match="(?i)unique"):
        await Author.create(name="a secret")
    assert len(told) == 2 and all(params is None for _, params in told)
    assert "secret" not in repr(told) and told[0][0].startswith("INSERT INTO")
    assert timed[0][2] is None and timed[1][2] is not None and timed[0][1] > 0
    unregister_query_hook(after)
    await Author.all()
    assert len(told) == 2 and len(timed) == 3
    with pytest.raises(ConfigurationError, match="takes"):
        register_query_hook(lambda: None)


async def test_annotators_write_a_comment_before_each_statement(world: World) -> None:
    ada, *_ = await fill()

    @register_query_annotator
    def path() -> str:
        return f"path={route.get()}" if route.get() else ""

    @register_query_annotator
    def job() -> str | None:
        return "job=7" if route.get() == "/jobs" else None

    async def asked(where: str) -> str:
        route.set(where)
        await Author.filter(name=where)
        return next(sql for sql in reversed(world.statements) if where in sql)

    both = await asyncio.gather(asked("/books"), asked("/jobs"))
    assert both[0].startswith("/* path=/books */ SELECT")
    assert both[1].startswith("/* path=/jobs,job=7 */ SELECT")

    route.set("/x */ drop table author; /* \n\0")
    before = len(world.statements)
    await Author.all().count()
    await Author.filter(id=ada.id).update(name="Ava")
    await Author.bulk_create([Author(name="e"), Author(name="f")])
    await ada.books.all()
    await (await Book.get(title="Notes")).tags.clear()
    await connections.get().fetch_rows("select 1")
    await connections.get().execute_script("select 1; select 2")
    await connections.get().execute_many("update book set views = $1 where id = $2", [(1, 1)])
    async for _ in Book.all().stream():
        pass
    async with in_transaction():
        await Author.filter(name="e").delete()
    told = [sql for sql in world.statements[before:] if sql not in ("BEGIN", "COMMIT")]
    told = [sql for sql in told if not sql.startswith("BEGIN")]
    assert len(told) == 11
    for sql in told:
        assert sql.startswith("/* path=/x * / drop table author; / *    */ "), sql
    unregister_query_annotator(path)
    unregister_query_annotator(job)
    await Author.all()
    assert world.statements[-1].startswith("SELECT")


def test_annotators_speak_without_a_loop_too(world: World) -> None:
    register_query_annotator(lambda: "sync")
    Author.create(name="Ada").run()
    assert [author.name for author in Author.all().run()] == ["Ada"]
    assert world.statements[-1].startswith("/* sync */ SELECT")


async def test_what_an_annotator_raises_reaches_the_caller(world: World) -> None:
    def failing() -> str:
        raise LookupError("no request")

    register_query_annotator(failing)
    with world.counting(0), pytest.raises(LookupError, match="no request"):
        await Author.all()
    clear_query_annotators()
    register_query_annotator(lambda: 5)  # type: ignore[arg-type, return-value]
    with world.counting(0), pytest.raises(ConfigurationError, match="a text or None, not 5"):
        await Author.all()
    clear_query_annotators()
    assert await Author.all() == []
    with pytest.raises(ConfigurationError, match="an annotator is a function"):
        register_query_annotator("path")  # type: ignore[type-var]
    assert YaraOrm.get_schema_sql(models=[Author])
