"""Conditions on a row's own columns: comparisons, text, NULL, lists, negation, moments, documents."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from yara_orm import Cast, F, Length, Q, Upper

from ..models import UTC, Author, Book, Status
from .asker import Query, books

INSTANT = dt.datetime(2024, 1, 31, 23, 30, tzinfo=UTC)

QUERIES = [
    books("equal", lambda: Book.views == 10, views=10),
    books("not equal", lambda: Book.views != 10, views__not=10),
    books("not equal, with NULLs", lambda: Book.rating != 4.5, rating__not=4.5),
    books("the complement of equal", lambda: ~(Book.rating == 4.5), ~Q(rating=4.5)),
    books("less", lambda: Book.views < 10, views__lt=10),
    books("at least", lambda: Book.rating >= 3.0, rating__gte=3.0),
    books("between", lambda: Book.views.between(5, 500), views__range=(5, 500)),
    books(
        "a column with a column",
        lambda: Book.id < Book.views.cast(int),
        id__lt=Cast("views", int),
    ),
    books("NULL", lambda: Book.rating.is_null(), rating__isnull=True),
    books("not NULL", lambda: Book.rating.is_not_null(), rating__isnull=False),
    books("equals None", lambda: Book.rating == None, rating=None),
    books("an enum", lambda: Book.status == Status.DRAFT, status=Status.DRAFT),
    books(
        "a list of enums",
        lambda: Book.status.in_([Status.DRAFT, Status.LIVE]),
        status__in=[Status.DRAFT, Status.LIVE],
    ),
    books("a decimal", lambda: Book.price > Decimal("9.5"), price__gt=Decimal("9.5")),
    books(
        "a decimal of another scale",
        lambda: Book.price == Decimal("9.500"),
        price=Decimal("9.500"),
    ),
    books("a list", lambda: Book.views.in_([5, 10]), views__in=[5, 10]),
    books("a list with None", lambda: Book.rating.in_([5.0, None]), rating__in=[5.0, None]),
    books(
        "not in a list with None",
        lambda: Book.rating.not_in([5.0, None]),
        rating__not_in=[5.0, None],
    ),
    books("not in a list", lambda: Book.rating.not_in([4.5, 5.0]), rating__not_in=[4.5, 5.0]),
    books("an empty list", lambda: Book.views.in_([]), views__in=[]),
    books("not in an empty list", lambda: Book.views.not_in([]), views__not_in=[]),
    books("contains", lambda: Book.title.contains("_"), title__contains="_"),
    books("contains, any case", lambda: Book.title.icontains("éCO"), title__icontains="éCO"),
    books("starts with", lambda: Book.title.startswith("100%"), title__startswith="100%"),
    books("ends with a backslash", lambda: Book.title.endswith("\\"), title__endswith="\\"),
    books("equal in any case", lambda: Book.title.iexact("ÉCOLE"), title__iexact="ÉCOLE"),
    books("a quote", lambda: Book.title == "it's", title="it's"),
    books("and", lambda: (Book.views >= 10) & (Book.rating > 4.0), views__gte=10, rating__gt=4.0),
    books("or", lambda: (Book.views == 5) | (Book.rating < 1.0), Q(views=5) | Q(rating__lt=1.0)),
    books(
        "and of or",
        lambda: ((Book.views == 5) | (Book.views == 10)) & (Book.status == Status.DRAFT),
        (Q(views=5) | Q(views=10)) & Q(status=Status.DRAFT),
    ),
    books("not", lambda: ~(Book.rating > 3.0), ~Q(rating__gt=3.0)),
    books(
        "not of and",
        lambda: ~((Book.views >= 10) & (Book.rating > 4.0)),
        ~(Q(views__gte=10) & Q(rating__gt=4.0)),
    ),
    books(
        "not of or",
        lambda: ~((Book.views == 5) | (Book.rating == 5.0)),
        ~(Q(views=5) | Q(rating=5.0)),
    ),
    books("not of not", lambda: ~~(Book.rating > 3.0), ~~Q(rating__gt=3.0)),
    Query(
        "arithmetic",
        lambda: Book.filter(Book.views * 2 + 1 > 20).order_by(Book.id),
        lambda: Book.filter(F("views") * 2 + 1 > 20).order_by("id"),
    ),
    books("an instant", lambda: Book.published >= INSTANT, published__gte=INSTANT),
    books("a year", None, published__year=2024),
    books("a month at least", None, published__month__gte=2),
    books("the day of an instant", None, published__date=dt.date(2024, 2, 29)),
    Query(
        "upper",
        lambda: Book.filter(Book.title.upper() == "ÉCOLE").order_by(Book.id),
        lambda: Book.filter(Upper("title") == "ÉCOLE").order_by("id"),
    ),
    Query(
        "a length",
        lambda: Book.filter(Book.title.length() <= 5).order_by(Book.id),
        lambda: Book.filter(Length("title") <= 5).order_by("id"),
    ),
    books("a pattern", None, title__regex="^[A-Z][a-z]+$"),
    books("a document's text", None, data__lang="en"),
    books("a document's number", None, data__size__w__gt=8),
    books("a document's item", None, data__tags__0="a"),
    books("a document contains", None, data__contains={"tags": ["b"]}),
    books("a document has a key", None, data__has_key="size"),
    Query(
        "a day",
        lambda: Author.filter(Author.born < dt.date(1900, 1, 1)),
        lambda: Author.filter(born__lt=dt.date(1900, 1, 1)),
    ),
    Query("a key", lambda: Book.get(Book.id == 2), lambda: Book.get(pk=2)),
    Query("no such key", lambda: Book.get_or_none(Book.id == 99), lambda: Book.get_or_none(pk=99)),
    Query(
        "two filters",
        lambda: Book.filter(Book.views >= 5).filter(Book.views <= 10).count(),
        lambda: Book.filter(views__gte=5).filter(views__lte=10).count(),
    ),
    Query(
        "exclude",
        lambda: Book.exclude(Book.rating == 5.0).count(),
        lambda: Book.exclude(rating=5.0).count(),
    ),
]
