"""The same question again and again, with other values: from the second time on, the engine has its
statement at hand, and every answer must be as at the first."""

from __future__ import annotations

import asyncio
import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Any

import pytest
from yara_orm import F, IntegrityError, Model, Q, _engine, fields, in_transaction, timezone
from yara_orm.exceptions import (
    DoesNotExist,
    FieldError,
    InvalidQuery,
    MultipleObjectsReturned,
    ValidationError,
)

from .conftest import World


class Colour(str, enum.Enum):
    RED = "red"
    BLUE = "blue"


class Shelf(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20)

    class Meta:
        table = "again_shelf"


class Box(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20, null=True)
    views = fields.SmallIntField(default=0)
    price = fields.DecimalField(max_digits=8, decimal_places=2, null=True)
    weight = fields.FloatField(null=True)
    colour = fields.CharEnumField(Colour, default=Colour.RED)
    made = fields.DatetimeField(null=True)
    key = fields.UUIDField(null=True)
    shelf: fields.ForeignKeyNullableRelation[Shelf] = fields.ForeignKeyField(
        Shelf, null=True, related_name="boxes"
    )

    class Meta:
        table = "again_box"


class Sorted(Model):
    id = fields.IntField(pk=True)
    rank = fields.IntField()
    kind = fields.IntField()

    class Meta:
        table = "again_sorted"
        ordering = ("-rank",)


TIMES = range(5)


async def test_one_row_by_the_same_names(world: World) -> None:
    for name in "abc":
        await Box.create(name=name)
    for _ in TIMES:
        for number, name in enumerate("abc", 1):
            with world.counting(2):
                assert (await Box.get(name=name)).id == number
                assert (await Box.get(id=number)).name == name
    for _ in TIMES:
        with world.counting(3):
            assert await Box.get_or_none(name="d") is None
            with pytest.raises(DoesNotExist, match="no Box matches"):
                await Box.get(name="d")
            with pytest.raises(MultipleObjectsReturned, match="several Box match"):
                await Box.get(views=0)


async def test_names_in_any_order(world: World) -> None:
    await Box.create(name="a", views=1)
    await Box.create(name="b", views=2)
    for _ in TIMES:
        assert (await Box.get(name="a", views=1)).id == 1
        assert (await Box.get(views=2, name="b")).id == 2
        assert await Box.get_or_none(name="a", views=2) is None


async def test_none_is_looked_for_as_null(world: World) -> None:
    await Box.create(name="a")
    await Box.create(name=None)
    for name, number in [("a", 1), (None, 2)] * 4:
        assert (await Box.get(name=name)).id == number
        assert [box.id for box in await Box.filter(name=name)] == [number]


async def test_values_of_every_type(world: World) -> None:
    moment = dt.datetime(2024, 5, 6, 7, 8, 9, 10)
    given: list[dict[str, Any]] = [
        {"name": "a", "views": 1, "price": Decimal("1.50"), "weight": 0.5, "colour": Colour.RED},
        {"name": "b", "views": 2, "price": Decimal("2.50"), "weight": 1.5, "colour": Colour.BLUE},
    ]
    for number, values in enumerate(given):
        values["made"] = moment + dt.timedelta(hours=number)
        values["key"] = uuid.UUID(int=number)
        await Box.create(**values)
    for _ in TIMES:
        for number, values in enumerate(given, 1):
            for name, value in values.items():
                assert (await Box.get(**{name: value})).id == number, (name, value)
            assert (await Box.get(**values)).id == number


async def test_a_whole_number_for_other_numbers(world: World) -> None:
    await Box.create(price=Decimal(2), weight=2.0)
    for value in (2, Decimal(2), 2, Decimal("2.00"), 2):
        assert (await Box.get(price=value)).id == 1
    for number in (2, 2.0, 2, 2.0, 2):
        assert (await Box.get(weight=number)).id == 1


async def test_wrong_values_are_told_alike(world: World) -> None:
    await Box.create(name="a")
    for value in ("x", 2**70, 40_000, 1.5, object(), Decimal("NaN")):
        told = set()
        for _ in TIMES:
            with world.counting(0), pytest.raises((ValidationError, FieldError)) as caught:
                await Box.get(views=value)
            told.add((type(caught.value), str(caught.value)))
            assert await Box.get_or_none(views=7) is None
        assert len(told) == 1, told
        assert "Box" in next(iter(told))[1] and "views" in next(iter(told))[1]


