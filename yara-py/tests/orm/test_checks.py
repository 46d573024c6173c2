"""Checks of a program's own: they meet values of the field's type and no others, by every call that
writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import Graph, Model, OnConflict, fields
from yara_orm.exceptions import ValidationError

from .conftest import World

met: list[Any] = []


def even(value: int) -> None:
    met.append(value)
    if value % 2:
        raise ValueError(f"{value} is odd")


def short(value: str) -> None:
    met.append(value)
    if len(value) > 3:
        raise ValueError(f"{value!r} is long")


def whole(value: Decimal) -> None:
    met.append(value)
    if value != value.to_integral_value():
        raise ValueError(f"{value} is not whole")


def past(value: dt.date) -> None:
    met.append(value)
    if value.year > 2020:
        raise ValueError("the future")


class Bare(fields.IntField[int]):
    """A field that checks its values without being given anything."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value + 1 > 100:
            raise ValidationError(f"{self.label}: {value} is too much")


class Shelf(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20, unique=True)
    boxes: fields.ReverseRelation[Box]

    class Meta:
        table = "checked_shelf"


class Box(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20, unique=True)
    size = fields.IntField(default=2, validators=[even])
    code = fields.CharField(max_length=10, default="abc", validators=[short])
    price = fields.DecimalField(6, 2, default=Decimal(1), validators=[whole], choices=[1, 2, 3])
    day = fields.DateField(default=dt.date(2020, 1, 1), validators=[past])
    level = Bare(default=1)
    marks: list[int] = fields.ArrayField(fields.IntField(validators=[even]), default=list)
    shelf: fields.ForeignKeyNullableRelation[Shelf] = fields.ForeignKeyField(
        Shelf, related_name="boxes", null=True
    )

    class Meta:
        table = "checked_box"


#: Values of another type, which the validator of the field could not even look at.
WRONG: list[tuple[str, Any]] = [
    ("size", "two"),
    ("size", 2.5),
    ("size", [2]),
    ("code", 5),
    ("code", None),
    ("price", "cheap"),
    ("price", [1]),
    ("day", 2020),
    ("level", "one"),
    ("marks", 5),
    ("marks", ["two"]),
]
#: Values of the right type that are refused by it.
REFUSED: list[tuple[str, Any, str]] = [
    ("size", 3, "3 is odd"),
    ("code", "long", "'long' is long"),
    ("price", Decimal("1.50"), "is none of the choices"),
    ("price", Decimal(4), "is none of the choices"),
    ("day", dt.date(2021, 1, 1), "the future"),
    ("level", 100, "100 is too much"),
    ("marks", [2, 3], "item 1: .*3 is odd"),
]


def set_to(row: Box, name: str, value: Any) -> Box:
    setattr(row, name, value)
    return row


def writes(row: Box, name: str, value: Any) -> dict[str, Callable[[], Any]]:
    """Every call that would store a value."""
    given: Any = {name: value}
    column: Any = getattr(Box, name)
    found = {
        "insert": lambda: set_to(Box(name="new"), name, value).save(),
        "save": lambda: set_to(row, name, value).save(),
        "update_fields": lambda: set_to(row, name, value).save(update_fields=[name]),
        "bulk_create": lambda: Box.bulk_create([set_to(Box(name="new"), name, value)]),
        "ignore": lambda: Box.bulk_create(
            [set_to(Box(name="new"), name, value)], ignore_conflicts=True
        ),
        "bulk_update": lambda: Box.bulk_update([set_to(row, name, value)], [name]),
        "update": lambda: Box.filter(id=row.id).update(**given),
        "set": lambda: Box.filter(id=row.id).update(column.set(value)),
        "upsert": lambda: Box.upsert(
            [set_to(Box(name="new"), name, value)], OnConflict("name").ignore()
        ),
        "on conflict": lambda: Box.upsert([Box(name="a")], OnConflict("name").update(**given)),
        "graph": lambda: Shelf.insert_graph(
            Graph(Shelf(name="new"), boxes=[set_to(Box(name="new"), name, value)])
        ),
        "load": lambda: Box.bulk_load([set_to(Box(name="new"), name, value)]),
    }
    if value is not None:
        # To a constructor it is nothing, or its default.
        records = [{"name": "new", **given}]
        found |= {
            "create": lambda: Box.create(name="new", **given),
            "get_or_create": lambda: Box.get_or_create(name="new", defaults=given),
            "update_or_create": lambda: Box.update_or_create(name="a", defaults=given),
            "bulk_get_or_create": lambda: Box.bulk_get_or_create(records, ["name"]),
            "bulk_update_or_create": lambda: Box.bulk_update_or_create(
                [{"name": "a", **given}], ["name"]
            ),
        }
    return found


@pytest.mark.parametrize(("name", "value"), WRONG)
async def test_no_check_meets_a_value_of_another_type(world: World, name: str, value: Any) -> None:
    row = await Box.create(name="a")
    for call, run in writes(row, name, value).items():
        met.clear()
        with pytest.raises(ValidationError, match=rf"Box\.{name}\b"):
            await run()
        assert value not in met, call
    assert (await Box.all().count(), await Shelf.all().count()) == (1, 0)


@pytest.mark.parametrize(("name", "value", "reason"), REFUSED)
async def test_every_call_that_writes_checks(
    world: World, name: str, value: Any, reason: str
) -> None:
    row = await Box.create(name="a")
    before = await Box.all().values()
    for run in writes(row, name, value).values():
        with pytest.raises(ValidationError, match=rf"Box\.{name}: .*{reason}"):
            await run()
    assert await Box.all().values() == before and await Shelf.all().count() == 0


async def test_a_check_meets_the_value_as_the_field_has_it(world: World) -> None:
    row = await Box.create(name="a")
    for call, run in writes(row, "price", "2.00").items():
        await Box.filter(name="new").delete()
        met.clear()
        await run()
        assert Decimal(2) in met and "2.00" not in met, call
    assert (await Box.get(name="a")).price == Decimal(2)
    await Box.filter(name="a").update(day="2019-05-05")
    assert dt.date(2019, 5, 5) in met and "2019-05-05" not in met


async def test_defaults_are_checked_where_a_query_is_inserted(world: World) -> None:
    await Shelf.create(name="a")
    names = Shelf.all().values_list("name")
    with world.counting(1):
        assert await Box.insert_from(names, "name") == 1
    level: Any = Box._meta.fields_map["level"]
    level.default = 100
    try:
        with world.counting(0), pytest.raises(ValidationError, match="Box.level: 100 is too much"):
            Box.insert_from(names, "name")
    finally:
        level.default = 1
