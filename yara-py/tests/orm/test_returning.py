"""What updates and deletions of queries give back."""

from __future__ import annotations

import gc
import warnings

import pytest
from yara_orm.exceptions import FieldError, ParamsError

from .conftest import World
from .library import MODELS, Author, Book, Status, fill

__all__ = ["MODELS"]


async def test_updates_give_rows_back(world: World) -> None:
    await fill()
    popular = Book.filter(views__gte=500)
    with world.counting(1):
        rows = await popular.update(views=Book.views + 1).returning("title", Book.views * 2)
    assert sorted(rows) == [("100% sure", 2002), ("Engine", 1002)]
    with world.counting(1):
        titles = await popular.update(rating=1.5).returning(Book.title, flat=True)
    assert sorted(titles) == ["100% sure", "Engine"]
    with world.counting(1):
        books = await Book.filter(title="Notes").update(status=Status.DRAFT).returning()
    (book,) = books
    assert isinstance(book, Book) and book.status is Status.DRAFT
    assert dict(book) == dict(await Book.get(title="Notes"))
    book.views = 3
    await book.save()
    assert (await Book.get(title="Notes")).views == 3


async def test_exactly_the_rows_of_the_query_are_given_back(world: World) -> None:
    await fill()
    first = Book.all().order_by("-views")[:1]
    assert await first.update(views=0).returning("title", flat=True) == ["100% sure"]
    by_name = Book.filter(author__name="Ada").order_by("title").limit(1)
    assert await by_name.update(views=1).returning("title") == [("Engine",)]
    assert await Book.filter(title="none").update(views=1).returning() == []
    with world.counting(0):
        assert await Book.all().none().update(views=1).returning("id") == []


async def test_deletions_give_back_what_was_there(world: World) -> None:
    await fill()
    await Book.all().update(rating=2.0)
    for book in await Book.filter(title__in=["Engine", "École"]):
        await book.tags.clear()
    with world.counting(1):
        rows = await Book.filter(title="Engine").delete().returning("title", "status")
    assert rows == [("Engine", Status.LIVE)]
    with world.counting(1):
        (gone,) = await Book.filter(title="École").delete().returning()
    assert (gone.title, gone.views) == ("École", 5)
    assert await Book.all().count() == 2
    assert await Author.filter(name="Dan").delete() == 1


async def test_writes_are_counted_or_told_but_run_once(world: World) -> None:
    await fill()
    assert await Book.all().update(views=1) == 4
    # What other tests have left is none of this one's.
    gc.collect()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert len(await Book.all().update(views=2).returning("id", flat=True)) == 4
        gc.collect()
    assert not warned, [str(each.message) for each in warned]
    written = Book.all().update(views=3)
    call = written.returning("views", flat=True)
    with pytest.raises(RuntimeError, match="awaited or run already"):
        await written
    assert await call == [3, 3, 3, 3]


async def test_what_returning_refuses(world: World) -> None:
    await fill()
    with world.counting(0):
        with pytest.raises(FieldError, match="did you mean `title`"):
            await Book.all().update(views=1).returning("titel")
        with pytest.raises(ParamsError, match="flat=True is for one column, and there are 2"):
            await Book.all().delete().returning("id", "title", flat=True)
    assert await Book.all().count() == 4
