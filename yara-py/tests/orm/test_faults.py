"""What goes wrong beside queries: connecting, missing tables, and errors out of a program's code."""

from __future__ import annotations

import asyncio
import sys
import traceback
from typing import Any

import pytest
from conftest import Run
from yara_orm import (
    Model,
    YaraOrm,
    atomic,
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
    DBConnectionError,
    Error,
    InterfaceError,
    InvalidQuery,
    ParamsError,
    PoolClosed,
    ProgrammingError,
    TransactionManagementError,
    UniqueViolation,
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
    for _ in range(200):
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


# --- Errors in blocks ------------------------------------------------------------------------


def test_the_error_of_a_block_is_the_one_that_was_raised(world: World, run: Run) -> None:
    cause = KeyError("why")
    raised = Strange("what")

    async def fail() -> None:
        async with in_transaction():
            await Note.create(text="a")
            async with in_transaction():
                await Note.create(text="b")
                raise raised from cause

    async def main() -> None:
        with pytest.raises(Strange) as caught:
            await fail()
        assert caught.value is raised
        assert caught.value.__cause__ is cause and caught.value.__context__ is None
        names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
        assert "fail" in names
        assert await texts() == []
        assert await nothing_is_held()

    run(main)


def test_errors_of_the_database_keep_their_causes(world: World, run: Run) -> None:
    async def main() -> None:
        await Note.create(text="a")
        with pytest.raises(RuntimeError) as caught:
            async with in_transaction():
                try:
                    await Note.create(text="a")
                except UniqueViolation as error:
                    raise RuntimeError("twice") from error
        assert isinstance(caught.value.__cause__, UniqueViolation)
        assert caught.value.__cause__.sqlstate == "23505"
        assert await texts() == ["a"]

    run(main)


def test_a_rollback_that_fails_hides_nothing(world: World, run: Run) -> None:
    async def main() -> None:
        with pytest.raises(Strange) as caught:
            async with in_transaction() as tx:
                await Note.create(text="a")
                if world.backend == "postgres":
                    await _kill(tx)
                else:
                    await tx.rollback()
                wrong()
        assert caught.value.__context__ is None
        assert await texts() == []
        assert await nothing_is_held()

    run(main)


async def _kill(tx: Any) -> None:
    """Ends the connection of a transaction, from another one."""
    pid = (await tx.fetch_row("select pg_backend_pid()"))[0]
    engine = connections.get().engine
    await engine.fetch_rows("select pg_terminate_backend($1::int)", [pid])
    await asyncio.sleep(0.05)


async def test_a_block_ends_once(world: World) -> None:
    block = in_transaction()
    async with block:
        with pytest.raises(TransactionManagementError, match="used already"):
            async with block:
                pass
        await Note.create(text="a")
    assert await texts() == ["a"]
    with pytest.raises(TransactionManagementError, match="has not been begun"):
        await block.__aexit__(None, None, None)
    async with block:
        await Note.create(text="b")
    async with in_transaction() as tx:
        await tx.commit()
        with pytest.raises(TransactionManagementError, match="it was committed"):
            await Note.create(text="c")
        with pytest.raises(TransactionManagementError):
            await tx.rollback()
    assert await texts() == ["a", "b"]


async def test_a_savepoint_that_failed_unnoticed(world: World) -> None:
    """The block cannot be committed; it ends all the same, though its wrapper is still there."""
    await Note.create(text="a")
    with pytest.raises(TransactionManagementError, match="was rolled back, not committed"):
        async with in_transaction() as tx:
            await Note.create(text="b")
            await tx.savepoint()
            with pytest.raises(UniqueViolation):
                await Note.create(text="a")
    assert not tx.is_open and await nothing_is_held()
    assert await texts() == ["a"]


def test_a_block_that_ends_in_another_context(world: World, run: Run) -> None:
    """As that of an asynchronous generator, which is closed by the event loop or by a fixture."""

    async def opened() -> Any:
        async with in_transaction():
            await Note.create(text="a")
            yield

    async def main() -> None:
        import contextvars

        generator = opened()
        loop = asyncio.get_running_loop()

        async def step() -> None:
            await anext(generator)

        async def close() -> None:
            await generator.aclose()

        if sys.version_info >= (3, 11):
            await loop.create_task(step(), context=contextvars.copy_context())
            await loop.create_task(close(), context=contextvars.copy_context())
        else:
            await loop.create_task(step())
            await loop.create_task(close())
        assert await nothing_is_held()
        assert await texts() == []

    run(main)


# --- Tasks in blocks -------------------------------------------------------------------------


def test_gather_within_a_block(world: World, run: Run) -> None:
    async def main() -> None:
        async with in_transaction():
            notes = await asyncio.gather(*(_create(f"{at:02}") for at in range(30)))
            assert len({note.id for note in notes}) == 30
            counts = await asyncio.gather(*(Note.all().count() for _ in range(10)))
            assert counts == [30] * 10
        assert len(await texts()) == 30
        # One that fails takes the others with it, and the block.
        with pytest.raises(UniqueViolation):
            async with in_transaction():
                await asyncio.gather(*(_create(text) for text in ("x", "00", "y")))
        assert len(await texts()) == 30 and await nothing_is_held()

    run(main)


def test_savepoints_side_by_side_are_refused(world: World, run: Run) -> None:
    opened = asyncio.Event

    async def nested(text: str, hold: asyncio.Event) -> None:
        async with in_transaction():
            await Note.create(text=text)
            await hold.wait()

    async def main() -> None:
        hold = opened()
        async with in_transaction():
            first = asyncio.create_task(nested("a", hold))
            await asyncio.sleep(0.05)
            with pytest.raises(TransactionManagementError, match="savepoint"):
                await nested("b", hold)
            # The block around waits for the savepoint, too.
            with pytest.raises(TransactionManagementError, match="savepoint"):
                await Note.create(text="c")
            hold.set()
            await first
        assert await texts() == ["a"] and await nothing_is_held()

    run(main)


def test_tasks_that_outlive_their_block(world: World, run: Run) -> None:
    """They err; nothing is written beside the transaction."""

    async def late(over: asyncio.Event, use: Any) -> None:
        await over.wait()
        await use()

    async def block() -> None:
        async with in_transaction():
            await Note.create(text="never")

    async def stream() -> None:
        async for _ in Note.all().stream():
            pass

    uses = [
        lambda: Note.create(text="late"),
        lambda: Note.all(),
        lambda: Note.bulk_create([Note(text="late")]),
        lambda: Note.all().update(kind="late"),
        block,
        stream,
        lambda: connections.get().execute("delete from faulty_note"),
        lambda: Note.get_or_create(text="late"),
    ]

    async def main() -> None:
        for fails in (False, True):
            over = asyncio.Event()
            tasks = []
            try:
                async with in_transaction():
                    tasks = [asyncio.create_task(late(over, use)) for use in uses]
                    await asyncio.sleep(0)
                    if fails:
                        wrong()
            except Strange:
                pass
            over.set()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                assert isinstance(outcome, TransactionManagementError), outcome
                assert "the transaction is over" in str(outcome)
        assert await texts() == [] and await nothing_is_held()

    run(main)


def test_a_block_belongs_to_its_loop(world: World, run: Run) -> None:
    """Another thread that was given the context does not get at the connection."""

    async def elsewhere() -> None:
        await Note.create(text="b")

    async def main() -> None:
        async with in_transaction():
            await Note.create(text="a")
            if world.backend == "postgres":
                with pytest.raises(InterfaceError, match="made by an event loop"):
                    await asyncio.to_thread(lambda: Note.create(text="b").run())
                with pytest.raises(InterfaceError, match="belongs to another event loop"):
                    await asyncio.to_thread(lambda: asyncio.run(elsewhere()))
            else:
                # A database without sockets has no place.
                await asyncio.to_thread(lambda: Note.create(text="b").run())
        assert await texts() == (["a"] if world.backend == "postgres" else ["a", "b"])

    run(main)


async def test_options_are_refused(world: World) -> None:
    for options in (
        {"isolation": "chaos"},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("nan")},
    ):
        with pytest.raises(InvalidQuery):
            async with in_transaction(**options):  # type: ignore[arg-type]
                pass
    assert await nothing_is_held()


async def test_atomic_runs_a_function_again(world: World) -> None:
    runs: list[int] = []

    @atomic(retries=2)
    async def once_more() -> None:
        runs.append(1)
        await Note.create(text=str(len(runs)))
        if len(runs) < 3:
            error = DBConnectionError("later")
            error.retryable = True
            raise error

    await once_more()
    assert len(runs) == 3 and await texts() == ["3"]
