"""asyncpg, which is the floor on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import rows
from contender import Records

COLUMNS = ", ".join(rows.COLUMNS)


class Contestant(Records):
    name = "asyncpg"
    package = "asyncpg"
    databases = ("postgres",)
    returns = "its records"

    async def open(self) -> None:
        self.connection = await asyncpg.connect(self.url)
        self.pool = await asyncpg.create_pool(self.url, min_size=10, max_size=10)

    async def close(self) -> None:
        await self.pool.close()
        await self.connection.close()

    async def insert_many(self, table: str, given: list[Any]) -> None:
        await self.connection.copy_records_to_table(table, records=given)

    async def insert(self, row: Any) -> None:
        names, places = COLUMNS.removeprefix("id, "), "$1, $2, $3, $4, $5, $6, $7"
        sql = f"insert into written ({names}) values ({places}) returning id"
        await self.connection.fetchval(sql, *row)

    async def clear(self) -> None:
        await self.connection.execute("delete from written")

    async def get(self, key: int) -> Any:
        return await self.connection.fetchrow(
            f"select {COLUMNS} from users where id = $1", key
        )

    async def get_of_pool(self, key: int) -> Any:
        return await self.pool.fetchrow(
            f"select {COLUMNS} from users where id = $1", key
        )

    async def first(self, count: int) -> Any:
        return await self.connection.fetch(
            f"select {COLUMNS} from users order by id limit $1", count
        )

    async def page(self) -> Any:
        sql = f"select {COLUMNS} from users where age >= $1 order by name limit $2"
        return await self.connection.fetch(sql, 30, 100)

    async def count(self) -> int:
        sql = "select count(*) from users where active = $1"
        return int(await self.connection.fetchval(sql, True))

    async def group(self) -> Any:
        return await self.connection.fetch(
            "select age, count(id) from users group by age"
        )

    async def update(self) -> Any:
        return await self.connection.execute(
            "update written set age = age + $1 where age < $2", 1, 45
        )

    async def delete(self) -> Any:
        return await self.connection.execute("delete from written where age < $1", 45)

    async def books(self) -> Any:
        return await self.connection.fetch(
            "select b.id, b.title, b.author_id, a.id, a.name from books b"
            " join authors a on a.id = b.author_id order by b.id limit $1",
            1000,
        )

    async def authors(self) -> Any:
        found = await self.connection.fetch("select id, name from authors")
        keys = [row["id"] for row in found]
        books: dict[int, list[Any]] = {key: [] for key in keys}
        sql = "select id, title, author_id from books where author_id = any($1)"
        for book in await self.connection.fetch(sql, keys):
            books[book["author_id"]].append(book)
        return list(books.items())

    async def everything(self) -> Any:
        return await self.connection.fetch(f"select {COLUMNS} from big")

    async def stream(self) -> AsyncIterator[Any]:
        async with self.connection.transaction():
            async for row in self.connection.cursor(
                f"select {COLUMNS} from big", prefetch=1000
            ):
                yield row
