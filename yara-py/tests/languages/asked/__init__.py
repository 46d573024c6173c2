"""The queries of `tests/languages/asked.rs`, in the same order: each in typed expressions and in
lookups by text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ..models import UTC, Author, Book, Club, Enrolment, Profile, Status, Tag
from . import combined, filters, loads, paths, values, writes
from .asker import Query

QUERIES: list[Query] = [
    *filters.QUERIES,
    *paths.QUERIES,
    *values.QUERIES,
    *combined.QUERIES,
    *loads.QUERIES,
    *writes.QUERIES,
]


async def fill() -> None:
    """Four authors, six books, three tags, two clubs; as Rust's `fill`."""
    ada = await Author.create(name="Ada", born=dt.date(1815, 12, 10))
    bob = await Author.create(name="Bob", mentor=ada)
    cy = await Author.create(name="Cy", born=dt.date(1990, 2, 28), mentor=bob)
    await Author.create(name="Dan")
    await Profile.create(bio="Countess", author=ada)
    await Profile.create(bio="ÉCOLE", author=cy)
    east = dt.timezone(dt.timedelta(hours=2))
    late = dt.datetime(2023, 12, 31, 23, 59, 59, 999_999, UTC)
    notes = {"lang": "en", "size": {"w": 10, "h": 2}, "tags": ["a", "b"]}
    engine = {"lang": "fr", "size": {"w": 7.5}, "tags": []}
    books = [
        Book(
            title="Notes",
            views=10,
            author=ada,
            rating=4.5,
            price=Decimal("9.50"),
            published=dt.datetime(2024, 1, 31, 23, 30, tzinfo=UTC),
            data=notes,
        ),
        Book(
            title="Engine",
            views=500,
            author=ada,
            rating=3.0,
            price=Decimal("100.00"),
            published=dt.datetime(2024, 2, 29, 12, tzinfo=east),
            data=engine,
        ),
        Book(title="École", views=5, author=bob, status=Status.DRAFT, data={"lang": None}),
        Book(title="100% sure", views=1000, author=cy, rating=5.0, price=Decimal(20)),
        Book(title="100_ sure\\", views=0, author=cy, rating=0.5, published=late),
        Book(title="it's", views=10, author=cy, status=Status.DRAFT, data=[1, "x"]),
    ]
    await Book.bulk_create(books)
    maths, poetry, rust = await Tag.bulk_create([Tag(name=n) for n in ("maths", "poetry", "rust")])
    await books[0].tags.add(maths, poetry)
    await books[1].tags.add(maths)
    await books[3].tags.add(rust)
    chess, go = await Club.create(name="Chess"), await Club.create(name="Go")
    await Enrolment.create(member=ada, club=chess, fee=5)
    await Enrolment.create(member=ada, club=go)
    await Enrolment.create(member=bob, club=go, fee=7)
