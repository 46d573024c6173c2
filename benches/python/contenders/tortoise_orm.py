"""Tortoise ORM, over asyncpg or aiosqlite."""

from __future__ import annotations

from typing import Any

from contender import Contender
from tortoise import Tortoise, fields
from tortoise.expressions import F
from tortoise.functions import Count
from tortoise.models import Model


class Person(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    email = fields.TextField()
    age = fields.IntField()
    score = fields.FloatField()
    active = fields.BooleanField()
    created = fields.DatetimeField()
    uid = fields.UUIDField()

    class Meta:
        abstract = True


class User(Person):
    class Meta:
        table = "users"


class Big(Person):
    class Meta:
        table = "big"


class Written(Person):
    class Meta:
        table = "written"


class Author(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    books: fields.ReverseRelation[Book]

    class Meta:
        table = "authors"


class Book(Model):
    id = fields.BigIntField(primary_key=True)
    title = fields.TextField()
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        "models.Author", related_name="books"
    )

    class Meta:
        table = "books"


MODELS: dict[str, Any] = {
    "users": User,
    "big": Big,
    "written": Written,
    "authors": Author,
    "books": Book,
}
NAMES = ("name", "email", "age", "score", "active", "created", "uid")


class Contestant(Contender):
    name = "Tortoise ORM"
    package = "tortoise-orm"

    async def open(self) -> None:
        url = self.url.replace("postgresql://", "asyncpg://").replace(
            "postgres://", "asyncpg://"
        )
        await Tortoise.init(db_url=url, modules={"models": [__name__]}, use_tz=True)

    async def close(self) -> None:
        await Tortoise.close_connections()

    async def insert_many(self, table: str, given: list[Any]) -> None:
        model = MODELS[table]
        names = ("id", "title", "author_id") if table == "books" else ("id", *NAMES)
        await model.bulk_create([model(**dict(zip(names, row))) for row in given])

    async def insert(self, row: Any) -> None:
        await Written.create(**dict(zip(NAMES, row)))

    async def clear(self) -> None:
        await Written.all().delete()

    async def get(self, key: int) -> Any:
        return await User.get(id=key)

    async def first(self, count: int) -> Any:
        return await User.all().order_by("id").limit(count)

    async def page(self) -> Any:
        return await User.filter(age__gte=30).order_by("name").limit(100)

    async def count(self) -> int:
        return await User.filter(active=True).count()

    async def group(self) -> Any:
        return (
            await User.annotate(n=Count("id")).group_by("age").values_list("age", "n")
        )

    async def update(self) -> int:
        return await Written.filter(age__lt=45).update(age=F("age") + 1)

    async def delete(self) -> int:
        return await Written.filter(age__lt=45).delete()

    async def books(self) -> Any:
        return await Book.all().select_related("author").order_by("id").limit(1000)

    async def authors(self) -> Any:
        return await Author.all().prefetch_related("books")

    async def everything(self) -> Any:
        return await Big.all()