async def test_unknown_names_are_told_alike(world: World) -> None:
    for _ in TIMES:
        with world.counting(0), pytest.raises(FieldError, match="did you mean `name`"):
            await Box.get(nmae="a")


async def test_expressions_and_queries_between_values(world: World) -> None:
    await Box.create(name="a", views=1)
    await Box.create(name="b", views=2)
    for _ in TIMES:
        assert (await Box.get(id=1)).name == "a"
        assert (await Box.get(id=F("views"), name="b")).id == 2
        assert (await Box.get(id=2, name="b")).views == 2
        assert (await Box.get(id__in=Box.filter(views=1).values_list("id"))).name == "a"


async def test_related_rows_and_their_keys(world: World) -> None:
    shelf = await Shelf.create(name="s")
    box = await Box.create(name="a", shelf=shelf)
    await Box.create(name="b")
    for _ in TIMES:
        assert await Box.get(shelf=shelf) == box
        assert await Box.get(shelf_id=shelf.id) == box
        assert await Box.get(shelf__name="s") == box
        assert await Box.get_or_none(shelf__name="t") is None


async def test_the_way_of_a_model_is_kept(world: World) -> None:
    for rank in (1, 3, 2):
        await Sorted.create(rank=rank, kind=1)
    for _ in TIMES:
        assert [row.rank for row in await Sorted.filter(kind=1)] == [3, 2, 1]
        assert [row.rank for row in await Sorted.all()] == [3, 2, 1]
        found = await Sorted.filter(kind=1).order_by("rank")
        assert [row.rank for row in found] == [1, 2, 3]


async def test_going_on_from_what_was_found(world: World) -> None:
    for number in range(6):
        await Box.create(name=f"n{number}", views=number % 2)
    for _ in TIMES:
        for views in (0, 1):
            query = Box.filter(views=views)
            assert await query.count() == 3
            assert await query.exists()
            assert [box.views for box in await query.limit(2)] == [views, views]
            assert (await query.order_by("-id").first()).views == views  # type: ignore[union-attr]
            names = await query.order_by("id").values_list("name", flat=True)
            assert names == [f"n{views + at}" for at in (0, 2, 4)]
            assert await query.filter(name=f"n{views}").count() == 1
            assert await query.exclude(name=f"n{views}").count() == 2
            assert f"{views}" not in repr(query)
            _, values = query.get_parameterized_sql()
            assert values == [views]
            assert await query.get(name=f"n{views}") == await Box.get(name=f"n{views}")
            assert (await Box.get(name=f"n{views}").values("views")) == {"views": views}
    assert await Box.filter(views=1).update(views=F("views") + 10) == 3
    assert await Box.filter(views=11).delete() == 3


async def test_going_on_from_what_is_narrowed_already(world: World) -> None:
    """A query that is kept has values of its own, which may be those that are asked for."""
    for name, views in (("a", 1), ("b", 1), ("a", 2), ("b", 2)):
        await Box.create(name=name, views=views, weight=views, shelf=None)
    ones = Box.filter(views=1)
    for number in (1, 1, 1, 2, 3, 1, 4):
        found = await ones.filter(id=number)
        assert [box.id for box in found] == ([number] if number < 3 else [])
        assert await ones.get_or_none(id=number) == (found[0] if found else None)
    some = Box.filter(Q(views=1) | Q(views=2)).filter(name="a")
    for views, weight in ((1, 1.0), (1, 1.0), (2, 2.0), (1, 2.0), (2, 1.0)):
        names = [box.id for box in await some.filter(views=views, weight=weight)]
        assert names == ({1: [1], 2: [3]}[views] if views == weight else [])
    flagged = Sorted.filter(rank=0)
    for rank, kind in ((0, 0), (0, 1), (1, 0), (1, 1)):
        await Sorted.create(rank=rank, kind=kind)
    assert await flagged.filter(kind=0).count() == await flagged.filter(kind=0).count() == 1
    assert await flagged.filter(kind=1).update(kind=5) == 1
    assert await flagged.filter(kind=5).delete() == 1
    left = await Sorted.all().order_by("rank", "kind").values_list("rank", "kind")
    assert left == [(0, 0), (1, 0), (1, 1)]
    for ordered in (ones.order_by("-id"), ones.exclude(id=7), ones.annotate(twice=F("views") * 1)):
        for number in (1, 1, 2, 3):
            found = await ordered.filter(id=number)
            assert [box.id for box in found] == ([number] if number < 3 else [])


