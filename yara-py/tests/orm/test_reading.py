"""Pages by number, the last row of a slice, locks by strength, plans, tags and streams."""

from __future__ import annotations

import json

import pytest
from yara_orm import in_transaction
from yara_orm.exceptions import FieldError, ParamsError, UnSupportedError

from .conftest import World
from .library import MODELS, Author, Book, fill

__all__ = ["MODELS"]


async def test_pages_by_number_know_how_many_rows_there_are(world: World) -> None:
    await fill()
    page = await Book.all().order_by("-views").paginate(1, 3)
    assert [book.title for book in page.rows] == ["100% sure", "Engine", "Notes"]
    assert (page.total, page.pages, page.has_next, page.has_previous) == (4, 2, True, False)
    second = await Book.all().order_by("-views").prefetch_related("tags").paginate(2, size=3)
    assert [list(book.tags) for book in second.rows] == [[]]
    assert (second.has_next, second.has_previous) == (False, True)
    assert (await Book.none().paginate()).total == 0
    assert (await Book.all().order_by("id")[1:3].paginate(2, 1)).total == 2
    with pytest.raises(ParamsError, match="counted from 1"):
        Book.all().paginate(0)


async def test_the_last_row_of_a_slice_and_values_of_one_row(world: World) -> None:
    await fill()
    last = await Book.all().order_by("views").limit(3).last()
    assert last is not None
    assert last.title == "Engine"
    assert await Book.all().order_by("views").last().values_list("title", flat=True) == "100% sure"
    assert await Book.all().order_by("views").first().values("title") == {"title": "École"}
    assert await Book.all().order_by("views").values_list("title").last() == ("100% sure",)
    assert await Book.all().order_by("views").values_list("title")[:2] == [("École",), ("Notes",)]


async def test_locks_have_strengths(world: World) -> None:
    await fill()
    strengths = ("update", "no_key_update", "share", "key_share")
    async with in_transaction():
        for strength in strengths:
            query = Book.filter(views__gt=100).select_for_update(strength=strength)  # type: ignore[arg-type]
            assert len(await query) == 2
        both = Book.all().select_related("author").select_for_update(of=("self", "author"))
        assert len(await both) == 4
        assert len(await Book.all().select_for_update(of=(Book.author,), skip_locked=True)) == 4
        one = await Book.get(title="Notes").select_for_update(strength="share")
        assert one.title == "Notes"
    with world.counting(0):
        with pytest.raises(ParamsError, match="did you mean 'share'"):
            Book.all().select_for_update(strength="shar")  # type: ignore[arg-type]
        with pytest.raises(ParamsError, match="exclude each other"):
            Book.all().select_for_update(nowait=True, skip_locked=True)
        with pytest.raises(FieldError, match="did you mean 'author'"):
            Book.all().select_for_update(of=("autor",))
        with pytest.raises(FieldError, match="any number of rows"):
            Book.all().select_for_update(of=("tags",))


async def test_plans_are_told_as_text_and_json(world: World) -> None:
    await fill()
    query = Book.filter(views__gt=100)
    with world.counting(1):
        assert "scan" in (await query.explain()).lower()
    assert json.loads(await query.explain("json"))
    assert json.loads(await query.values_list("title").explain("json"))
    for options in ({"analyze": True}, {"verbose": True}):
        if world.backend == "sqlite":
            with world.counting(0), pytest.raises(UnSupportedError):
                await query.explain(**options)  # type: ignore[arg-type]
        else:
            assert await query.explain(**options)  # type: ignore[arg-type]
    with pytest.raises(ParamsError, match="'text' or 'json'"):
        query.explain("yaml")  # type: ignore[arg-type]


async def test_the_text_of_a_query_and_its_values(world: World) -> None:
    await fill()
    text, values = Book.filter(Book.views > 100, author__name="Ada").get_parameterized_sql()
    assert ("book" in text, sorted(map(str, values))) == (True, ["100", "Ada"])
    assert Book.all().select(Book.title).sql().lower().startswith("select")


async def test_words_for_the_log_stand_before_a_statement(world: World) -> None:
    await fill()
    hot = Book.filter(views__gt=100).tag("report: hot */ books")
    await hot
    await hot.count()
    await hot.values_list("title").tag("titles")
    await hot.update(views=0)
    found = world.statements[-4:]
    assert [statement.split(" ")[0] for statement in found] == ["/*"] * 4
    assert all("*/" in each and each.index("*/") > 10 for each in found[:2])
    assert found[2].startswith("/* titles */")


async def test_columns_are_streamed(world: World) -> None:
    await fill()
    rows = Book.all().order_by("id").select(Book.title, Book.author)
    found = [(title, author.name) async for title, author in rows.stream(2)]
    assert found == [("Notes", "Ada"), ("Engine", "Ada"), ("École", "Bob"), ("100% sure", "Cy")]
    async with in_transaction():
        names = [
            name
            async for name in Author.all().order_by("id").select(Author.name, flat=True).stream()
        ]
    assert names == ["Ada", "Bob", "Cy", "Dan"]
