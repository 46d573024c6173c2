"""Filters, orders, slices, projections, aggregates."""

from __future__ import annotations

import dataclasses
import pickle

import pytest
from yara_orm import (
    Avg,
    Case,
    Cast,
    Coalesce,
    Concat,
    Count,
    Exists,
    F,
    Lag,
    Max,
    Q,
    Rank,
    RawSQL,
    RowNumber,
    Subquery,
    Sum,
    Upper,
    Value,
    When,
    over,
)
from yara_orm.exceptions import (
    FieldError,
    InvalidQuery,
    MultipleObjectsReturned,
    NotLoaded,
    ParamsError,
    ValidationError,
)

from .conftest import World
from .library import MODELS, Author, Book, Status, Tag, fill

__all__ = ["MODELS"]


async def titles(query: object) -> list[str]:
    return [book.title for book in await query]  # type: ignore[attr-defined]


async def test_both_spellings_filter_alike_and_mix(world: World) -> None:
    await fill()
    assert await titles(Book.filter(views__gt=100).order_by("title")) == ["100% sure", "Engine"]
    assert await titles(Book.filter(Book.views > 100).order_by(Book.title)) == [
        "100% sure",
        "Engine",
    ]
    mixed = Book.filter(Book.views > 5, Q(author__name="Ada") | Q(rating=5.0), views__lt=600)
    assert await titles(mixed.order_by("id")) == ["Notes", "Engine"]
    assert await titles(Book.filter((Book.views > 5) & Q(author__name="Ada"))) == [
        "Notes",
        "Engine",
    ]
    assert await titles(Book.filter(~(Book.views > 5) | Q(title="Notes")).order_by("id")) == [
        "Notes",
        "École",
    ]


async def test_exclude_is_the_complement_of_filter(world: World) -> None:
    await fill()
    assert await titles(Book.exclude(rating=4.5).order_by("id")) == [
        "Engine",
        "École",
        "100% sure",
    ]
    assert await titles(Book.filter(~Q(rating__gt=4)).order_by("id")) == ["Engine", "École"]
    assert [a.name for a in await Author.exclude(mentor__name="Ada").order_by("id")] == [
        "Ada",
        "Cy",
        "Dan",
    ]


async def test_lists_may_hold_none_and_may_be_empty(world: World) -> None:
    await fill()
    assert await titles(Book.filter(rating__in=[5.0, None]).order_by("id")) == [
        "École",
        "100% sure",
    ]
    assert await Book.filter(rating__not_in=[5.0, None]).count() == 2
    assert await Book.filter(Book.id.in_([])).count() == 0
    assert await Book.filter(Book.id.not_in([])).count() == 4


async def test_case_counts_and_does_not(world: World) -> None:
    await fill()
    assert await Book.filter(title__icontains="école").count() == 1
    assert await Book.filter(title__contains="école").count() == 0
    assert await Book.filter(title__startswith="100%").count() == 1
    assert await Book.filter(title__startswith="100_").count() == 0
    assert await Book.filter(Book.title.iexact("NOTES")).count() == 1


async def test_paths_of_any_depth_and_questions_about_many_rows(world: World) -> None:
    await fill()
    assert await titles(Book.filter(Book.author.mentor.name == "Ada")) == ["École"]
    assert await titles(Book.filter(author__mentor__name="Ada")) == ["École"]
    hot = Author.filter(Author.books.any(Book.views >= 10)).order_by("name")
    assert [author.name for author in await hot] == ["Ada", "Cy"]
    by_text = Author.filter(books__views__gte=10).order_by("name")
    assert [author.name for author in await by_text] == ["Ada", "Cy"]
    assert await Author.filter(books__title="Notes", books__views=500).count() == 0
    assert await Author.filter(books__title="Notes").filter(books__views=500).count() == 1
    assert await Author.filter(Author.books.count() >= 2).count() == 1
    assert [a.name for a in await Author.filter(Author.books.none()).order_by("id")] == ["Dan"]
    about = Author.filter(Author.books.any(Book.tags.any(Tag.name == "maths")))
    assert [author.name for author in await about] == ["Ada"]
    assert [a.name for a in await Author.filter(books__tags__name="rust")] == ["Cy"]
    assert await Author.filter(books__isnull=True).count() == 1


