"""Aggregates: of queries, of groups, of related rows."""

from __future__ import annotations

import statistics

import pytest
from yara_orm import (
    ArrayAgg,
    Avg,
    BoolAnd,
    BoolOr,
    Count,
    JsonAgg,
    Max,
    Min,
    Q,
    StdDev,
    StringAgg,
    Sum,
    Variance,
    func,
)
from yara_orm.exceptions import FieldError, InvalidQuery, ParamsError

from .conftest import World
from .library import MODELS, Author, Book, fill

__all__ = ["MODELS"]


async def test_several_at_once_over_exactly_the_rows_of_the_query(world: World) -> None:
    await fill()
    with world.counting(1):
        found = await Book.all().aggregate(Count(), Sum(Book.views), Avg("rating"))
    assert found == (4, 1515, pytest.approx(12.5 / 3))
    top = Book.all().order_by("-views").limit(2)
    assert await top.aggregate(n=Count(), views=Sum("views")) == {"n": 2, "views": 1500}
    names = Book.all().values_list("author__name", flat=True).distinct()
    assert await names.count() == 3
    assert await Book.filter(views__gt=10_000).aggregate(Count(), Sum(Book.views)) == (0, None)
    hot = Count(_filter=Book.views > 100)
    assert await Book.all().aggregate(hot, Sum("views", _filter=Q(author__name="Ada"))) == (2, 510)
    ratio = func.sum(Book.views) / func.count()
    assert await Book.all().aggregate(ratio=ratio) == {"ratio": 378}


async def test_values_are_collected_in_an_order(world: World) -> None:
    await fill()
    names = StringAgg(Book.author.name, ", ", distinct=True, order_by=Book.author.name.desc())
    ratings = ArrayAgg(Book.rating, order_by=Book.id)
    titles = JsonAgg("title", order_by=["-views"])
    assert await Book.all().aggregate(names, ratings, titles) == (
        "Cy, Bob, Ada",
        [4.5, 3.0, None, 5.0],
        ["100% sure", "Engine", "Notes", "École"],
    )


async def test_conditions_and_spread(world: World) -> None:
    await fill()
    views = [10, 500, 5, 1000]
    assert await Book.all().aggregate(
        BoolAnd(Book.views > 4),
        BoolOr(Q(views__gt=5000)),
        StdDev("views"),
        Variance(Book.views, sample=True),
    ) == (
        True,
        False,
        pytest.approx(statistics.pstdev(views)),
        pytest.approx(statistics.variance(views)),
    )
    assert await Book.none().aggregate(n=Count()) == {"n": 0}


async def test_related_rows_are_aggregated_for_each_row(world: World) -> None:
    await fill()
    titles = StringAgg(Book.title, " & ", order_by=Book.title)
    query = Author.all().order_by("id")
    with world.counting(1):
        rows = await query.select(
            Author.name,
            Author.books.count(),
            Author.books.sum(Book.views),
            Author.books.avg("views"),
            Author.books.aggregate(titles),
            Author.books.aggregate(titles, Book.views > 100),
            Author.books.count(views__gt=100),
            Author.books.max(Book.title),
        )
    assert rows[0] == ("Ada", 2, 510, 255.0, "Engine & Notes", "Engine", 1, "Notes")
    assert rows[3] == ("Dan", 0, None, None, None, None, 0, None)
    many = await Author.annotate(n=Count("books"), least=Min("books__views")).filter(n__gte=2)
    assert [(author.n, author.least) for author in many] == [(2, 10)]
    named = Author.annotate(all=StringAgg("books__title", "/", order_by="-views"))
    assert (await named.get(name="Ada")).all == "Engine/Notes"
    assert await Author.filter(Author.books.sum(Book.views) > 500).count() == 2


async def test_groups_and_having_by_either_spelling(world: World) -> None:
    await fill()
    groups = Book.filter(views__gt=5).group_by("author__name").annotate(total=Sum("views"))
    query = groups.filter(total__gt=100).order_by("-total")
    with world.counting(1):
        assert await query.values("author__name", "total") == [
            {"author__name": "Cy", "total": 1000},
            {"author__name": "Ada", "total": 510},
        ]
    typed = (
        Book.all()
        .group_by(Book.author.name)
        .filter(Max(Book.rating) >= 4.0)
        .order_by(Sum(Book.views).desc())
    )
    assert await typed.select(Book.author.name, Sum(Book.views)) == [("Cy", 1000), ("Ada", 510)]
    assert await typed.count() == 2
    sizes = Author.annotate(n=Count("books")).group_by("n").order_by("n")
    assert await sizes.values_list("n", Count()) == [(0, 1), (1, 2), (2, 1)]


async def test_mistakes_are_refused_with_the_nearest_names(world: World) -> None:
    await fill()
    with world.counting(0):
        with pytest.raises(ParamsError, match="needs expressions"):
            Book.all().aggregate()
        with pytest.raises(ParamsError, match="all of them with a name or none"):
            Book.all().aggregate(Count(), n=Count())
        with pytest.raises(InvalidQuery, match="`title` of Book has no single value"):
            Book.all().aggregate(Book.title)
        with pytest.raises(FieldError, match="did you mean `?'?views"):
            Book.all().aggregate(Sum("veiws"))
        with pytest.raises(InvalidQuery, match="are aggregated by an aggregate"):
            Author.books.aggregate(Book.title)
