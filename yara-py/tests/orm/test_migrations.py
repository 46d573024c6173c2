"""Migrations: what is written, what is run, and what is said where that cannot be."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from yara_orm import MigrationManager, Model, connections, fields, in_transaction
from yara_orm.exceptions import (
    ConfigurationError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    TransactionManagementError,
)

from . import conftest
from .conftest import World

MODELS: list[Any] = []


@pytest.fixture(autouse=True)
def _no_tables() -> Iterator[None]:
    """Each test begins with a database without tables."""
    conftest._tables_of.clear()
    yield
    conftest._tables_of.clear()


class Author(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100)

    class Meta:
        table = "author"


class Book(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=200)
    author = fields.ForeignKeyField(Author, related_name="books")

    class Meta:
        table = "book"


class Later(Model):
    """`Book` after a while."""

    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=200)
    views = fields.IntField(default=7)
    slug = fields.CharField(max_length=50, null=True, unique=True)
    author = fields.ForeignKeyField(Author, related_name="later")

    class Meta:
        table = "book"


class Extra(Model):
    id = fields.IntField(pk=True)


FIRST = [Author, Book]
SECOND = [Author, Later]
NAMES = ["0001_initial", "0002_more"]


def manager(place: Path, models: list[Any] | None = None, **options: Any) -> MigrationManager:
    return MigrationManager(
        place / "migrations", models=FIRST if models is None else models, **options
    )


def both(place: Path) -> MigrationManager:
    """A directory with two migrations."""
    assert manager(place).make_migrations() == "0001_initial.toml"
    second = manager(place, SECOND)
    assert second.make_migrations("more", rename={"book.title": "name"}) == "0002_more.toml"
    return second


def write(place: Path, name: str, text: str) -> Path:
    path = place / "migrations" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(textwrap.dedent(text))
    return path


async def tables() -> set[str]:
    """The tables that there are, but for that of the history."""
    connection = connections.get()
    sql = "select tablename from pg_tables where schemaname = 'public'"
    if connection.engine.dialect == "SQLite":
        sql = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
    return {row[0] for row in await connection.fetch_rows(sql)} - {"orm_migrations"}


def test_what_is_written(tmp_path: Path) -> None:
    first = manager(tmp_path)
    assert first.make_migrations(note="The first tables.") == "0001_initial.toml"
    text = (tmp_path / "migrations/0001_initial.toml").read_text()
    assert 'note = "The first tables."' in text.splitlines()
    assert "create_table" in text and text.index("author") < text.index("book")
    assert first.make_migrations() is None
    first.check()

    second = manager(tmp_path, SECOND)
    with pytest.raises(ConfigurationError, match=r"`book\.title` goes"):
        second.check()
    with pytest.raises(ConfigurationError, match="the models ask for what no migration"):
        manager(tmp_path, [*FIRST, Extra]).check()
    with pytest.raises(ConfigurationError, match=r'rename\("book.title", "name"\)'):
        second.make_migrations()
    assert second.make_migrations(rename={"book.title": "name"}) == "0002_auto.toml"
    text = (tmp_path / "migrations/0002_auto.toml").read_text()
    assert 'rename_column = { table = "book", from = "title", to = "name" }' in text
    # What the model gives new rows, the rows there are have, too.
    assert 'fill = "7"' in text
    assert second.make_migrations() is None
    second.check()
    assert second.make_migrations("by_hand", empty=True) == "0003_by_hand.toml"
    assert sorted(path.name for path in (tmp_path / "migrations").iterdir()) == [
        "0001_initial.toml",
        "0002_auto.toml",
        "0003_by_hand.toml",
    ]


def test_what_is_asked(tmp_path: Path) -> None:
    manager(tmp_path).make_migrations()
    with pytest.raises(ConfigurationError, match="were the models imported"):
        manager(tmp_path, []).make_migrations()
    only = manager(tmp_path, [Author])
    with pytest.raises(ConfigurationError, match="`book`"):
        only.make_migrations()
    assert only.make_migrations(partial=True) is None
    assert only.make_migrations(allow_destructive=True) == "0002_auto.toml"
    with pytest.raises(ConfigurationError, match="is no name of a migration"):
        manager(tmp_path).make_migrations("../up", empty=True)
    with pytest.raises(ConfigurationError, match="titel"):
        manager(tmp_path, SECOND).make_migrations(rename={"author.titel": "name"})


async def test_up_and_down(world: World, tmp_path: Path) -> None:
    migrations = both(tmp_path)
    assert [row["name"] for row in await migrations.status()] == NAMES
    assert await migrations.heads() == [{"name": name, "applied": False} for name in NAMES]
    assert await tables() == set()
    assert await migrations.upgrade("0001") == NAMES[:1]
    assert await migrations.upgrade("1") == []
    ada = await Author.create(name="Ada")
    await Book.create(title="Notes", author=ada)
    assert await migrations.upgrade() == NAMES[1:]
    (row,) = await Later.all()
    assert (row.name, row.views, row.slug, row.author_id) == ("Notes", 7, None, ada.id)
    with pytest.raises(IntegrityError):
        await Later.create(name="x", author_id=99)

    history = await migrations.history()
    assert [row["name"] for row in history] == NAMES
    assert history[0]["applied_at"] <= history[1]["applied_at"]
    assert [row["applied_at"] for row in await migrations.status()] == [
        row["applied_at"] for row in history
    ]
    assert await migrations.upgrade() == []

    assert await migrations.downgrade() == NAMES[1:]
    (book,) = await Book.all()
    assert book.title == "Notes"
    assert await migrations.upgrade() == NAMES[1:]
    assert await migrations.downgrade(target="zero") == NAMES[::-1]
    assert await tables() == set()
    assert await migrations.downgrade() == []
    assert await migrations.history() == []


def test_without_an_event_loop(world: World, tmp_path: Path) -> None:
    migrations = both(tmp_path)
    assert migrations.upgrade().run() == NAMES
    author = Author.create(name="Ada").run()
    assert Later.create(name="x", author=author).run().views == 7
    assert migrations.downgrade(2).run() == NAMES[::-1]


async def test_what_a_database_is_asked(world: World, tmp_path: Path) -> None:
    migrations = both(tmp_path)
    statements = migrations.sqlmigrate("1")
    assert any("CREATE TABLE" in each and '"author"' in each for each in statements)
    down = migrations.sqlmigrate(NAMES[0], backward=True)
    assert any(each.startswith("DROP TABLE") for each in down)
    assert await tables() == set()


async def test_names_that_there_are_not(world: World, tmp_path: Path) -> None:
    migrations = both(tmp_path)
    with world.counting(0):
        for call in (
            lambda: migrations.upgrade("0002_moer"),
            lambda: migrations.downgrade(target="7"),
            lambda: migrations.fake("3"),
        ):
            with pytest.raises(ConfigurationError, match="has no migration") as caught:
                await call()
            # As yara-orm 1.19 has it.
            assert isinstance(caught.value, KeyError)
        with pytest.raises(KeyError, match="did you mean '0002_more'"):
            migrations.sqlmigrate("0002_moer")


async def test_tables_that_are_there_already(world: World, tmp_path: Path) -> None:
    migrations = both(tmp_path)
    await migrations.upgrade()
    await connections.get().execute("delete from orm_migrations")
    with pytest.raises((OperationalError, ProgrammingError), match="already exists"):
        await migrations.upgrade()
    assert await migrations.fake("0001") == NAMES[:1]
    assert await migrations.fake() == NAMES[1:]
    assert await migrations.fake() == []
    assert await migrations.upgrade() == []


async def test_labels_keep_their_histories_apart(world: World, tmp_path: Path) -> None:
    migrations = both(tmp_path)
    await migrations.upgrade()
    other = MigrationManager(tmp_path / "other", "other", [])
    other.make_migrations(empty=True)
    assert await other.upgrade() == ["0001_initial"]
    assert [row["name"] for row in await other.history()] == ["0001_initial"]
    assert [row["name"] for row in await migrations.history()] == NAMES


async def test_a_migration_that_fails_leaves_nothing(world: World, tmp_path: Path) -> None:
    migrations = both(tmp_path)
    write(
        tmp_path,
        "0003_wrong.toml",
        """
        [[operation]]
        drop_column = { table = "book", name = "views" }

        [[operation]]
        sql = { up = "insert into nowhere values (1)" }
        """,
    )
    with pytest.raises((OperationalError, ProgrammingError), match="0003_wrong, operation 2"):
        await migrations.upgrade()
    assert [row["name"] for row in await migrations.history()] == NAMES
    author = await Author.create(name="Ada")
    assert (await Later.create(name="x", slug="y", author=author)).slug == "y"


async def test_not_within_a_transaction(world: World, tmp_path: Path) -> None:
    migrations = both(tmp_path)
    async with in_transaction():
        with pytest.raises(TransactionManagementError, match="outside of a block"):
            await migrations.upgrade()
    assert await migrations.upgrade() == NAMES


async def test_of_several_at_once_one_does_it(world: World, tmp_path: Path) -> None:
    both(tmp_path)
    done = await asyncio.gather(*(manager(tmp_path, SECOND).upgrade() for _ in range(4)))
    assert sorted(name for names in done for name in names) == NAMES
    assert [row["name"] for row in await manager(tmp_path).history()] == NAMES


STEPS = """
from {module} import Author, Later