async def test_rows_are_compared_with_rows_and_keys(world: World) -> None:
    ada, bob, *_ = await fill()
    assert await Book.filter(Book.author == ada).count() == 2
    assert await Book.filter(author=ada).count() == 2
    assert await Book.filter(author=ada.id).count() == 2
    assert await Book.filter(author_id=ada.id).count() == 2
    assert await Book.filter(Book.author != ada).count() == 2
    assert await Book.filter(author__in=[ada, bob]).count() == 3
    assert await Author.filter(Author.mentor == None).count() == 3
    assert await Author.filter(mentor__isnull=True).count() == 3
    with pytest.raises(FieldError, match="leads to Author, not to Book"):
        Book.filter(Book.author == await Book.first())


async def test_orders(world: World) -> None:
    await fill()
    assert await titles(Book.all().order_by("-author__name", "title")) == [
        "100% sure",
        "École",
        "Engine",
        "Notes",
    ]
    assert (await titles(Book.all().order_by(Book.rating.desc().nulls_last())))[-1] == "École"
    assert (await titles(Book.all().order_by(Book.rating.desc())))[0] == "École"
    assert len(await Book.all().order_by("?")) == 4
    assert await titles(Book.all().order_by("id").reverse().limit(1)) == ["100% sure"]


async def test_slices_compose(world: World) -> None:
    await fill()
    query = Book.all().order_by("id")
    assert await titles(query[1:3]) == ["Engine", "École"]
    assert await titles(query.offset(1)[:2]) == ["Engine", "École"]
    assert await titles(query[1:][1:]) == ["École", "100% sure"]
    assert await titles(query[1:3][1:5]) == ["École"]
    assert (await query[2]).title == "École"
    assert await query[1:3].count() == 2
    assert not await query.offset(4).exists()
    with pytest.raises(ParamsError, match="no negative numbers"):
        query[-1:]
    with pytest.raises(ParamsError, match="ends before it begins"):
        query[3:1]
    with pytest.raises(ParamsError, match="limit is a number from 0"):
        query.limit(-1)
    with pytest.raises(InvalidQuery, match="filter before slicing"):
        query[:2].filter(views=3)


async def test_one_row(world: World) -> None:
    await fill()
    assert (await Book.get(title="Notes")).views == 10
    assert await Book.get_or_none(title="x") is None
    with pytest.raises(Book.DoesNotExist, match="no Book matches"):
        await Book.get(title="x")
    with pytest.raises(MultipleObjectsReturned, match="several Book"):
        await Book.get(views__gt=10)
    with pytest.raises(Book.MultipleObjectsReturned):
        await Book.get_or_none(views__gt=10)
    first, last = await Book.first(), await Book.all().last()
    assert first is not None and first.title == "Notes"
    assert last is not None and last.title == "100% sure"
    hottest = await Book.all().order_by("views").last()
    assert hottest is not None and hottest.views == 1000
    assert await Book.filter(title="x").first() is None
    earliest = await Book.earliest("views")
    assert earliest is not None and earliest.title == "École"


async def test_values(world: World) -> None:
    await fill()
    rows = await Book.filter(author__name="Ada").order_by("id").values("title", by="author__name")
    assert rows == [{"title": "Notes", "by": "Ada"}, {"title": "Engine", "by": "Ada"}]
    assert await Book.all().order_by("id").values_list("title", flat=True) == [
        "Notes",
        "Engine",
        "École",
        "100% sure",
    ]
    pairs = await Book.filter(views=10).values_list(Book.title, Book.views * 2, Book.author.name)
    assert pairs == [("Notes", 20, "Ada")]
    assert await Book.filter(views=10).values_list(Book.status, flat=True) == [Status.LIVE]
    whole = await Book.filter(views=10).values()
    assert whole[0]["title"] == "Notes" and whole[0]["status"] is Status.LIVE
    assert await Book.all().order_by("-views").values_list("title", flat=True).limit(1) == [
        "100% sure"
    ]
    names = Book.all().values_list(Book.author.name, flat=True).distinct()
    assert await names.count() == 3
    with pytest.raises(ParamsError, match="flat=True is for one column"):
        Book.all().values_list("id", "title", flat=True)


