"""The models that most tests are about, and their rows."""

from __future__ import annotations

import enum

from yara_orm import Model, fields


class Status(str, enum.Enum):
    DRAFT = "draft"
    LIVE = "live"


class Author(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100, unique=True)
    mentor: fields.ForeignKeyNullableRelation[Author] = fields.ForeignKeyField(
        "Author", related_name="pupils", null=True
    )
    books: fields.ReverseRelation[Book]
    pupils: fields.ReverseRelation[Author]


class Tag(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(50, unique=True)
    books: fields.ManyToManyRelation[Book]


class Book(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=200)
    views = fields.IntField(default=0)
    rating = fields.FloatField(null=True)
    status = fields.CharEnumField(Status, default=Status.LIVE)
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        "Author", related_name="books"
    )
    tags: fields.ManyToManyRelation[Tag] = fields.ManyToManyField("Tag", related_name="books")


MODELS = (Author, Tag, Book)


async def fill() -> tuple[Author, Author, Author, Author]:
    """Four authors, four books, three tags."""
    ada = await Author.create(name="Ada")
    bob = await Author.create(name="Bob", mentor=ada)
    cy = await Author.create(name="Cy")
    dan = await Author.create(name="Dan")
    maths, poetry, rust = [await Tag.create(name=name) for name in ("maths", "poetry", "rust")]
    notes = await Book.create(title="Notes", views=10, rating=4.5, author=ada)
    engine = await Book.create(title="Engine", views=500, rating=3.0, author=ada)
    await Book.create(title="École", views=5, author=bob)
    sure = await Book.create(title="100% sure", views=1000, rating=5.0, author=cy)
    await notes.tags.add(maths, poetry)
    await engine.tags.add(maths)
    await sure.tags.add(rust)
    return ada, bob, cy, dan
