"""Ranges, addresses, intervals with months, and kinds that a program registers."""

from __future__ import annotations

import datetime as dt
import pickle
import random
from collections.abc import Iterator
from decimal import Decimal
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

import pytest
from yara_orm import (
    F,
    Interval,
    Max,
    Min,
    Model,
    Range,
    RawSQL,
    YaraOrm,
    connections,
    fields,
    register_field_kind,
    registry,
    unregister_field_kind,
)
from yara_orm.exceptions import ConfigurationError, DataError, UnSupportedError, ValidationError

from .conftest import World

MODELS: list[Any] = []


class Host(Model):
    address = fields.InetField(unique=True)
    gateway = fields.InetField(null=True)
    seen = fields.DatetimeField(null=True)


class Stay(Model):
    seats = fields.RangeField(fields.IntField(), default=lambda: Range(1, 5))
    numbers = fields.RangeField(fields.BigIntField(), null=True)
    prices = fields.RangeField(fields.DecimalField(20, 6), null=True)
    days = fields.RangeField(fields.DateField(), null=True)
    times = fields.RangeField(fields.DatetimeField(), null=True)
    size = fields.IntField(default=3)


class Term(Model):
    length = fields.IntervalField()
    pause = fields.TimeDeltaField(default=dt.timedelta(0))
    spare = fields.IntervalField(null=True)


async def tables(world: World, *models: Any) -> None:
    await YaraOrm.drop_schemas(models=models)
    await YaraOrm.generate_schemas(models=models)


async def test_addresses_and_networks(world: World) -> None:
    await tables(world, Host)
    given = [
        "10.0.0.1",
        "10.0.0.0/8",
        "9.9.9.9",
        "10.0.0.7/24",
        "::1",
        "2001:db8::/32",
        "10.0.0.10",
    ]
    for text in given:
        made = await Host.create(address=text)
        assert made.address == (ip_interface(text) if "/" in text else ip_address(text))
    # Older addresses first, then by the bits of the network: as numbers, not as texts.
    order = [
        "9.9.9.9",
        "10.0.0.0/8",
        "10.0.0.7/24",
        "10.0.0.1",
        "10.0.0.10",
        "::1",
        "2001:db8::/32",
    ]
    expected = [ip_interface(each) if "/" in each else ip_address(each) for each in order]
    rows = await Host.all().order_by("address")
    assert [row.address for row in rows] == expected
    assert await Host.all().order_by("-address").values_list("address", flat=True) == expected[::-1]
    assert await Host.filter(address=ip_address("10.0.0.1")).count() == 1
    assert await Host.filter(address="10.0.0.10").count() == 1
    assert await Host.filter(Host.address > ip_address("10.0.0.1")).count() == 3
    assert await Host.filter(address__in=["::1", ip_address("9.9.9.9"), "1.1.1.1"]).count() == 2
    assert await Host.exclude(address__lt="10.0.0.1").count() == 4
    assert await Host.annotate(again=F("address")).filter(again="::1").values_list("again") == [
        (ip_address("::1"),)
    ]
    assert (await Host.raw("select * from host where id = 2"))[0].address == ip_interface(
        "10.0.0.0/8"
    )
    await Host.filter(id=1).update(address=ip_interface("1.2.3.4/32"))
    assert (await Host.get(id=1)).address == ip_address("1.2.3.4")
    many = [Host(address=ip_address(number)) for number in range(50)]
    assert [row.address for row in await Host.bulk_create(many)] == [row.address for row in many]
    for row in many:
        row.gateway = ip_interface("10.0.0.1/30")
    await Host.bulk_update(many, ["gateway"])
    assert await Host.filter(gateway="10.0.0.1/30").count() == 50
    network = ip_network("10.0.0.0/8")
    for wrong in (5, "10.0.0", "10.0.0.1/33", network, b"\0\0\0\0", "fe80::1%1", True):
        await all_refused(world, Host, "address", wrong)


async def all_refused(world: World, model: Any, name: str, value: Any) -> None:
    """A value is refused wherever it is given, with the field's name, and nothing is sent."""
    column = getattr(model, name)
    for run in (
        lambda: model.create(**{name: value}),
        lambda: model.filter(**{name: value}).count(),
        lambda: model.filter(column == value).count(),
        lambda: model.filter(id=1).update(**{name: value}),
    ):
        before = len(world.statements)
        try:
            await run()
        except ValidationError as error:
            assert name in str(error), error
        else:
            raise AssertionError(f"{name} took {value!r}")
        assert len(world.statements) == before