async def test_rows_as_instances_of_any_class(world: World) -> None:
    await fill()

    @dataclasses.dataclass
    class Line:
        title: str
        views: int
        stars: int

    lines = await Book.filter(views=10).annotate(stars=Book.views + 1).into(Line)
    assert lines == [Line("Notes", 10, 11)]
    with pytest.raises(FieldError, match="did you mean 'title'"):
        Book.all().into(dataclasses.make_dataclass("Wrong", ["titel"]))


async def test_annotations_never_change_which_rows_there_are(world: World) -> None:
    await fill()
    query = Author.annotate(
        n=Count("books"), sum=Sum("books__views"), pupils_n=Count("pupils")
    ).order_by("id")
    rows = await query
    assert [(row.name, row.n, row.sum, row.pupils_n) for row in rows] == [
        ("Ada", 2, 510, 1),
        ("Bob", 1, 5, 0),
        ("Cy", 1, 1000, 0),
        ("Dan", 0, None, 0),
    ]
    assert [row.name for row in await query.filter(n__gte=1, sum__lt=600)] == ["Ada", "Bob"]
    assert await query.filter(n=0).count() == 1
    assert [row.name for row in await query.order_by("-sum", "name").limit(2)] == ["Dan", "Cy"]
    hot = Author.annotate(n=Count("books", _filter=Q(books__views__gt=100))).order_by("id")
    assert [row.n for row in await hot] == [1, 0, 1, 0]
    tags = Author.annotate(n=Author.books.count(Book.tags.any(Tag.name == "maths")))
    assert [row.n for row in await tags.order_by("id")] == [2, 0, 0, 0]
    with pytest.raises(FieldError, match="has a member 'name' already"):
        Author.annotate(name=Count("books"))


async def test_groups(world: World) -> None:
    await fill()
    rows = (
        await Book.annotate(n=Count("id"), sum=Sum("views"))
        .group_by("author__name")
        .order_by("author__name")
        .values("author__name", "n", "sum")
    )
    assert rows == [
        {"author__name": "Ada", "n": 2, "sum": 510},
        {"author__name": "Bob", "n": 1, "sum": 5},
        {"author__name": "Cy", "n": 1, "sum": 1000},
    ]
    many = Book.annotate(n=Count("id")).group_by("author_id").filter(n__gt=1)
    assert await many.values_list("n", flat=True) == [2]
    with pytest.raises(InvalidQuery, match="read them with .values"):
        await Book.annotate(n=Count("id")).group_by("author_id")


async def test_aggregates(world: World) -> None:
    await fill()
    found = await Book.filter(views__gt=5).aggregate(
        n=Count("*"), most=Max("views"), mean=Avg("views"), by=Count("author", distinct=True)
    )
    assert found == {"n": 3, "most": 1000, "mean": pytest.approx(503.3333333), "by": 2}
    assert await Book.filter(views=-1).aggregate(sum=Sum(Book.views)) == {"sum": None}
    top = Book.all().order_by("-views")[:2]
    assert await top.aggregate(n=Count("*"), sum=Sum("views")) == {"n": 2, "sum": 1500}
    with pytest.raises(InvalidQuery, match="title"):
        Book.all().aggregate(title=F("title"))


