"""What goes wrong beside queries: connecting, missing tables, and errors out of a program's code."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from conftest import Run
from yara_orm import (
    Model,
    YaraOrm,
    connections,
    fields,
    in_transaction,
    on_commit,
    post_save,
    pre_delete,
    pre_save,
    timezone,
)
from yara_orm.exceptions import (
    ConfigurationError,
    Error,
    ParamsError,
    PoolClosed,
    ProgrammingError,
    ValidationError,
)

from .conftest import World
from .held import nothing_is_held


class Strange(Exception):
    """An error of the program's own."""


def wrong() -> None:
    raise Strange("out of the program")


def validated(value: Any) -> None:
    if value == "strange":
        wrong()


def made() -> str:
    if "made" in broken:
        wrong()
    return "made"


broken: list[str] = []
heard: list[str] = []


class Note(Model):
    id = fields.IntField(pk=True)
    text = fields.CharField(max_length=20, unique=True, validators=[validated])
    kind = fields.CharField(max_length=20, default=made)

    class Meta:
        table = "faulty_note"


class Nowhere(Model):
    """A model whose table nobody creates."""

    id = fields.IntField(pk=True)
    note: fields.ForeignKeyRelation[Note] = fields.ForeignKeyField("Note")


MODELS = (Note,)


@pre_save(Note)
async def before(sender: Any, instance: Note, using_db: Any, update_fields: Any) -> None:
    if "before" in broken:
        wrong()


@post_save(Note)
def after(sender: Any, instance: Note, created: bool, using_db: Any, update_fields: Any) -> None:
    heard.append(instance.text)
    if "after" in broken:
        wrong()


@pre_delete(Note)
def gone(sender: Any, instance: Note, using_db: Any) -> None:
    if "gone" in broken:
        wrong()


@pytest.fixture(autouse=True)
def _mended() -> Any:
    yield
    broken.clear()
    heard.clear()


async def texts() -> list[str]:
    return await Note.all().order_by("text").values_list("text", flat=True)


# --- Connecting ------------------------------------------------------------------------------


def test_use_before_and_after_the_connection(world: World, run: Run) -> None:
    async def main() -> None:
        await YaraOrm.close()
        query = Note.all()
        for use in (
            lambda: query,
            lambda: Note.create(text="a"),
            lambda: Note.all().count(),
            lambda: YaraOrm.generate_schemas(models=[Note]),
            lambda: Note.raw("select 1"),
            lambda: Note.bulk_create([Note(text="a")]),
            lambda: YaraOrm.set_password("x"),
            lambda: anext(Note.all().stream()),
        ):
            with pytest.raises(ConfigurationError, match=r"YaraOrm\.init"):
                await use()
        for call in (connections.get, YaraOrm.get_connection, Note.all().sql):
            with pytest.raises(ConfigurationError, match=r"YaraOrm\.init"):
                call()
        with pytest.raises(ConfigurationError, match=r"YaraOrm\.init"):
            async with in_transaction():
                pass
        with pytest.raises(ConfigurationError, match=r"YaraOrm\.init"):
            on_commit(wrong)
        await YaraOrm.close()
        await YaraOrm.init(world.url)
        assert await query == []

    run(main)


def test_connections_have_names(world: World) -> None:
    with pytest.raises(ConfigurationError, match="no connection 'defualt'; did you mean 'default'"):
        connections.get("defualt")


def test_connecting_anew_takes_the_place_of_what_was_there(world: World, run: Run) -> None:
    async def main() -> None:
        await Note.create(text="a")
        first = connections.get().engine
        await YaraOrm.add_connection("other", world.url)
        other = connections.get("other").engine
        await YaraOrm.init(world.url)
        assert first.is_closed and other.is_closed
        assert connections.get().engine is not first
        with pytest.raises(ConfigurationError, match="no connection 'other'"):
            connections.get("other")
        assert await texts() == ["a"]
        with pytest.raises(PoolClosed):
            await first.fetch_rows("select 1")

    run(main)


@pytest.mark.parametrize(
    "arguments",
    [
        {"db_url": "postgers://localhost/x"},
        {"db_url": "postgres://nobody@127.0.0.1:1/x"},
        {"db_url": "sqlite:///nowhere/at/all.db"},
        {"db_url": "sqlite://x.db?max_szie=1"},
        {"db_url": "no url"},
        {"config": {"connections": {}}},
        {"config": {"connections": {"default": "sqlite://:memory:", "b": "sqlite:///no/where.db"}}},
        {"db_url": "sqlite://:memory:", "timezone": "Mars/Olympus"},
        {"db_url": "sqlite://:memory:", "router": object()},
        {"db_url": "sqlite://:memory:", "modules": {"models": ["no.such.module"]}},
        {},
    ],
)
async def test_a_failed_connection_leaves_everything_as_it_was(
    world: World, arguments: dict[str, Any]
) -> None:
    await Note.create(text="a")
    engine = connections.get().engine
    with pytest.raises((Error, ImportError)):
        await YaraOrm.init(**{"use_tz": True, **arguments})
    assert connections.get().engine is engine and list(connections.all()) != []
    assert not timezone.get_use_tz()
    assert await texts() == ["a"]


