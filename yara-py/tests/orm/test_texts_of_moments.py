"""Texts of ISO 8601 become moments, the same ones on every Python."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from yara_orm import Model, fields
from yara_orm.exceptions import ValidationError

from .conftest import World, on_sqlite

INIT = {"use_tz": True}

UTC = dt.timezone.utc
LEAP = dt.date(2024, 2, 29)

DAYS = ("2024-02-29", "20240229", "2024-W09-4", "2024W094")
TIMES = {
    "12": dt.time(12),
    "12:30": dt.time(12, 30),
    "1230": dt.time(12, 30),
    "12:30:59": dt.time(12, 30, 59),
    "123059": dt.time(12, 30, 59),
    "12:30:59.5": dt.time(12, 30, 59, 500_000),
    "12:30:59,123": dt.time(12, 30, 59, 123_000),
    "123059.123456": dt.time(12, 30, 59, 123_456),
    "12:30:59.1234567": dt.time(12, 30, 59, 123_456),
}
ZONES = {
    "": None,
    "Z": UTC,
    "+00:00": UTC,
    "+01": dt.timezone(dt.timedelta(hours=1)),
    "-0330": dt.timezone(-dt.timedelta(hours=3, minutes=30)),
    "+05:45:10": dt.timezone(dt.timedelta(hours=5, minutes=45, seconds=10)),
}


class Visit(Model):
    at = fields.DatetimeField(null=True)
    day = fields.DateField(null=True)
    time = fields.TimeField(null=True)


def given(**values: Any) -> Visit:
    return Visit(**values)


@on_sqlite
@pytest.mark.parametrize("day", DAYS)
async def test_days_and_moments(world: World, day: str) -> None:
    assert given(day=day).day == LEAP
    assert given(at=day).at == dt.datetime(2024, 2, 29)
    for clock, time in TIMES.items():
        for ending, zone in ZONES.items():
            for between in "T ":
                text = f"{day}{between}{clock}{ending}"
                at: Any = given(at=text).at
                assert at == dt.datetime.combine(LEAP, time, zone), text
                assert at.utcoffset() == (zone and zone.utcoffset(None)), text


@on_sqlite
async def test_times(world: World) -> None:
    for clock, time in TIMES.items():
        assert given(time=clock).time == given(time=f"T{clock}").time == time, clock
        assert given(time=f"{clock}Z").time == time.replace(tzinfo=UTC), clock
    assert given(day="2024-W09").day == dt.date(2024, 2, 26)


@on_sqlite
@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("day", "2023-02-29"),
        ("day", "2024-2-9"),
        ("day", "2024-W54-1"),
        ("day", "2024-W09-8"),
        ("day", "2024-02-29T12:00"),
        ("day", "\u0662\u0660\u0662\u0664\u0660\u0662\u0662\u0669"),
        ("at", "2024-02-29T"),
        ("at", "2024-02-29T25"),
        ("at", "2024-02-29T12:3059"),
        ("at", "2024-02-29T12:30z"),
        ("at", "2024-02-29T12:30+1"),
        ("at", "soon"),
        ("time", "12:60"),
        ("time", "1:30"),
        ("time", "12:30 "),
        ("time", ""),
    ],
)
async def test_what_is_none_is_an_error_that_shows_it(world: World, field: str, text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        given(**{field: text})
    assert str(caught.value).startswith(f"Visit.{field}: ") and repr(text) in str(caught.value)


async def test_they_are_stored(world: World) -> None:
    visit = await Visit.create(at="20240229T123059.5-0330", day="2024-W09-4", time="1230")
    read = await Visit.get(pk=visit.pk)
    assert read.at == visit.at == dt.datetime(2024, 2, 29, 16, 0, 59, 500_000, UTC)
    assert (read.day, read.time) == (LEAP, dt.time(12, 30))
