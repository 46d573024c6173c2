"""Several statements of different kinds in one round trip."""

from __future__ import annotations

import pytest
from yara_orm import Count, batch, in_transaction
from yara_orm.exceptions import DoesNotExist, IntegrityError, ParamsError

from .conftest import World
from .library import MODELS, Author, Book, Tag, fill

__all__ = ["MODELS"]


async def test_statements_run_in_order_and_give_what_each_gives(world: World) -> None:
    await fill()
    tag, changed, titles, authors, found, totals, first = await batch(
        Tag.create(name="new"),
        Book.filter(views__lt=10).update(views=10),
        Book.filter(views=10).order_by("id").values_list("title", flat=True),
        Author.all().count(),
        Book.filter(title="Notes").exists(),
        Book.all().aggregate(n=Count()),
        Book.all().order_by("-id").first(),
    )
    assert (tag.id, tag.name, changed, authors, found) == (4, "new", 1, 4, True)
    assert titles == ["Notes", "École"]
    assert totals == {"n": 4}
    assert first is not None
    assert first.title == "100% sure"
    deleted, rest = await batch(
        Tag.filter(name="new").delete().returning(Tag.name, flat=True), Tag.all().order_by("id")
    )
    assert (deleted, [tag.name for tag in rest]) == (["new"], ["maths", "poetry", "rust"])


async def test_relations_follow_those_of_all_parts_together(world: World) -> None:
    await fill()
    books, authors = await batch(
        Book.all().order_by("id").prefetch_related("tags"),
        Author.all().order_by("id").prefetch_related("books"),
    )
    assert [tag.name for tag in books[0].tags] == ["maths", "poetry"]
    assert [book.title for book in authors[0].books] == ["Notes", "Engine"]


async def test_all_happen_or_none(world: World) -> None:
    await fill()
    with pytest.raises(IntegrityError):
        await batch(Book.all().update(views=0), Tag.create(name="rust"))
    assert await Book.filter(views=0).count() == 0
    with pytest.raises(DoesNotExist):
        await batch(Book.all().count(), Book.get(title="none"))
    async with in_transaction():
        _, count = await batch(Tag.create(name="inner"), Tag.all().count())
        assert count == 4


def test_without_a_loop(world: World) -> None:
    Tag.create(name="one").run()
    made, count = batch(Tag.create(name="two"), Tag.all().count()).run()
    assert (made.name, count) == ("two", 2)


async def test_what_takes_several_statements_is_refused(world: World) -> None:
    with world.counting(0):
        with pytest.raises(ParamsError, match="get_or_create is no single statement"):
            batch(Tag.get_or_create(name="x"))
        with pytest.raises(ParamsError, match="made of queries"):
            batch(Tag)  # type: ignore[call-overload]
        assert await batch() == ()
        assert await batch(Tag.none(), Tag.none().count()) == ([], 0)
