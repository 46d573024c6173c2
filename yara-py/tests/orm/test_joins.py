"""Joins by conditions, rows with names, subqueries that read the query around."""

from __future__ import annotations

import dataclasses

import pytest
from yara_orm import Count, Exists, Q, Subquery, Value, aliased, optional, outer
from yara_orm.exceptions import FieldError, InvalidQuery, ParamsError, UnSupportedError

from .conftest import World
from .library import MODELS, Author, Book, Tag, fill

__all__ = ["MODELS"]


async def test_a_join_repeats_rows_for_each_partner(world: World) -> None:
    await fill()
    other = aliased(Book, "other")
    same_author = Book.author.id == other.author.id
    pairs = Book.all().join(other, same_author & (Book.views < other.views))
    with world.counting(1):
        assert await pairs.select(Book.title, other.title) == [("Notes", "Engine")]
    less = Book.all().join(other, Book.views < other.views)
    with world.counting(2):
        assert await less.count() == 6
        assert await less.filter(other.title.startswith("E")).order_by(Book.id).values_list(
            Book.title, other.title
        ) == [("Notes", "Engine"), ("École", "Engine")]
    # Instances are those of the query's own rows.
    assert [book.title for book in await pairs] == ["Notes"]
    assert await pairs.exists()
    assert await Book.all().cross_join(aliased(Tag)).count() == 12


async def test_paths_and_questions_begin_at_an_alias_too(world: World) -> None:
    await fill()
    other = aliased(Book, "other")
    rows = Tag.all().join(other, other.tags.none() & other.author.mentor.is_not_null())
    assert await rows.order_by(Tag.id).select(Tag.name, other.author.name) == [
        ("maths", "Bob"),
        ("poetry", "Bob"),
        ("rust", "Bob"),
    ]
    counted = Tag.all().join(other, Tag.name == "rust").order_by(other.id)
    assert await counted.select(other.title, other.tags.count()) == [
        ("Notes", 2),
        ("Engine", 1),
        ("École", 0),
        ("100% sure", 1),
    ]


async def test_a_left_join_keeps_rows_without_a_partner(world: World) -> None:
    await fill()
    hot = aliased(Book, "hot")
    rows = Author.all().left_join(hot, (hot.author.id == Author.id) & (hot.views >= 500))
    with world.counting(1):
        assert await rows.order_by(Author.id).select(Author.name, optional(hot.title)) == [
            ("Ada", "Engine"),
            ("Bob", None),
            ("Cy", "100% sure"),
            ("Dan", None),
        ]
    idle = rows.filter(hot.is_null()).order_by("name")
    assert [author.name for author in await idle] == ["Bob", "Dan"]
    assert await rows.filter(hot.is_not_null()).count() == 2


async def test_whole_rows_are_selected_beside_columns(world: World) -> None:
    await fill()
    book = aliased(Book, "book")
    query = Author.all().left_join(book, book.author.id == Author.id).order_by(Author.id, book.id)
    with world.counting(1):
        pairs = await query.select(Author, optional(book), book.tags.count())
    assert [(a.name, b and b.title, tags) for a, b, tags in pairs] == [
        ("Ada", "Notes", 2),
        ("Ada", "Engine", 1),
        ("Bob", "École", 0),
        ("Cy", "100% sure", 1),
        ("Dan", None, 0),
    ]
    with world.counting(1):
        rows = await Book.all().order_by("id").select(Book.title, Book.author, Book.author.mentor)
    assert [(title, a.name, m and m.name) for title, a, m in rows][:3] == [
        ("Notes", "Ada", None),
        ("Engine", "Ada", None),
        ("École", "Bob", "Ada"),
    ]
    (first, *_) = await Book.all().order_by("id").select(Book, flat=True)
    assert first.title == "Notes"
    # Its own rows can be changed and saved.
    first.title = "Old notes"
    await first.save()
    assert await Book.get(id=first.id).values_list("title", flat=True) == "Old notes"


@dataclasses.dataclass
class Line:
    title: str
    author: Author
    tags: int