async def test_ranges_on_postgresql(world: World) -> None:
    if world.backend == "sqlite":
        await ranges_are_refused(world)
        return
    await tables(world, Stay)
    made = await Stay.create(
        seats=Range(1, 4, "[]"),
        numbers=Range(None, 2**40, "(]"),
        prices=Range(Decimal("1.50"), Decimal("2.25"), "(]"),
        days=Range(dt.date(2024, 2, 28), dt.date(2024, 3, 1), "()"),
        times=Range(dt.datetime(2024, 1, 1), None),
    )
    assert made.seats == Range(1, 5), "whole numbers have one form"
    assert made.days == Range(dt.date(2024, 2, 29), dt.date(2024, 3, 1))
    assert dict(await Stay.get(id=made.pk)) == dict(made)
    assert (await Stay.raw("select * from stay"))[0].times == made.times
    assert await Stay.all().values_list("seats", "prices") == [(made.seats, made.prices)]
    assert await Stay.annotate(it=F("days")).values_list("it", flat=True) == [made.days]
    found = {
        "seats__contains": (4, 5),
        "seats__contained_by": (Range(0, 5), Range(2, 9)),
        "seats__overlap": (Range(4, 4, "[]"), Range(5, 9)),
        "seats": (Range(0, 5, "()"), Range(1, 4)),
        "prices__contains": (Decimal("2.25"), Decimal("1.5")),
        "days__contains": (dt.date(2024, 2, 29), dt.date(2024, 3, 1)),
        "times__contains": (dt.datetime(2030, 1, 1), dt.datetime(2023, 1, 1)),
        "size__contained_by": (Range(3, 4), Range(4)),
        "numbers__contains": (Range(None, 5), Range(None, None)),
    }
    for lookup, (yes, no) in found.items():
        assert await Stay.filter(**{lookup: yes}).count() == 1, lookup
        assert await Stay.filter(**{lookup: no}).count() == 0, lookup
    assert await Stay.filter(Stay.seats.contains(4), Stay.seats.overlap(Range(4))).count() == 1
    assert await Stay.filter(Stay.seats.contained_by(Range(0, 3))).count() == 0
    assert await Stay.filter(F("seats").contains(F("size"))).count() == 1
    assert await Stay.filter(Stay.seats.contains(Range(2, 3))).count() == 1
    assert await Stay.exclude(seats__contains=9, days=None).count() == 1
    assert await Stay.filter(seats__in=[Range(1, 5), Range.empty()]).count() == 1
    nothing = await Stay.bulk_create([Stay(seats=Range(n, n)) for n in range(3)])
    assert [row.seats for row in nothing] == [Range.empty()] * 3
    assert await Stay.filter(seats=Range(7, 7)).count() == 3
    assert (await Stay.get(id=nothing[0].pk)).seats.is_empty
    raw = RawSQL("int4range(2, 5)")
    assert await Stay.filter(id=1).annotate(it=raw).values_list("it", flat=True) == [Range(2, 5)]
    for wrong in (5, (1, 2), "[1,2)", Range("a", "b"), Range(1.5, 2.5), Range(2**31, None)):
        await all_refused(world, Stay, "seats", wrong)
    with pytest.raises(ValidationError, match="seats"):
        await Stay.create(seats=Range(0, 2**31 - 1, "[]"))
    with pytest.raises(ValidationError, match="seats"):
        await Stay.filter(Stay.seats.contains("x"))


async def ranges_are_refused(world: World) -> None:
    with pytest.raises(UnSupportedError, match=r"Stay\.seats: SQLite has no ranges"):
        await YaraOrm.generate_schemas(models=[Stay])
    for run in (
        lambda: Stay.create(),
        lambda: Stay.all(),
        lambda: Stay.bulk_create([Stay()]),
        lambda: Stay.filter(seats=Range(1, 2)).count(),
        lambda: Stay.filter(size__contained_by=Range(1, 2)).count(),
        lambda: Stay.filter(id=1).update(seats=Range(1, 2)),
    ):
        with world.counting(0), pytest.raises(UnSupportedError, match="SQLite has no ranges"):
            await run()


@pytest.mark.parametrize("seed", range(3))
async def test_random_ranges_hold_what_they_say(world: World, seed: int) -> None:
    if world.backend == "sqlite":
        return
    await tables(world, Stay)
    r = random.Random(seed)
    rows = []
    for _ in range(40):
        low, high = sorted((r.randrange(-9, 9), r.randrange(-9, 9)))
        bounds: Any = r.choice(("[]", "[)", "(]", "()"))
        given = Range(r.choice((low, low, None)), r.choice((high, high, None)), bounds)
        rows.append((await Stay.create(seats=given, prices=decimals(given)), given))
    for row, given in rows:
        read = await Stay.get(id=row.pk)
        assert read.seats == row.seats and read.prices == decimals(given)
        for number in range(-10, 10):
            assert (number in read.seats) == (number in given), (given, number)
    for number in range(-10, 10):
        for name, value in (("seats", number), ("prices", Decimal(number))):
            found = set(
                await Stay.filter(**{f"{name}__contains": value}).values_list("id", flat=True)
            )
            assert found == {row.pk for row, given in rows if number in given}


