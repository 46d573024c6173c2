"""What is read: orders, slices, columns and expressions, aggregates, groups, windows."""

from __future__ import annotations

from typing import Any

from yara_orm import (
    Avg,
    Case,
    Cast,
    Coalesce,
    Concat,
    Count,
    DenseRank,
    F,
    Lag,
    Lower,
    Max,
    Min,
    Order,
    Q,
    Rank,
    RowNumber,
    Sum,
    Value,
    When,
    over,
)

from ..models import Author, Book, Status, Tag
from ..plain import Document
from .asker import Query, row


async def documents(rows: Any) -> list[Any]:
    """Each value a document, where there is one."""
    return [None if each is None else Document(each) for each in await rows]


def place() -> Any:
    return RowNumber().over(Book.author_id, Book.views.desc())  # type: ignore[attr-defined]


ORDERS = [
    Query(
        "descending",
        lambda: Book.all().order_by(Book.views.desc(), Book.id),
        lambda: Book.all().order_by("-views", "id"),
    ),
    Query(
        "NULLs in order",
        lambda: Book.all().order_by(Book.rating, Book.id),
        lambda: Book.all().order_by("rating", "id"),
    ),
    Query(
        "NULLs descending",
        lambda: Book.all().order_by(Book.rating.desc(), Book.id),
        lambda: Book.all().order_by("-rating", "id"),
    ),
    Query(
        "NULLs first",
        lambda: Book.all().order_by(Book.rating.asc().nulls_first(), Book.id),
        lambda: Book.all().order_by(Order(F("rating")).nulls_first(), "id"),
    ),
    Query(
        "by a path",
        lambda: Book.all().order_by(Book.author.mentor.name, Book.id),
        lambda: Book.all().order_by("author__mentor__name", "id"),
    ),
    Query(
        "by a decimal",
        lambda: Book.all().order_by(Book.price.desc(), Book.id),
        lambda: Book.all().order_by("-price", "id"),
    ),
    Query(
        "a slice",
        lambda: Book.all().order_by(Book.id).offset(1).limit(2),
        lambda: Book.all().order_by("id")[1:3],
    ),
    Query(
        "a number of a slice",
        lambda: Book.all().order_by(Book.id).offset(4).limit(10).count(),
        lambda: Book.all().order_by("id")[4:14].count(),
    ),
    Query("first", Book.first),
    Query(
        "first in an order",
        lambda: Book.all().order_by(Book.views.desc()).first(),
        lambda: Book.latest("views"),
    ),
    Query(
        "last",
        lambda: Book.all().order_by(Book.views).last(),
        lambda: Book.all().order_by("views").last(),
    ),
    Query(
        "exists",
        lambda: Book.exists(Book.views > 100),
        lambda: Book.filter(views__gt=100).exists(),
    ),
    Query("the model's order", Tag.all),
    Query("nothing", lambda: Book.filter(Book.views > 5000), lambda: Book.filter(views__gt=5000)),
]

