"""Values come back exactly as they were given, in their type, by every path: random ones of every
kind of field, from a seed that a failure names."""

from __future__ import annotations

import datetime as dt
import enum
import math
import random
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import F, Max, Min, Model, RawSQL, YaraOrm, fields

from .conftest import World

UTC = dt.timezone.utc
LETTERS = "aZ09 _%\\'\"\n\t\u00e9\u0130\u00df\u4e2d\U0001f600\u200d{}[]$?:;-"


class Hue(str, enum.Enum):
    RED = "r'd"
    BLUE = "blé"


class Rank(enum.IntEnum):
    LOW = -5
    HIGH = 2**15 - 1


class Every(Model):
    small = fields.SmallIntField(null=True)
    whole = fields.IntField(null=True)
    big = fields.BigIntField(null=True)
    ratio = fields.FloatField(null=True)
    price = fields.DecimalField(30, 10, null=True)
    word = fields.CharField(max_length=40, null=True)
    text = fields.TextField(null=True)
    blob = fields.BinaryField(null=True)
    flag = fields.BooleanField(null=True)
    at = fields.DatetimeField(null=True)
    day = fields.DateField(null=True)
    time = fields.TimeField(null=True)
    span = fields.TimeDeltaField(null=True)
    uid = fields.UUIDField(null=True)
    data = fields.JSONField(null=True)
    hue = fields.CharEnumField(Hue, null=True)
    rank = fields.IntEnumField(Rank, null=True)
    numbers = fields.ArrayField(fields.BigIntField(), null=True)
    days = fields.ArrayField(fields.DateField(), null=True)
    prices = fields.ArrayField(fields.DecimalField(30, 10), null=True)


def integer(bits: int) -> Callable[[random.Random], int]:
    most = 2 ** (bits - 1)
    edges = (-most, -1, 0, 1, most - 1)
    return lambda r: r.choice((*edges, r.randrange(-most, most)))


def decimal(r: random.Random) -> Decimal:
    digits, places = r.randrange(0, 21), r.randrange(0, 11)
    number = Decimal(r.randrange(0, 10**digits) if digits else 0)
    return (number + Decimal(r.randrange(0, 10**places)).scaleb(-places)) * r.choice((1, -1))


def text(r: random.Random) -> str:
    return "".join(r.choice(LETTERS) for _ in range(r.randrange(0, 40)))


def moment(r: random.Random) -> dt.datetime:
    least = dt.datetime(1, 1, 1)
    span = dt.datetime.max - least
    return r.choice(
        (
            least,
            dt.datetime.max,
            least + r.random() * span,
            dt.datetime(2000, 1, 1) + dt.timedelta(microseconds=r.randrange(-(10**15), 10**15)),
        )
    )


def document(r: random.Random, depth: int = 0) -> Any:
    leaves: list[Callable[[], Any]] = [
        lambda: None,
        lambda: r.choice((True, False)),
        lambda: integer(100)(r),
        lambda: r.random() * 10 ** r.randrange(-5, 6),
        lambda: text(r),
    ]
    if depth > 2:
        return r.choice(leaves)()
    grown: list[Callable[[], Any]] = [
        lambda: [document(r, depth + 1) for _ in range(r.randrange(4))],
        lambda: {text(r): document(r, depth + 1) for _ in range(r.randrange(4))},
    ]
    return r.choice((*leaves, *grown))()


MAKE: dict[str, Callable[[random.Random], Any]] = {
    "small": integer(16),
    "whole": integer(32),
    "big": integer(64),
    "ratio": lambda r: r.choice(
        (0.0, -0.0, math.inf, -math.inf, 5e-324, 1.7976931348623157e308, r.uniform(-1e9, 1e9))
    ),
    "price": decimal,
    "word": text,
    "text": lambda r: text(r) * r.randrange(1, 50),
    "blob": lambda r: r.randbytes(r.randrange(0, 300)),
    "flag": lambda r: r.choice((True, False)),
    "at": moment,
    "day": lambda r: moment(r).date(),
    "time": lambda r: moment(r).time(),
    "span": lambda r: dt.timedelta(microseconds=integer(62)(r)),
    "uid": lambda r: uuid.UUID(int=r.getrandbits(128)),
    "data": document,
    "hue": lambda r: r.choice(list(Hue)),
    "rank": lambda r: r.choice(list(Rank)),
    "numbers": lambda r: [integer(64)(r) for _ in range(r.randrange(4))],
    "days": lambda r: [moment(r).date() for _ in range(r.randrange(4))],
    "prices": lambda r: [decimal(r) for _ in range(r.randrange(4))],
}
ORDERED = [name for name in MAKE if name not in ("flag", "data", "numbers", "days", "prices")]
EQUAL = [name for name in MAKE if name != "data"]


def row_of(r: random.Random) -> dict[str, Any]:
    # JSON's null is NULL to a field that may be.
    return {name: None if r.random() < 0.1 else make(r) for name, make in MAKE.items()}


def same(found: Any, given: Any) -> bool:
    """Equal, of the same type, to the order of keys."""
    if type(found) is not type(given):
        return False
    if isinstance(given, dict):
        return list(found) == list(given) and all(same(found[key], given[key]) for key in given)
    if isinstance(given, list):
        return len(found) == len(given) and all(map(same, found, given))
    return bool(found == given)


