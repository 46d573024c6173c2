"""What an editor shows. `check` fails where pyright or mypy has nothing better to say than `Any`."""

from __future__ import annotations

from positive import Author, Book, Country, Status, Tag, Typed
from typing_extensions import reveal_type
from yara_orm import (
    Avg,
    BaseDBAsyncClient,
    Cast,
    Coalesce,
    Count,
    F,
    Manager,
    Max,
    Min,
    Model,
    Prefetch,
    Q,
    Random,
    StringAgg,
    Sum,
    Value,
    YaraOrm,
    atomic,
    connections,
    fields,
    in_transaction,
    post_save,
    timezone,
)


class Page(Model):
    number = fields.IntField()
    everything = Manager["Page"]()


async def main(book: Book, ada: Author, tag: Tag) -> None:
    # Columns and values.
    reveal_type(Book.id)
    reveal_type(book.id)
    reveal_type(book.title)
    reveal_type(book.price)
    reveal_type(book.status)
    reveal_type(Book.uid)
    reveal_type(book.uid)
    reveal_type(book.created)
    reveal_type(book.scores)
    reveal_type(Book.author)
    reveal_type(Book.author.name)
    reveal_type(Book.author.country)
    reveal_type(book.author)
    reveal_type(book.author.name)
    reveal_type(ada.country)
    reveal_type(Author.books)
    reveal_type(ada.books)
    reveal_type(book.tags)
    reveal_type(Typed.title)
    reveal_type(Typed(title="x", author=ada).title)
    # Conditions and expressions.
    reveal_type(Book.views > 1)
    reveal_type(Book.title.icontains("x") & ~Book.live)
    reveal_type(Book.status == Status.LIVE)
    reveal_type(Book.views * 2 + 1)
    reveal_type(Book.author == ada)
    reveal_type(Book.tags.any(Tag.name == "x"))
    reveal_type(Author.books.count())
    reveal_type(Author.books.sum(Book.views))
    reveal_type(Q(title="x") | Q(Book.views > 1))
    reveal_type(F("views"))
    reveal_type(Value("x"))
    reveal_type(Count("books"))
    reveal_type(Sum(Book.views))
    reveal_type(Avg(Book.views))
    reveal_type(Min(Book.created))
    reveal_type(Max(Book.title))
    reveal_type(Coalesce(Book.subtitle, "-"))
    reveal_type(StringAgg(Book.title))
    reveal_type(Cast(Book.views, str))
    reveal_type(Random())
    reveal_type(Book.title.desc())
    # Queries.
    reveal_type(Book.all())
    reveal_type(Book.filter(Book.views > 1).order_by("-id")[:10])
    reveal_type(Book.get(id=1))
    reveal_type(Book.first())
    reveal_type(Book.annotate(n=Count("tags")))
    reveal_type(Book.values_list(Book.id, Book.author.name))
    reveal_type(Book.values_list("id", flat=False))  # vague
    reveal_type(ada.books.values_list(Book.title, flat=True))
    reveal_type(Page.everything.filter(number=1))
    reveal_type(ada.books.order_by("title"))
    reveal_type(Prefetch("books", Book.all()))
    # What is awaited.
    reveal_type(await Book.all())
    reveal_type(await Book.get(id=1))
    reveal_type(await Book.get_or_none(id=1))
    reveal_type(await Book.all().first())
    reveal_type(await Book.all()[0])
    reveal_type(await Book.all().count())
    reveal_type(await Book.exists())
    reveal_type(await Book.create(title="x"))
    reveal_type(await Book.get_or_create(title="x"))
    reveal_type(await Book.bulk_create([book]))
    reveal_type(await Book.bulk_update([book], ["title"]))
    reveal_type(await Book.bulk_get_or_create([], ["title"]))
    reveal_type(await Book.all().update(views=1))
    reveal_type(await Book.all().delete())
    reveal_type(await Book.all().page(10))
    reveal_type((await Book.all().page(10)).rows)
    reveal_type(await book.save())
    reveal_type(await book.author)
    reveal_type(await ada.books)
    reveal_type(await ada.books.first())
    reveal_type(await ada.books.create(title="x"))
    reveal_type(await book.tags.add(tag))
    reveal_type(await Book.values_list(Book.id, Book.title))
    reveal_type(await Country.all().values_list(Country.code, flat=True))
    reveal_type(await Typed.create(title="x", author=ada))
    reveal_type(book.clone())
    # Connections.
    reveal_type(connections.get())
    reveal_type(in_transaction())
    reveal_type(YaraOrm.init("sqlite://:memory:"))
    reveal_type(YaraOrm.get_schema_sql())
    reveal_type(timezone.now())
    async with in_transaction() as transaction:
        reveal_type(transaction)
        reveal_type(await connections.get().execute("select 1"))
        reveal_type(await transaction.fetch_rows("select 1"))  # vague
    async for each in Book.all():
        reveal_type(each)
    async for related in ada.books:
        reveal_type(related)
    async for title in Book.all().values_list(Book.title, flat=True):
        reveal_type(title)


@atomic()
async def decorated(name: str) -> int:
    return len(name)


reveal_type(decorated)


@post_save(Book)
async def received(
    sender: type[Book], instance: Book, created: bool, db: BaseDBAsyncClient, names: list[str]
) -> None:
    reveal_type(instance)


reveal_type(received)  # vague
