"""Writes, one after the other; what stands in the tables then is asked as well."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yara_orm import Case, F, When

from ..models import Author, Book, City, Status, Tag
from .asker import Query


def afterwards(name: str) -> Query:
    return Query(name, lambda: Book.all().order_by(Book.id))


async def insert_document() -> Any:
    data = {"b": [1, {"c": None}], "a": "é"}
    return (await Book.create(title="Data", author_id=1, price=Decimal("1.5"), data=data)).id


async def insert_many() -> Any:
    return [tag.id for tag in await Tag.bulk_create([Tag(name="go"), Tag(name="sql")])]


async def insert_or_ignore() -> Any:
    rows = await Tag.bulk_create([Tag(name="go"), Tag(name="c")], ignore_conflicts=True)
    return [row._saved_in_db for row in rows]


async def upsert() -> Any:
    rows = [Tag(name="go"), Tag(name="lua")]
    await Tag.bulk_create(rows, on_conflict=["name"], update_fields=["name"])
    return [row.id is not None and row.name != "go" for row in rows]


async def get_or_create() -> Any:
    return (await Tag.get_or_create(name="zig"))[1]


async def insert(author: Author) -> Any:
    await author.save(force_create=True)
    return author.id


async def insert_city() -> Any:
    city = await City.create(country_id="IS")
    return city.id, city.name


async def add_and_remove() -> Any:
    notes = await Book.get(id=1)
    rust, maths = await Tag.get(name="rust"), await Tag.get(name="maths")
    await notes.tags.add(rust)
    await notes.tags.remove(maths)
    return await notes.tags.all().order_by(Tag.id)


QUERIES = [
    Query("insert", lambda: insert(Author(name="Eve"))),
    Query("insert with a default of the database", insert_city),
    Query("insert many", insert_many),
    Query("insert a document", insert_document),
    Query("insert what is there", lambda: Tag.create(name="go")),
    Query("insert or ignore", insert_or_ignore),
    Query("an upsert", upsert),
    Query("get or create", get_or_create),
    Query("get or create what is there", get_or_create),
    Query("tags afterwards", lambda: Tag.all()),
    Query(
        "update",
        lambda: Book.filter(Book.author == 1).update(Book.views.set(7)),
        lambda: Book.filter(author=1).update(views=7),
    ),
    Query(
        "update by an expression",
        lambda: Book.filter(Book.views >= 7).update(Book.views.set(Book.views + 1)),
        lambda: Book.filter(views__gte=7).update(views=F("views") + 1),
    ),
    Query(
        "update to NULL",
        lambda: Book.filter(Book.title == "Notes").update(
            Book.rating.set(None), Book.status.set(Status.DRAFT)
        ),
        lambda: Book.filter(title="Notes").update(rating=None, status=Status.DRAFT),
    ),
    Query(
        "update by a path",
        lambda: Book.filter(Book.author.name == "Bob").update(Book.views.set(9)),
        lambda: Book.filter(author__name="Bob").update(views=9),
    ),
    Query(
        "update a slice",
        lambda: Book.all().order_by(Book.views.desc()).limit(2).update(Book.rating.set(1.0)),
        lambda: Book.all().order_by("-views")[:2].update(rating=1.0),
    ),
    Query(
        "update by a choice",
        lambda: Book.all().update(views=Case(When(Book.views > 8, then=Book.views - 1), default=0)),
        lambda: Book.all().update(views=Case(When(views__gt=8, then=F("views") - 1), default=0)),
    ),
    afterwards("after updates"),
    Query("add and remove", add_and_remove),
    Query(
        "delete",
        lambda: Book.filter(Book.title == "it's").delete(),
        lambda: Book.filter(title="it's").delete(),
    ),
    Query(
        "delete by a path",
        lambda: Book.filter(Book.author.name == "Bob").delete(),
        lambda: Book.filter(author__name="Bob").delete(),
    ),
    Query(
        "delete a slice",
        lambda: Book.filter(Book.tags.none()).order_by(Book.id).limit(1).delete(),
        lambda: Book.filter(tags__isnull=True).order_by("id")[:1].delete(),
    ),
    Query("delete what is referred to", lambda: Author.filter(name="Ada").delete()),
    Query(
        "update a foreign key",
        lambda: Author.filter(Author.name == "Dan").update(Author.mentor_id.set(5)),  # type: ignore[attr-defined]
        lambda: Author.filter(name="Dan").update(mentor=5),
    ),
    Query("delete and set NULL", lambda: Author.filter(name="Eve").delete()),
    Query("authors afterwards", lambda: Author.all().order_by("id")),
    afterwards("after deletions"),
]
