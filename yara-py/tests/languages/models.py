"""The models of `tests/languages/models.rs`."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from typing import Any

from yara_orm import (
    CheckConstraint,
    Index,
    Lower,
    Model,
    OnDelete,
    Q,
    SqlDefault,
    UniqueConstraint,
    fields,
)


class Status(str, enum.Enum):
    DRAFT = "draft"
    LIVE = "live"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 20


class Club(Model):
    id = fields.BigIntField(pk=True)
    name = fields.CharField(max_length=20)

    class Meta:
        table = "clubs"


class Author(Model):
    id = fields.BigIntField(pk=True)
    name = fields.CharField(max_length=100, unique=True)
    born = fields.DateField(null=True, description="The day, where it is known")
    mentor: fields.ForeignKeyNullableRelation[Author] = fields.ForeignKeyField(
        "self", related_name="pupils", null=True, on_delete=OnDelete.SET_NULL
    )
    clubs: fields.ManyToManyRelation[Club] = fields.ManyToManyField(
        Club, related_name=False, through="Enrolment", backward_key="member", forward_key="club"
    )
    pupils: fields.ReverseRelation[Author]
    books: fields.ReverseRelation[Book]
    enrolments: fields.ReverseRelation[Enrolment]
    profile: Any

    class Meta:
        table_description = "Someone who writes books"


class Tag(Model):
    id = fields.BigIntField(pk=True)
    name = fields.CharField(max_length=50, unique=True)
    books: fields.ManyToManyRelation[Book]

    class Meta:
        ordering = ("-name",)


class Book(Model):
    id = fields.BigIntField(pk=True)
    title = fields.CharField(max_length=200)
    views = fields.IntField(default=0, index=True)
    rating = fields.FloatField(null=True)
    price = fields.DecimalField(max_digits=12, decimal_places=2, null=True)
    status = fields.CharEnumField(Status, default=Status.LIVE)
    published = fields.DatetimeField(null=True)
    data = fields.JSONField(null=True)
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        Author, related_name="books", on_delete=OnDelete.CASCADE
    )
    tags: fields.ManyToManyRelation[Tag] = fields.ManyToManyField(
        Tag,
        related_name="books",
        through="book_tags",
        backward_key="book_id",
        forward_key="tag_id",
    )

    class Meta:
        unique_together = ("author", "title")
        indexes = (("status", "views"), Index(Lower("title"), name="book_title_lower"))
        constraints = (
            UniqueConstraint(fields=("title", "published"), name="book_title_published"),
            CheckConstraint(check=Q(views__gte=0), name="views_not_negative"),
            CheckConstraint(
                check=Q(rating__isnull=True) | Q(rating__range=(0.0, 5.0)), name="rated_or_draft"
            ),
        )


class Profile(Model):
    id = fields.BigIntField(pk=True)
    bio = fields.TextField()
    author: fields.OneToOneRelation[Author] = fields.OneToOneField(
        Author, related_name="profile", on_delete=OnDelete.RESTRICT
    )


class Seat(Model):
    row = fields.CharField(max_length=2, pk=True)
    number = fields.IntField(pk=True)
    taken = fields.BooleanField(default=False, db_column="is_taken")


class Booking(Model):
    code = fields.UUIDField(pk=True, default=uuid.uuid4)
    seat: fields.ForeignKeyNullableRelation[Seat] = fields.ForeignKeyField(
        Seat, related_name="bookings", null=True, on_delete=OnDelete.NO_ACTION
    )


class Enrolment(Model):
    member: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        Author, related_name="enrolments", pk=True, on_delete=OnDelete.NO_ACTION
    )
    club: fields.ForeignKeyRelation[Club] = fields.ForeignKeyField(
        Club, related_name="enrolments", pk=True, on_delete=OnDelete.NO_ACTION
    )
    fee = fields.BigIntField(default=0)


class Country(Model):
    id = fields.BigIntField(pk=True)
    code = fields.CharField(max_length=2, unique=True)


class City(Model):
    id = fields.BigIntField(pk=True)
    name = fields.TextField(db_default=SqlDefault("'unnamed'"))
    country: fields.ForeignKeyRelation[Country] = fields.ForeignKeyField(
        Country,
        related_name="cities",
        to_field="code",
        db_constraint=False,
        on_delete=OnDelete.NO_ACTION,
    )


class Everything(Model):
    """A field of every type that both languages have."""

    id = fields.IntField(pk=True, generated=False)
    flag = fields.BooleanField(null=True)
    small = fields.SmallIntField(null=True)
    int = fields.IntField(null=True)
    big = fields.BigIntField(null=True)
    ratio = fields.FloatField(null=True)
    price = fields.DecimalField(max_digits=60, decimal_places=20, null=True)
    code = fields.CharField(max_length=40, null=True)
    text = fields.TextField(null=True)
    blob = fields.BinaryField(null=True)
    uid = fields.UUIDField(null=True)
    day = fields.DateField(null=True)
    time = fields.TimeField(null=True)
    moment = fields.DatetimeField(null=True)
    span = fields.TimeDeltaField(null=True)
    data = fields.JSONField(null=True)
    status = fields.CharEnumField(Status, null=True)
    size = fields.IntEnumField(Size, null=True)
    numbers = fields.ArrayField(fields.IntField(), null=True)
    words = fields.ArrayField(fields.TextField(), null=True)
    days = fields.ArrayField(fields.DateField(), null=True)


MODELS = (
    Author, Book, Tag, Profile, Seat, Booking, Club, Enrolment, Country, City, Everything
)  # fmt: skip

UTC = dt.timezone.utc