READ = [
    Query(
        "one column",
        lambda: Book.all().order_by(Book.id).values_list(Book.title, flat=True),
        lambda: Book.all().order_by("id").values_list("title", flat=True),
    ),
    Query(
        "columns",
        lambda: Book.all().order_by(Book.id).values_list(Book.title, Book.price, Book.published),
        lambda: Book.all().order_by("id").values_list("title", "price", "published"),
    ),
    Query(
        "columns of paths",
        lambda: (
            Book.all()
            .order_by(Book.id)
            .values_list(Book.title, Book.author.name, Book.author.mentor.name)
        ),
        lambda: (
            Book.all().order_by("id").values_list("title", "author__name", "author__mentor__name")
        ),
    ),
    Query(
        "expressions",
        lambda: Book.all().order_by(Book.id).values_list(Book.views * 2, Book.title.lower()),
        lambda: Book.all().order_by("id").values_list(F("views") * 2, Lower("title")),
    ),
    Query(
        "a choice",
        lambda: (
            Book.all()
            .order_by(Book.id)
            .values_list(
                Case(
                    When(Book.views > 100, then=Value("big")),
                    When(Book.views > 5, then=Value("some")),
                    default=Value("small"),
                ),
                flat=True,
            )
        ),
        lambda: (
            Book.annotate(
                size=Case(
                    When(views__gt=100, then=Value("big")),
                    When(views__gt=5, then=Value("some")),
                    default=Value("small"),
                )
            )
            .order_by("id")
            .values_list("size", flat=True)
        ),
    ),
    Query(
        "instead of NULL",
        lambda: Book.all().order_by(Book.id).values_list(Coalesce(Book.rating, 0.0), flat=True),
        lambda: Book.all().order_by("id").values_list(Coalesce("rating", 0.0), flat=True),
    ),
    Query(
        "texts together",
        lambda: (
            Book.all()
            .order_by(Book.id)
            .values_list(Concat(Book.title, Value(" by "), Book.author.name), flat=True)
        ),
        lambda: (
            Book.all()
            .order_by("id")
            .values_list(Concat("title", Value(" by "), "author__name"), flat=True)
        ),
    ),
    Query(
        "a cast",
        lambda: Book.all().order_by(Book.id).values_list(Book.views.cast(str), flat=True),
        lambda: Book.all().order_by("id").values_list(Cast("views", str), flat=True),
    ),
    Query(
        "a part of a document",
        None,
        lambda: documents(Book.all().order_by("id").values_list("data__size__w", flat=True)),
    ),
    Query(
        "distinct",
        lambda: (
            Book.all()
            .order_by(Book.author.name)
            .values_list(Book.author.name, flat=True)
            .distinct()
        ),
        lambda: (
            Book.all().order_by("author__name").distinct().values_list("author__name", flat=True)
        ),
    ),
    Query(
        "a number of distinct",
        lambda: Book.all().values_list(Book.author.name, flat=True).distinct().count(),
        lambda: Book.all().values_list("author__name", flat=True).distinct().count(),
    ),
    Query(
        "numbers of related rows",
        lambda: (
            Author.all()
            .order_by(Author.id)
            .values_list(Author.name, Author.books.count(), Author.pupils.count())
        ),
        lambda: (
            Author.annotate(n=Count("books"), m=Count("pupils"))
            .order_by("id")
            .values_list("name", "n", "m")
        ),
    ),
    Query(
        "aggregates of related rows",
        lambda: (
            Author.all()
            .order_by(Author.id)
            .values_list(
                Author.books.sum(Book.views),
                Author.books.max(Book.rating),
                Author.books.avg(Book.views),
            )
        ),
        lambda: (
            Author.annotate(a=Sum("books__views"), b=Max("books__rating"), c=Avg("books__views"))
            .order_by("id")
            .values_list("a", "b", "c")
        ),
    ),
    Query(
        "a number of some related rows",
        lambda: (
            Author.all()
            .order_by(Author.id)
            .values_list(Author.name, Author.books.count(Book.views > 100))
        ),
        lambda: (
            Author.annotate(n=Count("books", _filter=Q(books__views__gt=100)))
            .order_by("id")
            .values_list("name", "n")
        ),
    ),
]

