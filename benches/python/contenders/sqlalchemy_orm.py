"""SQLAlchemy's ORM, asynchronous, over asyncpg or aiosqlite."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from typing import Any

import sqlalchemy as sa
from contender import Contender
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012
        dt.datetime: sa.DateTime(timezone=True),
        int: sa.BigInteger().with_variant(sa.Integer, "sqlite"),
    }


class Person:
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)
    email: Mapped[str] = mapped_column(sa.Text)
    age: Mapped[int] = mapped_column(sa.Integer)
    score: Mapped[float] = mapped_column(sa.Double)
    active: Mapped[bool]
    created: Mapped[dt.datetime]
    uid: Mapped[uuid.UUID] = mapped_column(sa.Uuid)


class User(Person, Base):
    __tablename__ = "users"


class Big(Person, Base):
    __tablename__ = "big"


class Written(Person, Base):
    __tablename__ = "written"


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list[Book]] = relationship(back_populates="author")


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")


MODELS: dict[str, Any] = {
    "users": User,
    "big": Big,
    "written": Written,
    "authors": Author,
    "books": Book,
}
NAMES = ("name", "email", "age", "score", "active", "created", "uid")


class Contestant(Contender):
    name = "SQLAlchemy ORM, async"
    package = "sqlalchemy"

    async def open(self) -> None:
        url = self.url.split("://", 1)[1]
        driver = (
            "postgresql+asyncpg://"
            if self.database == "postgres"
            else "sqlite+aiosqlite:///"
        )
        self.engine = create_async_engine(driver + url)
        self.session = async_sessionmaker(self.engine, expire_on_commit=False)

    async def close(self) -> None:
        await self.engine.dispose()

    async def _all(self, statement: Any) -> Any:
        async with self.session() as session:
            return (await session.scalars(statement)).all()

    async def _write(self, statement: Any, values: Any = None) -> Any:
        async with self.session() as session:
            found = await session.execute(statement, values)
            await session.commit()
            return found

    async def insert_many(self, table: str, given: list[Any]) -> None:
        model = MODELS[table]
        names = ("id", "title", "author_id") if table == "books" else ("id", *NAMES)
        async with self.session() as session:
            session.add_all([model(**dict(zip(names, row))) for row in given])
            await session.commit()

    async def insert(self, row: Any) -> None:
        async with self.session() as session:
            session.add(Written(**dict(zip(NAMES, row))))
            await session.commit()

    async def clear(self) -> None:
        await self._write(sa.delete(Written))

    async def get(self, key: int) -> Any:
        async with self.session() as session:
            return await session.get_one(User, key)

    async def first(self, count: int) -> Any:
        return await self._all(sa.select(User).order_by(User.id).limit(count))

    async def page(self) -> Any:
        return await self._all(
            sa.select(User).where(User.age >= 30).order_by(User.name).limit(100)
        )

    async def count(self) -> int:
        async with self.session() as session:
            counted = sa.select(sa.func.count()).select_from(User).where(User.active)
            return int(await session.scalar(counted) or 0)

    async def group(self) -> Any:
        async with self.session() as session:
            groups = sa.select(User.age, sa.func.count(User.id)).group_by(User.age)
            return (await session.execute(groups)).all()

    async def update(self) -> Any:
        return await self._write(
            sa.update(Written).where(Written.age < 45).values(age=Written.age + 1),
        )

    async def delete(self) -> Any:
        return await self._write(sa.delete(Written).where(Written.age < 45))

    async def books(self) -> Any:
        return await self._all(
            sa.select(Book)
            .options(joinedload(Book.author))
            .order_by(Book.id)
            .limit(1000)
        )

    async def authors(self) -> Any:
        return await self._all(sa.select(Author).options(selectinload(Author.books)))

    async def everything(self) -> Any:
        return await self._all(sa.select(Big))

    async def stream(self) -> AsyncIterator[Any]:
        async with self.session() as session:
            options = {"yield_per": 1000}
            async for row in await session.stream_scalars(
                sa.select(Big), execution_options=options
            ):
                yield row
