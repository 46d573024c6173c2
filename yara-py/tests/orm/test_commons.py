"""Common table expressions, recursive ones, and trees of rows."""

from __future__ import annotations

from typing import Any

import pytest
from yara_orm import Exists, aliased
from yara_orm.exceptions import FieldError, InvalidQuery, ParamsError, UnSupportedError

from .conftest import World
from .library import MODELS, Author, Book, Tag, fill

__all__ = ["MODELS"]


async def test_a_query_with_a_name_is_joined_and_read_alone(world: World) -> None:
    await fill()
    hot = Book.filter(Book.views >= 500).cte("hot")
    rows = Author.all().with_cte(hot).join(hot, hot.author.id == Author.id).order_by("id")
    with world.counting(1):
        assert await rows.select(Author.name, hot.title) == [("Ada", "Engine"), ("Cy", "100% sure")]
    assert "with" in world.statements[-1].lower()
    assert await hot.filter(hot.author.name == "Ada").count() == 1
    assert [book.title for book in await hot.all().order_by("title")] == ["100% sure", "Engine"]
    some = Book.filter(views__gte=10).cte("some", materialized=True)
    one, two = aliased(some, "one"), aliased(some, "two")
    pairs = one.all().with_cte(some).join(two, one.views < two.views)
    assert await pairs.count() == 3
    views = Book.all().select(Book.author.id, Book.views).cte("views", materialized=False)
    author, count = views.columns()
    summed = Author.all().with_cte(views).join(views, (author == Author.id) & (count > 100))
    assert await summed.order_by(count).values_list(Author.name, count) == [
        ("Ada", 500),
        ("Cy", 1000),
    ]
    nested = Book.filter(Exists(Author.all().join(hot, hot.author.id == Author.id)))
    assert await nested.with_cte(hot).count() == 4


async def test_a_recursive_query_goes_on_until_nothing_is_new(world: World) -> None:
    await fill()
    roots = Author.filter(mentor=None).select(Author.id, Author.name)

    def below(above: Any) -> Any:
        pupils = Author.all().join(above, Author.mentor.id == above.c.id)
        return pupils.select(Author.id, above.c.name + " / " + Author.name)

    tree = roots.recursive_cte("tree", below)
    with world.counting(1):
        paths = await tree.all().order_by(tree.c.name)
    assert paths == [(1, "Ada"), (2, "Ada / Bob"), (3, "Cy"), (4, "Dan")]
    assert await tree.select(tree.c.name, flat=True) != []
    whole = Author.filter(name="Ada").recursive_cte(
        "school", lambda above: Author.all().join(above, Author.mentor.id == above.id)
    )
    assert [author.name for author in await whole.all().order_by("name")] == ["Ada", "Bob"]


async def test_follow_gives_all_that_a_relation_leads_to(world: World) -> None:
    ada, *_ = await fill()
    school = Author.filter(name="Ada").follow("pupils").order_by("name")
    with world.counting(1):
        assert [author.name for author in await school] == ["Ada", "Bob"]
    teachers = Author.filter(Author.name == "Bob").follow(Author.mentor)
    assert await teachers.filter(Author.name != "Bob").values_list("name", flat=True) == ["Ada"]
    ids = school.values_list("id", flat=True)
    assert await Book.filter(Book.author.id.in_(ids)).count() == 3
    # Rows that lead in a circle are no harm.
    await Author.filter(id=ada.id).update(mentor=ada)
    assert await school.count() == 2
    with world.counting(0):
        with pytest.raises(FieldError, match="did you mean 'pupils'"):
            Author.all().follow("pupil")
        with pytest.raises(FieldError, match="leads to Book"):
            Author.all().follow("books")
        with pytest.raises(FieldError, match="no relation of Author itself"):
            Author.all().follow(Book.author)


async def test_statements_that_write_have_names_too(world: World) -> None:
    await fill()
    gone = Book.filter(views__lt=10).delete().cte("gone")
    query = Author.all().with_cte(gone).join(gone, gone.author.id == Author.id)
    rows = query.select(Author.name, gone.title)
    if world.backend == "sqlite":
        with world.counting(0), pytest.raises(UnSupportedError, match="SQLite"):
            await rows
        return
    with world.counting(1):
        assert await rows == [("Bob", "École")]
    assert await Book.all().count() == 3
    changed = Book.filter(views__gte=500).update(views=Book.views + 1).cte("changed")
    titles = Tag.all().with_cte(changed).cross_join(changed).filter(name="rust")
    assert sorted(await titles.values_list(changed.views, flat=True)) == [501, 1001]
    with pytest.raises(InvalidQuery, match="outermost query"):
        await Author.filter(Exists(gone.filter(gone.views > 1)))


async def test_mistakes_with_names_are_refused(world: World) -> None:
    await fill()
    hot = Book.filter(Book.views >= 500).cte("hot")
    with world.counting(0):
        with pytest.raises(InvalidQuery, match="no common table expression `hot` here"):
            await Author.all().join(hot, hot.author.id == Author.id)
        with pytest.raises(InvalidQuery, match="that of the table of Book"):
            await Book.all().cte("book").all()
        with pytest.raises(InvalidQuery, match="is no common table expression"):
            Book.all().with_cte(aliased(Book, "x"))
        with pytest.raises(ParamsError, match="a round of 'tree' selects"):
            Author.all().select(Author.id).recursive_cte("tree", lambda above: 3)  # type: ignore[arg-type,return-value]
        with pytest.raises(InvalidQuery, match="no order, slice or aggregate"):
            ordered = Author.all().recursive_cte(
                "tree",
                lambda above: Author.all().join(above, Author.mentor.id == above.id).limit(1),
            )
            await ordered.all()
