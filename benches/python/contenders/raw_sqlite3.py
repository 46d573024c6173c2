"""sqlite3 of the standard library, which is the floor on SQLite. It returns what is stored: no
booleans, times or UUIDs."""

from __future__ import annotations

import sqlite3
from typing import Any

import rows
from contender import Tuples

COLUMNS = ", ".join(rows.COLUMNS)


def stored(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Times and UUIDs as text."""
    return tuple(
        each if isinstance(each, (int, float, str)) else str(each) for each in row
    )


class Contestant(Tuples):
    name = "sqlite3"
    databases = ("sqlite",)
    asynchronous = False
    returns = "tuples of what is stored, without bool, datetime and UUID"

    def open(self) -> None:
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        self.connection.execute("pragma journal_mode = wal")
        self.connection.execute("pragma synchronous = normal")

    def close(self) -> None:
        self.connection.close()

    def insert_many(self, table: str, given: list[Any]) -> None:
        places = ", ".join("?" * len(given[0]))
        self.connection.execute("begin")
        sql = f"insert into {table} values ({places})"
        self.connection.executemany(sql, map(stored, given))
        self.connection.execute("commit")

    def insert(self, row: Any) -> None:
        names = COLUMNS.removeprefix("id, ")
        sql = f"insert into written ({names}) values (?, ?, ?, ?, ?, ?, ?)"
        self.connection.execute(sql, stored(row))

    def clear(self) -> None:
        self.connection.execute("delete from written")

    def get(self, key: int) -> Any:
        sql = f"select {COLUMNS} from users where id = ?"
        return self.connection.execute(sql, (key,)).fetchone()

    def first(self, count: int) -> Any:
        sql = f"select {COLUMNS} from users order by id limit {count}"
        return self.connection.execute(sql).fetchall()

    def page(self) -> Any:
        sql = f"select {COLUMNS} from users where age >= ? order by name limit 100"
        return self.connection.execute(sql, (30,)).fetchall()

    def count(self) -> int:
        sql = "select count(*) from users where active = ?"
        return int(self.connection.execute(sql, (1,)).fetchone()[0])

    def group(self) -> Any:
        return self.connection.execute(
            "select age, count(id) from users group by age"
        ).fetchall()

    def update(self) -> Any:
        sql = "update written set age = age + ? where age < ?"
        return self.connection.execute(sql, (1, 45)).rowcount

    def delete(self) -> Any:
        return self.connection.execute(
            "delete from written where age < ?", (45,)
        ).rowcount

    def books(self) -> Any:
        return self.connection.execute(
            "select b.id, b.title, b.author_id, a.id, a.name from books b"
            " join authors a on a.id = b.author_id order by b.id limit 1000"
        ).fetchall()

    def authors(self) -> Any:
        found = self.connection.execute("select id, name from authors").fetchall()
        books: dict[int, list[Any]] = {key: [] for key, _ in found}
        places = ", ".join("?" * len(found))
        sql = f"select id, title, author_id from books where author_id in ({places})"
        for book in self.connection.execute(sql, list(books)):
            books[book[2]].append(book)
        return list(books.items())

    def everything(self) -> Any:
        return self.connection.execute(f"select {COLUMNS} from big").fetchall()