async def shout():
    for author in await Author.all():
        author.name = author.name.upper()
        await author.save()
    {then}


async def undo_shout():
    for author in await Author.all():
        await Author.filter(id=author.id).update(name=author.name.lower())
"""


def with_steps(place: Path, then: str = "") -> MigrationManager:
    migrations = both(place)
    write(
        place,
        "0003_shout.toml",
        """
        [[operation]]
        add_column = { table = "author", name = "age", type = "i32", nullable = true }

        [[operation]]
        step = "shout"
        """,
    )
    write(place, "0003_shout.py", STEPS.format(module=__name__, then=then))
    return migrations


async def test_steps_run_in_the_transaction_of_their_migration(
    world: World, tmp_path: Path
) -> None:
    migrations = with_steps(tmp_path)
    await migrations.upgrade("2")
    await Author.create(name="Ada")
    assert await migrations.upgrade() == ["0003_shout"]
    assert [author.name for author in await Author.all()] == ["ADA"]
    assert await migrations.downgrade() == ["0003_shout"]
    assert [author.name for author in await Author.all()] == ["ada"]

    assert migrations.sqlmigrate("3")[-1] == "-- step shout"


async def test_a_step_that_fails(world: World, tmp_path: Path) -> None:
    migrations = with_steps(tmp_path, "raise ZeroDivisionError('no')")
    await migrations.upgrade("2")
    await Author.create(name="Ada")
    with pytest.raises(ZeroDivisionError) as caught:
        await migrations.upgrade()
    notes: Any = getattr(caught.value, "__notes__", None)
    assert notes == ["in the step 'shout' of the migration 0003_shout"]
    assert [author.name for author in await Author.all()] == ["Ada"]
    assert "age" not in await columns("author")
    assert [row["name"] for row in await migrations.history()] == NAMES


async def test_a_step_that_is_cancelled(world: World, tmp_path: Path) -> None:
    migrations = with_steps(tmp_path, "import asyncio; await asyncio.sleep(60)")
    await migrations.upgrade("2")
    await Author.create(name="Ada")
    task = asyncio.create_task(migrations.upgrade()._run())
    for _ in range(1000):
        await asyncio.sleep(0.01)
        if any("UPDATE" in statement for statement in world.statements):
            break
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [author.name for author in await Author.all()] == ["Ada"]
    assert "age" not in await columns("author")
    write(tmp_path, "0003_shout.py", STEPS.format(module=__name__, then="pass"))
    assert await migrations.upgrade() == ["0003_shout"]
    assert [author.name for author in await Author.all()] == ["ADA"]


async def test_an_upgrade_that_is_cancelled_anywhere(world: World, tmp_path: Path) -> None:
    migrations = both(tmp_path)
    for steps in range(40):
        upgrade = migrations.upgrade()
        task = asyncio.create_task(upgrade._run())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            history = [row["name"] for row in await migrations.history()]
            assert history == NAMES[: len(history)]
            assert bool(history) == bool(await tables())
        else:
            break
    await migrations.upgrade()
    assert await tables() == {"author", "book"}


async def columns(table: str) -> list[str]:
    """The columns of a table."""
    connection = connections.get()
    sql = f"select column_name from information_schema.columns where table_name = '{table}'"
    if connection.engine.dialect == "SQLite":
        sql = f"select name from pragma_table_info('{table}')"
    return [row[0] for row in await connection.fetch_rows(sql)]


async def test_steps_that_are_not_there(world: World, tmp_path: Path) -> None:
    migrations = with_steps(tmp_path)
    write(tmp_path, "0003_shout.py", "async def shuot(): ...\n")
    with pytest.raises(ConfigurationError, match=r"0003_shout.toml asks for the step 'shout'"):
        await migrations.upgrade()
    write(tmp_path, "0003_shout.py", "def shout(): ...\n")
    with pytest.raises(ConfigurationError, match=r"`async def shout\(\)`"):
        await migrations.upgrade()
    (tmp_path / "migrations/0003_shout.py").unlink()
    with pytest.raises(ConfigurationError, match=r"0003_shout.py does not have"):
        await migrations.upgrade()
    assert await tables() == set()


DECLARED = """
from yara_orm import migrations as m

