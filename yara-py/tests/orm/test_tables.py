"""Tables as they are made, made again and dropped; and what foreign keys are declared to be."""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import Model, OnDelete, YaraOrm, connections, fields, registry
from yara_orm.exceptions import (
    ConfigurationError,
    Error,
    ForeignKeyViolation,
    IntegrityError,
    UnSupportedError,
    ValidationError,
)

from .conftest import World
from .test_schema import refused


class Anchor(Model):
    """The one table that is always there."""


MODELS = [Anchor]


class Grade(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Shop(Model):
    name = fields.CharField(max_length=20, unique=True)
    best = fields.ForeignKeyField(
        "Ware", related_name="best_of", null=True, on_delete=OnDelete.SET_NULL
    )
    open = fields.BooleanField(default=True)
    tags = fields.ManyToManyField("Label", related_name="shops")

    class Meta:
        table_description = "where it's sold"


class Ware(Model):
    shop = fields.ForeignKeyField("Shop", related_name="wares")
    name = fields.TextField(description="what it's called")
    grade = fields.IntEnumField(Grade, default=Grade.LOW)
    kind = fields.ForeignKeyField(
        "models.Kind", related_name=False, on_delete=OnDelete.RESTRICT, null=True
    )
    loose = fields.IntField(null=True, index=True)
    of = fields.ForeignKeyField(
        "Shop",
        related_name="named",
        to_field="name",
        null=True,
        db_column="shop_name",
        on_delete=OnDelete.NO_ACTION,
    )
    free = fields.ForeignKeyField("Label", related_name=False, db_constraint=False, null=True)

    class Meta:
        unique_together = (("shop", "name"),)


class Kind(Model):
    code = fields.CharField(max_length=3, pk=True)


class Label(Model):
    name = fields.CharField(max_length=20)


class Fallback(Model):
    code = fields.CharField(max_length=3, pk=True)


class Leaning(Model):
    on = fields.ForeignKeyField(
        "Fallback", related_name="leaning", on_delete=OnDelete.SET_DEFAULT, default="std"
    )


ALL = [Shop, Ware, Kind, Label, Fallback, Leaning]


async def test_made_again_and_dropped_again(world: World) -> None:
    for _ in range(2):
        await YaraOrm.generate_schemas(models=ALL)
    shop = await Shop.create(name="A")
    ware = await Ware.create(shop=shop, name="Tea", of=shop)
    shop.best = ware
    await shop.save()
    await shop.tags.add(await Label.create(name="x"))  # type: ignore[attr-defined]
    await YaraOrm.generate_schemas(safe=True, models=ALL)
    assert await Shop.all().count() == 1, "what is there stays"
    with pytest.raises(Error, match="exists"):
        await YaraOrm.generate_schemas(safe=False, models=ALL)
    for _ in range(2):
        await YaraOrm.drop_schemas(models=ALL)
    await YaraOrm.generate_schemas(safe=False, models=ALL)
    assert await Shop.all().count() == 0 and await Label.all().count() == 0
    await YaraOrm.drop_schemas(models=ALL)


async def test_the_statements_can_be_run_as_they_are(world: World) -> None:
    text = YaraOrm.get_schema_sql(safe=False, models=ALL)
    assert text == YaraOrm.get_schema_sql(safe=False, models=ALL)
    await connections.get().execute_script(text)
    await connections.get().execute_script(YaraOrm.get_schema_sql(models=ALL))
    assert (await Shop.create(name="A")).open
    await YaraOrm.drop_schemas(models=ALL)


async def test_some_models_need_the_others(world: World) -> None:
    with world.counting(0), pytest.raises(ConfigurationError, match="Ware.shop leads to Shop"):
        await YaraOrm.generate_schemas(models=[Ware, Kind, Label])
    await YaraOrm.generate_schemas(models=[Kind])
    await YaraOrm.generate_schemas(models=ALL)
    await YaraOrm.drop_schemas(models=ALL)


async def test_foreign_keys_do_what_they_are_declared_to(world: World) -> None:
    await YaraOrm.generate_schemas(models=ALL)
    a, b = await Shop.create(name="A"), await Shop.create(name="B")
    kind = await Kind.create(code="k")
    ware = await Ware.create(shop=a, name="Tea", kind=kind, of=a, free_id=99)
    assert (ware.of_id, ware.free_id) == ("A", 99)  # type: ignore[attr-defined]
    a.best = ware
    await a.save()
    with pytest.raises(IntegrityError):
        await kind.delete()
    with pytest.raises(ForeignKeyViolation):
        await Ware.create(shop_id=77, name="x")
    other = await Ware.create(shop=b, name="Tea", of=a)
    with pytest.raises(IntegrityError):
        await a.delete()
    await Ware.filter(id=other.pk).update(of=None)
    await Ware.filter(id=ware.pk).update(of=b)
    await a.delete()
    assert await Ware.all().values_list("name", "shop__name") == [("Tea", "B")], "CASCADE"
    b.best = other
    await b.save()
    await other.delete()
    await b.refresh_from_db()
    assert b.best_id is None, "SET NULL"  # type: ignore[attr-defined]
    indexes = YaraOrm.get_schema_sql(models=ALL)
    for column in (
        "shop_best_id",
        "ware_kind_code",
        "ware_shop_name",
        "ware_free_id",
        "ware_loose",
    ):
        assert f'"{column.replace("kind_code", "kind_id")}_idx"' in indexes, column
    await YaraOrm.drop_schemas(models=ALL)


async def test_a_deleted_row_gives_way_to_the_default(world: World) -> None:
    await YaraOrm.generate_schemas(models=ALL)
    await Fallback.bulk_create([Fallback(code="std"), Fallback(code="old")])
    plain, old = await Leaning.create(), await Leaning.create(on_id="old")
    assert plain.on_id == "std"  # type: ignore[attr-defined]
    await Fallback.filter(code="old").delete()
    assert (await Leaning.get(id=old.pk)).on_id == "std"  # type: ignore[attr-defined]
    await YaraOrm.drop_schemas(models=ALL)


async def test_schemas_of_databases(world: World) -> None:
    meta = type("Meta", (), {"schema": "au dit", "table": "log"})
    model: Any = type(Model)(
        "Log", (Model,), {"__module__": __name__ + ".log", "n": fields.IntField(), "Meta": meta}
    )
    try:
        if world.backend == "sqlite":
            with world.counting(0), pytest.raises(UnSupportedError, match="SQLite has no schemas"):
                await YaraOrm.generate_schemas(models=[model])
            return
        for _ in range(2):
            await YaraOrm.generate_schemas(models=[model])
        row = await model.create(n=5)
        assert await model.filter(n=5).update(n=6) == 1 and (await model.get(id=row.pk)).n == 6
        assert await connections.get().fetch_rows('select n from "au dit".log') == [(6,)]
        assert model.describe()["schema"] == "au dit"
        await YaraOrm.drop_schemas(models=[model])
        await connections.get().execute('drop schema "au dit"')
    finally:
        registry.forget(model)


def test_names_of_models_with_an_app() -> None:
    def declare(app: str) -> Any:
        members = {
            "__module__": f"{__name__}.{app}",
            "Meta": type("Meta", (), {"app": app, "table": f"{app}_twin"}),
        }
        return type(Model)("Twin", (Model,), members)

    one, two = declare("one"), declare("two")
    try:
        members = {
            name: fields.ForeignKeyField(f"{name}.Twin", related_name=False)
            for name in ("one", "two")
        }
        leads: Any = type(Model)("Leads", (Model,), {"__module__": __name__ + ".leads", **members})
        assert leads._meta.declared["one"].target is one
        assert leads._meta.declared["two"].target is two
        registry.forget(leads)
    finally:
        registry.forget(one)
        registry.forget(two)


def test_wrong_relations_are_refused() -> None:
    key = fields.ForeignKeyField
    refused("Refused.w leads to the model 'Waer'.*did you mean 'Ware'", w=key("Waer"))
    refused(
        "Refused.w leads to the model 'models.Shopp'.*did you mean 'models.Shop'",
        w=key("models.Shopp"),
    )
    refused("Shop has no field 'nam' to refer to", w=key("Shop", to_field="nam"))
    refused("Refused.a: Shop has a member 'wares' already", a=key("Shop", related_name="wares"))
    refused("Refused.b", a=key("Shop", related_name="z"), b=key("Shop", related_name="z"))
    refused(
        "goes through Label, which has no foreign key",
        many=fields.ManyToManyField("Shop", through="Label", related_name="zz"),
    )
    for wrong, match in (
        (lambda: key("Shop", on_delete=OnDelete.SET_DEFAULT), "needs a default"),
        (lambda: key("not a name"), "names no model"),
        (lambda: key("Shop", nul=True), "did you mean 'null'"),
        (lambda: key("Shop", on_delete="DROP"), "OnDelete.CASCADE"),
        (lambda: fields.ManyToManyField("Shop", trough="x"), "trough"),
    ):
        with pytest.raises(ConfigurationError, match=match):
            wrong()


def test_a_description_is_plain_data() -> None:
    import json

    for model in ALL:
        described = model.describe()
        assert json.loads(json.dumps(described)) == described
    described = Ware.describe()
    by_name = {field["name"]: field for field in described["data_fields"]}
    assert by_name["name"]["description"] == "what it's called"
    assert by_name["loose"]["indexed"] and by_name["loose"]["nullable"]
    assert Shop.describe()["description"] == "where it's sold"


class Chapter(Model):
    of = fields.ForeignKeyField("Fallback", related_name="chapters", pk=True)
    price = fields.DecimalField(6, 2, pk=True)


class Verse(Model):
    chapter = fields.ForeignKeyField("Chapter", related_name="verses", null=True)


SIZED = [Fallback, Chapter, Verse]


async def test_a_foreign_key_has_the_size_of_what_it_refers_to(world: World) -> None:
    await YaraOrm.generate_schemas(models=SIZED)
    connection = connections.get()
    if world.backend == "postgres":
        rows = await connection.fetch_rows(
            "select column_name, character_maximum_length, numeric_precision, numeric_scale "
            "from information_schema.columns where table_name = 'verse' and column_name <> 'id' "
            "order by column_name"
        )
        assert rows == [("chapter_of_id", 3, None, None), ("chapter_price", None, 6, 2)]
    else:
        ((text,),) = await connection.fetch_rows(
            "select sql from sqlite_master where name = 'verse'"
        )
        assert 'length("chapter_of_id") <= 3' in text, text
    await Fallback.create(code="std")
    chapter = await Chapter.create(of_id="std", price="12.50")
    verse = await Verse.create(chapter=chapter)
    for wrong in ({"chapter_of_id": "longer"}, {"chapter_price": Decimal("1.234")}):
        before = len(world.statements)
        with pytest.raises(ValidationError, match=rf"Verse\.{next(iter(wrong))}: .*"):
            await Verse.filter(id=verse.id).update(**wrong)
        assert len(world.statements) == before, "nothing is sent"
    await YaraOrm.drop_schemas(models=SIZED)
