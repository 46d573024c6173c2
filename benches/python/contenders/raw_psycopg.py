"""psycopg 3, asynchronous, with rows of named tuples' equals: plain tuples."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import rows
from contender import Tuples

COLUMNS = ", ".join(rows.COLUMNS)
NAMES = COLUMNS.removeprefix("id, ")
INSERT = (
    f"insert into written ({NAMES}) values (%s, %s, %s, %s, %s, %s, %s) returning id"
)
GET = f"select {COLUMNS} from users where id = %s"
FIRST = f"select {COLUMNS} from users order by id limit %s"
PAGE = f"select {COLUMNS} from users where age >= %s order by name limit %s"
COUNT = "select count(*) from users where active = %s"
GROUP = "select age, count(id) from users group by age"
UPDATE = "update written set age = age + %s where age < %s"
DELETE = "delete from written where age < %s"


class Contestant(Tuples):
    name = "psycopg 3, async"
    package = "psycopg"
    databases = ("postgres",)

    async def open(self) -> None:
        connect = psycopg.AsyncConnection.connect
        self.connection = await connect(self.url, autocommit=True, prepare_threshold=1)

    async def close(self) -> None:
        await self.connection.close()

    async def _rows(self, sql: str, values: Any = None) -> Any:
        return await (
            await self.connection.execute(sql, values, binary=True)
        ).fetchall()

    async def insert_many(self, table: str, given: list[Any]) -> None:
        async with (
            self.connection.cursor() as cursor,
            cursor.copy(f"copy {table} from stdin") as copy,
        ):
            for row in given:
                await copy.write_row(row)

    async def insert(self, row: Any) -> None:
        await self._rows(INSERT, row)

    async def clear(self) -> None:
        await self.connection.execute("delete from written")

    async def get(self, key: int) -> Any:
        return (await self._rows(GET, (key,)))[0]

    async def first(self, count: int) -> Any:
        return await self._rows(FIRST, (count,))

    async def page(self) -> Any:
        return await self._rows(PAGE, (30, 100))

    async def count(self) -> int:
        return int((await self._rows(COUNT, (True,)))[0][0])

    async def group(self) -> Any:
        return await self._rows(GROUP)

    async def update(self) -> Any:
        return (await self.connection.execute(UPDATE, (1, 45))).rowcount

    async def delete(self) -> Any:
        return (await self.connection.execute(DELETE, (45,))).rowcount

    async def everything(self) -> Any:
        return await self._rows(f"select {COLUMNS} from big")

    async def stream(self) -> AsyncIterator[Any]:
        async with (
            self.connection.transaction(),
            self.connection.cursor("big", binary=True) as one,
        ):
            one.itersize = 1000
            await one.execute(f"select {COLUMNS} from big")
            async for row in one:
                yield row