async def test_expressions_are_legal_everywhere(world: World) -> None:
    await fill()
    shout = Book.annotate(
        loud=Upper("title"),
        label=Concat("title", Value(" by "), "author__name"),
        size=Case(When(views__gt=100, then=Value("big")), default=Value("small")),
        stars=Coalesce("rating", 0.0),
    ).order_by("id")
    first = await shout.first()
    assert (first.loud, first.label, first.size, first.stars) == (  # type: ignore[union-attr]
        "NOTES",
        "Notes by Ada",
        "small",
        4.5,
    )
    assert await titles(shout.filter(size="big")) == ["Engine", "100% sure"]
    assert await titles(Book.filter(views__gt=F("rating") * 100)) == ["Engine", "100% sure"]
    assert await Book.all().update(views=F("views") * 2) == 4
    assert await Book.filter(title="Notes").values_list(Cast("views", str), flat=True) == ["20"]
    same = await Book.filter(title="Notes").update(
        views=Case(When(Book.views > 5, then=Book.views + 1), default=0)
    )
    assert same == 1 and (await Book.get(title="Notes")).views == 21


async def test_windows(world: World) -> None:
    await fill()
    rows = await Book.annotate(
        place=RowNumber().over(partition_by="author", order_by="-views"),
        rank=over(Rank(), order_by=Book.views.desc()),
        before=Lag("views", default=0).over(order_by="views"),
        share=over(Sum("views"), partition_by=Book.author_id),  # type: ignore[attr-defined]
    ).order_by("id")
    assert [(row.title, row.place, row.rank, row.before, row.share) for row in rows] == [
        ("Notes", 2, 3, 5, 510),
        ("Engine", 1, 2, 10, 510),
        ("École", 1, 4, 0, 5),
        ("100% sure", 1, 1, 500, 1000),
    ]
    best = Book.annotate(place=RowNumber().over("author", "-views")).filter(place=1)
    assert await titles(best.order_by("id")) == ["Engine", "École", "100% sure"]


async def test_queries_are_combined(world: World) -> None:
    await fill()
    hot, ada = Book.filter(views__gt=100), Book.filter(author__name="Ada")
    assert await titles(hot.union(ada).order_by("id")) == ["Notes", "Engine", "100% sure"]
    assert await hot.union(ada, all=True).count() == 4
    assert await titles(hot.intersection(ada)) == ["Engine"]
    assert await titles(hot.difference(ada)) == ["100% sure"]
    if world.backend == "postgres":
        first = Book.all().order_by("author_id", "-views").distinct_on("author_id")
        assert await titles(first) == ["Engine", "École", "100% sure"]
    with pytest.raises(InvalidQuery, match="rows of Book and Author cannot be combined"):
        hot.union(Author.all())


async def test_subqueries(world: World) -> None:
    await fill()
    writers = Book.filter(views__gt=100).values_list(Book.author_id, flat=True)  # type: ignore[attr-defined]
    assert await Author.filter(Author.id.in_(writers)).count() == 2
    assert await Author.filter(id__in=writers).count() == 2
    assert await Book.filter(author__in=Author.filter(name="Ada")).count() == 2
    most = Book.all().order_by("-views").limit(1).values_list(Book.views, flat=True)
    assert await titles(Book.filter(views=Subquery(most))) == ["100% sure"]
    assert await Author.filter(Exists(Book.filter(Book.author_id == Author.id))).count() == 3  # type: ignore[attr-defined]


async def test_raw_sql_binds_its_values(world: World) -> None:
    await fill()
    assert await titles(Book.filter(RawSQL("views > ?", [100], kind=bool)).order_by("id")) == [
        "Engine",
        "100% sure",
    ]
    rows = await Book.raw("select id, title, views * 2 as twice from book where views > $1", [400])
    assert sorted((row.title, row.twice) for row in rows) == [("100% sure", 2000), ("Engine", 1000)]
    with pytest.raises(NotLoaded, match="Book.views was not read"):
        rows[0].views  # noqa: B018
    with pytest.raises(FieldError, match="no column 'id'"):
        await Book.raw("select title from book")


async def test_only_and_defer(world: World) -> None:
    await fill()
    with world.counting(1):
        book = await Book.get(title="Notes").only("title")
    assert (book.id, book.title) == (1, "Notes")
    with pytest.raises(NotLoaded, match=r"Book.views was not read"):
        book.views  # noqa: B018
    assert isinstance(book, Book) and book == await Book.get(id=1)
    await book.refresh_from_db(fields=["views"])
    assert book.views == 10
    book.title = "New"
    await book.save()
    assert (await Book.get(id=1)).rating == 4.5
    again = pickle.loads(pickle.dumps(await Book.get(id=1).only("title")))
    assert again == book and again.title == "New"
    rest = await Book.get(title="New").defer("views")
    assert rest.rating == 4.5 and "views" not in rest.__dict__


