"""Models as other libraries take them: data classes, orjson, msgspec, pydantic."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import pprint
import uuid
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import Model, fields
from yara_orm.exceptions import ValidationError

from .conftest import World


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


def is_even(value: int) -> None:
    if value % 2:
        raise ValidationError(f"{value} is odd")


class Shop(Model):
    name = fields.CharField(20)


class Item(Model):
    id = fields.UUIDField(pk=True)
    name = fields.CharField(10)
    price = fields.DecimalField(6, 2)
    stock = fields.SmallIntField(default=0, validators=[is_even])
    level = fields.IntEnumField(Level, default=Level.LOW)
    colour = fields.CharField(10, null=True, choices=["red", "blue"])
    photo = fields.BinaryField(null=True)
    labels = fields.JSONField(default=list)
    day = fields.DateField(null=True)
    created = fields.DatetimeField(auto_now_add=True)
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField("Shop", related_name="items")


COLUMNS = [
    "id", "name", "price", "stock", "level", "colour", "photo", "labels", "day", "created",
    "shop_id",
]  # fmt: skip


async def an_item(**values: Any) -> Item:
    shop = await Shop.create(name="corner")
    given = {"name": "tea", "price": Decimal("2.50"), "day": dt.date(2024, 2, 29), **values}
    return await Item.create(shop=shop, **given)


async def test_models_have_the_fields_of_data_classes(world: World) -> None:
    item = await Item.get(id=(await an_item(labels=["hot"])).id)
    assert dataclasses.is_dataclass(Item) and dataclasses.is_dataclass(item)
    assert sorted(field.name for field in dataclasses.fields(Item)) == sorted(COLUMNS)
    types = {field.name: field.type for field in dataclasses.fields(Item)}
    assert types["price"] is Decimal and types["photo"] == bytes | None
    assert types["shop_id"] is int and types["level"] is Level
    found = dataclasses.asdict(item)
    assert found == dict(item) and found["labels"] == ["hot"]
    assert found["labels"] is not item.labels
    other = dataclasses.replace(item, name="coffee")
    assert other.name == "coffee" and other.day == item.day and isinstance(other, Item)
    assert "Item" in pprint.pformat([item] * 20)


def test_an_abstract_model_is_no_data_class() -> None:
    class Base(Model):
        class Meta:
            abstract = True

    assert not dataclasses.is_dataclass(Base)
    assert not dataclasses.is_dataclass(Model)


async def test_orjson_and_msgspec_write_rows(world: World) -> None:
    orjson, msgspec = pytest.importorskip("orjson"), pytest.importorskip("msgspec")
    item = await Item.get(id=(await an_item()).id)
    with world.counting(0):
        found = json.loads(orjson.dumps(item, default=str))
    assert (found["id"], found["name"], found["level"]) == (str(item.id), "tea", 1)
    assert found["day"] == "2024-02-29" and found["price"] == "2.50"
    assert sorted(found) == sorted(COLUMNS)
    assert json.loads(msgspec.json.encode([item])) == [
        {**found, "created": json.loads(msgspec.json.encode(item.created))}
    ]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(item))["name"] == "tea"


async def test_what_has_not_been_read_is_not_written(world: World) -> None:
    orjson, msgspec = pytest.importorskip("orjson"), pytest.importorskip("msgspec")
    pydantic = pytest.importorskip("pydantic")
    await an_item()
    part = await Item.all().only("id", "name").get()
    expected = {"id": str(part.id), "name": "tea"}
    assert json.loads(orjson.dumps(part)) == expected
    assert json.loads(msgspec.json.encode(part)) == expected
    assert json.loads(pydantic.TypeAdapter(Item).dump_json(part)) == expected


async def test_pydantic_writes_rows(world: World) -> None:
    pydantic = pytest.importorskip("pydantic")

    item = await Item.get(id=(await an_item(photo=b"\xff\x00")).id)
    adapter = pydantic.TypeAdapter(Item)
    assert adapter.dump_python(item) == dict(item)
    found = json.loads(adapter.dump_json(item))
    assert found["id"] == str(item.id) and found["photo"] == "/wA=" and found["price"] == "2.50"
    Answer = pydantic.create_model("Answer", item=Item, rest=(list[Item], []))
    assert Answer(item=item).item is item
    assert Answer(item=item).model_dump(mode="json")["item"] == found
    again = adapter.validate_json(adapter.dump_json(item))
    assert again is not item and dict(again) == dict(item)


async def test_pydantic_makes_rows_that_can_be_saved(world: World) -> None:
    pydantic = pytest.importorskip("pydantic")
    shop = await Shop.create(name="corner")
    adapter = pydantic.TypeAdapter(Item)
    item = adapter.validate_python({"name": "tea", "price": "2.5", "shop_id": shop.id})
    assert isinstance(item.id, uuid.UUID) and item.stock == 0 and item.labels == []
    await item.save()
    found = await Item.get(name="tea")
    assert found.price == Decimal("2.5") and found.shop_id == shop.id


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"name": "x" * 11}, "name"),
        ({"name": None}, "name"),
        ({"stock": 2**15}, "stock"),
        ({"stock": 3}, "stock"),
        ({"level": 9}, "level"),
        ({"colour": "green"}, "colour"),
        ({"price": "1.234"}, "price"),
        ({"day": "soon"}, "day"),
        ({"photo": "?"}, "photo"),
        ({"nmae": "x"}, "nmae"),
    ],
)
def test_pydantic_refuses_what_a_column_cannot_hold(wrong: dict[str, Any], at: str) -> None:
    pydantic = pytest.importorskip("pydantic")
    text = json.dumps({"name": "tea", "price": "2.5", "shop_id": 1, **wrong})
    with pytest.raises(pydantic.ValidationError) as caught:
        pydantic.TypeAdapter(Item).validate_json(text)
    assert [error["loc"][0] for error in caught.value.errors()] == [at]


def test_pydantic_requires_what_nothing_fills_in() -> None:
    pydantic = pytest.importorskip("pydantic")
    schema = pydantic.TypeAdapter(Item).json_schema()
    assert sorted(schema["required"]) == ["name", "price", "shop_id"]
    assert schema["title"] == "Item" and schema["properties"]["name"]["maxLength"] == 10
    written = pydantic.TypeAdapter(Item).json_schema(mode="serialization")
    assert sorted(written["properties"]) == sorted(COLUMNS)
    assert sorted(written["required"]) == sorted(COLUMNS)


def test_what_is_wrong_is_said_once() -> None:
    pydantic = pytest.importorskip("pydantic")
    adapter = pydantic.TypeAdapter(Item)
    given = {"name": "tea", "price": "2.50", "shop_id": 1}
    assert adapter.validate_python(given).name == "tea"
    item = Item(**given)
    assert adapter.validate_python(item) is item
    for wrong, where, kind in (
        ({**given, "name": "x" * 11}, ("name",), "string_too_long"),
        ({**given, "stock": "many"}, ("stock",), "int_parsing"),
        ({**given, "stock": 3}, ("stock",), "value_error"),
        ({**given, "nmae": "x"}, ("nmae",), "extra_forbidden"),
        (5, (), "model_type"),
        (Shop(name="corner"), (), "model_type"),
    ):
        with pytest.raises(pydantic.ValidationError) as raised:
            adapter.validate_python(wrong)
        (error,) = raised.value.errors()
        assert (error["loc"], error["type"]) == (where, kind)
    with pytest.raises(pydantic.ValidationError) as raised:
        pydantic.TypeAdapter(list[Item]).validate_json('[{"name": 5}, 7]')
    said = {(error["loc"], error["type"]) for error in raised.value.errors()}
    assert ((0, "name"), "string_type") in said and ((1,), "model_type") in said
    assert adapter.json_schema()["properties"]["name"]["maxLength"] == 10
