"""Conditions through relations: to one row, perhaps absent, and to many."""

from __future__ import annotations

from yara_orm import Count, Q

from ..models import Author, Book, Club, Enrolment, Profile, Status, Tag
from .asker import Query, authors, books

QUERIES = [
    books("a path", lambda: Book.author.name == "Ada", author__name="Ada"),
    books("not a path", lambda: ~(Book.author.name == "Ada"), ~Q(author__name="Ada")),
    books(
        "a path through NULL",
        lambda: Book.author.mentor.name == "Ada",
        author__mentor__name="Ada",
    ),
    books(
        "not a path through NULL",
        lambda: ~(Book.author.mentor.name == "Ada"),
        ~Q(author__mentor__name="Ada"),
    ),
    books(
        "unequal through NULL",
        lambda: Book.author.mentor.name != "Ada",
        author__mentor__name__not="Ada",
    ),
    books(
        "a long path",
        lambda: Book.author.mentor.mentor.name == "Ada",
        author__mentor__mentor__name="Ada",
    ),
    books(
        "two paths",
        lambda: (Book.author.name == "Cy") | (Book.author.mentor.name == "Ada"),
        Q(author__name="Cy") | Q(author__mentor__name="Ada"),
    ),
    books(
        "no related row",
        lambda: Book.author.mentor.is_null(),
        author__mentor__isnull=True,
    ),
    books("a foreign key", lambda: Book.author == 1, author=1),
    books("a list of foreign keys", lambda: Book.author.in_([1, 2]), author__in=[1, 2]),
    books(
        "a path to one",
        lambda: Book.author.profile.bio == "Countess",
        author__profile__bio="Countess",
    ),
    books(
        "not a path to one",
        lambda: ~(Book.author.profile.bio == "Countess"),
        ~Q(author__profile__bio="Countess"),
    ),
    authors("no mentor", lambda: Author.mentor.is_null(), mentor__isnull=True),
    authors("a mentor", lambda: Author.mentor.is_not_null(), mentor__isnull=False),
    authors("any", lambda: Author.books.any(Book.views >= 10), books__views__gte=10),
    authors("not any", lambda: ~Author.books.any(Book.views >= 10), ~Q(books__views__gte=10)),
    authors(
        "any of two",
        lambda: Author.books.any((Book.views >= 10) & (Book.status == Status.DRAFT)),
        books__views__gte=10,
        books__status=Status.DRAFT,
    ),
    authors("none", lambda: Author.books.none(Book.views >= 10)),
    authors("all", lambda: Author.books.all(Book.views >= 10)),
    authors("no related rows", lambda: Author.books.none(), books__isnull=True),
    authors("related rows", lambda: Author.books.any(), books__isnull=False),
    authors(
        "any of any",
        lambda: Author.books.any(Book.tags.any(Tag.name == "maths")),
        books__tags__name="maths",
    ),
    authors(
        "any through a path",
        lambda: Author.mentor.books.any(Book.views > 100),
        mentor__books__views__gt=100,
    ),
    Query(
        "a number of related rows",
        lambda: Author.filter(Author.books.count() >= 2).order_by(Author.id),
        lambda: Author.filter(Count("books") >= 2).order_by("id"),
    ),
    authors("any through a model", lambda: Author.clubs.any(Club.name == "Go"), clubs__name="Go"),
    authors(
        "any member that pays",
        lambda: Author.enrolments.any(Enrolment.fee > 4),
        enrolments__fee__gt=4,
    ),
    books(
        "any of many to many",
        lambda: Book.tags.any(Tag.name.in_(["maths", "rust"])),
        tags__name__in=["maths", "rust"],
    ),
    books(
        "not any of many to many",
        lambda: ~Book.tags.any(Tag.name == "maths"),
        ~Q(tags__name="maths"),
    ),
    Query(
        "from the far side",
        lambda: Profile.filter(Profile.author.books.any(Book.views > 100)).order_by(Profile.id),
        lambda: Profile.filter(author__books__views__gt=100).order_by("id"),
    ),
    Query(
        "in its own order",
        lambda: Tag.filter(Tag.books.any(Book.author.name == "Ada")),
        lambda: Tag.filter(books__author__name="Ada"),
    ),
]