def check(name: str, found: Any, given: Any, path: str) -> None:
    assert same(found, given), f"{name} by {path}: {found!r} is not {given!r}"


@pytest.mark.parametrize("seed", range(6))
async def test_every_path_gives_what_was_given(world: World, seed: int) -> None:
    r = random.Random(seed)
    given = [row_of(r) for _ in range(12)]
    made = [await Every.create(**values) for values in given[:6]]
    made += await Every.bulk_create([Every(**values) for values in given[6:]])
    keys = [row.pk for row in made]
    rows = dict(zip(keys, given, strict=True))
    names = list(MAKE)
    for row in await Every.all():
        for name in names:
            check(name, getattr(row, name), rows[row.pk][name], "a field")
    for values in await Every.all().values("id", *names):
        for name in names:
            check(name, values[name], rows[values["id"]][name], "values")
    for key, *found in await Every.all().values_list("id", *names):
        for name, value in zip(names, found, strict=True):
            check(name, value, rows[key][name], "values_list")
    for name in names:
        for row in await Every.annotate(again=F(name)):
            check(name, row.again, rows[row.pk][name], "an annotation")
    for row in await Every.raw("select * from every"):
        for name in names:
            check(name, getattr(row, name), rows[row.pk][name], "raw SQL")
    for name in EQUAL:
        for key, values in rows.items():
            if values[name] is not None:
                found = await Every.filter(**{name: values[name]}).values_list("id", flat=True)
                assert key in found, (name, values[name])
                assert await Every.filter(getattr(Every, name) == values[name], id=key).exists()


@pytest.mark.parametrize("seed", range(3))
async def test_updates_and_aggregates_give_what_was_given(world: World, seed: int) -> None:
    r = random.Random(seed)
    rows = await Every.bulk_create([Every(**row_of(r)) for _ in range(4)])
    fresh = [row_of(r) for _ in rows]
    for row, values in zip(rows, fresh, strict=True):
        row.update_from_dict(values)
    await Every.bulk_update(rows, list(MAKE))
    for row, values in zip(rows, fresh, strict=True):
        found = await Every.get(id=row.pk)
        for name in MAKE:
            check(name, getattr(found, name), values[name], "bulk_update")
    for row in rows:
        values = row_of(r)
        await Every.filter(id=row.pk).update(**values)
        found = await Every.get(id=row.pk)
        for name in MAKE:
            check(name, getattr(found, name), values[name], "update")
        found.update_from_dict(row_of(r))
        await found.save()
        again = await Every.get(id=row.pk)
        for name in MAKE:
            check(name, getattr(again, name), getattr(found, name), "save")
    stored = await Every.all()
    for name in ORDERED:
        if name in ("hue", "word", "text"):
            continue  # Databases sort texts by rules of their own.
        known = [value for row in stored if (value := getattr(row, name)) is not None]
        aggregates = await Every.all().aggregate(least=Min(name), most=Max(name))
        if not known:
            assert aggregates == {"least": None, "most": None}
            continue
        for found, value in ((aggregates["least"], min(known)), (aggregates["most"], max(known))):
            assert found == value and type(found) is type(value), (name, found, value)


async def test_not_a_number_is_a_float(world: World) -> None:
    row = await Every.create(ratio=math.nan)
    assert math.isnan((await Every.get(id=row.pk)).ratio)
    assert math.isnan((await Every.filter(id=row.pk).values_list("ratio", flat=True))[0])


async def test_instants_with_zones(world: World) -> None:
    await YaraOrm.init(world.url, use_tz=True, timezone="Asia/Kathmandu")
    try:
        r = random.Random(7)
        for _ in range(20):
            zone = dt.timezone(dt.timedelta(minutes=r.randrange(-14 * 60, 14 * 60)))
            at = dt.datetime(2000, 1, 1, tzinfo=zone) + dt.timedelta(seconds=r.uniform(-1e9, 1e9))
            row = await Every.create(at=at)
            read = await Every.get(at=at, id=row.pk)
            assert read.at == at and read.at.utcoffset() is not None
            (found,) = await Every.filter(id=row.pk).values_list("at", flat=True)
            assert found == at and found.tzinfo == read.at.tzinfo
            most = (await Every.filter(id=row.pk).aggregate(m=Max("at")))["m"]
            assert most == at and most.tzinfo == read.at.tzinfo
    finally:
        await YaraOrm.init(world.url)


async def test_raw_expressions_have_the_type_they_are_declared_with(world: World) -> None:
    r = random.Random(3)
    await Every.create()
    kinds: list[tuple[Any, Any]] = [
        (int, integer(64)(r)),
        (str, text(r)),
        (Decimal, Decimal("1.10")),
        (dt.date, dt.date(2020, 2, 29)),
        (dt.timedelta, dt.timedelta(days=3, microseconds=1)),
        (uuid.UUID, uuid.UUID(int=5)),
        (bytes, b"\0\xff"),
        (bool, True),
        (float, 0.1),
    ]
    for kind, value in kinds:
        found = await Every.annotate(it=RawSQL("?", [value], kind)).values_list("it", flat=True)
        check(kind.__name__, found[0], value, "RawSQL")
