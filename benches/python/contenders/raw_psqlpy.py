"""psqlpy: a driver in Rust, on a thread of its own."""

from __future__ import annotations

from typing import Any

import psqlpy
import rows
from contender import Records

COLUMNS = ", ".join(rows.COLUMNS)


class Contestant(Records):
    name = "psqlpy"
    package = "psqlpy"
    databases = ("postgres",)
    returns = "dicts"

    async def open(self) -> None:
        self.pool = psqlpy.ConnectionPool(dsn=self.url, max_db_pool_size=10)
        self.connection = await self.pool.connection()

    async def close(self) -> None:
        self.pool.close()

    async def _rows(self, sql: str, values: Any = None) -> Any:
        return (await self.connection.execute(sql, values)).result()

    async def clear(self) -> None:
        await self.connection.execute("delete from written")

    async def get(self, key: int) -> Any:
        return (await self._rows(f"select {COLUMNS} from users where id = $1", [key]))[
            0
        ]

    async def get_of_pool(self, key: int) -> Any:
        connection = await self.pool.connection()
        found = await connection.execute(
            f"select {COLUMNS} from users where id = $1", [key]
        )
        connection.close()
        return found.result()[0]

    async def first(self, count: int) -> Any:
        return await self._rows(
            f"select {COLUMNS} from users order by id limit $1", [count]
        )

    async def page(self) -> Any:
        sql = f"select {COLUMNS} from users where age >= $1 order by name limit $2"
        return await self._rows(sql, [30, 100])

    async def count(self) -> int:
        found = await self._rows("select count(*) from users where active = $1", [True])
        return int(found[0]["count"])

    async def group(self) -> Any:
        return await self._rows("select age, count(id) from users group by age")

    async def everything(self) -> Any:
        return await self._rows(f"select {COLUMNS} from big")
