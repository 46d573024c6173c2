"""Functions of texts, numbers, moments and choices, in every place where an expression may stand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import (
    Case,
    F,
    Greatest,
    Interval,
    Least,
    Model,
    Now,
    NullIf,
    Today,
    Value,
    When,
    fields,
    func,
    sql,
)
from yara_orm.exceptions import FieldError, InvalidQuery

from .conftest import World


class Event(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100)
    note = fields.TextField(null=True)
    number = fields.IntField(default=0)
    price = fields.DecimalField(10, 2)
    share = fields.FloatField(null=True)
    day = fields.DateField()
    at = fields.DatetimeField()


DAY = dt.date(2024, 1, 31)
AT = dt.datetime(2024, 8, 15, 13, 45, 30, 250, tzinfo=dt.timezone.utc)
INIT = {"use_tz": True}


async def fill() -> None:
    await Event.create(
        name="  École 12 ", note=None, number=-7, price=Decimal("2.50"), share=2.5, day=DAY, at=AT
    )


async def values(*expressions: Any) -> Any:
    return (await Event.all().values_list(*expressions))[0]


async def test_texts(world: World) -> None:
    await fill()
    name = Event.name.trim()
    with world.counting(1):
        found = await values(
            name.lower(),
            name.upper(),
            name.length(),
            Event.name.ltrim(),
            Event.name.rtrim(),
            name.trim("É2"),
            name.substr(1, 3),
            name.substr(7),
            name.replace("12", "%"),
            name.lpad(10, "-"),
            name.rpad(3),
            name.position("le"),
            Value("ab").resolve(None).repeat(2),
            name.reversed(),
            name.concat("!", Event.number.cast(str)),
            name.regex_replace(r"\d", "#"),
            name.regex_replace(r"\d", "#", all=False),
            name.regex_replace("é", "e", ignore_case=True),
            F("name").trim().lower(),
        )
    assert found == (
        "école 12",
        "ÉCOLE 12",
        8,
        "École 12 ",
        "  École 12",
        "cole 1",
        "Éco",
        "12",
        "École %",
        "--École 12",
        "Éco",
        4,
        "abab",
        "21 elocÉ",
        "École 12!-7",
        "École ##",
        "École #2",
        "ecole 12",
        "école 12",
    )
    assert await Event.filter(Event.name.regex(r"\d+ $"), Event.name.iregex("éCOLE")).count() == 1
    assert await Event.filter(name__lower__contains="école").count() == 1
    assert await Event.filter(Event.name.ilike("%é%")).count() == 1
    with pytest.raises(InvalidQuery):
        await Event.filter(Event.name.regex("(?=x)")).count()


async def test_numbers(world: World) -> None:
    await fill()
    found = await values(
        Event.number.abs(),
        Event.number.sign(),
        Event.price.round(),
        Event.share.round(),
        (Event.price * Decimal("1.111")).round(2),
        Event.price.trunc(),
        Event.price.floor(),
        Event.price.ceil(),
        (Event.number * -7).sqrt(),
        Event.number.power(2),
        Event.number.abs().cast(float).ln().round(3),
        Event.number % 4,
        F("number").abs(),
        func.abs(Event.number),
    )
    assert found == (
        7,
        -1,
        Decimal(3),
        3.0,
        Decimal("2.78"),
        Decimal(2),
        Decimal(2),
        Decimal(3),
        7.0,
        49.0,
        1.946,
        -3,
        7,
        7,
    )
    assert 0 <= (await values(func.random()))[0] < 1


async def test_moments(world: World) -> None:
    await fill()
    found = await values(
        Event.at.year(),
        Event.at.quarter(),
        Event.at.month(),
        Event.at.week(),
        Event.at.day(),
        Event.at.iso_week_day(),
        Event.at.year_day(),
        Event.at.hour(),
        Event.at.minute(),
        Event.at.second(),
        Event.at.microsecond(),
        Event.at.extract("epoch"),
        Event.at.truncate("month"),
        Event.at.date(),
        Event.at.time(),
        Event.day.add_days(-31),
        Event.day.days_since(dt.date(2024, 1, 1)),
        (Event.day + Interval(months=1)).cast(dt.date),
        Event.at + dt.timedelta(hours=1),
        Event.at - Event.at.truncate("day"),
        Event.day.truncate("quarter"),
        Event.at.age(AT - dt.timedelta(days=3)),
    )
    assert found == (
        2024,
        3,
        8,
        33,
        15,
        4,
        228,
        13,
        45,
        30,
        250,
        pytest.approx(AT.timestamp()),
        dt.datetime(2024, 8, 1, tzinfo=dt.timezone.utc),
        AT.date(),
        AT.time(),
        dt.date(2023, 12, 31),
        30,
        dt.date(2024, 2, 29),
        AT + dt.timedelta(hours=1),
        dt.timedelta(hours=13, minutes=45, seconds=30, microseconds=250),
        dt.date(2024, 1, 1),
        dt.timedelta(days=3),
    )
    assert await Event.filter(Event.at < Now(), Event.day.year() == 2024).count() == 1
    assert await Event.filter(Event.day < Today()).count() == 1
    with pytest.raises(FieldError, match="did you mean 'month'"):
        Event.at.truncate("moth")  # type: ignore[arg-type]


async def test_choices(world: World) -> None:
    await fill()
    size = Case(
        When(Event.number > 0, then="up"), When(number__lt=-100, then="far"), default=Event.name
    )
    found = await values(
        Event.note.coalesce("none"),
        func.coalesce(Event.note, Event.name),
        Event.number.nullif(-7),
        NullIf("number", 3),
        Greatest(Event.number, 3),
        Least("number", 3),
        size,
        Case(When(Event.note.is_null(), then=Event.number + 1)),
        Case(When(Event.number > 0, then=1)),
    )
    assert found == ("none", "  École 12 ", None, -7, 3, -7, "  École 12 ", -6, None)


async def test_the_database_s_own_functions_operators_and_text(world: World) -> None:
    await fill()
    found = await values(
        func.substr(Event.name, 3, 1, kind=str),
        Event.name.trim().op("||", "!", str),
        sql("length($1) + $2", Event.name, 1, kind=int),
    )
    assert found == ("É", "École 12!", 12)
    assert await Event.filter(sql("length(?) > ?", Event.name, 5, kind=bool)).count() == 1
    assert await Event.all().aggregate(func.custom_aggregate("max", Event.number, kind=int)) == (
        -7,
    )
    with pytest.raises(FieldError, match="it can be bool"):
        func.hex(Event.name, kind=object)


async def test_an_expression_is_legal_wherever_one_is(world: World) -> None:
    await fill()
    length = Event.name.trim().length()
    assert await Event.filter(length == 8).order_by(length.desc(), "-id").count() == 1
    assert (await Event.annotate(size=length).get(size__gte=8)).size == 8
    assert await Event.all().group_by(Event.day.year()).values_list(
        Event.day.year(), func.count()
    ) == [(2024, 1)]
    with world.counting(1):
        await Event.all().update(
            name=Event.name.trim().upper(), note=Event.day.year().cast(str), number=length * 2
        )
    event = await Event.get()
    assert (event.name, event.note, event.number) == ("ÉCOLE 12", "2024", 16)