async def test_whole_rows_and_expressions_become_members_of_a_class(world: World) -> None:
    await fill()
    query = Book.filter(views__gte=500).order_by("id")
    lines = await query.into(Line, author=Book.author, tags=Book.tags.count())
    assert [(line.title, line.author.name, line.tags) for line in lines] == [
        ("Engine", "Ada", 1),
        ("100% sure", "Cy", 1),
    ]
    with pytest.raises(FieldError, match="no member 'autor'; did you mean 'author'"):
        query.into(Line, autor=Book.author)


async def test_a_query_is_read_as_a_table(world: World) -> None:
    await fill()
    best = Book.all().order_by(Book.views.desc()).limit(2).select(Book.author.id, Book.views)
    table = best.as_table("best")
    author, views = table.columns()
    rows = Author.all().join(table, Author.id == author).order_by(views)
    with world.counting(1):
        assert await rows.select(Author.name, table.c.views) == [("Ada", 500), ("Cy", 1000)]
    assert await table.all().order_by(views).limit(1) == [(1, 500)]
    assert sorted(await table.select(views * 2, flat=True)) == [1000, 2000]

    top = Book.all().order_by("-views").limit(3).as_table("top")
    assert await top.filter(top.author.name != "Cy").count() == 2
    assert [book.title for book in await top.filter(views__lt=100)] == ["Notes"]
    joined = Author.all().join(top, top.author.id == Author.id).order_by(top.views.desc())
    assert await joined.select(Author.name, top.title) == [
        ("Cy", "100% sure"),
        ("Ada", "Engine"),
        ("Ada", "Notes"),
    ]


async def test_a_lateral_join_reads_the_row_that_it_is_joined_to(world: World) -> None:
    await fill()
    best = Book.filter(Book.author.id == Author.id).order_by("-views").limit(1).as_table("best")
    rows = Author.all().join_lateral(best).order_by(Author.id)
    query = rows.select(Author.name, best.title)
    if world.backend == "sqlite":
        with world.counting(0), pytest.raises(UnSupportedError, match="SQLite"):
            await query
        return
    assert await query == [("Ada", "Engine"), ("Bob", "École"), ("Cy", "100% sure")]
    left = Author.all().left_join_lateral(best).order_by(Author.id)
    assert (await left.select(Author.name, best.title))[3] == ("Dan", None)


async def test_writing_by_joins_touches_the_rows_of_the_query(world: World) -> None:
    await fill()
    other = aliased(Book, "other")
    same_author = (Book.author.id == other.author.id) & (Book.id != other.id)
    with world.counting(1):
        changed = await Book.all().join(other, same_author).update(views=Book.views + other.views)
    assert changed == 2
    assert await Book.filter(author__name="Ada").values_list("views", flat=True) == [510, 510]
    book = aliased(Book, "book")
    idle = Author.all().left_join(book, book.author.id == Author.id).filter(book.is_null())
    assert await idle.delete() == 1
    assert await Author.filter(name="Dan").count() == 0


async def test_subqueries_are_correlated_by_columns_of_the_other_model(world: World) -> None:
    await fill()
    latest = Book.filter(Book.author.id == Author.id).order_by("-id").select(Book.title)
    with world.counting(1):
        rows = await Author.all().order_by("id").select(Author.name, Subquery(latest))
    assert rows == [("Ada", "Engine"), ("Bob", "École"), ("Cy", "100% sure"), ("Dan", None)]
    # Without an order, the first is that of the smallest key.
    first = Book.filter(Book.author == Author.id).values_list("title", flat=True)
    assert (await Author.annotate(first=Subquery(first)).order_by("id"))[0].first == "Notes"
    writers = Author.filter(Exists(Book.filter(Book.author.id == Author.id))).order_by("id")
    assert [author.name for author in await writers] == ["Ada", "Bob", "Cy"]
    assert await Author.filter(~Exists(Book.filter(Book.author.id == Author.id))).count() == 1
    counted = Book.filter(Book.author.id == Author.id).select(Count())
    assert await Author.all().order_by("id").values_list("name", Subquery(counted)) == [
        ("Ada", 2),
        ("Bob", 1),
        ("Cy", 1),
        ("Dan", 0),
    ]
    pupils = Author.filter(mentor__isnull=False).values_list("id", flat=True)
    assert await Book.filter(Book.author.id.in_(pupils)).values_list("title", flat=True) == [
        "École"
    ]
    assert await Book.filter(author_id__in=pupils).count() == 1
    assert await Book.filter(Book.author.id.not_in(pupils)).count() == 3


