"""Relations that are loaded: a statement for each."""

from __future__ import annotations

from typing import Any

from yara_orm import Prefetch

from ..models import Author, Book, Tag
from .asker import Query


async def to_one() -> Any:
    books = await Book.all().order_by("id").prefetch_related("author")
    return [(book.title, book.author.name) for book in books]


async def perhaps_to_none() -> Any:
    authors = await Author.all().order_by("id").prefetch_related("mentor")
    return [(each.name, each.mentor and each.mentor.name) for each in authors]


async def to_many(relation: Any) -> Any:
    authors = await Author.all().order_by("id").prefetch_related(relation)
    return [(author.name, [book.title for book in author.books]) for author in authors]


async def many_to_many() -> Any:
    books = await Book.all().order_by("id").prefetch_related("tags")
    return [(book.title, [tag.name for tag in book.tags]) for book in books]


async def within() -> Any:
    authors = await Author.filter(name="Ada").prefetch_related("books__tags")
    return [
        (each.name, [(book.title, [tag.name for tag in book.tags]) for book in each.books])
        for each in authors
    ]


async def no_rows() -> Any:
    return len(await Author.filter(name="Eve").prefetch_related("books"))


async def of_a_row() -> Any:
    ada = await Author.get(id=1)
    return ada.name, [book.title for book in await ada.books.all().order_by("id")]


async def of_a_row_filtered() -> Any:
    ada = await Author.get(id=1)
    return await ada.books.filter(Book.views > 100).count()


async def many_to_many_of_a_row() -> Any:
    notes = await Book.get(id=1)
    return [tag.name for tag in await notes.tags.all().order_by(Tag.id)]


def hot() -> Any:
    return Prefetch("books", Book.filter(Book.views >= 10).order_by(Book.views.desc()))


def best() -> Any:
    return Prefetch("books", Book.all().order_by(Book.views.desc()).limit(1))


QUERIES = [
    Query("load to one", to_one),
    Query("load to one, perhaps none", perhaps_to_none),
    Query("load to many", lambda: to_many(Author.books), lambda: to_many("books")),
    Query("load many to many", many_to_many),
    Query("load filtered and sorted", lambda: to_many(hot())),
    Query("load some of each", lambda: to_many(best())),
    Query("load within load", within),
    Query("load of no rows", no_rows),
    Query("related rows of a row", of_a_row),
    Query("related rows, filtered", of_a_row_filtered),
    Query("related many to many of a row", many_to_many_of_a_row),
]
