"""A directory of yara-orm 1.19, and databases that it has migrated: they carry on."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from yara_orm import MigrationManager, Model, YaraOrm, connections, fields
from yara_orm import migrations as m
from yara_orm.exceptions import ConfigurationError

from . import conftest
from .conftest import World, on_postgres, on_sqlite
from .moved import shop

MODELS: list[Any] = []
SHOP = [shop.Author, shop.Tag, shop.Book, shop.Loan]
HERE = Path(__file__).parent / "moved"
NAMES = ["0001_initial", "0002_second"]
# What 1.19 keeps as microseconds, and a database as a span of time.
TOOK = {"loan.took": {"postgres": "\"took\" * interval '1 microsecond'", "sqlite": '"took"'}}


class Loan(Model):
    """The loans of the shop without what has another type here, and with something new."""

    id = fields.BigIntField(pk=True)
    book = fields.OneToOneField(shop.Book, null=True, on_delete=fields.RESTRICT)
    token = fields.CharField(max_length=64, default=shop.db_defaults.RandomHex(size=8))
    took = fields.BigIntField(null=True)
    data = fields.JSONField(default=dict)

    class Meta:
        table = "loan"


SAME = [shop.Author, shop.Tag, shop.Book, Loan]


@pytest.fixture(autouse=True)
def _no_tables() -> Iterator[None]:
    conftest._tables_of.clear()
    yield
    conftest._tables_of.clear()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory as 1.19 has written it."""
    shutil.copytree(HERE / "migrations", tmp_path / "migrations")
    return tmp_path / "migrations"


async def moved(world: World, place: Path) -> None:
    """The database as 1.19 has left it."""
    await connections.get().execute_script((HERE / f"{world.backend}.sql").read_text())


def test_the_models_ask_for_what_is_there(place: Path) -> None:
    migrations = MigrationManager(place, models=SAME)
    assert migrations.make_migrations() is None
    migrations.check()
    with pytest.raises(ConfigurationError, match=r"loan\.took"):
        MigrationManager(place, models=SHOP).make_migrations()


async def test_a_database_carries_on(world: World, place: Path) -> None:
    await moved(world, place)
    migrations = MigrationManager(place, models=SHOP)
    assert [row["name"] for row in await migrations.history()] == NAMES
    (first, _) = await migrations.history()
    assert first["applied_at"].year == 2026 and first["applied_at"].tzinfo is None
    assert await migrations.upgrade() == []
    before = await catalog(world)

    assert migrations.make_migrations(fill=TOOK) == "0003_auto.toml"
    assert await migrations.upgrade() == ["0003_auto"]
    (loan,) = await shop.Loan.filter(took__gte=dt.timedelta(minutes=5))
    assert (loan.took, loan.data) == (dt.timedelta(hours=1), {"z": 1, "a": [None]})
    history = await migrations.history()
    moment = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    assert abs(history[-1]["applied_at"] - moment) < dt.timedelta(minutes=5)
    assert await shop.Book.filter(tags__code="sql").values_list("title", "price") == [
        ("Notes", Decimal("9.50"))
    ]
    # Nothing else was touched.
    after = await catalog(world)
    assert {name: text for name, text in after.items() if name != "loan"} == {
        name: text for name, text in before.items() if name != "loan"
    }
    assert migrations.make_migrations() is None


async def catalog(world: World) -> dict[str, Any]:
    """What the database has of each table."""
    if world.backend == "sqlite":
        sql = """
            select tbl_name, sql from sqlite_master
            where sql is not null and tbl_name not like 'sqlite_%' order by tbl_name, sql
        """
    else:
        sql = """
            select c.relname, a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and c.relkind = 'r'
            union all
            select r.relname, conname || ' ' || pg_get_constraintdef(k.oid)
            from pg_constraint k join pg_class r on r.oid = k.conrelid
            where k.connamespace = 'public'::regnamespace
            union all
            select tablename, indexdef from pg_indexes where schemaname = 'public'
            order by 1, 2
        """
    found: dict[str, Any] = {}
    for name, text in await connections.get().fetch_rows(sql):
        found.setdefault(name, []).append(text)
    found.pop("orm_migrations")
    return found


class Review(Model):
    id = fields.IntField(pk=True)
    text = fields.TextField()
    book = fields.ForeignKeyField(shop.Book, related_name="reviews")

    class Meta:
        table = "review"


