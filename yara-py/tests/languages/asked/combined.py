"""Queries of queries: subqueries and sets."""

from __future__ import annotations

from typing import Any

from yara_orm import Exists, Subquery

from ..models import Author, Book
from .asker import Query


def writers() -> Any:
    return Book.filter(Book.views > 100).values_list(Book.author_id, flat=True)  # type: ignore[attr-defined]


def writers_by_text() -> Any:
    return Book.filter(views__gt=100).values_list("author_id", flat=True)


def born() -> Any:
    return Author.filter(Author.born.is_not_null())


def pupils() -> Any:
    return Author.filter(mentor__isnull=False)


def of_author(*conditions: Any) -> Any:
    return Book.filter((Book.author_id == Author.id), *conditions)  # type: ignore[attr-defined]


QUERIES = [
    Query(
        "in a query",
        lambda: Author.filter(Author.id.in_(writers())).order_by(Author.id),
        lambda: Author.filter(id__in=writers_by_text()).order_by("id"),
    ),
    Query(
        "not in a query",
        lambda: Author.filter(Author.id.not_in(writers())).order_by(Author.id),
        lambda: Author.filter(id__not_in=writers_by_text()).order_by("id"),
    ),
    Query(
        "equals a query",
        lambda: Book.filter(
            Book.rating
            == Subquery(
                Book.filter(Book.rating.is_not_null())
                .order_by(Book.rating.desc())
                .limit(1)
                .values_list(Book.rating, flat=True)
            )
        ),
        lambda: Book.filter(
            rating=Subquery(
                Book.filter(rating__isnull=False)
                .order_by("-rating")
                .limit(1)
                .values_list("rating", flat=True)
            )
        ),
    ),
    Query(
        "exists, correlated",
        lambda: Author.filter(Exists(of_author(Book.views > 100))).order_by(Author.id),
    ),
    Query(
        "does not exist, correlated",
        lambda: Author.filter(~Exists(of_author())).order_by(Author.id),
    ),
    Query(
        "a value of a query",
        lambda: (
            Author.all()
            .order_by(Author.id)
            .values_list(
                Author.name,
                Subquery(
                    of_author().order_by(Book.id.desc()).limit(1).values_list(Book.title, flat=True)
                ),
            )
        ),
    ),
    Query(
        "a union",
        lambda: born().union(pupils()).order_by(Author.id),
        lambda: born().union(pupils()).order_by("id"),
    ),
    Query("a union of all", lambda: born().union(pupils(), all=True).order_by(Author.id)),
    Query("an intersection", lambda: born().intersection(pupils()).order_by(Author.id)),
    Query("a difference", lambda: born().difference(pupils()).order_by(Author.id)),
    Query("a number of a union", lambda: born().union(pupils()).count()),
    Query(
        "a slice of a union",
        lambda: born().union(pupils()).order_by(Author.name.desc()).limit(2),
        lambda: born().union(pupils()).order_by("-name")[:2],
    ),
    Query(
        "a filter of a union",
        lambda: born().union(pupils()).filter(Author.mentor.name == "Ada").order_by(Author.id),
        lambda: born().union(pupils()).filter(mentor__name="Ada").order_by("id"),
    ),
    Query(
        "a union of slices",
        lambda: (
            Author.all()
            .order_by(Author.name)
            .limit(1)
            .union(Author.all().order_by(Author.name.desc()).limit(1))
            .order_by(Author.id)
        ),
    ),
    Query(
        "the first of each",
        lambda: (
            Book.all()
            .distinct_on(Book.author_id)  # type: ignore[attr-defined]
            .order_by(Book.author_id, Book.views.desc())  # type: ignore[attr-defined]
            .values_list(Book.title, flat=True)
        ),
        lambda: (
            Book.all()
            .distinct_on("author_id")
            .order_by("author_id", "-views")
            .values_list("title", flat=True)
        ),
    ),
]
