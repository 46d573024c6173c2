"""Expressions as new values of fields: those of another kind are refused at the call, with the field
and both kinds."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import (
    Case,
    Coalesce,
    Count,
    F,
    Length,
    Model,
    OnConflict,
    Subquery,
    Value,
    When,
    excluded,
    fields,
    func,
    sql,
)
from yara_orm.exceptions import InvalidQuery

from .conftest import World


class Owner(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20)
    since = fields.DatetimeField(default=dt.datetime(2020, 1, 1))

    class Meta:
        table = "kind_owner"


class Row(Model):
    id = fields.IntField(pk=True)
    small = fields.SmallIntField(default=3)
    whole = fields.IntField(default=10, null=True)
    big = fields.BigIntField(default=20)
    ratio = fields.FloatField(default=2.5)
    price = fields.DecimalField(10, 2, default=Decimal("1.50"))
    name = fields.CharField(max_length=20, unique=True, default=lambda: uuid.uuid4().hex[:20])
    text = fields.TextField(default="text", null=True)
    flag = fields.BooleanField(default=True)
    at = fields.DatetimeField(default=dt.datetime(2020, 5, 5, 12))
    day = fields.DateField(default=dt.date(2020, 5, 5))
    span = fields.TimeDeltaField(default=dt.timedelta(1))
    uid = fields.UUIDField(default=uuid.uuid4)
    data = fields.JSONField(default=dict)
    numbers: list[int] = fields.ArrayField(fields.IntField(), default=lambda: [1])
    words: list[str] = fields.ArrayField(fields.TextField(), default=lambda: ["a"])
    owner: fields.ForeignKeyNullableRelation[Owner] = fields.ForeignKeyField(Owner, null=True)

    class Meta:
        table = "kind_row"


#: A field, an expression that is of no kind that it takes, and how the two kinds are named.
REFUSED: list[tuple[str, Any, str, str]] = [
    ("name", F("whole"), "text", "32-bit integer"),
    ("name", Row.whole, "text", "32-bit integer"),
    ("text", F("whole") + 1, "text", "32-bit integer"),
    ("text", Row.big * 2, "text", "64-bit integer"),
    ("text", F("at"), "text", "timestamp with time zone"),
    ("text", Row.owner.since, "text", "timestamp with time zone"),
    ("text", F("owner__id"), "text", "32-bit integer"),
    ("text", F("data"), "text", "JSON"),
    ("text", Length("name"), "text", "32-bit integer"),
    ("text", Value(5), "text", "64-bit integer"),
    ("text", Case(When(whole=1, then=1), default=2), "text", "64-bit integer"),
    ("text", Case(When(whole=1, then=None), default=2), "text", "64-bit integer"),
    ("text", Coalesce("whole", 2), "text", "32-bit integer"),
    ("text", Row.whole > 1, "text", "boolean"),
    ("text", Subquery(Owner.all().values_list("id")), "text", "32-bit integer"),
    ("whole", F("name"), "32-bit integer", "text"),
    ("whole", F("ratio"), "32-bit integer", "64-bit float"),
    ("whole", Row.whole * 1.5, "32-bit integer", "64-bit float"),
    ("whole", Row.price + 1, "32-bit integer", "numeric"),
    ("small", Row.flag, "16-bit integer", "boolean"),
    ("ratio", Row.price, "64-bit float", "numeric"),
    ("price", Row.ratio, "numeric", "64-bit float"),
    ("flag", Row.whole, "boolean", "32-bit integer"),
    ("at", Row.day, "timestamp with time zone", "date"),
    ("day", Row.at, "date", "timestamp with time zone"),
    ("day", Row.at + dt.timedelta(1), "date", "timestamp with time zone"),
    ("at", Row.at - Row.at, "timestamp with time zone", "interval"),
    ("span", Row.at, "interval", "timestamp with time zone"),
    ("uid", Row.name, "UUID", "text"),
    ("data", Row.name, "JSON", "text"),
    ("numbers", Row.words, "array of 32-bit integer", "array of text"),
    ("numbers", Row.whole, "array of 32-bit integer", "32-bit integer"),
    ("owner_id", Row.name, "32-bit integer", "text"),
]


@pytest.mark.parametrize(("name", "expression", "wanted", "given"), REFUSED)
async def test_another_kind_is_refused_at_the_call(
    world: World, name: str, expression: Any, wanted: str, given: str
) -> None:
    row = await Row.create()
    values: Any = {name: expression}
    said = re.escape(f"Row.{name} is of the kind {wanted}, and the expression of the kind {given}")
    with world.counting(0):
        with pytest.raises(InvalidQuery, match=said):
            Row.filter(id=1).update(**values)
        with pytest.raises(InvalidQuery, match=said):
            Row.all().update(getattr(Row, name).set(expression))
        setattr(row, name, expression)
        with pytest.raises(InvalidQuery, match=said):
            await row.save()
        with pytest.raises(InvalidQuery, match=said):
            await Row.upsert([Row()], OnConflict("name").update(**values))


async def test_the_message_says_what_to_write(world: World) -> None:
    await Row.create()
    with pytest.raises(InvalidQuery, match=r"cast the expression by \.cast\(str\)$"):
        Row.all().update(text=F("whole"))
    with pytest.raises(InvalidQuery, match=r"cast the expression by \.cast\(datetime\)$"):
        Row.all().update(at=Row.day)
    await Row.all().update(text=F("whole").cast(str), at=Row.day.cast(dt.datetime))
    assert await Row.all().values_list("text", "at") == [("10", dt.datetime(2020, 5, 5))]
    with pytest.raises(InvalidQuery, match=r"Row\.text is of the kind text, .* excluded|integer"):
        await Row.upsert([Row()], OnConflict("name").update(text=excluded(Row.whole)))


#: What is of the same kind, or becomes it alike on both databases.
TAKEN: list[tuple[str, Any, Any]] = [
    ("small", F("whole") + 1, 11),
    ("whole", Row.big, 20),
    ("big", Row.small * 2, 6),
    ("big", Row.whole - Row.small, 7),
    ("ratio", Row.whole, 10.0),
    ("ratio", Row.ratio / 2, 1.25),
    ("price", Row.whole, Decimal(10)),
    ("price", Row.price * 3, Decimal("4.50")),
    ("text", Row.name.substr(1, 0) + "x", "x"),
    ("text", Case(When(whole=10, then=None), default="y"), None),
    ("text", Value(None), None),
    ("whole", Value(None), None),
    ("whole", Case(When(whole=10, then=None), default=1), None),
    ("whole", sql("1 + 1"), 2),
    ("whole", func.abs(-4), 4),
    ("flag", Row.whole > 100, False),
    ("at", Row.at + dt.timedelta(days=1), dt.datetime(2020, 5, 6, 12)),
    ("at", Value(dt.datetime(2021, 1, 1)), dt.datetime(2021, 1, 1)),
    ("at", Row.day + dt.timedelta(hours=6), dt.datetime(2020, 5, 5, 6)),
    ("span", Row.at - dt.datetime(2020, 5, 5), dt.timedelta(hours=12)),
    ("span", Row.at - Row.at, dt.timedelta()),
    ("data", Row.data.json_set("a", 1), {"a": 1}),
    ("numbers", Row.numbers.append(2), [1, 2]),
    ("whole", Subquery(Owner.all().values_list("id")), 1),
    ("whole", Subquery(Owner.annotate(n=Count("id")).values_list("n")), 1),
]


@pytest.mark.parametrize(("name", "expression", "becomes"), TAKEN)
async def test_the_same_kind_is_taken(
    world: World, name: str, expression: Any, becomes: Any
) -> None:
    await Owner.create(name="a")
    row = await Row.create()
    values: Any = {name: expression}
    assert await Row.filter(id=1).update(**values) == 1
    found = await Row.get()
    assert getattr(found, name) == becomes
    # As it is stored for a value that was given, too.
    assert becomes is None or await Row.filter(**{name: becomes}).count() == 1
    other = await Row.get()
    row = await Row.create()
    setattr(row, name, expression)
    await row.save()
    assert type(getattr(row, name)) is type(getattr(other, name))


async def test_a_key_may_be_an_expression(world: World) -> None:
    first, second = await Owner.create(name="a"), await Owner.create(name="b")
    row = await Row.create(owner=first)
    row.owner_id = F("owner_id") + 1  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    await row.save()
    assert row.owner_id == second.id  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert await row.owner == second


async def test_nothing_beside_plain_values_is_of_their_kind(world: World) -> None:
    await Row.create()
    case = Case(When(whole=10, then=None), default=Decimal("1.50"))
    other = Case(When(whole=11, then=None), default=Decimal("1.50"))
    assert await Row.all().select(case, other) == [(None, Decimal("1.50"))]


async def test_a_datetime_is_taken_away_from_a_column(world: World) -> None:
    await Row.create()
    noon = dt.datetime(2020, 5, 5, 12)
    assert await Row.all().select(Row.at - dt.datetime(2020, 5, 5), noon - Row.at) == [
        (dt.timedelta(hours=12), dt.timedelta())
    ]


async def test_rows_of_a_query_are_held_to_the_same(world: World) -> None:
    await Owner.create(name="a")
    with (
        world.counting(0),
        pytest.raises(InvalidQuery, match=r"Row\.text is of the kind text, .* 32-bit integer; "),
    ):
        Row.insert_from(Owner.all().values_list("id", "name"), "text", "name")
    assert await Row.insert_from(Owner.all().values_list("id", "name"), "price", "name") == 1
    assert await Row.all().values_list("price", "name") == [(Decimal(1), "a")]
