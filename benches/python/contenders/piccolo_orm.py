"""Piccolo, over asyncpg."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from contender import Contender
from piccolo.columns import (
    UUID,
    BigSerial,
    Boolean,
    DoublePrecision,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.engine.postgres import PostgresEngine
from piccolo.query.functions import Count
from piccolo.table import Table

ENGINE = PostgresEngine({})
NAMES = ("name", "email", "age", "score", "active", "created", "uid")


class User(Table, tablename="users", db=ENGINE):
    id = BigSerial(primary_key=True)
    name = Text()
    email = Text()
    age = Integer()
    score = DoublePrecision()
    active = Boolean()
    created = Timestamptz()
    uid = UUID()


class Big(Table, tablename="big", db=ENGINE):
    id = BigSerial(primary_key=True)
    name = Text()
    email = Text()
    age = Integer()
    score = DoublePrecision()
    active = Boolean()
    created = Timestamptz()
    uid = UUID()


class Written(Table, tablename="written", db=ENGINE):
    id = BigSerial(primary_key=True)
    name = Text()
    email = Text()
    age = Integer()
    score = DoublePrecision()
    active = Boolean()
    created = Timestamptz()
    uid = UUID()


class Author(Table, tablename="authors", db=ENGINE):
    id = BigSerial(primary_key=True)
    name = Text()


class Book(Table, tablename="books", db=ENGINE):
    id = BigSerial(primary_key=True)
    title = Text()
    author = ForeignKey(Author, db_column_name="author_id")


class Contestant(Contender):
    name = "Piccolo"
    package = "piccolo"
    databases = ("postgres",)

    async def open(self) -> None:
        parts = urlsplit(self.url)
        ENGINE.config = {
            "host": parts.hostname,
            "port": parts.port,
            "user": parts.username,
            "password": parts.password,
            "database": parts.path.lstrip("/"),
        }
        await ENGINE.start_connection_pool(min_size=1, max_size=10)

    async def close(self) -> None:
        await ENGINE.close_connection_pool()

    async def insert_many(self, table: str, given: list[Any]) -> None:
        # Its statement has a parameter for each value: those of 5 000 rows are too many for one.
        for at in range(0, len(given), 4000):
            made = [
                Written(**dict(zip(("id", *NAMES), row)))
                for row in given[at : at + 4000]
            ]
            await Written.insert(*made)

    async def insert(self, row: Any) -> None:
        await Written(**dict(zip(NAMES, row))).save()

    async def clear(self) -> None:
        await Written.delete(force=True)

    async def get(self, key: int) -> Any:
        return await User.objects().get(User.id == key)

    async def first(self, count: int) -> Any:
        return await User.objects().order_by(User.id).limit(count)

    async def page(self) -> Any:
        return await User.objects().where(User.age >= 30).order_by(User.name).limit(100)

    async def count(self) -> int:
        return int(await User.count().where(User.active == True))

    async def group(self) -> Any:
        return await User.select(User.age, Count(User.id)).group_by(User.age)

    async def update(self) -> Any:
        return await Written.update({Written.age: Written.age + 1}).where(
            Written.age < 45
        )

    async def delete(self) -> Any:
        return await Written.delete().where(Written.age < 45)

    async def books(self) -> Any:
        return await Book.objects(Book.author).order_by(Book.id).limit(1000)

    async def everything(self) -> Any:
        return await Big.objects()
