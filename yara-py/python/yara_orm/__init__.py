"""One async ORM for Rust and Python, over one query engine."""

from __future__ import annotations

from . import exceptions, fields, functions, timezone, validators
from ._engine import __version__
from .columns import FK, Column, Many, TypedModel, column
from .expressions import Expr, Order, Value
from .fields import OnDelete
from .functions import (
    Aggregate,
    ArrayAgg,
    Avg,
    Case,
    Cast,
    Coalesce,
    Concat,
    Count,
    Exists,
    JsonAgg,
    Length,
    Lower,
    Max,
    Min,
    Now,
    Random,
    RawSQL,
    RawText,
    StringAgg,
    Subquery,
    Sum,
    Trim,
    Upper,
    When,
    func,
)
from .indexes import CheckConstraint, Index, UniqueConstraint
from .manager import Manager
from .models import Model
from .prefetch import Prefetch
from .q import F, Q
from .queryset import QuerySet
from .signals import Signals, post_delete, post_save, pre_delete, pre_save

__all__ = [
    "FK",
    "Aggregate",
    "ArrayAgg",
    "Avg",
    "Case",
    "Cast",
    "CheckConstraint",
    "Coalesce",
    "Column",
    "Concat",
    "Count",
    "Exists",
    "Expr",
    "F",
    "Index",
    "JsonAgg",
    "Length",
    "Lower",
    "Manager",
    "Many",
    "Max",
    "Min",
    "Model",
    "Now",
    "OnDelete",
    "Order",
    "Prefetch",
    "Q",
    "QuerySet",
    "Random",
    "RawSQL",
    "RawText",
    "Signals",
    "StringAgg",
    "Subquery",
    "Sum",
    "Trim",
    "TypedModel",
    "UniqueConstraint",
    "Upper",
    "Value",
    "When",
    "__version__",
    "column",
    "exceptions",
    "fields",
    "func",
    "functions",
    "post_delete",
    "post_save",
    "pre_delete",
    "pre_save",
    "timezone",
    "validators",
]