async def test_what_is_new_is_all_that_changes(world: World, place: Path) -> None:
    await moved(world, place)
    before = await catalog(world)
    migrations = MigrationManager(place, models=[*SAME, Review])
    assert migrations.make_migrations("reviews") == "0003_reviews.toml"
    assert await migrations.upgrade() == ["0003_reviews"]
    after = await catalog(world)
    assert after.pop("review") and after == before
    book = await shop.Book.get(title="Engine")
    await Review.create(text="x", book=book)
    # What the database has is known, too, where 1.19 gave it a name.
    migrations = MigrationManager(place, models=[shop.Author, shop.Tag, Plain, Loan, Review])
    assert migrations.make_migrations("plain") == "0004_plain.toml"
    assert await migrations.upgrade() == ["0004_plain"]
    await shop.Book.create(id=uuid.UUID(int=9), title="Notes", views=-1, author_id=1)


class Wider(Model):
    """A book whose title may be longer."""

    id = fields.UUIDField(pk=True)
    title = fields.CharField(max_length=300)
    price = fields.DecimalField(max_digits=8, decimal_places=2, null=True)

    class Meta:
        table = "book"


@on_sqlite
async def test_values_that_sqlite_had_otherwise(world: World, place: Path) -> None:
    await moved(world, place)
    (place / "0003_wider.toml").write_text("""
[[operation]]
alter_column = { table = "book", name = "title", type = "text", max_length = 300 }

[[operation]]
[operation.sql]
up = "update book set stamp = substr(stamp || '.000000', 1, 26) || '+00:00' where length(stamp) < 27"
""")
    stamp = (await shop.Book.get(title="Notes")).stamp
    assert await shop.Book.filter(stamp=stamp).count() == 0
    assert await Wider.filter(price=Decimal("9.5")).count() == 0
    assert await MigrationManager(place).upgrade() == ["0003_wider"]
    assert (await shop.Book.get(title="Notes")).stamp == stamp
    assert await shop.Book.filter(stamp=stamp).count() == 2
    assert await Wider.filter(price=Decimal("9.5")).count() == 1


class Plain(Model):
    """A book with no indexes and constraints of its own."""

    id = fields.UUIDField(pk=True)
    title = fields.CharField(max_length=200)
    views = fields.BigIntField(default=0)
    price = fields.DecimalField(max_digits=8, decimal_places=2, null=True)
    size = fields.CharEnumField(shop.Size, max_length=10, default=shop.Size.S)
    stamp = fields.DatetimeField(default=shop.db_defaults.Now())
    author = fields.ForeignKeyField(shop.Author, related_name="plain")
    tags = fields.ManyToManyField(
        shop.Tag, related_name="plain", through="book_tag", backward_key="book_id"
    )

    class Meta:
        table = "book"


async def test_the_same_directory_makes_a_new_database(world: World, place: Path) -> None:
    migrations = MigrationManager(place, models=SAME)
    assert await migrations.upgrade() == NAMES
    author = await shop.Author.create(name="Ada")
    book = await shop.Book.create(id=uuid.UUID(int=1), title="Notes", author=author)
    await book.tags.add(await shop.Tag.create(code="sql"))
    loan = await Loan.create(book=book, took=5)
    assert len(loan.token) == 16
    assert await migrations.downgrade(target="zero") == NAMES[::-1]
    assert await catalog_is_empty(world)


async def catalog_is_empty(world: World) -> bool:
    return not await catalog(world)


async def test_converted_it_says_the_same(world: World, place: Path) -> None:
    migrations = MigrationManager(place, models=SAME)
    assert await migrations.upgrade() == NAMES
    in_python = await catalog(world)
    await migrations.downgrade(target="zero")
    assert migrations.convert() == ["0001_initial.toml", "0002_second.toml"]
    assert migrations.convert() == []
    assert await migrations.upgrade() == NAMES
    assert await catalog(world) == in_python
    # In TOML they say all that there is, so that what models ask for beyond it is known.
    with pytest.raises(ConfigurationError, match=r"add_index book_tag\(tag_id\)"):
        migrations.check()