def decimals(given: Range[int]) -> Range[Decimal]:
    if given.is_empty:
        return Range.empty()
    as_decimal = [None if each is None else Decimal(each) for each in (given.lower, given.upper)]
    return Range(*as_decimal, given.bounds)  # type: ignore[arg-type]


def test_ranges_as_values() -> None:
    assert Range(1, 5) == Range(1, 5, "[)") != Range(1, 5, "[]")
    assert Range(3, 3) == Range.empty() and Range(3, 3, "[]") != Range.empty()
    assert 3 in Range(3, 3, "[]") and 3 not in Range(3, 5, "(]") and 10**9 in Range(3)
    assert len({Range(1, 2), Range(1, 2), Range(None, 2)}) == 2
    assert pickle.loads(pickle.dumps(Range(1, 2, "()"))) == Range(1, 2, "()")
    assert eval(repr(Range(None, 7, "(]"))) == Range(None, 7, "(]")
    for wrong in (lambda: Range(5, 1), lambda: Range(1, "a"), lambda: Range(1, 2, "[[")):  # type: ignore[arg-type]
        with pytest.raises(ValidationError):
            wrong()
    with pytest.raises(AttributeError):
        Range(1, 2).lower = 3


async def test_intervals_with_months(world: World) -> None:
    await tables(world, Term)
    month = Interval(months=1, days=-2, microseconds=5)
    if world.backend == "sqlite":
        row = await Term.create(length=dt.timedelta(hours=30))
        assert row.length == Interval(hours=30) == (await Term.get(id=row.pk)).length
        for value in (month, Interval(days=1)):
            with pytest.raises(ValidationError, match="SQLite stores microseconds alone"):
                await Term.create(length=value)
    else:
        row = await Term.create(length=month, spare=Interval(years=-1, hours=3))
        read = await Term.get(id=row.pk)
        assert (read.length, read.spare) == (month, Interval(years=-1, hours=3))
        assert await Term.filter(length=month).values_list("length", flat=True) == [month]
        assert await Term.annotate(it=F("spare")).values_list("it") == [(row.spare,)]
        assert (await Term.raw("select * from term"))[0].length == month
        most = await Term.all().aggregate(a=Min("length"), b=Max("length"))
        assert most == {"a": month, "b": month}
        many = await Term.bulk_create([Term(length=Interval(months=n)) for n in range(5)])
        assert await Term.filter(Term.length > Interval(months=1)).count() == 3
        assert [row.length.months for row in many] == [0, 1, 2, 3, 4]
    for wrong in (5, "1 month", 1.5, Interval(months=2**31)):
        await all_refused(world, Term, "length", wrong)
    with pytest.raises(ValidationError, match=r"Term\.pause: .*IntervalField"):
        await Term.create(length=Interval(), pause=Interval(months=1))


async def test_intervals_are_added_to_moments(world: World) -> None:
    await tables(world, Host)
    row = await Host.create(address="::1")
    for at, interval, found in (
        (dt.datetime(2024, 1, 31), Interval(months=1), dt.datetime(2024, 2, 29)),
        (dt.datetime(2024, 3, 1, 12), -Interval(days=1, hours=13), dt.datetime(2024, 2, 28, 23)),
        (dt.datetime(2024, 1, 1), Interval(seconds=0.5), dt.datetime(2024, 1, 1, 0, 0, 0, 500000)),
    ):
        await Host.filter(id=row.pk).update(seen=at)
        for moved in (Host.seen + interval, interval + F("seen")):
            assert await Host.annotate(it=moved).values_list("it", flat=True) == [found]
        await Host.all().update(seen=Host.seen + interval)
        assert (await Host.get(id=row.pk)).seen == found


async def test_months_where_a_timedelta_is_read_are_refused(world: World) -> None:
    if world.backend == "sqlite":
        return
    await tables(world, Term)
    await connections.get().execute("insert into term (length, pause) values ('1 day', '1 month')")
    with pytest.raises(DataError, match="pause.*IntervalField"):
        await Term.all()


def test_intervals_as_values() -> None:
    assert Interval(years=1, weeks=2, hours=1) == Interval._made(12, 14, 3_600_000_000)
    assert Interval.of(dt.timedelta(days=1)).timedelta() == dt.timedelta(days=1)
    assert -Interval(months=1) + Interval(months=3) == Interval(months=2)
    assert pickle.loads(pickle.dumps(Interval(days=3))) == Interval(days=3)
    with pytest.raises(ValidationError, match="no fixed length"):
        Interval(months=1).timedelta()
    with pytest.raises(ValidationError, match="whole numbers"):
        Interval(days=1.5)  # type: ignore[arg-type]


