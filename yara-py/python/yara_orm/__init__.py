"""One async ORM for Rust and Python, over one query engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import db_defaults, exceptions, fields, functions, timezone, validators
from ._engine import __version__
from .aggregates import (
    Aggregate,
    ArrayAgg,
    Avg,
    BoolAnd,
    BoolOr,
    Count,
    JsonAgg,
    Max,
    Min,
    StdDev,
    StringAgg,
    Sum,
    Variance,
    custom_aggregate,
)
from .aliases import aliased, optional, outer
from .batches import batch
from .columns import FK, Column, Many, TypedModel, column
from .conflicts import OnConflict, Upserted, excluded
from .connection import BaseDBAsyncClient, connections
from .database_defaults import DatabaseDefault, Now, RandomHex, SqlDefault
from .exceptions import (
    BaseORMException,
    ConfigurationError,
    DBConnectionError,
    DoesNotExist,
    FieldError,
    IncompleteInstanceError,
    IntegrityError,
    MultipleObjectsReturned,
    NotExistOrMultiple,
    NotLoaded,
    NoValuesFetched,
    ObjectDoesNotExistError,
    OperationalError,
    ORMError,
    ParamsError,
    TransactionManagementError,
    UnSupportedError,
    ValidationError,
)
from .expressions import Expr, Order
from .fields import OnDelete
from .fields.kinds import register_field_kind, unregister_field_kind
from .func import func
from .functions import (
    Case,
    Cast,
    Coalesce,
    Concat,
    Exists,
    Greatest,
    Least,
    Length,
    Lower,
    NullIf,
    Random,
    RawSQL,
    Subquery,
    Today,
    Trim,
    Upper,
    When,
    exists,
    sql,
)
from .graphs import Graph
from .hooks import (
    clear_query_annotators,
    clear_query_hooks,
    register_query_annotator,
    register_query_hook,
)
from .indexes import CheckConstraint, FullTextIndex, Index, UniqueConstraint
from .manager import Manager
from .models import Model
from .orm import YaraOrm, run_async
from .parameters import Array, RawText
from .prefetch import Prefetch
from .q import F, Q
from .queryset import QuerySet
from .ranges import Interval, Range
from .search import fulltext
from .signals import Signals, post_delete, post_save, pre_delete, pre_save
from .transactions import IsolationLevel, atomic, in_transaction, on_commit
from .values import Value
from .windows import (
    CumeDist,
    DenseRank,
    FirstValue,
    Lag,
    LastValue,
    Lead,
    NthValue,
    Ntile,
    PercentRank,
    Rank,
    RowNumber,
    WindowFunction,
    over,
)

Window = over

if TYPE_CHECKING:
    from . import migrations
    from .migrations import MigrationManager
else:

    def __getattr__(name: str) -> Any:
        # Imported when they are asked for: most runs of a program migrate nothing.
        if name in ("MigrationManager", "migrations"):
            from importlib import import_module

            module = import_module(".migrations", __name__)
            return module if name == "migrations" else module.MigrationManager
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "FK",
    "Aggregate",
    "Array",
    "ArrayAgg",
    "Avg",
    "BaseDBAsyncClient",
    "BaseORMException",
    "BoolAnd",
    "BoolOr",
    "Case",
    "Cast",
    "CheckConstraint",
    "Coalesce",
    "Column",
    "Concat",
    "ConfigurationError",
    "Count",
    "CumeDist",
    "DBConnectionError",
    "DatabaseDefault",
    "DenseRank",
    "DoesNotExist",
    "Exists",
    "Expr",
    "F",
    "FieldError",
    "FirstValue",
    "FullTextIndex",
    "Graph",
    "Greatest",
    "IncompleteInstanceError",
    "Index",
    "IntegrityError",
    "Interval",
    "IsolationLevel",
    "JsonAgg",
    "Lag",
    "LastValue",
    "Lead",
    "Least",
    "Length",
    "Lower",
    "Manager",
    "Many",
    "Max",
    "MigrationManager",
    "Min",
    "Model",
    "MultipleObjectsReturned",
    "NoValuesFetched",
    "NotExistOrMultiple",
    "NotLoaded",
    "Now",
    "NthValue",
    "Ntile",
    "NullIf",
    "ORMError",
    "ObjectDoesNotExistError",
    "OnConflict",
    "OnDelete",
    "OperationalError",
    "Order",
    "ParamsError",
    "PercentRank",
    "Prefetch",
    "Q",
    "QuerySet",
    "Random",
    "RandomHex",
    "Range",
    "Rank",
    "RawSQL",
    "RawText",
    "RowNumber",
    "Signals",
    "SqlDefault",
    "StdDev",
    "StringAgg",
    "Subquery",
    "Sum",
    "Today",
    "TransactionManagementError",
    "Trim",
    "TypedModel",
    "UnSupportedError",
    "UniqueConstraint",
    "Upper",
    "Upserted",
    "ValidationError",
    "Value",
    "Variance",
    "When",
    "Window",
    "WindowFunction",
    "YaraOrm",
    "__version__",
    "aliased",
    "atomic",
    "batch",
    "clear_query_annotators",
    "clear_query_hooks",
    "column",
    "connections",
    "custom_aggregate",
    "db_defaults",
    "exceptions",
    "excluded",
    "exists",
    "fields",
    "fulltext",
    "func",
    "functions",
    "in_transaction",
    "migrations",
    "on_commit",
    "optional",
    "outer",
    "over",
    "post_delete",
    "post_save",
    "pre_delete",
    "pre_save",
    "register_field_kind",
    "register_query_annotator",
    "register_query_hook",
    "run_async",
    "sql",
    "timezone",
    "unregister_field_kind",
    "validators",
]
