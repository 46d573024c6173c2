"""Many rows written by one statement, and what became of each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from yara_orm import Model, fields, in_transaction, validators
from yara_orm.exceptions import (
    DoesNotExist,
    FieldError,
    InvalidQuery,
    ParamsError,
    StaleRow,
    UniqueViolation,
    ValidationError,
)

from .conftest import World


class Item(Model):
    id = fields.IntField(pk=True)
    code = fields.CharField(max_length=20, unique=True)
    stock = fields.IntField(default=0, validators=[validators.MinValueValidator(0)])
    note = fields.CharField(max_length=20, null=True)
    changed = fields.DatetimeField(auto_now=True)


class Seat(Model):
    row = fields.IntField(pk=True)
    number = fields.IntField(pk=True)
    taken = fields.BooleanField(default=False)


class Key(Model):
    name = fields.CharField(max_length=20, pk=True)


async def items(*codes: str) -> list[Item]:
    return await Item.bulk_create([Item(code=code, stock=at) for at, code in enumerate(codes)])


async def test_many_rows_are_updated_by_one_statement(world: World) -> None:
    rows = await items("a", "b", "c")
    await Item.all().update(changed=dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc))
    for row in rows:
        row.stock, row.note = row.stock + 10, f"n{row.id}"
    rows[2].note = None
    with world.counting(3):  # that of a transaction around it, which missing rows take back
        assert await Item.bulk_update(rows, ["stock", "note", "stock"]) == 3
    found = await Item.all().order_by("id")
    assert [(row.stock, row.note) for row in found] == [(10, "n1"), (11, "n2"), (12, None)]
    assert [row.changed for row in found] == [row.changed for row in rows]
    assert all(row.changed.year > 2020 for row in found)
    with world.counting(0):
        assert await Item.bulk_update([], ["stock"]) == 0
    with world.counting(1):
        await rows[0].save(update_fields=["code"])


async def test_rows_of_several_keys_are_updated(world: World) -> None:
    seats = [Seat(row=row, number=number) for row in (1, 2) for number in (1, 2)]
    await Seat.bulk_create(seats)
    seats[1].taken = seats[2].taken = True
    assert await Seat.bulk_update(seats[1:3], [Seat.taken]) == 2
    taken = await Seat.filter(taken=True).order_by("row").values_list("row", "number")
    assert taken == [(1, 2), (2, 1)]


async def test_rows_that_are_gone_are_told_and_nothing_is_written(world: World) -> None:
    rows = await items(*"abcdefgh")
    await rows[1].delete()
    for row in rows:
        row.stock = 99
    with pytest.raises(StaleRow, match=r"1 of 8 rows of Item are gone: row 1 \(id 2\)") as error:
        await Item.bulk_update(rows, ["stock"])
    assert isinstance(error.value, DoesNotExist)
    assert not await Item.filter(stock=99).exists()
    async with in_transaction():
        await Item.filter(code="a").update(note="kept")
        with pytest.raises(StaleRow):
            await Item.bulk_update(rows, ["stock"])
        assert await Item.filter(note="kept").count() == 1
        assert await Item.bulk_update(rows[2:], ["stock"]) == 6
    assert await Item.filter(stock=99).count() == 6
    await Item.all().delete()
    with pytest.raises(StaleRow, match="8 of 8 .*row 4 .*, …; nothing was written"):
        await Item.bulk_update(rows, ["stock"])


async def test_an_update_on_a_given_transaction_is_a_part_of_it(world: World) -> None:
    rows = await items("a", "b")
    rows[0].stock = 7
    with pytest.raises(ZeroDivisionError):
        async with in_transaction() as tx:
            assert await Item.bulk_update(rows, ["stock"], using_db=tx) == 2
            1 / 0  # noqa: B018
    assert (await Item.get(code="a")).stock == 0


def test_bulk_calls_without_an_event_loop(world: World) -> None:
    rows = Item.bulk_create([Item(code="a"), Item(code="b")]).run()
    rows[1].stock = 5
    assert Item.bulk_update(rows, ["stock"]).run() == 2
    assert Item.filter(stock=5).update(stock=6).returning("code", "stock").run() == [("b", 6)]


async def test_what_bulk_update_refuses(world: World) -> None:
    rows = await items("a", "b")
    rows[1].stock = -1
    with world.counting(0):
        with pytest.raises(ValidationError, match="row 1: .*Item.stock"):
            await Item.bulk_update(rows, ["stock"])
        with pytest.raises(ValidationError, match=r"rows 0 and 2 are the same Item \(id 1\)"):
            await Item.bulk_update([*rows, rows[0]], ["note"])
        with pytest.raises(ValidationError, match="row 0: a Item without a key"):
            await Item.bulk_update([Item(code="x")], ["note"])
        with pytest.raises(FieldError, match="names no field"):
            await Item.bulk_update(rows, [])
        with pytest.raises(FieldError, match="primary keys"):
            await Item.bulk_update(rows, ["id"])
        with pytest.raises(FieldError, match="did you mean 'stock'"):
            await Item.bulk_update(rows, ["stok"])
        with pytest.raises(ParamsError, match="is no Item"):
            await Item.bulk_update([*rows, Key(name="a")], ["note"])  # type: ignore[list-item]


@pytest.mark.parametrize("size", [0, -1, 2.5, "10"])
def test_a_size_of_batches_that_is_none_is_refused_at_the_call(world: World, size: Any) -> None:
    rows, records = [Item(code="a")], [{"code": "a"}]
    calls: list[Callable[[], Any]] = [
        lambda: Item.bulk_create(rows, batch_size=size),
        lambda: Item.bulk_update(rows, ["stock"], batch_size=size),
        lambda: Item.bulk_get_or_create(records, ["code"], batch_size=size),
        lambda: Item.bulk_update_or_create(records, ["code"], batch_size=size),
    ]
    with world.counting(0):
        for call in calls:
            with pytest.raises(ParamsError, match=f"at least 1, not {re.escape(repr(size))}"):
                call()


async def test_a_size_of_batches_changes_nothing(world: World) -> None:
    rows = [Item(code=code) for code in "abc"]
    with world.counting(1):
        await Item.bulk_create(rows, batch_size=2)
    with world.counting(3):
        assert await Item.bulk_update(rows, ["stock"], batch_size=2) == 3
    assert await Item.all().count() == 3


async def test_rows_that_are_skipped_are_told(world: World) -> None:
    await items("b", "d")
    rows = [Item(code=code, stock=50) for code in "abcde"]
    with world.counting(1):
        given = await Item.bulk_create(rows, ignore_conflicts=True)
    assert all(one is other for one, other in zip(given, rows, strict=True))
    assert [row.code for row in rows if row._saved_in_db] == ["a", "c", "e"]
    assert [row.id for row in rows if not row._saved_in_db] == [None, None]
    for row in rows:
        if row._saved_in_db:
            assert (await Item.get(id=row.id)).code == row.code
    assert (await Item.get(code="b")).stock == 0


async def test_rows_that_are_there_are_updated_and_known(world: World) -> None:
    await items("b", "d")
    await Item.all().update(note="old")
    rows = [Item(code=code, stock=50, note="new") for code in "abcd"]
    with world.counting(1):
        await Item.bulk_create(rows, on_conflict=["code"], update_fields=["stock"])
    assert [row.note for row in rows] == ["new", "old", "new", "old"]
    assert all(row._saved_in_db and row.stock == 50 for row in rows)
    for row in rows:
        fresh = await Item.get(id=row.id)
        assert dict(fresh) == dict(row)
    rows[0].stock = 1
    await rows[0].save()
    assert await Item.filter(stock=1).count() == 1
    left = [Item(code="a", stock=9), Item(code="z", stock=9)]
    with world.counting(1):
        await Item.bulk_create(left, on_conflict=["code"])
    assert [row._saved_in_db for row in left] == [False, True]


async def test_rows_that_give_other_fields_keep_their_numbers(world: World) -> None:
    await items("b")
    rows = [Item(code="a"), Item(id=900, code="x"), Item(id=901, code="b"), Item(code="c")]
    await Item.bulk_create(rows, ignore_conflicts=True)
    assert [row._saved_in_db for row in rows] == [True, True, False, True]
    assert [(await Item.get(id=row.id)).code for row in (rows[0], rows[1], rows[3])] == [*"axc"]


async def test_what_upserts_refuse(world: World) -> None:
    twice = [Item(code="a"), Item(code="b"), Item(code="a")]
    with world.counting(0):
        with pytest.raises(InvalidQuery, match="no two rows of Item are told apart by"):
            await Item.bulk_create(twice[:2], on_conflict=["stock"], update_fields=["note"])
        with pytest.raises(ValidationError, match="rows 0 and 2 of Item have the same code"):
            await Item.bulk_create(twice, on_conflict=["code"], update_fields=["stock"])
        with pytest.raises(ParamsError, match="needs on_conflict"):
            await Item.bulk_create(twice, update_fields=["stock"])
        with pytest.raises(ParamsError, match="not both"):
            await Item.bulk_create(
                twice, ignore_conflicts=True, on_conflict=["code"], update_fields=["stock"]
            )
    await Item.bulk_create(twice, ignore_conflicts=True)
    assert [row._saved_in_db for row in twice] == [True, True, False]
    with pytest.raises(UniqueViolation):
        await Item.bulk_create([Item(code="n"), Item(code="a")])
    assert await Item.all().count() == 2


async def test_keys_that_are_given_are_skipped_too(world: World) -> None:
    await Key.create(name="a")
    keys = [Key(name="a"), Key(name="b")]
    await Key.bulk_create(keys, ignore_conflicts=True)
    assert [key._saved_in_db for key in keys] == [False, True]