class Point:
    def __init__(self, x: float, y: float) -> None:
        self.x, self.y = x, y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self) -> int:
        return hash((self.x, self.y))


class PointField(fields.Field[Point]):
    kind = "spot"

    def __init__(self, digits: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.type_params = {"digits": digits}

    def to_db_value(self, value: Any, instance: Any = None) -> Any:
        return f"({value.x:g},{value.y:g})" if isinstance(value, Point) else value

    def from_db_value(self, value: Any) -> Any:
        x, y = value.strip("()").split(",")
        return Point(float(x), float(y))


@pytest.fixture
def spots() -> Iterator[Any]:
    """A model with a field of a registered kind."""
    types = {"postgres": "point", "sqlite": "VARCHAR({digits})"}
    # An extension that every server has.
    register_field_kind("spot", field_cls=PointField, sql=types, requires_extension="plpgsql")
    members = {"at": PointField(40), "near": PointField(null=True)}
    model: Any = type(Model)("Spot", (Model,), {"__module__": __name__ + ".spots", **members})
    yield model
    registry.forget(model)
    unregister_field_kind("spot")


async def test_registered_kinds(world: World, spots: Any) -> None:
    await tables(world, spots)
    sql = YaraOrm.get_schema_sql(models=[spots])
    assert ("point" if world.backend == "postgres" else "VARCHAR(40)") in sql
    extension = 'CREATE EXTENSION IF NOT EXISTS "plpgsql"'
    assert (extension in sql) == (world.backend == "postgres")
    row = await spots.create(at=Point(1.5, -2))
    assert row.at == (await spots.get(id=row.pk)).at == Point(1.5, -2)
    many = await spots.bulk_create([spots(at=Point(n, n), near=Point(0, n)) for n in range(5)])
    assert await spots.filter(id=many[2].pk).values_list("at", "near") == [
        (Point(2, 2), Point(0, 2))
    ]
    await spots.filter(id=row.pk).update(at=Point(3, 4))
    row.near = Point(5, 6)
    await row.save()
    await row.refresh_from_db()
    assert (row.at, row.near) == (Point(3, 4), Point(5, 6))
    many[0].at = Point(9, 9)
    await spots.bulk_update(many, ["at"])
    assert (await spots.get(id=many[0].pk)).at == Point(9, 9)
    assert [each.at for each in await spots.filter(id__gt=row.pk).order_by("id").limit(1)] == [
        Point(9, 9)
    ]
    assert await spots.annotate(it=F("at")).order_by("id").values_list("it", flat=True)
    with world.counting(0), pytest.raises(ValidationError, match=r"Spot\.at: int 5 was given"):
        await spots.create(at=5)


def test_kinds_that_cannot_be_registered() -> None:
    class Odd(fields.Field[Any]):
        kind = "odd"

    class Other(fields.Field[Any]):
        kind = "odd"

    def register(kind: str = "odd", cls: Any = Odd, sql: Any = "TEXT", **more: Any) -> None:
        register_field_kind(kind, field_cls=cls, sql=sql, **more)

    register()
    register()
    try:
        for wrong, match in (
            (lambda: register("i32"), "built in"),
            (lambda: register("a b"), "has a name"),
            (lambda: register(cls=int), "class of fields"),
            (lambda: register("even"), "is of the kind 'odd'"),
            (lambda: register(cls=Other), "that of Odd already"),
            (lambda: register(sql={"oracle": "X"}), "none of the databases"),
            (lambda: register(sql=""), "a type for each database"),
            (lambda: register(sql={}), "no type on any database"),
        ):
            with pytest.raises(ConfigurationError, match=match):
                wrong()
    finally:
        unregister_field_kind("odd")
        unregister_field_kind("odd")
    from .test_schema import refused

    refused("'odd', which is not registered", it=Odd())
    register(sql="t({dim})")
    try:
        refused("names 'dim'", it=Odd())
        with pytest.raises(ConfigurationError, match="field of its bounds"):
            fields.RangeField(fields.TextField())
    finally:
        unregister_field_kind("odd")


async def test_a_kind_without_a_type_on_a_database_is_refused_there(world: World) -> None:
    class Far(fields.Field[Any]):
        kind = "far"

    other = {"sqlite": "postgres", "postgres": "sqlite"}[world.backend]
    register_field_kind("far", field_cls=Far, sql={other: "TEXT"}, requires_extension="none")
    model: Any = type(Model)("Away", (Model,), {"__module__": __name__ + ".away", "it": Far()})
    try:
        with world.counting(0), pytest.raises(UnSupportedError, match=r"Away\.it: .*`far`"):
            await YaraOrm.generate_schemas(models=[model])
    finally:
        registry.forget(model)
        unregister_field_kind("far")
