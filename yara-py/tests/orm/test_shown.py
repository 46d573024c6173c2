"""What a `repr` says: names and operators, and no value, which may be a secret."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from yara_orm import (
    Case,
    Coalesce,
    Concat,
    Count,
    Exists,
    F,
    Graph,
    Max,
    OnConflict,
    Prefetch,
    Q,
    RawSQL,
    RowNumber,
    StringAgg,
    Subquery,
    Sum,
    Value,
    When,
    aliased,
    excluded,
    func,
)

from .conftest import World
from .library import MODELS as LIBRARY
from .library import Author, Book, Tag, fill

MODELS = LIBRARY
SECRET = "swordfish"

EXPRESSIONS: list[tuple[Any, str]] = [
    (Book.title, "<Col Book.title>"),
    (Book.author.name, "<Col Book.author.name>"),
    (Book.author, "Book.author"),
    (Author.books, "Author.books"),
    (aliased(Book, "other").title, "<Col other.title>"),
    (Book.views + 7, "<Expr Book.views + …>"),
    (7 - Book.views, "<Expr … - Book.views>"),
    (Book.views * (Book.id + 7), "<Expr Book.views * (Book.id + …)>"),
    (-Book.views, "<Expr -Book.views>"),
    (Book.title == SECRET, "<Expr Book.title == …>"),
    (Book.rating == None, "<Expr Book.rating.is_null()>"),
    (
        (Book.title == SECRET) & ~(Book.views > 7),
        "<Expr (Book.title == …) & ~(Book.views > …)>",
    ),
    ((Book.title != SECRET) | (Book.views <= 7), "<Expr (Book.title != …) | (Book.views <= …)>"),
    (Book.title.icontains(SECRET), "<Expr Book.title.icontains(…)>"),
    (Book.title.in_([SECRET]), "<Expr Book.title.in_([…])>"),
    (Book.id.in_(Book.filter(title=SECRET)), "<Expr Book.id.in_(Book)>"),
    (Book.views.between(7, 8), "<Expr Book.views.between(…, …)>"),
    (Book.title.lower().replace(SECRET, "x"), "<Expr replace(lower(Book.title), …, …)>"),
    (Book.views.cast(str), "<Expr Book.views.cast(text)>"),
    (Author.books.any(Book.title == SECRET), "<Expr Author.books.any(Book.title == …)>"),
    (Author.books.count(), "<Expr Author.books.count()>"),
    (Author.books.max(Book.views), "<Expr Author.books.aggregate(max(Book.views))>"),
    (Exists(Book.filter(title=SECRET)), "<Expr exists(Book)>"),
    (Coalesce(Book.rating, 0.5), "<Expr coalesce(Book.rating, …)>"),
    (Value(SECRET), "<Value …>"),
    (Value(None), "<Value None>"),
    (Book.title.set(SECRET), "<Assignment title=…>"),
    (Book.views.set(Book.views + 7), "<Assignment views=Book.views + …>"),
    (Book.title.desc().nulls_last(), "<Order Book.title descending, nulls last>"),
    # What waits for a query.
    (F("views"), "F('views')"),
    (F("views") + 7, "<Deferred F('views') + …>"),
    (7 - F("views"), "<Deferred … - F('views')>"),
    (F("views") == F("id"), "<Deferred F('views') == F('id')>"),
    (F("title") + SECRET, "<Deferred F('title') + …>"),
    (F("title").in_([SECRET]), "<Deferred (F('title')).in_([…])>"),
    (F("rating").is_null(), "<Deferred (F('rating')).is_null()>"),
    (~(F("title") == SECRET), "<Deferred ~(F('title') == …)>"),
    (F("title").contains(SECRET), "<Deferred expression of F('title'), …>"),
    ((F("views") > 7) & Q(title=SECRET), "<Deferred (F('views') > …) & (Q(title=…))>"),
    (Coalesce("title", SECRET), "<Deferred coalesce('title', …)>"),
    (Concat("title", Value(SECRET)), "<Deferred concat('title', …)>"),
    (func.substr(F("title"), 2, kind=str), "<Deferred substr(F('title'), …)>"),
    (Count("books"), "Count('books')"),
    (Count(), "Count()"),
    (
        Count("books", distinct=True, _filter=Q(books__title=SECRET)),
        "Count('books', distinct=True, _filter=Q(books__title=…))",
    ),
    (Sum(Book.views), "Sum(Book.views)"),
    (StringAgg(Book.title, order_by="-title"), "StringAgg(Book.title, order_by=['-title'])"),
    (
        Case(When(title=SECRET, then=7), default=8),
        "Case(When(title=…, then=…), default=…)",
    ),
    (
        Subquery(Book.filter(title=SECRET)),
        "Subquery(query of Book where Book.title == …)",
    ),
    (RawSQL("views > $1", [7]), "sql('views > $1')"),
    (
        RowNumber().over(partition_by=Book.author, order_by="-views"),
        "<Deferred row_number().over(partition_by=(Book.author), order_by=('-views'))>",
    ),
    (RowNumber(), "<WindowFunction row_number()>"),
    (excluded("views"), "<Deferred excluded('views')>"),
    (Q(title=SECRET, views__gt=7), "Q(title=…, views__gt=…)"),
    (Q(title=SECRET) | ~Q(Book.views > 7), "Q(Q(title=…), ~Q(Q(Book.views > …)), join_type='OR')"),
    (Q(author=F("author__mentor")), "Q(author=F('author__mentor'))"),
]


@pytest.mark.parametrize(("expression", "text"), EXPRESSIONS, ids=lambda each: str(each)[:40])
async def test_expressions(world: World, expression: Any, text: str) -> None:
    assert repr(expression) == text


async def test_queries(world: World) -> None:
    query = Book.filter(title=SECRET).order_by("-views", "id")
    shown = "Book where Book.title == … ordered by Book.views descending, Book.id"
    with world.counting(0):
        assert repr(Book.all()) == "<QuerySet of Book>"
        assert repr(query) == f"<QuerySet of {shown}>"
        assert repr(query[5:15]) == f"<QuerySet of {shown} limit 10 offset 5>"
        assert repr(query.none()) == f"<QuerySet of no {shown}>"
        assert repr(query.values("id", "title")) == f"<Rows id, title of {shown}>"
        assert repr(query.first()) == f"<Single of {shown} limit 1>"
        assert repr(Book.get(title=SECRET)) == "<Single of Book where Book.title == … limit 2>"
        grouped = Book.all().group_by("author_id")
        assert repr(grouped) == "<QuerySet of Book grouped by (Book.author_id)>"
        assert repr(Author.filter(books__title=SECRET)) == (
            "<QuerySet of Author where Author.books.any(Book.title == …)>"
        )
        assert repr(Book.raw("select * from book where title = ?", [SECRET])) == "<RawRows of Book>"
        assert repr(query.stream(50)) == "<Stream in portions of 50 rows>"
        written = Book.filter(title=SECRET).delete()
        assert repr(written) == "<Written of Book where Book.title == …>"
        written.close()
        written = Book.filter(title=SECRET).update(views=7)
        assert repr(written) == "<Written of Book where Book.title == …>"
        written.close()
        call = Book.create(title=SECRET)
        assert repr(call) == "<Call Book.create>"
        call.close()


async def test_what_is_declared(world: World) -> None:
    ada, *_ = await fill()
    assert repr(Book._meta) == "<Meta of Book: table 'book'>"
    assert repr(Prefetch("books")) == "Prefetch('books')"
    assert repr(Prefetch(Author.books, Book.filter(title=SECRET), to_attr="best")) == (
        "Prefetch(Author.books, queryset=query of Book where Book.title == …, to_attr='best')"
    )
    conflict = OnConflict("title").update("rating", views=Book.views + 7, title=SECRET)
    assert repr(conflict) == "OnConflict('title').update('rating', views=Book.views + …, title=…)"
    assert repr(OnConflict(constraint="x").ignore()) == "OnConflict(constraint='x').ignore()"
    assert repr(Graph(ada)) == "<graph of <Author: 1>>"
    assert repr(Book._meta.fields_map["title"]) == "<CharField Book.title>"
    assert repr(ada.books) == "<Author.books>"
    assert repr(When(Q(title=SECRET), views=7, then=Max("views"))) == (
        "When(Q(title=…), views=…, then=Max('views'))"
    )


async def test_no_value_is_shown_however_deep(world: World) -> None:
    condition: Any = Book.title == SECRET
    for _ in range(50):
        condition = ~(condition & (Book.author.name != SECRET))
    many: Any = Q(*(Book.title == f"{SECRET} {at}" for at in range(100)))
    moment = Book.views + 1 > 2024
    for text in map(repr, (condition, Book.filter(condition), Book.filter(many), moment)):
        assert SECRET not in text and "2024" not in text and len(text) < 600
    assert dt.date.today().isoformat() not in repr(Q(day=dt.date.today()))
    assert SECRET not in repr(Tag.filter(name__in=[SECRET]))
