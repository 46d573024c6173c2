"""Values that Python has and a column has not: refused by every path, with the model's field in the
message, before anything is sent."""

from __future__ import annotations

import datetime as dt
import enum
import math
import uuid
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import Model, Q, YaraOrm, fields
from yara_orm.exceptions import ValidationError
from yara_orm.validators import MinValueValidator

from .conftest import World

UTC = dt.timezone.utc
FAR = dt.timezone(dt.timedelta(hours=14))


class Shade(str, enum.Enum):
    RED = "red"
    BLUE = "blue"


class Other(str, enum.Enum):
    RED = "red"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class Sample(Model):
    small = fields.SmallIntField(default=1)
    whole = fields.IntField(default=1)
    big = fields.BigIntField(default=1)
    ratio = fields.FloatField(default=1.0)
    price = fields.DecimalField(6, 2, default=Decimal("1.00"))
    word = fields.CharField(max_length=5, default="word")
    text = fields.TextField(default="text")
    blob = fields.BinaryField(default=b"")
    flag = fields.BooleanField(default=True)
    at = fields.DatetimeField(default=dt.datetime(2020, 1, 1))
    day = fields.DateField(default=dt.date(2020, 1, 1))
    time = fields.TimeField(default=dt.time(1))
    span = fields.TimeDeltaField(default=dt.timedelta(1))
    uid = fields.UUIDField(default=uuid.uuid4)
    data = fields.JSONField(default=dict)
    shade = fields.CharEnumField(Shade, default=Shade.RED)
    size = fields.IntEnumField(Size, default=Size.SMALL)
    numbers = fields.ArrayField(fields.IntField(), default=list)
    words = fields.ArrayField(fields.CharField(max_length=5), default=list)
    level = fields.IntField(choices=[1, 2, 3], default=1)
    even = fields.IntField(validators=[MinValueValidator(0)], default=1)


class Thing:
    def __repr__(self) -> str:
        return "<thing>"


NOT_WHOLE: list[Any] = [True, 1.0, 1.5, "1", b"1", Decimal(1), None, Thing(), [1], math.nan]

# What no column of a kind holds, and nothing is compared with.
WRONG: dict[str, list[Any]] = {
    "small": NOT_WHOLE,
    "whole": NOT_WHOLE,
    "big": NOT_WHOLE,
    "ratio": [True, "1.5", Decimal("0.1"), 2**70 + 1, 10**400, b"", Thing()],
    "price": [
        True,
        0.1,
        "x",
        "1,5",
        b"1",
        Thing(),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("sNaN"),
    ],
    "word": [5, b"word", "a\0b", "\ud800", Thing()],
    "text": [5, True, b"text", "a\0b", "\udfff", Thing(), ["a"]],
    "blob": ["text", 5, [1], Thing()],
    "flag": [1, 0, "true", "", Thing()],
    "at": [
        5,
        "yesterday",
        dt.date(2020, 1, 1),
        dt.time(1),
        "2020-13-01",
        Thing(),
        dt.datetime.max.replace(tzinfo=dt.timezone(-dt.timedelta(hours=14))),
    ],
    "day": [5, "today", dt.datetime(2020, 1, 1), dt.time(1), "2020-02-30", Thing()],
    "time": [5, "noon", dt.time(1, tzinfo=UTC), dt.datetime(2020, 1, 1), "25:00", Thing()],
    "span": [5, 1.5, "1 day", dt.time(1), Thing()],
    "uid": [5, "x", b"0123456789abcdef", Thing(), "123e4567-e89b-12d3-a456-42661417400"],
    "shade": ["green", "RED", 5, Size.SMALL, Other.RED, Thing()],
    "size": [3, "1", 1.0, True, Shade.RED, Thing()],
}
# What can be compared with, and not stored.
UNFIT: dict[str, list[Any]] = {
    "small": [2**15, -(2**15) - 1, 2**70],
    "whole": [2**31, -(2**31) - 1, 2**70],
    "big": [2**63, -(2**63) - 1, 2**70],
    "price": [Decimal("1.234"), Decimal("12345.67"), Decimal("1E+9"), "1.005", 10000],
    "word": ["longer", "ééééé!"],
    "data": [
        {"a": math.nan},
        {"a": Thing()},
        {"a": "\ud800"},
        {"a\0": 1},
        math.inf,
        {1, 2},
        {(1, 2): 1},
    ],
    "numbers": [5, "12", ["1"], [1.5], [2**31], [True], [[1]], [None, "x"], {1: 2}],
    "words": [["longer!"], ["a\0"], [1], "abc"],
    "level": [4, 0],
    "even": [-1],
}
FIELDS = [*WRONG, *(name for name in UNFIT if name not in WRONG)]