async def test_names_that_are_made_as_the_program_runs(world: World) -> None:
    await Box.create(name="a", views=1)
    for turn in range(40):
        name = "".join(reversed("eman"))
        assert (await Box.get(**{name: "a"})).id == 1
        assert (await Box.filter(**{f"id__{'gt' if turn % 2 else 'lt'}": 1})) == []
        assert await Box.get(views=1, **{name: "a"}) == await Box.get(id=1)


async def test_in_a_transaction_and_outside(world: World) -> None:
    await Box.create(name="a")
    for _ in TIMES:
        with pytest.raises(ZeroDivisionError):
            async with in_transaction():
                await Box.filter(name="a").update(views=5)
                assert (await Box.get(name="a")).views == 5
                raise ZeroDivisionError
        assert (await Box.get(name="a")).views == 0


async def test_rows_of_the_same_fields(world: World) -> None:
    for number in range(1, 6):
        with world.counting(1):
            box = await Box.create(name=f"n{number}", views=number)
        assert (box.id, box.colour, box.made) == (number, Colour.RED, None)
        assert await Box.get(id=number) == box
    with world.counting(1), pytest.raises(IntegrityError):
        await Box.create(id=3, name="again")
    with world.counting(1):
        assert (await Box.create(id=30, name=None)).name is None
    for value in ("x", 40_000):
        for _ in TIMES:
            with world.counting(0), pytest.raises(ValidationError, match=r"Box\.views"):
                await Box.create(views=value)
    for _ in TIMES:
        with world.counting(0), pytest.raises(ValidationError, match=r"Sorted\.rank must be given"):
            await Sorted.create(kind=1)
    assert await Box.all().count() == 6


async def test_an_insert_takes_as_many_values_as_fields(world: World) -> None:
    given = (Shelf._meta.ready(), ["name"], _engine.Conflict.none(), [])
    for values in ([], ["a", "b"]):
        told = f"a row of Shelf has 1 values here, and {len(values)} were given"
        with pytest.raises(InvalidQuery, match=told):
            _engine.Inserter(*given).insert(values)


async def test_keywords_of_new_instances(world: World) -> None:
    shelf = await Shelf.create(name="s")
    assert Box(shelf=shelf, name="a").shelf_id == shelf.id
    assert Box(pk=4).id == 4
    assert Box(key=str(uuid.UUID(int=3))).key == uuid.UUID(int=3)
    assert Box(weight=2).weight == 2.0
    assert type(Box(weight=2).weight) is float
    assert Box(price="1.5").price == Decimal("1.5")
    assert Box(made="2024-05-06 07:08:09").made == dt.datetime(2024, 5, 6, 7, 8, 9)
    assert Box(made=None).made is None
    with pytest.raises(FieldError, match="did you mean 'weight'"):
        Box(wieght=1)
    with pytest.raises(FieldError, match="give one of the two"):
        Box(shelf=shelf, shelf_id=shelf.id + 1)


async def test_a_field_that_converts_in_its_own_way(world: World) -> None:
    class Lower(fields.UUIDField[uuid.UUID]):
        def to_python_value(self, value: Any) -> Any:
            return uuid.UUID(int=super().to_python_value(value).int + 1)

    class Odd(Model):
        id = fields.IntField(pk=True)
        key = Lower()

        class Meta:
            abstract = False
            table = "again_odd"

    assert Odd(key=uuid.UUID(int=1)).key == uuid.UUID(int=2)


async def test_zones_that_change(world: World) -> None:
    aware = dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert not timezone.get_use_tz()
    assert Box(made=aware).made == dt.datetime(2024, 1, 1, 10)


async def test_loops_of_short_statements_give_way(world: World) -> None:
    """Whatever is answered at once, timeouts, cancellation and others on the loop have their turn."""
    box = await Box.create(name="a")
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    async def forever(ask: Any) -> None:
        while True:
            await ask()

    asks = [
        lambda: Box.get(id=1),
        lambda: Box.filter(id=1),
        lambda: Box.filter(id=1).count(),
        lambda: Box.create(name="b"),
        box.refresh_from_db,
    ]
    for ask in asks:
        ticks, others = 0, asyncio.create_task(tick())
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(forever(ask), 0.1)
        others.cancel()
        assert ticks > 1
