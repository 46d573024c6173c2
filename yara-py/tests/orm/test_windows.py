"""Windows: functions over the rows around a row, frames, and filters by their results."""

from __future__ import annotations

import pytest
from yara_orm import (
    Avg,
    Count,
    CumeDist,
    DenseRank,
    FirstValue,
    Lag,
    LastValue,
    Lead,
    Max,
    NthValue,
    Ntile,
    PercentRank,
    Rank,
    RowNumber,
    StringAgg,
    Sum,
    func,
    over,
)
from yara_orm.exceptions import InvalidQuery, ParamsError

from .conftest import World
from .library import MODELS, Author, Book, fill

__all__ = ["MODELS"]


async def test_functions_that_need_a_window(world: World) -> None:
    await fill()
    by_views = Book.views.asc()
    rows = (
        await Book.all()
        .order_by("views")
        .values_list(
            RowNumber().over(order_by=by_views),
            Rank().over(order_by=by_views),
            DenseRank().over(order_by="author__name"),
            Ntile(2).over(order_by=by_views),
            PercentRank().over(order_by=by_views),
            CumeDist().over(order_by=by_views),
        )
    )
    assert rows == [
        (1, 1, 2, 1, 0.0, 0.25),
        (2, 2, 1, 1, pytest.approx(1 / 3), 0.5),
        (3, 3, 1, 2, pytest.approx(2 / 3), 0.75),
        (4, 4, 3, 2, 1.0, 1.0),
    ]
    rows = (
        await Book.all()
        .order_by("views")
        .values_list(
            Lag(Book.title).over(order_by=by_views),
            Lead("views", 2, 0).over(order_by="views"),
            FirstValue(Book.title).over(order_by=by_views),
            LastValue(Book.title).over(order_by=by_views, rows=(None, None)),
            NthValue(Book.title, 2).over(order_by=by_views),
        )
    )
    assert rows == [
        (None, 500, "École", "100% sure", None),
        ("École", 1000, "École", "100% sure", "Notes"),
        ("Notes", 0, "École", "100% sure", "Notes"),
        ("Engine", 0, "École", "100% sure", "Notes"),
    ]


async def test_every_aggregate_has_a_window_and_frames(world: World) -> None:
    await fill()
    by_id = Book.id
    rows = (
        await Book.all()
        .order_by("id")
        .values_list(
            Sum(Book.views).over(order_by=by_id),
            Sum("views").over(order_by="id", rows=(-1, 1)),
            over(Count(), order_by=by_id, groups=(0, None)),
            Max(Book.views).over(order_by=Book.views, range_=(-10, 0)),
            func.avg(Book.views).over(partition_by=Book.author.id),
            StringAgg(Book.title, "+").over(order_by=by_id, rows=(-1, 0)),
        )
    )
    assert rows == [
        (10, 510, 4, 10, 255.0, "Notes"),
        (510, 515, 3, 500, 255.0, "Notes+Engine"),
        (515, 1505, 2, 5, 5.0, "Engine+École"),
        (1515, 1005, 1, 1000, 1000.0, "École+100% sure"),
    ]


async def test_a_query_is_filtered_by_a_window(world: World) -> None:
    await fill()
    place = RowNumber().over(partition_by=Book.author.id, order_by=Book.views.desc())
    best = Book.filter(place <= 1)
    with world.counting(2):
        assert [book.title for book in await best.order_by("id")] == [
            "Engine",
            "École",
            "100% sure",
        ]
        assert await best.count() == 3
    assert await Book.annotate(place=place).filter(place=2).values_list("title", flat=True) == [
        "Notes"
    ]
    assert await best.update(views=Book.views + 1) == 3
    assert await Book.filter(title="Notes").values_list("views", flat=True) == [10]
    # Other conditions come first.
    place = RowNumber().over(order_by=Book.views)
    assert await Book.filter(place == 1, Book.views > 100).values_list("title", flat=True) == [
        "Engine"
    ]
    with world.counting(2):
        authors = await Author.all().order_by("id").prefetch_related("books")
    assert len(authors[0].books) == 2


async def test_windows_over_groups(world: World) -> None:
    await fill()
    total = Sum(Book.views)
    rows = Book.all().group_by(Book.author.name).order_by("author__name")
    assert await rows.values_list(Book.author.name, total, Rank().over(order_by=total.desc())) == [
        ("Ada", 510, 2),
        ("Bob", 5, 3),
        ("Cy", 1000, 1),
    ]


async def test_bad_windows_are_refused_at_the_call(world: World) -> None:
    with world.counting(0):
        with pytest.raises(ParamsError, match="one frame"):
            Rank().over(order_by=Book.id, rows=(0, 1), groups=(0, 1))
        with pytest.raises(ParamsError, match="unlike 3"):
            Rank().over(order_by=Book.id, rows=3)  # type: ignore[arg-type]
        with pytest.raises(ParamsError, match="not bounded by 1.5"):
            Rank().over(order_by=Book.id, rows=(1.5, 2))  # type: ignore[arg-type]
        with pytest.raises(InvalidQuery, match="from 1 to"):
            await Book.all().values_list(Ntile(0).over(order_by=Book.id))
        with pytest.raises(InvalidQuery, match="from 0 to"):
            await Book.all().values_list(Lag(Book.title, -1).over(order_by=Book.id))
        with pytest.raises(InvalidQuery, match="only aggregates"):
            await Book.all().values_list(over(Book.views, order_by=Book.id))
        with pytest.raises(InvalidQuery):
            await Book.all().values_list(Avg(Rank().over(order_by=Book.id)), "title")
