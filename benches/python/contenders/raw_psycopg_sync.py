"""psycopg 3, synchronous."""

from __future__ import annotations

from typing import Any

import psycopg
import rows
from contender import Tuples

from .raw_psycopg import COUNT, DELETE, FIRST, GET, GROUP, INSERT, PAGE, UPDATE

COLUMNS = ", ".join(rows.COLUMNS)


class Contestant(Tuples):
    name = "psycopg 3, sync"
    package = "psycopg"
    databases = ("postgres",)
    asynchronous = False

    def open(self) -> None:
        self.connection = psycopg.connect(
            self.url, autocommit=True, prepare_threshold=1
        )

    def close(self) -> None:
        self.connection.close()

    def _rows(self, sql: str, values: Any = None) -> Any:
        return self.connection.execute(sql, values, binary=True).fetchall()

    def insert_many(self, table: str, given: list[Any]) -> None:
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"copy {table} from stdin") as copy,
        ):
            for row in given:
                copy.write_row(row)

    def insert(self, row: Any) -> None:
        self._rows(INSERT, row)

    def clear(self) -> None:
        self.connection.execute("delete from written")

    def get(self, key: int) -> Any:
        return self._rows(GET, (key,))[0]

    def first(self, count: int) -> Any:
        return self._rows(FIRST, (count,))

    def page(self) -> Any:
        return self._rows(PAGE, (30, 100))

    def count(self) -> int:
        return int(self._rows(COUNT, (True,))[0][0])

    def group(self) -> Any:
        return self._rows(GROUP)

    def update(self) -> Any:
        return self.connection.execute(UPDATE, (1, 45)).rowcount

    def delete(self) -> Any:
        return self.connection.execute(DELETE, (45,)).rowcount

    def everything(self) -> Any:
        return self._rows(f"select {COLUMNS} from big")