AGGREGATES = [
    Query(
        "one row of all",
        lambda: row(
            Book.aggregate(
                n=Count(), s=Sum(Book.views), least=Min(Book.rating), most=Max(Book.price)
            )
        ),
        lambda: row(
            Book.aggregate(n=Count("*"), s=Sum("views"), least=Min("rating"), most=Max("price"))
        ),
    ),
    Query(
        "a mean",
        lambda: row(Book.filter(Book.views > 5).aggregate(mean=Avg(Book.views))),
        lambda: row(Book.filter(views__gt=5).aggregate(mean=Avg("views"))),
    ),
    Query(
        "a sum of nothing",
        lambda: row(Book.filter(Book.views < 0).aggregate(sum=Sum(Book.views))),
        lambda: row(Book.filter(views__lt=0).aggregate(sum=Sum("views"))),
    ),
    Query(
        "a sum of decimals",
        lambda: row(Book.aggregate(sum=Sum(Book.price))),
        lambda: row(Book.aggregate(sum=Sum("price"))),
    ),
    Query(
        "a number of values",
        lambda: row(Book.aggregate(n=Count(Book.rating), m=Count(Book.author, distinct=True))),  # type: ignore[arg-type]
        lambda: row(Book.aggregate(n=Count("rating"), m=Count("author", distinct=True))),
    ),
    Query(
        "an aggregate of some",
        lambda: row(Book.aggregate(n=Count(_filter=Book.views > 100))),
        lambda: row(Book.aggregate(n=Count("*", _filter=Q(views__gt=100)))),
    ),
    Query(
        "an aggregate of a slice",
        lambda: row(Book.all().order_by(Book.views.desc()).limit(2).aggregate(s=Sum(Book.views))),
        lambda: row(Book.all().order_by("-views")[:2].aggregate(s=Sum("views"))),
    ),
    Query(
        "groups",
        lambda: (
            Book.all()
            .group_by(Book.status)
            .order_by(Book.status)
            .values_list(Book.status, Count(), Sum(Book.views))
        ),
        lambda: (
            Book.annotate(n=Count("*"), sum=Sum("views"))
            .group_by("status")
            .order_by("status")
            .values_list("status", "n", "sum")
        ),
    ),
    Query(
        "groups by a path",
        lambda: (
            Book.all()
            .group_by(Book.author.name)
            .order_by(Book.author.name)
            .values_list(Book.author.name, Count())
        ),
        lambda: (
            Book.annotate(n=Count("*"))
            .group_by("author__name")
            .order_by("author__name")
            .values_list("author__name", "n")
        ),
    ),
    Query(
        "having",
        lambda: (
            Book.all()
            .group_by(Book.author_id)  # type: ignore[attr-defined]
            .filter(Count() > 1)
            .order_by(Book.author_id)  # type: ignore[attr-defined]
            .values_list(Book.author_id, Max(Book.views))
        ),  # type: ignore[attr-defined]
        lambda: (
            Book.annotate(n=Count("*"), most=Max("views"))
            .group_by("author_id")
            .filter(n__gt=1)
            .order_by("author_id")
            .values_list("author_id", "most")
        ),
    ),
    Query(
        "groups of filtered rows",
        lambda: (
            Book.filter(Book.status == Status.LIVE)
            .group_by(Book.author_id)  # type: ignore[attr-defined]
            .order_by(Book.author_id)  # type: ignore[attr-defined]
            .values_list(Book.author_id, Count())
        ),  # type: ignore[attr-defined]
        lambda: (
            Book.filter(status=Status.LIVE)
            .annotate(n=Count("*"))
            .group_by("author_id")
            .order_by("author_id")
            .values_list("author_id", "n")
        ),
    ),
]

WINDOWS = [
    Query(
        "a row's number",
        lambda: Book.all().order_by(Book.id).values_list(Book.title, place()),
        lambda: (
            Book.annotate(n=RowNumber().over("author_id", "-views"))
            .order_by("id")
            .values_list("title", "n")
        ),
    ),
    Query(
        "ranks",
        lambda: (
            Book.all()
            .order_by(Book.id)
            .values_list(
                Rank().over(order_by=Book.views.desc()),
                DenseRank().over(order_by=Book.views.desc()),
            )
        ),
        lambda: (
            Book.annotate(a=Rank().over(order_by="-views"), b=DenseRank().over(order_by="-views"))
            .order_by("id")
            .values_list("a", "b")
        ),
    ),
    Query(
        "the row before",
        lambda: (
            Book.all()
            .order_by(Book.id)
            .values_list(Lag(Book.views).over(order_by=Book.id), flat=True)
        ),
        lambda: (
            Book.annotate(before=Lag("views").over(order_by="id"))
            .order_by("id")
            .values_list("before", flat=True)
        ),
    ),
    Query(
        "a running sum",
        lambda: (
            Book.all()
            .order_by(Book.id)
            .values_list(over(Sum(Book.views), order_by=Book.id), flat=True)
        ),
        lambda: (
            Book.annotate(sum=over(Sum("views"), order_by="id"))
            .order_by("id")
            .values_list("sum", flat=True)
        ),
    ),
    Query(
        "a share",
        lambda: (
            Book.all()
            .order_by(Book.id)
            .values_list(Book.title, over(Sum(Book.views), partition_by=Book.author_id))
        ),  # type: ignore[attr-defined]
        lambda: (
            Book.annotate(sum=over(Sum("views"), partition_by="author_id"))
            .order_by("id")
            .values_list("title", "sum")
        ),
    ),
    Query(
        "a filter by a window",
        lambda: Book.filter(place() == 1).order_by(Book.id),
    ),
    Query("a number by a window", lambda: Book.filter(place() <= 2).count()),
]

QUERIES = [*ORDERS, *READ, *AGGREGATES, *WINDOWS]
