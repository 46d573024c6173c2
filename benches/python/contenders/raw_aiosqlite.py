"""aiosqlite: sqlite3 on a thread of its own."""

from __future__ import annotations

from typing import Any

import aiosqlite
import rows
from contender import Tuples

from .raw_sqlite3 import stored

COLUMNS = ", ".join(rows.COLUMNS)


class Contestant(Tuples):
    name = "aiosqlite"
    package = "aiosqlite"
    databases = ("sqlite",)
    returns = "tuples of what is stored, without bool, datetime and UUID"

    async def open(self) -> None:
        self.connection = await aiosqlite.connect(self.path, isolation_level=None)
        await self.connection.execute("pragma journal_mode = wal")
        await self.connection.execute("pragma synchronous = normal")

    async def close(self) -> None:
        await self.connection.close()

    async def _rows(self, sql: str, values: Any = ()) -> Any:
        return list(await self.connection.execute_fetchall(sql, values))

    async def insert_many(self, table: str, given: list[Any]) -> None:
        places = ", ".join("?" * len(given[0]))
        await self.connection.execute("begin")
        sql = f"insert into {table} values ({places})"
        await self.connection.executemany(sql, map(stored, given))
        await self.connection.execute("commit")

    async def insert(self, row: Any) -> None:
        names = COLUMNS.removeprefix("id, ")
        sql = f"insert into written ({names}) values (?, ?, ?, ?, ?, ?, ?)"
        await self.connection.execute(sql, stored(row))

    async def clear(self) -> None:
        await self.connection.execute("delete from written")

    async def get(self, key: int) -> Any:
        return (await self._rows(f"select {COLUMNS} from users where id = ?", (key,)))[
            0
        ]

    async def first(self, count: int) -> Any:
        return await self._rows(
            f"select {COLUMNS} from users order by id limit {count}"
        )

    async def page(self) -> Any:
        sql = f"select {COLUMNS} from users where age >= ? order by name limit 100"
        return await self._rows(sql, (30,))

    async def count(self) -> int:
        return int(
            (await self._rows("select count(*) from users where active = ?", (1,)))[0][
                0
            ]
        )

    async def group(self) -> Any:
        return await self._rows("select age, count(id) from users group by age")

    async def everything(self) -> Any:
        return await self._rows(f"select {COLUMNS} from big")
