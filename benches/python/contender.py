"""What a contender is: a file in `contenders/` with a class of this name.

A method is a coroutine function, unless `asynchronous` is false. One that is missing is a workload
in which the contender does not take part.
"""

from __future__ import annotations

from typing import Any

import rows


class Contender:
    """One library, on one database."""

    # What it is called, the distribution whose version counts, and the environment it runs in.
    name = ""
    package = ""
    environment = "peers"
    databases: tuple[str, ...] = ("postgres", "sqlite")
    asynchronous = True
    # What a fetch gives.
    returns = "instances of its models"

    def __init__(self, database: str, url: str) -> None:
        self.database = database
        self.url = url

    @property
    def path(self) -> str:
        """The file of an SQLite database."""
        return self.url.removeprefix("sqlite://")

    # Every contender has these.
    open: Any
    close: Any

    # Workloads; `rows` are tuples as in `rows.py`.
    insert_many: Any  # (table, rows)
    insert: Any  # (row without its key) into `written`
    clear: Any  # empties `written`
    get: Any  # (key) of `users`
    first: Any  # (count) of `users` by key
    page: Any  # 100 of `users` of at least 30 years, by name
    count: Any  # of active `users`
    group: Any  # ages and their number
    update: Any  # one more year for each of `written` below 45; their number
    delete: Any  # `written` below 45
    books: Any  # 1 000 books, each with its author in the same statement
    authors: Any  # all authors, each with its books
    everything: Any  # all of `big`
    stream: Any  # an asynchronous iterator over `big`

    def read(self, found: list[Any]) -> int:
        """Reads every attribute of every row once."""
        length = 0
        for row in found:
            _ = (
                row.id,
                row.name,
                row.email,
                row.age,
                row.score,
                row.active,
                row.created,
                row.uid,
            )
            length += 1
        return length

    def cells(self, row: Any) -> tuple[Any, ...]:
        """A row as a tuple, to check that it is what it should be."""
        return tuple(getattr(row, name) for name in rows.COLUMNS)


class Records(Contender):
    """One whose rows are read by name, as of a dictionary."""

    def read(self, found: list[Any]) -> int:
        length = 0
        for row in found:
            _ = row["id"], row["name"], row["email"], row["age"]
            _ = row["score"], row["active"], row["created"], row["uid"]
            length += 1
        return length

    def cells(self, row: Any) -> tuple[Any, ...]:
        return tuple(row[name] for name in rows.COLUMNS)


class Tuples(Contender):
    """One whose rows are tuples."""

    returns = "tuples"

    def read(self, found: list[Any]) -> int:
        length = 0
        for _id, _name, _email, _age, _score, _active, _created, _uid in found:
            length += 1
        return length

    def cells(self, row: Any) -> tuple[Any, ...]:
        return tuple(row)
