"""Moments with time zones."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from yara_orm import Model, YaraOrm, fields, timezone
from yara_orm.exceptions import ValidationError

from .conftest import World

INIT = {"use_tz": True, "timezone": "Europe/Berlin"}


class Moment(Model):
    at = fields.DatetimeField()
    made = fields.DatetimeField(auto_now_add=True)
    before: fields.ForeignKeyNullableRelation[Moment] = fields.ForeignKeyField(
        "Moment", null=True, related_name="after"
    )


async def test_aware_in_and_aware_out(world: World) -> None:
    utc = dt.datetime(2024, 7, 1, 12, tzinfo=dt.timezone.utc)
    moment = await Moment.create(at=utc)
    row = await Moment.get(at=utc)
    assert row.at == utc and row.at.hour == 14
    assert row.at.tzinfo == ZoneInfo("Europe/Berlin")
    assert row.made == moment.made and timezone.is_aware(moment.made)
    with pytest.raises(ValidationError, match="Moment.at"):
        await Moment.create(at=dt.datetime(2024, 7, 1))
    assert timezone.localtime(utc).hour == 14
    assert timezone.make_naive(row.at) == dt.datetime(2024, 7, 1, 14)


async def test_rows_are_in_the_zone_that_was_chosen_last(world: World) -> None:
    at = dt.datetime(2024, 7, 1, 12, tzinfo=dt.timezone.utc)
    first = await Moment.create(at=at)
    await Moment.create(at=at, before=first)

    async def hours() -> list[int]:
        rows = [
            *await Moment.filter(before=None),
            *await Moment.filter(before=None).only("at"),
            *[row.before for row in await Moment.filter(before=first).select_related("before")],
        ]
        return [row.at.hour for row in rows if row is not None]

    assert await hours() == await hours() == [14, 14, 14]
    await YaraOrm.init(world.url, use_tz=True, timezone="Asia/Tokyo")
    assert await hours() == [21, 21, 21]
    await YaraOrm.init(world.url, use_tz=True)
    assert await hours() == [12, 12, 12]
