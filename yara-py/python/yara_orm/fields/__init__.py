"""The fields of a model."""

from typing import TYPE_CHECKING, Any

from .base import Field
from .composed import ArrayField, JSONField, RangeField
from .data import (
    BigIntField,
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DatetimeField,
    DecimalField,
    FloatField,
    InetField,
    IntervalField,
    IntField,
    SmallIntField,
    TextField,
    TimeDeltaField,
    TimeField,
    UUIDField,
)
from .enums import CharEnumField, IntEnumField
from .generated import GeneratedField
from .relational import (
    CASCADE,
    NO_ACTION,
    RESTRICT,
    SET_DEFAULT,
    SET_NULL,
    BackwardOneToOneRelation,
    ForeignKeyField,
    ForeignKeyNullableRelation,
    ForeignKeyRelation,
    ManyToManyField,
    ManyToManyRelation,
    OnDelete,
    OneToOneField,
    OneToOneNullableRelation,
    OneToOneRelation,
    ReverseRelation,
)

__all__ = [
    "CASCADE",
    "NO_ACTION",
    "RESTRICT",
    "SET_DEFAULT",
    "SET_NULL",
    "ArrayField",
    "BackwardOneToOneRelation",
    "BigIntField",
    "BinaryField",
    "BooleanField",
    "CharEnumField",
    "CharField",
    "DateField",
    "DatetimeField",
    "DecimalField",
    "Field",
    "FloatField",
    "ForeignKeyField",
    "ForeignKeyNullableRelation",
    "ForeignKeyRelation",
    "GeneratedField",
    "InetField",
    "IntEnumField",
    "IntField",
    "IntervalField",
    "JSONField",
    "ManyToManyField",
    "ManyToManyRelation",
    "OnDelete",
    "OneToOneField",
    "OneToOneNullableRelation",
    "OneToOneRelation",
    "RangeField",
    "ReverseRelation",
    "SmallIntField",
    "TextField",
    "TimeDeltaField",
    "TimeField",
    "UUIDField",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """The classes of registered kinds, by which migrations in Python name them."""
        from .kinds import class_of

        found = class_of(name)
        if found is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return found