class Migration(m.Migration):
    operations = [{}]
"""


async def test_a_step_that_nothing_undoes(world: World, tmp_path: Path) -> None:
    migrations = with_steps(tmp_path)
    await migrations.upgrade()
    write(tmp_path, "0003_shout.py", "async def shout(): ...\n")
    with pytest.raises(ConfigurationError, match=r"`async def undo_shout\(\)`"):
        await migrations.downgrade()
    assert len(await migrations.history()) == 3


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("0003_a.toml", "[[operation]\n", r"0003_a\.toml"),
        ("0003_a.toml", '[[operation]]\ndrop_tabel = "book"\n', "drop_table"),
        ("0003_a.toml", '[[operation]]\ndrop_table = "bok"\n', r"0003_a\.toml: .*book"),
        ("0003_a.py", "import nothing_of_this_name\n", r"0003_a\.py: ModuleNotFoundError"),
        ("0003_a.py", "x = (\n", r"0003_a\.py: SyntaxError"),
        ("0003_a.py", "Migration = 1\n", r"0003_a\.py declares no migration"),
        (
            "0003_a.py",
            DECLARED.format("m.RenameField('book', 'nmae', 'title')"),
            r"0003_a\.py, operation 1, RenameField.*name",
        ),
        (
            "0003_a.py",
            DECLARED.format(5),
            r"0003_a\.py, operation 1: 5 is no operation",
        ),
    ],
)
def test_files_that_are_wrong(tmp_path: Path, name: str, text: str, message: str) -> None:
    migrations = both(tmp_path)
    (tmp_path / "migrations" / name).write_text(text)
    with pytest.raises(ConfigurationError, match=f"(?s){message}"):
        migrations.make_migrations()


def test_two_files_of_one_number(tmp_path: Path) -> None:
    migrations = both(tmp_path)
    other = write(tmp_path, "0002_other.toml", "")
    with pytest.raises(ConfigurationError, match="0002"):
        migrations.make_migrations("third", empty=True)
    # yara-orm 1.19 let them be, and a database may have had them.
    other.unlink()
    write(
        tmp_path,
        "0002_other.py",
        "from yara_orm import migrations as m\nclass Migration(m.Migration): ...\n",
    )
    with pytest.warns(UserWarning, match="0002_more and 0002_other have one number"):
        assert migrations.make_migrations("third", empty=True) == "0003_third.toml"
