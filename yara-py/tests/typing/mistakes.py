"""What type checkers must refuse: each line that ends with `# wrong`, and no other."""

from __future__ import annotations

from positive import Author, Book, Country, Tag, Typed
from yara_orm import (
    Case,
    Exists,
    MigrationManager,
    Prefetch,
    Rank,
    aliased,
    atomic,
    connections,
    excluded,
    fields,
    in_transaction,
    over,
    post_save,
    pre_delete,
)
from yara_orm import (
    migrations as m,
)

Book.filter(Book.title == 5)  # wrong
Book.filter(Book.nme == "x")  # wrong
Book.filter(Book.author.nme == "x")  # wrong
Book.filter(Book.author.country.code == 3)  # wrong
Book.filter(Book.views > "x")  # wrong
Book.filter(Book.views + "x" == 1)  # wrong
Book.filter("title")  # wrong
Book.filter(Book.title)  # wrong
Book.filter(Book.title == "x" and Book.views)  # wrong
Book.filter().update(Book.views.set("x"))  # wrong
Book.filter().update(Book.title.set(None))  # wrong
Book.views.icontains("x")  # wrong
Book.title.in_([1])  # wrong
_ = Author.books.title  # wrong
Book.all().limit("3")  # wrong
Book.views.lower()  # wrong
Book.title.abs()  # wrong
Book.title.year()  # wrong
_ = Book.views["x"]  # wrong
_ = Book.title["x"]  # wrong
_ = Book.scores["x"]  # wrong
Book.scores.overlap(["x"])  # wrong
Book.title.round()  # wrong
Book.created.truncate("moth")  # wrong
Book.title.op(3, "x")  # wrong
Book.all().join("other", Book.views > 1)  # wrong
Book.all().join(aliased(Book, "x"), Book.views)  # wrong
Book.filter(aliased(Book, "x").nme == "x")  # wrong
Book.all().select_for_update(strength="shar")  # wrong
Book.all().explain("yaml")  # wrong
over(Rank(), rows=("x", 0))  # wrong
Case(Book.views > 1, default=3)  # wrong
Exists(Book)  # wrong
Book.upsert([], "title")  # wrong
Book.insert_from(Book.all(), "title")  # wrong
Book.bulk_load([Country()])  # wrong
Book.insert_graph(Country())  # wrong
excluded(Book)  # wrong
MigrationManager(models=[5])  # wrong
MigrationManager().upgrade(2)  # wrong
MigrationManager().make_migrations(rename=["title"])  # wrong
m.AddField("book", "rank")  # wrong
m.RunPython(5)  # wrong
Author.all().select(Author.name).union(Book.all().select(Book.views))  # wrong
fields.CharField("100")  # wrong
fields.DecimalField("10", 2)  # wrong
fields.GeneratedField()  # wrong
fields.RangeField(int)  # wrong
Book.pages.contains("x")  # wrong
Book.title.contained_by("x")  # wrong
fields.GeneratedField(Book.views, int)  # wrong
_ = Typed.titel  # wrong
Typed(titel="x")  # wrong
Typed(title=5)  # wrong
fields.CharField(10, nul=True)  # wrong
fields.IntField(validators=["positive"])  # wrong
fields.DatetimeField(auto_nwo=True)  # wrong
list(Book.all())  # wrong
Book.filter(Book.author == 5 and "x")  # wrong
Author.books.sum(5)  # wrong
Prefetch("books", Book)  # wrong
Book.all().prefetch_related(5)  # wrong
Book.all().values_list(Book.id, 5)  # wrong
connections.get().execute(5)  # wrong
in_transaction(timeout="1s")  # wrong
atomic(retries="3")  # wrong


@post_save(Book)  # wrong
async def received(sender: type[Book], instance: Book, using_db: object) -> None: ...


@pre_delete(Book)  # wrong
async def gone(sender: type[Book], instance: Author, using_db: object) -> None: ...


async def awaited(book: Book, country: Country, tag: Tag) -> None:
    book.title = 5  # wrong
    book.doubled = 5  # wrong
    book.subtitle.lower()  # wrong
    book.author = country  # wrong
    await book.tags.add(country)  # wrong
    rows: list[tuple[int, int]] = await Book.all().values_list(Book.id, Book.title)  # wrong
    found: Book = await Book.get_or_none(id=1)  # wrong
    print(rows, found, tag)
