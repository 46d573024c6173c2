"""The models and rows that the examples of the pages on Python are about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from yara_orm import Model, YaraOrm, fields


class Author(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100)
    mentor: fields.ForeignKeyNullableRelation["Author"] = fields.ForeignKeyField(
        "Author", related_name="pupils", null=True
    )
    books: fields.ReverseRelation["Book"]
    pupils: fields.ReverseRelation["Author"]


class Tag(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=50, unique=True)


class Book(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=200, unique=True)
    views = fields.IntField(default=0)
    rating = fields.FloatField(null=True)
    data: Any = fields.JSONField(default=dict)
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        Author, related_name="books"
    )
    tags: fields.ManyToManyRelation[Tag] = fields.ManyToManyField(Tag, related_name="books")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[None]:
    """A database with four authors, four books and three tags in it."""
    await YaraOrm.init(url)
    await YaraOrm.generate_schemas()
    ada = await Author.create(name="Ada")
    bob = await Author.create(name="Bob", mentor=ada)
    cy = await Author.create(name="Cy")
    await Author.create(name="Dan")
    maths, _, rust = [await Tag.create(name=name) for name in ("maths", "poetry", "rust")]
    size = {"size": {"w": 10, "h": 4}, "tags": ["a", "b"]}
    notes = await Book.create(title="Notes", views=10, rating=4.5, author=ada, data=size)
    engine = await Book.create(title="Engine", views=500, rating=3.0, author=ada)
    await Book.create(title="École", views=5, author=bob)
    sure = await Book.create(title="100% sure", views=1000, rating=5.0, author=cy)
    await notes.tags.add(maths)
    await engine.tags.add(maths)
    await sure.tags.add(rust)
    try:
        yield
    finally:
        await YaraOrm.drop_schemas()
        await YaraOrm.close()