async def test_closing_while_queries_run(world: World) -> None:
    engine = connections.get().engine
    await Note.bulk_create([Note(text=str(at)) for at in range(50)])
    running = [asyncio.ensure_future(_read_all()) for _ in range(20)]
    async with in_transaction():
        held = asyncio.create_task(_hold())
        await asyncio.sleep(0)
        await YaraOrm.close()
        outcomes = await asyncio.gather(*running, held, return_exceptions=True)
    for outcome in outcomes:
        assert outcome == 50 or isinstance(outcome, (Error,)), outcome
    # What was under way came to its end, or was told so; nothing is open any more.
    await YaraOrm.init(world.url)
    assert await Note.all().count() == 50
    for _ in range(1000):
        if engine.status()["connections"] == 0:
            break
        await asyncio.sleep(0.01)
    assert engine.status()["connections"] == 0


async def _read_all() -> int:
    return len(await Note.all())


async def _hold() -> int:
    return await Note.all().count()


# --- Tables ----------------------------------------------------------------------------------


async def test_a_model_without_a_table(world: World) -> None:
    for use in (
        lambda: Nowhere.all(),
        lambda: Nowhere.create(note_id=1),
        lambda: Nowhere.all().delete(),
        lambda: Nowhere.bulk_create([Nowhere(note_id=1)]),
        lambda: Note.all().prefetch_related("nowheres"),
        lambda: anext(Nowhere.all().stream()),
    ):
        await Note.get_or_create(text="a")
        with pytest.raises(ProgrammingError, match="nowhere") as raised:
            await use()
        error = raised.value
        assert "generate_schemas" in (error.hint or ""), error.hint
        assert error.statement is not None
        if world.backend == "postgres":
            assert error.sqlstate == "42P01"
    assert await texts() == ["a"]
    assert await nothing_is_held()


async def test_tables_that_are_there_already(world: World) -> None:
    await Note.create(text="a")
    await YaraOrm.generate_schemas(models=[Note])
    assert await texts() == ["a"]
    with pytest.raises(ProgrammingError, match="faulty_note"):
        await YaraOrm.generate_schemas(safe=False, models=[Note])
    assert await texts() == ["a"]


# --- Errors out of the program's code --------------------------------------------------------


@pytest.mark.parametrize("place", ["before", "after", "gone"])
async def test_an_error_out_of_a_signal(world: World, place: str) -> None:
    broken.append(place)
    if place == "gone":
        note = await Note.create(text="a")
        with pytest.raises(Strange):
            await note.delete()
        assert await texts() == ["a"]
    else:
        with pytest.raises(Strange):
            await Note.create(text="a")
        # The row was written before anybody was told; a block takes it back.
        assert await texts() == ([] if place == "before" else ["a"])
        broken.clear()
        await Note.all().delete()
        broken.append(place)
        with pytest.raises(Strange):
            async with in_transaction():
                await Note.create(text="b")
        assert await texts() == []
    assert await nothing_is_held()


async def test_errors_out_of_validators_and_defaults(world: World) -> None:
    with world.counting(0):
        with pytest.raises(Strange):
            await Note.create(text="strange")
        with pytest.raises(Strange):
            await Note.bulk_create([Note(text="a"), Note(text="strange")])
        broken.append("made")
        with pytest.raises(Strange):
            Note(text="a")
        with pytest.raises(Strange):
            await Note.create(text="a")
    broken.clear()
    note = await Note.create(text="a")
    note.text = "strange"
    with world.counting(0), pytest.raises(Strange):
        await note.save()
    with world.counting(0), pytest.raises((ValidationError, Strange)):
        await Note.filter(id=note.id).update(text="strange")
    assert await texts() == ["a"]


async def test_errors_out_of_hooks_are_shown(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[BaseException] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda shown: told.append(shown.exc_value))
    ran: list[str] = []
    async with in_transaction() as tx:
        on_commit(wrong)
        tx.on_commit(lambda: ran.append("second"))
        await Note.create(text="a")
    # The transaction is committed whatever becomes of them, and one does not stop the next.
    assert await texts() == ["a"] and ran == ["second"]
    assert [type(error) for error in told] == [Strange]
    with pytest.raises(Strange):
        on_commit(wrong)


async def test_hooks_are_plain_functions(world: World) -> None:
    async def late() -> None: ...

    async with in_transaction() as tx:
        for register in (on_commit, tx.on_commit):
            with pytest.raises(ParamsError, match="late is a coroutine function"):
                register(late)
            with pytest.raises(ParamsError, match="not 5"):
                register(5)  # type: ignore[arg-type]
    with pytest.raises(ParamsError, match="late is a coroutine function"):
        on_commit(late)


async def test_what_a_hook_may_do(world: World) -> None:
    """It runs outside of the block, where tasks and blocks of its own can be begun."""
    tasks: list[asyncio.Task[Note]] = []

    async with in_transaction():
        await Note.create(text="a")
        on_commit(lambda: tasks.append(asyncio.create_task(_create("b"))))
    await asyncio.gather(*tasks)
    assert await texts() == ["a", "b"]


async def _create(text: str) -> Note:
    return await Note.create(text=text)
