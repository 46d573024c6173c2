"""Moments where zones are off: one that has a zone is the same moment in UTC from the start."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from yara_orm import Graph, Model, OnConflict, YaraOrm, excluded, fields
from yara_orm.exceptions import ValidationError
from yara_orm.ranges import Range

from .conftest import World, on_postgres

EAST = dt.timezone(dt.timedelta(hours=2))
AWARE = dt.datetime(2024, 7, 1, 14, tzinfo=EAST)
NAIVE = dt.datetime(2024, 7, 1, 12)


class Unsaid(dt.tzinfo):
    """A zone that says nothing of any moment."""

    def utcoffset(self, moment: dt.datetime | None) -> None:
        return None

    def dst(self, moment: dt.datetime | None) -> None:
        return None


class Event(Model):
    id = fields.IntField(pk=True)
    at = fields.DatetimeField()
    until = fields.DatetimeField(null=True)
    seen = fields.DatetimeField(default=lambda: AWARE)
    name = fields.CharField(max_length=20, default="", unique=True)
    rings = fields.ArrayField(fields.DatetimeField(), default=list)


class Stay(Model):
    id = fields.IntField(pk=True)
    during = fields.RangeField(fields.DatetimeField())


MODELS = [Event]


async def same(event: Event, **expected: Any) -> None:
    """What an instance has is what a read gives."""
    read = await Event.get(id=event.id)
    for name, value in expected.items():
        assert getattr(event, name) == getattr(read, name) == value, name


async def test_a_new_row(world: World) -> None:
    event = Event(at=AWARE, until=None, rings=[AWARE, NAIVE])
    assert (event.at, event.seen, event.rings) == (NAIVE, NAIVE, [NAIVE, NAIVE])
    await event.save()
    await same(event, at=NAIVE, until=None, seen=NAIVE, rings=[NAIVE, NAIVE])
    text = await Event.create(at="2024-07-01T14:00:00+02:00", name="text")
    await same(text, at=NAIVE)


async def test_a_row_that_changes(world: World) -> None:
    event = await Event.create(at=dt.datetime(2000, 1, 1))
    event.at = AWARE
    event.rings = [AWARE]
    assert event.at == NAIVE
    with world.counting(1):
        await event.save()
    await same(event, at=NAIVE, rings=[NAIVE])
    event.update_from_dict({"until": AWARE})
    await event.save(update_fields=["until"])
    await same(event, until=NAIVE)
    await Event.filter(id=event.id).update(at=AWARE + dt.timedelta(hours=1))
    assert (await Event.get(at=AWARE + dt.timedelta(hours=1))).at == dt.datetime(2024, 7, 1, 13)


async def test_many_rows(world: World) -> None:
    first, second = await Event.bulk_create([Event(at=AWARE, name="a"), Event(at=NAIVE, name="b")])
    await same(first, at=NAIVE)
    first.at = second.at = AWARE + dt.timedelta(days=1)
    await Event.bulk_update([first, second], ["at"])
    await same(second, at=NAIVE + dt.timedelta(days=1))
    (put,) = await Event.upsert(
        [Event(at=AWARE, name="a")], OnConflict("name").update(at=excluded(Event.at))
    )
    await same(put.row, at=NAIVE)
    (planted,) = await Event.insert_graph(Graph(Event(at=AWARE, name="c")))
    await same(planted, at=NAIVE)
    changed, created = await Event.update_or_create({"until": AWARE}, name="a")
    assert not created
    await same(changed, until=NAIVE)


async def test_moments_that_are_none_in_utc(world: World) -> None:
    early = dt.datetime(1, 1, 1, tzinfo=EAST)
    event = await Event.create(at=NAIVE, name="in time")
    with world.counting(0):
        with pytest.raises(ValidationError, match=r"Event\.at: .* the years 1 to 9999"):
            await Event.create(at=early)
        event.at = early
        with pytest.raises(ValidationError, match=r"Event\.at: .* the years 1 to 9999"):
            await event.save()
    # As Python has it, a zone without an offset is none.
    event = await Event.create(at=NAIVE.replace(tzinfo=Unsaid()))
    assert event.at.tzinfo is None
    await same(event, at=NAIVE)


async def test_with_zones_they_stay_as_they_are(world: World) -> None:
    await YaraOrm.init(world.url, use_tz=True)
    try:
        event = await Event.create(at=AWARE)
        assert event.at is AWARE and (await Event.get(id=event.id)).at == AWARE
    finally:
        await YaraOrm.init(world.url)


@on_postgres
async def test_ranges(world: World) -> None:
    await YaraOrm.generate_schemas(models=[Stay])
    stay = Stay(during=Range(AWARE, None))
    assert stay.during == Range(NAIVE, None)
    await stay.save()
    assert (await Stay.get(id=stay.id)).during == stay.during
    stay.during = Range(AWARE, AWARE, "[]")
    assert stay.during == Range(NAIVE, NAIVE, "[]")
    stay.during = Range.empty()
    await stay.save()
    assert (await Stay.get(id=stay.id)).during.is_empty