async def refused(world: World, name: str, value: Any, run: Any, reads: bool = False) -> None:
    """The call raises `ValidationError` that names model and field, and sends nothing; one that
    reads first writes nothing."""
    before = len(world.statements)
    try:
        await run()
    except ValidationError as error:
        assert "Sample" in str(error) and name in str(error), f"{value!r}: {error}"
    else:
        raise AssertionError(f"{name} took {value!r}")
    sent = [sql.split(None, 1)[0].lower() for sql in world.statements[before:]]
    assert (not {"insert", "update"} & set(sent)) if reads else not sent, sent


def writes(name: str, value: Any, row: Sample) -> list[Any]:
    """The calls that would store a value."""
    setattr(row, name, value)
    column = getattr(Sample, name)
    found = [
        lambda: changed(name, value).save(),
        lambda: Sample.bulk_create([Sample(), changed(name, value)]),
        row.save,
        lambda: row.save(update_fields=[name]),
        lambda: Sample.bulk_update([row], [name]),
        lambda: Sample.filter(id=1).update(**{name: value}),
        lambda: Sample.filter(id=1).update(column.set(value)),
    ]
    if value is not None:
        # To a constructor it is nothing.
        found.append(lambda: Sample.create(**{name: value}))
    return found


def reads_and_writes(name: str, value: Any, row: Sample) -> list[Any]:
    """The calls that would look for a row and then store a value."""
    defaults = {name: value}
    return [
        lambda: Sample.get_or_create(id=99, defaults=defaults),
        lambda: Sample.update_or_create(id=row.pk, defaults=defaults),
    ]


def comparisons(name: str, value: Any) -> list[Any]:
    """The calls that would compare with a value."""
    column = getattr(Sample, name)
    return [
        lambda: Sample.filter(**{name: value}).count(),
        lambda: Sample.exclude(Q(**{name: value}) | Q(id=1)).count(),
        lambda: Sample.filter(**{f"{name}__in": [value]}).count(),
        lambda: Sample.filter(column == value).count(),
        lambda: Sample.filter(column.in_([value])).count(),
        lambda: Sample.get_or_none(**{name: value}),
        lambda: Sample.get_or_create(**{name: value}),
    ]


@pytest.mark.parametrize("name", FIELDS)
async def test_nothing_stores_it(world: World, name: str) -> None:
    row = await Sample.create()
    for value in (*WRONG.get(name, ()), *UNFIT.get(name, ())):
        for run in writes(name, value, row):
            await refused(world, name, value, run)
        for run in reads_and_writes(name, value, row) if value is not None else ():
            await refused(world, name, value, run, reads=True)
    assert await Sample.all().count() == 1


def changed(name: str, value: Any) -> Sample:
    """An instance that got the value after it was made."""
    row = Sample()
    setattr(row, name, value)
    return row


@pytest.mark.parametrize("name", FIELDS)
async def test_nothing_is_compared_with_it(world: World, name: str) -> None:
    unfit = UNFIT[name] if name in ("small", "whole", "big") else ()
    for value in (*WRONG.get(name, ()), *unfit):
        for run in comparisons(name, value) if value is not None else ():
            await refused(world, name, value, run)


async def test_values_that_no_row_has_may_be_compared_with(world: World) -> None:
    await Sample.create()
    assert await Sample.filter(price__gt=Decimal("0.999"), price__lt=Decimal("1.001")).count() == 1
    assert await Sample.filter(word="much longer than the column").count() == 0
    assert await Sample.filter(level=7).count() == 0


async def test_datetimes_without_a_zone_where_zones_are_on(world: World) -> None:
    await YaraOrm.init(world.url, use_tz=True)
    try:
        naive = dt.datetime(2020, 1, 1)
        row = await Sample.create(at=naive.replace(tzinfo=UTC))
        for run in (
            lambda: Sample.create(at=naive),
            lambda: Sample.bulk_create([Sample(at=naive)]),
            lambda: Sample.filter(at=naive).count(),
            lambda: Sample.filter(Sample.at < naive).count(),
            lambda: Sample.filter(at__range=(naive, naive)).count(),
            lambda: Sample.filter(id=row.pk).update(at=naive),
        ):
            with pytest.raises(ValidationError, match=r"at\b.*has no time zone"):
                await run()
        assert (await Sample.get(at=naive.replace(tzinfo=UTC))).at.utcoffset() == dt.timedelta(0)
        assert await Sample.filter(at=dt.datetime(2020, 1, 1, 14, tzinfo=FAR)).count() == 1
    finally:
        await YaraOrm.init(world.url)
    read = await Sample.get(id=row.pk)
    assert read.at == naive, "without zones, the same moment in UTC"
    assert await Sample.filter(at=dt.datetime(2020, 1, 1, 14, tzinfo=FAR)).count() == 1