CODE = """
from yara_orm import fields
from yara_orm import migrations as m
from {module} import seen


async def forward():
    from {module} import Note
    await Note.create(text="made")
    seen.append("forward")


async def backward():
    from {module} import Note
    seen.append(await Note.all().count())


class Migration(m.Migration):
    dependencies = []
    operations = [
        m.CreateModel("note", fields={{"id": fields.IntField(pk=True), "text": fields.TextField()}}),
        m.RunPython(forward, backward),
        m.RunPython(lambda: forward()),
        m.RunSQL(["insert into note (text) values ('a')", "insert into note (text) values ('b')"]),
        m.RunSQL("update note set text = 'c'", reverse_sql="update note set text = 'd'"),
        m.CreateExtension("plpgsql"),
    ]
"""
seen: list[Any] = []


class Note(Model):
    id = fields.IntField(pk=True)
    text = fields.TextField()

    class Meta:
        table = "note"


async def test_code_and_statements(world: World, tmp_path: Path) -> None:
    seen.clear()
    (tmp_path / "0001_notes.py").write_text(CODE.format(module=__name__))
    migrations = MigrationManager(tmp_path, models=[Note])
    assert migrations.make_migrations() is None
    assert await migrations.upgrade() == ["0001_notes"]
    assert seen == ["forward", "forward"]
    assert await Note.all().values_list("text", flat=True) == ["c"] * 4
    assert await migrations.downgrade() == ["0001_notes"]
    assert seen == ["forward", "forward", 4]
    # Converted, the steps stay in the file in Python.
    assert migrations.convert() == ["0001_notes.toml"]
    assert await migrations.upgrade() == ["0001_notes"]
    assert seen[3:] == ["forward", "forward"]


async def test_every_operation(world: World, tmp_path: Path) -> None:
    def column(*arguments: Any, **options: Any) -> Any:
        return fields.CharField(*arguments, max_length=20, **options)

    operations = [
        m.CreateModel(
            "a",
            {"id": fields.IntField(pk=True), "x": column(), "y": fields.IntField(null=True)},
            composite_indexes={"by_x": ["x", "y"]},
            constraints=[m.CheckConstraint(check="y > 0", name="positive")],
        ),
        m.CreateModelIfNotExists("a", {"id": fields.IntField(pk=True)}),
        m.CreateModel(
            "b",
            {
                "one": m.resolved_fk(fields.ForeignKeyField("A"), table="a", pk="id", kind="int"),
                "two": fields.IntField(),
            },
            composite_pk=["one", "two"],
        ),
        m.AddField("a", "z", column(null=True, unique=True)),
        m.AddFieldIfNotExists("a", "z", column(null=True)),
        m.AddField(
            "b",
            "other",
            m.resolved_fk(fields.ForeignKeyField("A", null=True), table="a", pk="id", kind="int"),
        ),
        m.AlterField("a", "z", column(), old=column(null=True, unique=True)),
        m.AlterField("a", "z", column(unique=True), old=column()),
        m.AddIndex("a", "y"),
        m.AddIndexIfNotExists("a", "y"),
        m.RenameIndex("a", "y", "idx_a_y", "by_y"),
        m.AddCompositeIndex("a", "upper_y", ["y"], condition="y > 5", unique=True),
        m.AddConstraint("a", m.UniqueConstraint(fields=["x", "y"], name="once")),
        m.RenameConstraint("a", "once", "only_once"),
        m.RenameConstraint("a", "positive", "above_zero"),
        m.RenameField("a", "z", "last"),
        m.RenameModel("b", "c"),
    ]
    undone = [
        m.RemoveConstraint("a", m.UniqueConstraint(fields=["x", "y"], name="only_once")),
        m.RemoveConstraint("a", m.CheckConstraint(check="y > 0", name="above_zero")),
        m.RemoveCompositeIndex("a", "upper_y", ["y"]),
        m.RemoveCompositeIndexIfExists("a", "by_x", ["x", "y"]),
        m.RemoveIndexIfExists("a", "y"),
        m.RemoveField("a", "last", column()),
        m.RemoveFieldIfExists("a", "last", column()),
        m.RemoveField("c", "other", fields.IntField()),
        m.DeleteModel("c", {}),
        m.DeleteModelIfExists("c", {}),
    ]
    place = tmp_path / "migrations"
    place.mkdir()
    for number, each in enumerate((operations, undone), start=1):
        store[number] = each
        (place / f"000{number}_all.py").write_text(
            f"from yara_orm import migrations as m\nfrom {__name__} import store\n"
            f"class Migration(m.Migration):\n    operations = store[{number}]\n"
        )
    migrations = MigrationManager(place)
    assert await migrations.upgrade() == ["0001_all", "0002_all"]
    left = await catalog(world)
    assert set(left) == {"a"} and "by_y" in str(left) and "last" not in str(left)
    assert await migrations.downgrade() == ["0002_all"]
    found = str(await catalog(world))
    for name in ("only_once", "above_zero", "upper_y", "by_x", "by_y", "last", "other"):
        assert name in found, name
    assert await migrations.downgrade() == ["0001_all"]
    assert await catalog_is_empty(world)