async def test_update_and_delete_touch_exactly_the_rows_of_the_query(world: World) -> None:
    await fill()
    top = Book.all().order_by("-views").limit(1)
    assert await top.update(views=1) == 1
    assert (await Book.get(title="100% sure")).views == 1
    assert await Book.filter(author__name="Ada").update(Book.rating.set(None), title="x") == 2
    assert await Book.filter(author__name="Ada").delete() == 2
    assert await Book.all().order_by("id").offset(1).delete() == 1
    assert await titles(Book.all()) == ["École"]
    with pytest.raises(InvalidQuery, match="sets nothing"):
        Book.all().update()
    with pytest.raises(FieldError, match="did you mean 'views'"):
        Book.all().update(viewz=1)


async def test_pages(world: World) -> None:
    await fill()
    query = Book.all().order_by("-rating").prefetch_related("author")
    with world.counting(2):
        first = await query.page(3)
    assert [row.title for row in first.rows] == ["École", "100% sure", "Notes"]
    assert first.previous is None and first.rows[0].author.name == "Bob"
    second = await query.page(3, after=first.next)
    assert [row.title for row in second.rows] == ["Engine"] and second.next is None
    assert (await query.page(3, before=second.previous)).rows == first.rows
    assert (await Book.none().page(3)).rows == []
    with pytest.raises(ValidationError, match="a query in another order"):
        await Book.all().order_by("title").page(3, after=first.next)
    with pytest.raises(ParamsError, match="a row at least"):
        query.page(0)


async def test_a_query_tells_its_sql_and_its_plan(world: World) -> None:
    await fill()
    query = Book.filter(views__gt=100)
    assert query.sql().startswith("SELECT") and "100" not in query.sql()
    assert len(query.get_parameterized_sql()[1]) == 1
    plan = await query.explain()
    assert "SCAN" in plan or "Scan" in plan


async def test_no_rows_send_nothing(world: World) -> None:
    with world.counting(0):
        assert await Book.none() == []
        assert await Book.none().count() == 0
        assert not await Book.none().exists()
        assert await Book.none().delete() == 0
        assert await Book.none().get_or_none() is None


async def test_in_bulk_iteration_and_streams(world: World) -> None:
    await fill()
    found = await Book.in_bulk([1, 3, 99])
    assert {key: book.title for key, book in found.items()} == {1: "Notes", 3: "École"}
    iterated = [book.title async for book in Book.all().order_by("id")]
    assert iterated == ["Notes", "Engine", "École", "100% sure"]
    streamed = [
        book async for book in Book.all().order_by("id").prefetch_related("author").stream(2)
    ]
    assert [book.author.name for book in streamed] == ["Ada", "Ada", "Bob", "Cy"]


async def test_mistakes_err_at_the_call(world: World) -> None:
    with pytest.raises(FieldError, match="did you mean `author`"):
        Book.filter(auhtor__name="x")
    with pytest.raises(FieldError, match="did you mean"):
        Book.all().order_by("titel")
    with pytest.raises(FieldError):
        Book.all().values("titel")
    with pytest.raises(AttributeError, match="did you mean 'title'"):
        Book.titel  # noqa: B018
    with pytest.raises(AttributeError, match="did you mean 'name'"):
        Book.author.nam  # noqa: B018
    with pytest.raises(ValidationError, match="views"):
        Book.filter(views="many")
    with pytest.raises(ValidationError):
        Book.filter(Book.title == 5)  # type: ignore[arg-type]
    with pytest.raises(FieldError, match="a condition is an expression"):
        Book.filter("title")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Book.title == "x")
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Book.all())
    with pytest.raises(InvalidQuery, match="is a condition"):
        Book.filter(Book.title)  # type: ignore[arg-type]
