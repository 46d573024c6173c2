"""Oxyde: models of Pydantic over an engine in Rust."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from contender import Contender
from oxyde import Count, F, Field, Model, db

NAMES = ("name", "email", "age", "score", "active", "created", "uid")


class User(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    email: str
    age: int
    score: float
    active: bool
    created: dt.datetime
    uid: uuid.UUID

    class Meta:
        is_table = True
        table_name = "users"


class Big(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    email: str
    age: int
    score: float
    active: bool
    created: dt.datetime
    uid: uuid.UUID

    class Meta:
        is_table = True
        table_name = "big"


class Written(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    email: str
    age: int
    score: float
    active: bool
    created: dt.datetime
    uid: uuid.UUID

    class Meta:
        is_table = True
        table_name = "written"


class Author(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    books: list[Book] = Field(db_reverse_fk="author")

    class Meta:
        is_table = True
        table_name = "authors"


class Book(Model):
    id: int | None = Field(default=None, db_pk=True)
    title: str
    author: Author | None = Field(default=None, db_on_delete="CASCADE")

    class Meta:
        is_table = True
        table_name = "books"


MODELS: dict[str, Any] = {
    "users": User,
    "big": Big,
    "written": Written,
    "authors": Author,
    "books": Book,
}


class Contestant(Contender):
    name = "Oxyde"
    package = "oxyde"
    returns = "its models, which are Pydantic's"

    async def open(self) -> None:
        await db.init(default=self.url.replace("postgres://", "postgresql://"))

    async def close(self) -> None:
        await db.close()

    async def insert_many(self, table: str, given: list[Any]) -> None:
        model = MODELS[table]
        names = ("id", "title", "author_id") if table == "books" else ("id", *NAMES)
        # As many parameters as fit a statement of either database.
        for at in range(0, len(given), 4000):
            part = [model(**dict(zip(names, row))) for row in given[at : at + 4000]]
            await model.objects.bulk_create(part)

    async def insert(self, row: Any) -> None:
        await Written.objects.create(**dict(zip(NAMES, row)))

    async def clear(self) -> None:
        await Written.objects.filter(id__gte=0).delete()

    async def get(self, key: int) -> Any:
        return await User.objects.get(id=key)

    async def first(self, count: int) -> Any:
        return await User.objects.order_by("id").limit(count).all()

    async def page(self) -> Any:
        return await User.objects.filter(age__gte=30).order_by("name").limit(100).all()

    async def count(self) -> int:
        return int(await User.objects.filter(active=True).count())

    async def group(self) -> Any:
        return (
            await User.objects.values("age")
            .annotate(n=Count("id"))
            .group_by("age")
            .all()
        )

    async def update(self) -> Any:
        return await Written.objects.filter(age__lt=45).update(age=F("age") + 1)

    async def delete(self) -> Any:
        return await Written.objects.filter(age__lt=45).delete()

    async def books(self) -> Any:
        return await Book.objects.join("author").order_by("id").limit(1000).all()

    async def authors(self) -> Any:
        return await Author.objects.prefetch("books").all()

    async def everything(self) -> Any:
        return await Big.objects.all()
