"""Errors carry the same attributes by whichever path they come, and outlive a process boundary."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from conftest import Run, with_parameters
from yara_orm import CheckConstraint, Model, YaraOrm, connections, fields, in_transaction
from yara_orm.exceptions import (
    CheckViolation,
    DoesNotExist,
    Error,
    ForeignKeyViolation,
    IntegrityError,
    MultipleObjectsReturned,
    NotNullViolation,
    PoolTimeout,
    ProgrammingError,
    QueryCanceled,
    UniqueViolation,
)

from .conftest import World, on_postgres
from .held import nothing_is_held


class Shop(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=20, unique=True)


class Ware(Model):
    id = fields.IntField(pk=True)
    code = fields.CharField(max_length=20)
    price = fields.IntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField("Shop", related_name="wares")

    class Meta:
        table = "ware"
        unique_together = (("code", "shop"),)
        constraints = (CheckConstraint(check="price > 0", name="ware_has_a_price"),)


async def two() -> Shop:
    shop = await Shop.create(name="a")
    await Ware.create(code="x", price=1, shop=shop)
    return shop


async def in_block(use: Callable[[], Awaitable[Any]]) -> None:
    async with in_transaction():
        await use()


async def in_savepoint(use: Callable[[], Awaitable[Any]]) -> None:
    async with in_transaction(), in_transaction():
        await use()


async def plainly(use: Callable[[], Awaitable[Any]]) -> None:
    await use()


@pytest.mark.parametrize("around", [plainly, in_block, in_savepoint])
async def test_unique_by_every_path(world: World, around: Any) -> None:
    shop = await two()
    other = await Shop.create(name="b")

    async def renamed() -> None:
        other.name = "a"
        await other.save()

    paths: list[Callable[[], Awaitable[Any]]] = [
        lambda: Shop.create(name="a"),
        lambda: Shop(name="a").save(),
        renamed,
        lambda: Shop.filter(id=other.id).update(name="a"),
        lambda: Shop.bulk_create([Shop(name="c"), Shop(name="a")]),
        lambda: Shop.bulk_update([_named(other, "a")], ["name"]),
        lambda: connections.get().execute("insert into shop (name) values ($1)", ["a"]),
        lambda: connections.get().fetch_rows("insert into shop (name) values ('a') returning id"),
        lambda: connections.get().execute_many("insert into shop (name) values ($1)", [["a"]]),
        lambda: connections.get().execute_script("insert into shop (name) values ('a')"),
    ]
    for path in paths:
        with pytest.raises(UniqueViolation) as raised:
            await around(path)
        error = raised.value
        assert error.sqlstate == "23505" and error.table == "shop", vars(error)
        assert error.column == "name" or error.constraint, vars(error)
        assert not error.retryable and error.statement, vars(error)
        assert "'a'" not in str(error), str(error)
        assert isinstance(error, IntegrityError)
    assert await Shop.all().count() == 2 and shop.id and await nothing_is_held()


def _named(shop: Shop, name: str) -> Shop:
    shop.name = name
    return shop


async def test_other_constraints(world: World) -> None:
    shop = await two()
    with pytest.raises(UniqueViolation) as unique:
        await Ware.create(code="x", price=1, shop=shop)
    assert unique.value.table == "ware"
    assert "code_shop_id" in (unique.value.constraint or "")
    with pytest.raises(CheckViolation) as check:
        await Ware.create(code="y", price=0, shop=shop)
    assert check.value.constraint == "ware_has_a_price" and check.value.sqlstate == "23514"
    with pytest.raises(ForeignKeyViolation) as foreign:
        await Ware.create(code="y", price=1, shop_id=99)
    assert foreign.value.sqlstate == "23503"
    with pytest.raises(NotNullViolation) as missing:
        await connections.get().execute("insert into shop (name) values (null)")
    assert missing.value.column == "name" and missing.value.table == "shop"
    assert missing.value.sqlstate == "23502"


async def test_statements_that_are_wrong(world: World) -> None:
    for use in (
        lambda: connections.get().execute("selekt 1"),
        lambda: connections.get().fetch_all("select nothing"),
        lambda: Shop.raw("select id from nowhere"),
        lambda: connections.get().execute_many("insert into nowhere values ($1)", [[1]]),
    ):
        with pytest.raises(ProgrammingError) as raised:
            await use()
        assert raised.value.sqlstate is not None and raised.value.statement is not None
    assert await nothing_is_held()


@on_postgres
async def test_what_only_a_server_says(world: World) -> None:
    shop = await two()
    with pytest.raises(UniqueViolation) as raised:
        await Shop.create(name="a")
    # The values are in the detail, not in the text.
    assert raised.value.detail is not None and "(a)" in raised.value.detail
    await connections.get().execute_script(
        "alter table ware drop constraint if exists late;"
        " alter table ware add constraint late unique (price) deferrable initially deferred"
    )
    try:
        # At the commit.
        with pytest.raises(UniqueViolation) as late:
            async with in_transaction():
                await Ware.create(code="y", price=1, shop=shop)
        assert late.value.constraint == "late" and late.value.table == "ware"
    finally:
        await connections.get().execute("alter table ware drop constraint late")
    # In a stream, in the middle.
    with pytest.raises(Error) as divided:
        async for _ in connections.get().engine.stream(
            "select 1 / (2500 - n) from generate_series(1, 3000) n"
        ):
            pass
    assert divided.value.sqlstate == "22012"
    with pytest.raises(QueryCanceled) as cancelled:
        async with in_transaction() as tx:
            await tx.execute("set local statement_timeout = 20")
            await tx.execute("select pg_sleep(5)")
    assert cancelled.value.sqlstate == "57014"
    assert await Ware.all().count() == 1 and await nothing_is_held()


async def test_models_have_errors_of_their_own(world: World) -> None:
    await Shop.bulk_create([Shop(name=name) for name in "ab"])
    with pytest.raises(Shop.DoesNotExist) as missing:
        await Shop.get(name="c")
    with pytest.raises(Shop.MultipleObjectsReturned) as several:
        await Shop.get(id__gt=0)
    assert not isinstance(missing.value, Ware.DoesNotExist)
    assert isinstance(missing.value, DoesNotExist)
    assert isinstance(several.value, MultipleObjectsReturned)
    for error in (missing.value, several.value):
        for same in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert type(same) is type(error) and str(same) == str(error)


def test_errors_outlive_their_process(world: World, run: Run) -> None:
    async def main() -> None:
        await YaraOrm.init(with_parameters(world.url, max_size=1, acquire_timeout=1))
        await two()
        found: list[Error] = []
        for use in (
            lambda: Shop.create(name="a"),
            lambda: Ware.create(code="y", price=0, shop_id=1),
            lambda: Shop.get(name="c"),
            lambda: Shop.filter(price=1),
            lambda: Shop.create(name="x" * 30),
            lambda: connections.get().execute("select nothing"),
            _full,
        ):
            with pytest.raises(Error) as raised:
                await use()
            found.append(raised.value)
        assert isinstance(found[-1], PoolTimeout)
        for error in found:
            same = pickle.loads(pickle.dumps(error))
            assert type(same) is type(error) and same.args == error.args
            names = ("sqlstate", "constraint", "table", "column", "detail", "hint", "retryable")
            assert [getattr(same, name) for name in names] == [
                getattr(error, name) for name in names
            ]
        assert await nothing_is_held()

    run(main)


async def _full() -> None:
    held = await connections.get().engine.begin(read_only=True)
    try:
        await asyncio.ensure_future(Shop.all())
    finally:
        await held.rollback()
