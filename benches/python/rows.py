"""The rows that every contender works with, and the tables that hold them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

COLUMNS = ("id", "name", "email", "age", "score", "active", "created", "uid")
BEGIN = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)  # noqa: UP017

# What is read, what is written and emptied again, and what is too much to have at once.
USERS, BIG = 5_000, 200_000
AUTHORS, BOOKS_OF_EACH = 200, 10


def user(n: int) -> tuple[Any, ...]:
    """The row of a key."""
    return (
        n,
        f"user {n}",
        f"user{n}@example.org",
        n % 90,
        n * 1.5,
        n % 3 == 0,
        BEGIN + dt.timedelta(minutes=n),
        uuid.UUID(int=n * 7919),
    )


def users(count: int) -> list[tuple[Any, ...]]:
    return [user(n) for n in range(1, count + 1)]


def authors() -> list[tuple[Any, ...]]:
    return [(n, f"author {n}") for n in range(1, AUTHORS + 1)]


def books() -> list[tuple[Any, ...]]:
    count = AUTHORS * BOOKS_OF_EACH
    return [(n, f"book {n}", (n - 1) % AUTHORS + 1) for n in range(1, count + 1)]


def contents(scale: float) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each table that is filled before anything is measured."""
    return {
        "users": users(USERS),
        "big": users(int(BIG * scale)),
        "authors": authors(),
        "books": books(),
    }


TYPES = {
    "postgres": "bigserial text text integer double~precision boolean timestamptz uuid",
    "sqlite": "integer text text integer real boolean text text",
}


def tables(database: str) -> list[str]:
    """The statements that create the tables."""
    types = [kind.replace("~", " ") for kind in TYPES[database].split()]
    key, text = types[0], types[1]
    columns = [f"{name} {kind} not null" for name, kind in zip(COLUMNS, types)]
    columns[0] = f"id {key} primary key"
    made = [
        f"create table {name} ({', '.join(columns)})"
        for name in ("users", "big", "written")
    ]
    number = "bigint" if database == "postgres" else "integer"
    made.append(f"create table authors (id {key} primary key, name {text} not null)")
    made.append(
        f"create table books (id {key} primary key, title {text} not null,"
        f" author_id {number} not null references authors (id))"
    )
    made.append("create index books_author on books (author_id)")
    return made
