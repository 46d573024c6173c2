"""What type checkers must refuse: each line that ends with `# wrong`, and no other."""

from __future__ import annotations

from positive import Author, Book, Country, Tag, Typed
from yara_orm import fields

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
fields.CharField("100")  # wrong
fields.DecimalField("10", 2)  # wrong
fields.GeneratedField()  # wrong
fields.GeneratedField(Book.views, int)  # wrong
_ = Typed.titel  # wrong


async def awaited(book: Book, country: Country, tag: Tag) -> None:
    book.title = 5  # wrong
    book.doubled = 5  # wrong
    book.subtitle.lower()  # wrong
    book.author = country  # wrong
    await book.tags.add(country)  # wrong
    rows: list[tuple[int, int]] = await Book.all().values_list(Book.id, Book.title)  # wrong
    found: Book = await Book.get_or_none(id=1)  # wrong
    print(rows, found, tag)