async def test_outer_reads_the_row_of_the_same_model_around(world: World) -> None:
    await fill()
    better = Book.filter(Book.author.id == outer(Book.author.id), Book.views > outer(Book.views))
    best = Book.filter(~Exists(better)).order_by("id")
    assert [book.title for book in await best] == ["Engine", "École", "100% sure"]
    again = Book.filter(Book.author.id == outer(Book).author.id, Book.views > outer(Book).views)
    assert await Book.filter(~Exists(again)).count() == 3
    assert await Book.filter(Exists(Book.filter(Book.views > outer(Book.views * 10)))).count() == 2
    # Rows with a name are read at any depth.
    author = aliased(Author, "author")
    pupil = Author.filter(Author.mentor.id == author.id)
    assert [a.name for a in await author.filter(Exists(pupil))] == ["Ada"]


async def test_sets_of_columns_and_of_all_rows(world: World) -> None:
    await fill()
    names = Author.all().select(Author.name).union(Tag.all().select(Tag.name))
    with world.counting(1):
        assert await names.count() == 7
    assert await names.order_by(Author.name.desc()).first() == ("rust",)
    hot = Book.all().order_by("-views").limit(2)
    good = Book.filter(rating__gte=4.0)
    either = hot.union(good)
    with world.counting(1):
        assert [book.title for book in await either.order_by("title")] == [
            "100% sure",
            "Engine",
            "Notes",
        ]
    assert await either.filter(author__name="Ada").count() == 2
    assert [book.title for book in await hot.difference(good)] == ["Engine"]
    assert [book.title for book in await hot.intersection(good)] == ["100% sure"]
    assert await hot.union(good, all=True).count() == 4
    doubled = hot.union(hot, all=True)
    for query, expected in (
        (doubled.intersection(doubled, all=True), 4),
        (doubled.difference(hot, all=True), 2),
    ):
        if world.backend == "sqlite":
            with world.counting(0), pytest.raises(UnSupportedError):
                await query.count()
        else:
            assert await query.count() == expected
    assert await Book.none().union(good).count() == 2
    assert await good.union(Book.none()).count() == 2
    assert await good.intersection(Book.none()).count() == 0
    with pytest.raises(InvalidQuery, match="rows of Book and Author cannot be combined"):
        good.union(Author.all())
    with pytest.raises(InvalidQuery, match="16-bit|32-bit integer in the first and text"):
        await Book.all().select(Book.views).union(Author.all().select(Author.name))  # type: ignore[arg-type]


async def test_what_cannot_be_joined_is_refused_at_the_call(world: World) -> None:
    await fill()
    other = aliased(Book, "other")
    with world.counting(0):
        with pytest.raises(ParamsError, match=r'aliased\(Book, "other"\)'):
            Book.all().join(Book, Book.views > 1)
        with pytest.raises(ParamsError, match="has a name, by aliased"):
            Book.all().join("other", Book.views > 1)  # type: ignore[arg-type]
        with pytest.raises(AttributeError, match="did you mean 'title'"):
            _ = other.titel
        with pytest.raises(InvalidQuery, match="other"):
            await Book.filter(other.views > 1)
        with pytest.raises(InvalidQuery, match="two joins of one query have the name `other`"):
            await Book.all().join(other, Book.id == other.id).join(other, Book.id == other.id)
        with pytest.raises(InvalidQuery, match="join before slicing"):
            Book.all().limit(2).join(other, Book.id == other.id)
        with pytest.raises(InvalidQuery, match="choose them by .select"):
            Book.annotate(n=Count("tags")).as_table("x")
        with pytest.raises(ParamsError, match="not empty"):
            Book.all().as_table("")
        with pytest.raises(FieldError, match="has no row of Author"):
            Book.all().select(Book, Author)
        with pytest.raises(FieldError, match="typed expressions"):
            outer(Count("books"))
        with pytest.raises(InvalidQuery, match="reads none"):
            outer(Value(1))
        table = Book.all().select(Book.title).as_table("t")
        with pytest.raises(AttributeError, match="did you mean 'title'"):
            _ = table.c.titel
        with pytest.raises(FieldError):
            await Book.all().join(other, Q(titel="x"))