store: dict[int, Any] = {}


@on_postgres
async def test_indexes_that_are_built_while_rows_are_written(world: World, tmp_path: Path) -> None:
    text = """
from yara_orm import fields
from yara_orm import migrations as m

class Migration(m.Migration):
    atomic = {atomic}
    operations = [{operations}]
"""
    create = "m.CreateModel('t', {'id': fields.IntField(pk=True), 'x': fields.IntField()})"
    (tmp_path / "0001_t.py").write_text(text.format(atomic=True, operations=create))
    built = "m.AddIndexConcurrently('t', 'x')"
    (tmp_path / "0002_i.py").write_text(text.format(atomic=True, operations=built))
    migrations = MigrationManager(tmp_path)
    with pytest.raises(ConfigurationError, match="atomic"):
        await migrations.upgrade()
    (tmp_path / "0002_i.py").write_text(text.format(atomic=False, operations=built))
    assert await migrations.upgrade() == ["0001_t", "0002_i"]
    assert "idx_t_x" in str(await catalog(world))
    assert await migrations.downgrade() == ["0002_i"]
    assert "idx_t_x" not in str(await catalog(world))


class VectorField(fields.Field[Any]):
    kind = "moved_vector"

    def __init__(self, dim: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.type_params = {"dim": dim}


async def test_kinds_that_the_program_registers(world: World, tmp_path: Path) -> None:
    from yara_orm import register_field_kind, unregister_field_kind

    register_field_kind(
        "moved_vector",
        field_cls=VectorField,
        sql={"postgres": "varchar({dim})", "sqlite": "VARCHAR({dim})"},
        source=lambda field: f"fields.VectorField(dim={field.type_params['dim']})",
    )
    try:
        (tmp_path / "0001_v.py").write_text("""
from yara_orm import fields
from yara_orm import migrations as m

class Migration(m.Migration):
    operations = [
        m.CreateModel("v", {"id": fields.IntField(pk=True), "at": fields.VectorField(dim=5)}),
    ]
""")

        class Vector(Model):
            id = fields.IntField(pk=True)
            at = VectorField(5)

            class Meta:
                table = "v"

        migrations = MigrationManager(tmp_path, models=[Vector])
        assert migrations.make_migrations() is None
        assert await migrations.upgrade() == ["0001_v"]
        await connections.get().execute("insert into v (at) values ('12345')")
    finally:
        unregister_field_kind("moved_vector")
        with pytest.raises(AttributeError):
            fields.VectorField  # noqa: B018


def test_dependencies_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "0001_a.py").write_text("""
from yara_orm import migrations as m

class Migration(m.Migration):
    dependencies = ["0000_b"]
""")
    with pytest.warns(UserWarning, match="depends on '0000_b'"):
        assert MigrationManager(tmp_path, models=[]).make_migrations() is None


def test_another_class_of_operations_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0001_a.py").write_text("""
from yara_orm import migrations as m

class Mine(m.Operation):
    pass

class Migration(m.Migration):
    operations = [Mine()]
""")
    with pytest.raises(ConfigurationError, match=r"operation 1, Mine\(\): Mine is no operation"):
        MigrationManager(tmp_path, models=[]).make_migrations()


async def test_zones(world: World, place: Path) -> None:
    await moved(world, place)
    await YaraOrm.init(world.url, use_tz=True, timezone="Europe/Berlin")
    try:
        (first, _) = await MigrationManager(place, models=SAME).history()
        assert first["applied_at"].utcoffset() == dt.timedelta(hours=1)
    finally:
        await YaraOrm.init(world.url)
