"""What type checkers must see. Nothing here runs: `check` runs pyright and mypy over it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from typing_extensions import assert_type
from yara_orm import (
    FK,
    ArrayAgg,
    Avg,
    BoolAnd,
    Case,
    Coalesce,
    Column,
    Count,
    Exists,
    F,
    Graph,
    Greatest,
    Index,
    Interval,
    Lag,
    Max,
    MigrationManager,
    Model,
    OnConflict,
    Prefetch,
    Q,
    QuerySet,
    RandomHex,
    Range,
    Rank,
    StringAgg,
    Subquery,
    Sum,
    TypedModel,
    Upserted,
    When,
    aliased,
    batch,
    column,
    excluded,
    fields,
    func,
    in_transaction,
    optional,
    outer,
    over,
    sql,
)
from yara_orm import migrations as m
from yara_orm.aliases import Table
from yara_orm.contrib.pydantic import pydantic_model_creator
from yara_orm.documents import Document
from yara_orm.expressions import Col, Expr
from yara_orm.fields.data import Address
from yara_orm.pages import NumberedPage, Page
from yara_orm.queryset import Rows
from yara_orm.transactions import TransactionWrapper


class Status(enum.Enum):
    DRAFT = "draft"
    LIVE = "live"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Settings:
    theme: str


class Country(Model):
    code = fields.CharField(2)


class Author(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(100)
    country: fields.ForeignKeyNullableRelation[Country] = fields.ForeignKeyField(
        "models.Country", null=True
    )
    books: fields.ReverseRelation[Book]


class Tag(Model):
    name = fields.CharField(50)


class Book(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=200)
    subtitle = fields.CharField(200, null=True)
    views = fields.IntField(default=0)
    rating = fields.IntField(null=True)
    price = fields.DecimalField(10, 2)
    live = fields.BooleanField(default=False)
    status = fields.CharEnumField(Status)
    level = fields.IntEnumField(Level, null=True)
    created = fields.DatetimeField(auto_now_add=True)
    day = fields.DateField(null=True)
    uid = fields.UUIDField()
    meta = fields.JSONField()
    settings = fields.JSONField(type=Settings)
    scores = fields.ArrayField(fields.IntField())
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        "models.Author", related_name="books"
    )
    editor = fields.ForeignKeyField(Author, null=True, related_name="edited")
    tags: fields.ManyToManyRelation[Tag] = fields.ManyToManyField("models.Tag")
    pages = fields.RangeField(fields.IntField())
    sold = fields.RangeField(fields.DateField(), null=True)
    host = fields.InetField(null=True)
    term = fields.IntervalField()
    doubled = fields.GeneratedField(F("views") * 2, fields.IntField())
    short = fields.CharField(null=True, db_default=RandomHex(4))
    cost = fields.DecimalField(default=Decimal(0))

    class Meta:
        indexes = (
            Index(fields=("-views",), name="popular", condition=Q(live=True)),
            Index(lambda book: book.title.lower(), name="by_title"),
        )


class Annotated(Model):
    id: int = fields.IntField(pk=True)
    name: str = fields.CharField(max_length=10)


class Typed(TypedModel):
    id: Column[int] = column(pk=True)
    title: Column[str] = column(max_length=200)
    views: Column[int] = column(default=0)
    bio: Column[str | None] = column(default=None)
    uid: Column[uuid.UUID] = column(default_factory=uuid.uuid4)
    created: Column[dt.datetime] = column(auto_now_add=True)
    author: FK[Author] = fields.ForeignKeyField("models.Author")


def instances_and_classes(book: Book, ada: Author, old: Annotated) -> None:
    assert_type(Book.title, Col[str])
    assert_type(Book.subtitle, Col[str | None])
    assert_type(Book.rating, Col[int | None])
    assert_type(Book.status, Col[Status])
    assert_type(Book.level, Col[Level | None])
    assert_type(Book.scores, Col[list[int]])
    assert_type(Book.doubled, Col[int])
    assert_type(book.pages, Range[int])
    assert_type(Book.sold, Col[Range[dt.date] | None])
    assert_type(book.host, Address | None)
    assert_type(book.term, Interval)
    assert_type(Book.pages.contains(5), Expr[bool])
    assert_type(Book.pages.overlap(Range(1, 5)), Expr[bool])
    assert_type(Book.sold.contained_by(Range(dt.date(2024, 1, 1))), Expr[bool])
    assert_type(Book.title.contains("x"), Expr[bool])
    assert_type(book.doubled, int)
    assert_type(book.short, str | None)
    assert_type(book.cost, Decimal)
    assert_type(book.title, str)
    assert_type(book.rating, int | None)
    assert_type(book.price, Decimal)
    assert_type(book.status, Status)
    assert_type(book.level, Level | None)
    assert_type(book.created, dt.datetime)
    assert_type(book.day, dt.date | None)
    assert_type(book.uid, uuid.UUID)
    assert_type(book.meta, Any)
    assert_type(book.settings, Settings)
    assert_type(old.name, str)
    book.title = "new"
    book.subtitle = str(1)
    assert_type(book.subtitle, str)
    book.author = ada


def operators() -> None:
    assert_type(Book.title == "x", Expr[bool])
    assert_type(Book.title == None, Expr[bool])
    assert_type(Book.rating == 3, Expr[bool])
    assert_type(Book.rating == Book.views, Expr[bool])
    assert_type(Book.views == Book.rating, Expr[bool])
    assert_type(Book.price > 10, Expr[bool])
    assert_type(Book.price >= 10, Expr[bool])
    assert_type(Book.views + 1, Expr[int])
    assert_type(1 + Book.views, Expr[int])
    assert_type(Book.views * 2 - 1, Expr[int])
    assert_type(Book.rating + 1, Expr[int | None])
    assert_type(Book.views + Book.rating, Expr[int | None])
    assert_type(Book.title + "!", Expr[str])
    assert_type(Book.created + dt.timedelta(days=1), Expr[dt.datetime])
    assert_type(Book.created - dt.timedelta(days=1), Expr[dt.datetime])
    assert_type((Book.views > 1) & (Book.title == "x") | ~Book.live, Expr[bool])
    assert_type((Book.views > 1) & Q(title="x"), Expr[bool])
    assert_type(Book.title.lower(), Expr[str])
    assert_type(Book.subtitle.lower(), Expr[str | None])
    assert_type(Book.title.length(), Expr[int])
    assert_type(Book.title.icontains("x"), Expr[bool])
    assert_type(Book.views.in_([1, 2]), Expr[bool])
    assert_type(Book.views.cast(str), Expr[str])
    assert_type(Coalesce(Book.rating, 0), Expr[int])
    assert_type(Sum(Book.views), Expr[int | None])
    assert_type(Sum(Book.price), Expr[Decimal | None])
    assert_type(Max(Book.created), Expr[dt.datetime | None])
    assert_type(Count(Author.books), Expr[int])


def paths(book: Book, ada: Author) -> None:
    assert_type(Book.author, type[Author])
    assert_type(Book.author.name, Col[str])
    assert_type(Book.author.name == "Ada", Expr[bool])
    assert_type(Book.author.country.code, Col[str])
    assert_type(Book.editor.name, Col[str])
    assert_type(Book.author == ada, Expr[bool])
    assert_type(Book.author != ada, Expr[bool])
    assert_type(Author.country == None, Expr[bool])
    assert_type(Author.country.is_null(), Expr[bool])
    assert_type(book.author, Author)
    assert_type(book.author.name, str)
    assert_type(ada.country, Country | None)
    assert_type(Author.books.any(Book.views > 1), Expr[bool])
    assert_type(Author.books.none(), Expr[bool])
    assert_type(Author.books.count(), Expr[int])
    assert_type(Author.books.max(Book.views), Expr[int | None])
    assert_type(Author.books.cols.title, Col[str])
    assert_type(Book.tags.any(Tag.name == "x"), Expr[bool])


def queries() -> None:
    query = Book.filter(Book.author.name == "Ada", Q(title="x") | (Book.views > 2), views__gt=3)
    assert_type(query, QuerySet[Book])
    assert_type(query.order_by("-id", Book.id.desc(), Book.title).limit(10), QuerySet[Book])
    assert_type(query[2:5], QuerySet[Book])
    assert_type(
        query.values_list(Book.id, Book.title, Book.rating), Rows[tuple[int, str, int | None]]
    )
    assert_type(query.values_list(Book.title, flat=True), Rows[str])
    assert_type(query.values_list(Book.id, Count(Book.author.id)), Rows[tuple[int, int]])
    assert_type(query.values_list("id", "title"), Rows[tuple[Any, ...]])
    assert_type(query.values_list("id", flat=True), Rows[Any])
    assert_type(query.select(Book.id, Book.author.name), Rows[tuple[int, str]])
    assert_type(query.values("id"), Rows[dict[str, Any]])
    assert_type(query.run(), list[Book])
    Book.filter(Book.live)
    Book.filter(Book.id.in_(Book.filter().subquery(Book.id)))
    Book.filter().update(Book.views.set(Book.views + 1), Book.rating.set(None), title="y")
    Book.filter().update(views=Book.views + 1)
    Book.filter().update(views=F("views") + 1)
    Book.all().prefetch_related("author", Author.books, Prefetch("tags", Tag.all(), "labels"))
    Book.all().select_related("author", Book.author.country)


def functions() -> None:
    assert_type(Book.title.trim().substr(1, 3).replace("a", "b"), Expr[str])
    assert_type(Book.subtitle.lpad(3, "-"), Expr[str | None])
    assert_type(Book.title.position("x"), Expr[int])
    assert_type(Book.title.regex("^x"), Expr[bool])
    assert_type(Book.title.regex_replace("x", "y", all=False), Expr[str])
    assert_type(Book.title.contains("x"), Expr[bool])
    assert_type(Book.views.abs(), Expr[int])
    assert_type(Book.rating.round(), Expr[int | None])
    assert_type(Book.price.round(1), Expr[Decimal])
    assert_type(Book.views.sqrt(), Expr[float | None])
    assert_type(Book.created.year(), Expr[int])
    assert_type(Book.day.year(), Expr[int | None])
    assert_type(Book.created.truncate("month"), Expr[dt.datetime])
    assert_type(Book.created.date(), Expr[dt.date])
    assert_type(Book.day.add_days(3), Expr[dt.date | None])
    assert_type(Book.rating.coalesce(0), Expr[int])
    assert_type(Book.views.nullif(0), Expr[int | None])
    assert_type(Book.scores[0], Expr[int | None])
    assert_type(Book.scores.contains(3), Expr[bool])
    assert_type(Book.scores.overlap([1, 2]), Expr[bool])
    assert_type(Book.scores.length(), Expr[int])
    assert_type(Book.scores.append(3), Expr[list[int]])
    assert_type(Book.meta["size"]["w"], Document[Any])
    assert_type(Book.meta["size"]["w"] > 3, Expr[bool])
    assert_type(Book.meta["size"].number(), Expr[Decimal | None])
    assert_type(Book.meta["name"].text(), Expr[str | None])
    assert_type(Book.meta.has_key("x"), Expr[bool])
    assert_type(Case(When(Book.views > 1, then="hot"), default="cold"), Expr[str])
    assert_type(Case(When(Book.views > 1, then=Book.title)), Expr[str | None])
    assert_type(Greatest(Book.views, 3), Expr[int])
    assert_type(func.hex(Book.title, kind=str), Expr[str])
    assert_type(sql("length(?)", Book.title, kind=int), Expr[int])
    assert_type(Book.title.op("||", "x", str), Expr[str])
    assert_type(Rank().over(order_by=Book.views.desc()), Expr[int])
    assert_type(Lag(Book.title).over(order_by=Book.id), Expr[str | None])
    assert_type(Lag(Book.title, 1, "").over(order_by=Book.id), Expr[str])
    assert_type(over(Sum(Book.views), rows=(-1, 0)), Expr[int | None])
    assert_type(StringAgg(Book.title, ", ", order_by=Book.id), Expr[str | None])
    assert_type(ArrayAgg(Book.rating, order_by=Book.id), Expr[list[int | None] | None])
    assert_type(BoolAnd(Book.views > 1), Expr[bool | None])
    assert_type(Avg(Book.views), Expr[float | None])
    assert_type(Author.books.aggregate(StringAgg(Book.title)), Expr[str | None])
    assert_type(Author.books.sum(Book.price), Expr[Decimal | None])


def joins() -> None:
    other = aliased(Book, "other")
    assert_type(other, type[Book])
    assert_type(other.title, Col[str])
    assert_type(other.author.name, Col[str])
    query = Book.all().join(other, (Book.views < other.views) & Book.live)
    assert_type(query, QuerySet[Book])
    assert_type(query.select(Book.title, other.title), Rows[tuple[str, str]])
    assert_type(query.select(Book, other), Rows[tuple[Book, Book]])
    assert_type(query.select(Book.title, optional(other)), Rows[tuple[str, Book | None]])
    assert_type(optional(other.title), Expr[str | None])
    assert_type(Book.all().select(Book.title, Book.author), Rows[tuple[str, Author]])
    best = query.select(Book.id, Book.title).as_table("best")
    assert_type(best, Table[tuple[int, str]])
    assert_type(best.columns(), tuple[Expr[int], Expr[str]])
    assert_type(best.all(), Rows[tuple[int, str]])
    assert_type(Author.all().join(best, Author.id == best.c.id), QuerySet[Author])
    assert_type(query.as_table("top").title, Col[str])
    assert_type(query.cte("top"), type[Book])
    assert_type(query.with_cte(query.cte("top"), best), QuerySet[Book])
    assert_type(query.select(Book.title).cte("names"), Table[tuple[str]])
    assert_type(outer(Book.views), Expr[int])
    assert_type(outer(Book).title, Col[str])
    assert_type(Author.all().follow("books"), QuerySet[Author])
    assert_type(Subquery(Book.all().select(Book.title, flat=True)), Expr[str | None])
    assert_type(Exists(Book.filter(Book.author.id == Author.id)), Expr[bool])
    names = Author.all().select(Author.name)
    assert_type(names.union(Book.all().select(Book.title), all=True), Rows[tuple[str]])


def typed(row: Typed) -> None:
    assert_type(Typed.title, Col[str])
    assert_type(Typed.bio, Col[str | None])
    assert_type(row.title, str)


async def awaiting() -> None:
    assert_type(await Book.filter(), list[Book])
    assert_type(await Book.filter().first(), Book | None)
    assert_type(await Book.get(id=1), Book)
    assert_type(await Book.get(Book.id == 1).prefetch_related("author"), Book)
    assert_type(await Book.get_or_none(id=1), Book | None)
    assert_type(await Book.create(title="x"), Book)
    assert_type(await Book.get_or_create({"title": "x"}, id=1), tuple[Book, bool])
    assert_type(await Book.filter().update(Book.views.set(1)), int)
    assert_type(await Book.filter().update(views=1).returning(), list[Book])
    changed = Book.filter().update(views=1)
    assert_type(await changed.returning(Book.id, Book.title), list[tuple[int, str]])
    assert_type(await Book.filter().delete().returning(Book.title, flat=True), list[str])
    assert_type(await Book.filter().count(), int)
    assert_type(await Book.filter().exists(), bool)
    assert_type(await Book.bulk_create([]), list[Book])
    book = await Book.get(id=1)
    assert_type(await book.author, Author)
    author = await book.author
    assert_type(await author.books, list[Book])
    assert_type(await author.books.filter(Book.views > 1), list[Book])
    assert_type(await book.tags.add(), int)
    assert_type(await Book.filter().values_list(Book.id, Book.title), list[tuple[int, str]])
    async for each in Book.filter():
        assert_type(each, Book)
    assert_type(await Book.all().aggregate(Count(), Sum(Book.views)), tuple[int, int | None])
    assert_type(await Book.all().aggregate(n=Count()), dict[str, Any])
    assert_type(await Book.all().paginate(2, 10), NumberedPage[Book])
    assert_type(await Book.all().page(10), Page[Book])
    assert_type(await Book.all().select(Book.title).first(), tuple[str] | None)
    assert_type(
        await batch(Book.all(), Book.all().count(), Book.filter().update(views=1)),
        tuple[list[Book], int, int],
    )
    async for title in Book.all().select(Book.title, flat=True).stream():
        assert_type(title, str)
    conflict = OnConflict(Book.title).update("price", views=Book.views + excluded(Book.views))
    assert_type(await Book.upsert([book], conflict), list[Upserted[Book]])
    titles = Book.all().select(Book.title)
    assert_type(await Book.insert_from(titles, Book.title), int)
    assert_type(await Book.insert_from(titles, "title").returning(Book.id), list[tuple[int]])
    assert_type(await Book.bulk_load([book]), int)
    assert_type(Graph(book, tags=[]), Graph[Book])
    assert_type(await Book.insert_graph(Graph(book)), list[Book])
    assert_type(Book.filter().delete().cte("gone"), type[Book])
    assert_type(titles[:3], Rows[tuple[str]])
    async with in_transaction() as transaction:
        assert_type(transaction, TransactionWrapper)


async def one_step() -> None: ...


class Migration(m.Migration):
    dependencies = ("0001_initial",)
    operations = (
        m.CreateModel("note", {"id": fields.IntField(pk=True), "at": fields.DatetimeField()}),
        m.AddField("book", "rank", fields.IntField(null=True)),
        m.RunPython(one_step),
        m.RunSQL(["select 1"], reverse_sql=[]),
    )


async def migrating() -> None:
    migrations = MigrationManager("migrations", models=[Book, Author])
    assert_type(migrations.make_migrations(rename={"book.title": "name"}), str | None)
    assert_type(
        migrations.make_migrations(fill={"book.a": {"sqlite": "0"}}, drop=["x"]), str | None
    )
    assert_type(await migrations.upgrade("0001"), list[str])
    assert_type(migrations.downgrade(2).run(), list[str])
    assert_type(await migrations.status(), list[dict[str, Any]])
    assert_type(migrations.sqlmigrate("1", backward=True), list[str])
    key = m.resolved_fk(fields.ForeignKeyField("A"), table="a", pk="id", kind="int")
    m.AddField("book", "a_id", key)


def interop(book: Book) -> None:
    assert_type(dataclasses.asdict(book), dict[str, Any])
    assert_type(pydantic_model_creator(Book, name="Out", exclude=("id",)), type[BaseModel])
