"""Rows of plain values are none of the garbage collector's business, so that a query for many does
not hold the program; but what leads in a circle is found."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import gc
import inspect
import pickle
import types
import uuid
import weakref
from typing import Any, Protocol, runtime_checkable

from yara_orm import Model, fields

from .conftest import World


class Shop(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20)
    goods: fields.ReverseRelation[Good]

    class Meta:
        table = "collecting_shop"


class Good(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20)
    price = fields.DecimalField(max_digits=8, decimal_places=2, default=1)
    weight = fields.FloatField(default=1.0)
    made = fields.DatetimeField(default=dt.datetime(2024, 1, 1))
    key = fields.UUIDField(default=uuid.UUID(int=7))
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(Shop, related_name="goods")

    @functools.cached_property
    def label(self) -> list[Any]:
        return [self]

    class Meta:
        table = "collecting_good"


class Note(Model):
    id = fields.IntField(pk=True)
    data: Any = fields.JSONField()

    class Meta:
        table = "collecting_note"


async def _shop() -> Shop:
    shop = await Shop.create(name="s")
    await Good.bulk_create([Good(name=f"g{number}", shop=shop) for number in range(3)])
    return shop


def _is_collected(rows: list[Any]) -> bool:
    """Whether rows are gone once nobody else knows them."""
    seen = [weakref.ref(row) for row in rows]
    rows.clear()
    gc.collect()
    return all(each() is None for each in seen)


async def test_plain_rows_are_passed_over(world: World) -> None:
    await _shop()
    rows = [*await Good.all(), await Good.get(id=1), *await Good.filter(id=2)]
    assert not any(gc.is_tracked(row) for row in rows)
    assert not any(gc.is_tracked(row.key) for row in rows)
    assert (rows[0].key, rows[0].made) == (uuid.UUID(int=7), dt.datetime(2024, 1, 1))
    rows[0].name = "other"
    rows[1].price = rows[1].price + 1
    assert _is_collected(rows)


async def test_rows_that_hold_more_are_not(world: World) -> None:
    await _shop()
    await Note.create(data={"a": [1]})
    for row in (
        await Note.get(id=1),
        (await Good.all().select_related("shop"))[0],
        (await Good.all().prefetch_related("shop"))[0],
        (await Shop.all().prefetch_related("goods"))[0],
    ):
        assert gc.is_tracked(row), row


async def test_circles_are_found(world: World) -> None:
    await _shop()
    shops = await Shop.all().prefetch_related("goods")
    found: list[Any] = [*shops, *shops[0].goods]
    assert found[1].shop is found[0]
    del shops
    assert _is_collected(found)

    rows: list[Any] = await Good.all()
    rows[0].other = rows[1]
    rows[1].other = rows[0]
    rows[2].__dict__["own"] = rows[2]
    assert _is_collected(rows)

    rows = await Good.all()
    assert [row.label[0] for row in rows] == rows
    assert _is_collected(rows)

    rows = await Good.all()
    for row in rows:
        vars(row).update(own=row)
        assert (await row.shop).name == "s"
    del row
    assert _is_collected(rows)


class Slotted:
    __slots__ = ("cache",)


class Careful(Slotted, Model):
    id = fields.IntField(pk=True)

    class Meta:
        table = "collecting_careful"


class Own(Model):
    id = fields.IntField(pk=True)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    class Meta:
        table = "collecting_own"


async def test_classes_that_set_members_in_their_own_way_are_not_passed_over(world: World) -> None:
    for model in (Careful, Own):
        await model.create()
        row: Any = await model.get(id=1)
        assert gc.is_tracked(row)
        row.cache = [row]
        rows = [row]
        del row
        assert _is_collected(rows)


@runtime_checkable
class Named(Protocol):
    name: str


async def test_dicts_of_rows_are_as_those_of_other_objects(world: World) -> None:
    await _shop()
    row: Any = await Good.get(id=1)
    assert isinstance(row, Named)
    assert inspect.getattr_static(row, "name") == "g0"
    assert isinstance(vars(Model)["__dict__"], types.GetSetDescriptorType)
    assert vars(Model)["__dict__"].__objclass__ is Model
    state = dict(row.__dict__)
    row.__dict__ = {**state, "name": "other"}
    assert (row.name, row.id) == ("other", 1)
    row = await Good.get(id=1)
    row.__getstate__().update(own=row) if hasattr(object, "__getstate__") else None
    rows = [row]
    del row
    assert _is_collected(rows)


async def test_rows_that_are_changed_and_saved_are_rows_like_others(world: World) -> None:
    await _shop()
    row = await Good.get(id=1)
    row.name = "new"
    assert gc.is_tracked(row)
    await row.save()
    assert (await Good.get(id=1)).name == "new"
    assert vars(row)["name"] == row.__dict__["name"] == "new"


async def test_copies_and_pickles(world: World) -> None:
    await _shop()
    row = await Good.get(id=1)
    made: list[Any] = [copy.copy(row), copy.deepcopy(row), pickle.loads(pickle.dumps(row))]
    for other in made:
        assert other == row and vars(other) == vars(row)
        other.own = other
    del other
    assert _is_collected(made)
