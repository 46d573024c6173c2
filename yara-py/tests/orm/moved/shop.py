"""The models of a shop that yara-orm 1.19 migrated, as they are."""

import enum

from yara_orm import CheckConstraint, Index, Model, UniqueConstraint, db_defaults, fields


class Size(str, enum.Enum):
    S = "s"
    L = "large"


class Author(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100, unique=True)
    mentor = fields.ForeignKeyField(
        "models.Author", null=True, related_name="pupils", on_delete="SET NULL"
    )


class Tag(Model):
    code = fields.CharField(max_length=20, pk=True)


class Book(Model):
    id = fields.UUIDField(pk=True)
    title = fields.CharField(max_length=200)
    views = fields.BigIntField(default=0)
    price = fields.DecimalField(max_digits=8, decimal_places=2, null=True)
    size = fields.CharEnumField(Size, max_length=10, default=Size.S)
    stamp = fields.DatetimeField(default=db_defaults.Now())
    author = fields.ForeignKeyField("models.Author", related_name="books")
    tags = fields.ManyToManyField("models.Tag", related_name="books")

    class Meta:
        table = "book"
        unique_together = (("author", "title"),)
        indexes = (
            Index(fields=["title", "views"]),
            Index(fields=["views"], name="popular", condition="views > 10"),
            Index(fields=["price"], unique=True),
        )
        constraints = (
            UniqueConstraint(fields=["title", "price"], name="one_price"),
            CheckConstraint(check="views >= 0", name="views_positive"),
        )


class Loan(Model):
    id = fields.BigIntField(pk=True)
    book = fields.OneToOneField("models.Book", null=True, on_delete="RESTRICT")
    token = fields.CharField(max_length=64, default=db_defaults.RandomHex(size=8))
    took = fields.TimeDeltaField(null=True)
    data = fields.JSONField(default=dict)
