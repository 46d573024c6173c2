"""The names that code for Tortoise ORM and for yara-orm uses, with their parameters and defaults.

A parameter that stands here stands at the same place there, under the same name and with the same
default; there may be more behind it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
import yara_orm
from yara_orm import (
    BaseDBAsyncClient,
    Case,
    F,
    Index,
    IsolationLevel,
    Manager,
    Model,
    OnDelete,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
    YaraOrm,
    connections,
    exceptions,
    fields,
    functions,
    timezone,
    transactions,
    validators,
)
from yara_orm import migrations as m
from yara_orm.fields import Field

from .library import Author, Book

EXPORTS = """
    YaraOrm Model TypedModel Index QuerySet Q Manager Prefetch fields validators timezone
    migrations MigrationManager
    F Case When RawSQL RawText Subquery Value Array Aggregate Count Sum Avg Min Max
    Lower Upper Length Trim Concat Coalesce Random DatabaseDefault Now RandomHex SqlDefault
    UniqueConstraint CheckConstraint
    connections in_transaction atomic IsolationLevel BaseDBAsyncClient run_async
    register_query_hook clear_query_hooks register_query_annotator clear_query_annotators
    Signals pre_save post_save pre_delete post_delete
    Column column FK Many Exists exists Window RowNumber Rank DenseRank Lag Lead over
    StringAgg ArrayAgg JsonAgg Cast func sql on_commit
"""

EXCEPTIONS = """
    ORMError BaseORMException ConfigurationError OperationalError DBConnectionError
    TransactionManagementError IntegrityError NoValuesFetched NotExistOrMultiple DoesNotExist
    ObjectDoesNotExistError MultipleObjectsReturned FieldError ParamsError ValidationError
    IncompleteInstanceError UnSupportedError
"""

FIELDS = """
    SmallIntField IntField BigIntField FloatField DecimalField CharField TextField BinaryField
    BooleanField DatetimeField DateField TimeField TimeDeltaField UUIDField JSONField IntEnumField
    CharEnumField ForeignKeyField OneToOneField ManyToManyField OnDelete ForeignKeyRelation
    ForeignKeyNullableRelation OneToOneRelation OneToOneNullableRelation ReverseRelation
    ManyToManyRelation CASCADE RESTRICT SET_NULL SET_DEFAULT NO_ACTION ArrayField IntervalField
"""

# What the two have in common stands as a function without a body.
Wanted = list[tuple[Any, str, Callable[..., Any]]]

ORM: Wanted = [
    (
        YaraOrm,
        "init",
        lambda db_url=None, router=None, use_tz=False, timezone="UTC", *, config=None, modules=None: (
            0
        ),
    ),
    (YaraOrm, "add_connection", lambda name, url: 0),
    (YaraOrm, "set_router", lambda router: 0),
    (YaraOrm, "set_password", lambda password, connection="default": 0),
    (YaraOrm, "get_connection", lambda name="default": 0),
    (YaraOrm, "close", lambda: 0),
    (YaraOrm, "close_connections", lambda: 0),
    (YaraOrm, "generate_schemas", lambda safe=True, models=None: 0),
    (YaraOrm, "get_schema_sql", lambda safe=True, models=None: 0),
    (YaraOrm, "run_async", lambda coro: 0),
    (yara_orm, "run_async", lambda coro: 0),
]

CLIENT: Wanted = [
    (connections, "get", lambda name="default": 0),
    (BaseDBAsyncClient, "execute", lambda self, sql, params=None: 0),
    (BaseDBAsyncClient, "fetch_rows", lambda self, sql, params=None: 0),
    (BaseDBAsyncClient, "fetch_row", lambda self, sql, params=None: 0),
    (BaseDBAsyncClient, "fetch_all", lambda self, sql, params=None: 0),
    (BaseDBAsyncClient, "fetch_one", lambda self, sql, params=None: 0),
    (BaseDBAsyncClient, "execute_query", lambda self, sql, params=None: 0),
    (BaseDBAsyncClient, "execute_query_dict", lambda self, sql, params=None: 0),
    (BaseDBAsyncClient, "execute_script", lambda self, sql: 0),
    (BaseDBAsyncClient, "execute_many", lambda self, sql, rows: 0),
    (yara_orm.connection, "get_engine", lambda: 0),
]

CLASS_SIDE: Wanted = [
    (Model, "all", lambda using_db=None: 0),
    (Model, "filter", lambda *args, using_db=None, **kwargs: 0),
    (Model, "exclude", lambda *args, using_db=None, **kwargs: 0),
    (Model, "annotate", lambda **kwargs: 0),
    (Model, "prefetch_related", lambda *relations: 0),
    (Model, "select_related", lambda *relations: 0),
    (Model, "distinct", lambda: 0),
    (Model, "select_for_update", lambda nowait=False, skip_locked=False, of=(): 0),
    (Model, "get", lambda *args, using_db=None, **kwargs: 0),
    (Model, "get_or_none", lambda *args, using_db=None, **kwargs: 0),
    (Model, "exists", lambda *args, using_db=None, **kwargs: 0),
    (Model, "first", lambda using_db=None: 0),
    (Model, "last", lambda using_db=None: 0),
    (Model, "earliest", lambda *fields: 0),
    (Model, "latest", lambda *fields: 0),
    (Model, "values", lambda *fields, **named: 0),
    (Model, "values_list", lambda *fields, flat=False: 0),
    (Model, "create", lambda using_db=None, **values: 0),
    (Model, "get_or_create", lambda defaults=None, using_db=None, **kwargs: 0),
    (Model, "update_or_create", lambda defaults=None, using_db=None, **kwargs: 0),
    (
        Model,
        "bulk_create",
        lambda objects, batch_size=None, ignore_conflicts=False, update_fields=None, on_conflict=None, using_db=None: (
            0
        ),
    ),
    (Model, "bulk_update", lambda objects, fields, batch_size=None, using_db=None: 0),
    (
        Model,
        "bulk_get_or_create",
        lambda records, key_fields, defaults=None, batch_size=None: 0,
    ),
    (
        Model,
        "bulk_update_or_create",
        lambda records, key_fields, update_fields=None, batch_size=None: 0,
    ),
    (Model, "in_bulk", lambda ids, field_name="pk", using_db=None: 0),
    (Model, "raw", lambda sql, params=(), using_db=None: 0),
    (Model, "construct", lambda **values: 0),
    (Model, "fetch_for_list", lambda instances, *relations, using_db=None: 0),
    (Model, "describe", lambda serializable=True: 0),
    (Model, "register_listener", lambda signal, listener: 0),
    (Model, "count", lambda: 0),
    (Model, "aggregate", lambda **kwargs: 0),
    (Model, "none", lambda: 0),
    (Model, "using", lambda connection: 0),
    (Model, "select", lambda *columns: 0),
    (Model, "bulk_delete", lambda objects, using_db=None: 0),
    (Model, "union", lambda *others, all=False: 0),
]

INSTANCE_SIDE: Wanted = [
    (Model, "save", lambda self, update_fields=None, using_db=None: 0),
    (Model, "delete", lambda self, using_db=None: 0),
    (Model, "refresh_from_db", lambda self, fields=None, using_db=None: 0),
    (Model, "fetch_related", lambda self, *names, using_db=None: 0),
    (Model, "update_from_dict", lambda self, data: 0),
    (Model, "__iter__", lambda self: 0),
    (Model, "__await__", lambda self: 0),
]

QUERIES: Wanted = [
    (QuerySet, "filter", lambda self, *args, **kwargs: 0),
    (QuerySet, "exclude", lambda self, *args, **kwargs: 0),
    (QuerySet, "annotate", lambda self, **kwargs: 0),
    (QuerySet, "group_by", lambda self, *fields: 0),
    (QuerySet, "all", lambda self: 0),
    (QuerySet, "order_by", lambda self, *order: 0),
    (QuerySet, "limit", lambda self, limit: 0),
    (QuerySet, "offset", lambda self, offset: 0),
    (QuerySet, "distinct", lambda self: 0),
    (QuerySet, "only", lambda self, *fields: 0),
    (QuerySet, "defer", lambda self, *fields: 0),
    (QuerySet, "select_related", lambda self, *relations: 0),
    (QuerySet, "prefetch_related", lambda self, *relations: 0),
    (QuerySet, "select_for_update", lambda self, nowait=False, skip_locked=False, of=(): 0),
    (QuerySet, "using_db", lambda self, connection: 0),
    (QuerySet, "__await__", lambda self: 0),
    (QuerySet, "__aiter__", lambda self: 0),
    (QuerySet, "__getitem__", lambda self, at: 0),
    (QuerySet, "get", lambda self, *args, **kwargs: 0),
    (QuerySet, "get_or_none", lambda self, *args, **kwargs: 0),
    (QuerySet, "get_or_create", lambda self, defaults=None, **kwargs: 0),
    (QuerySet, "update_or_create", lambda self, defaults=None, **kwargs: 0),
    (QuerySet, "first", lambda self: 0),
    (QuerySet, "last", lambda self: 0),
    (QuerySet, "earliest", lambda self, *order: 0),
    (QuerySet, "latest", lambda self, *order: 0),
    (QuerySet, "count", lambda self: 0),
    (QuerySet, "exists", lambda self: 0),
    (QuerySet, "values", lambda self, *fields, **named: 0),
    (QuerySet, "values_list", lambda self, *fields, flat=False: 0),
    (QuerySet, "update", lambda self, *assigned, **values: 0),
    (QuerySet, "delete", lambda self: 0),
    (QuerySet, "explain", lambda self: 0),
    (QuerySet, "sql", lambda self: 0),
    (QuerySet, "get_parameterized_sql", lambda self: 0),
    (QuerySet, "aggregate", lambda self, **kwargs: 0),
    (QuerySet, "in_bulk", lambda self, ids, field_name="pk": 0),
    (QuerySet, "union", lambda self, *others, all=False: 0),
    (QuerySet, "intersection", lambda self, *others: 0),
    (QuerySet, "difference", lambda self, *others: 0),
    (QuerySet, "none", lambda self: 0),
    (QuerySet, "reverse", lambda self: 0),
    (QuerySet, "stream", lambda self, batch=1000: 0),
    (QuerySet, "iterator", lambda self: 0),
    (QuerySet, "distinct_on", lambda self, *fields: 0),
    (QuerySet, "into", lambda self, kind: 0),
    (QuerySet, "run", lambda self: 0),
]

RELATIONS: Wanted = [
    *(
        (fields.ReverseRelation, name, wanted)
        for name, wanted in {
            "all": lambda self: 0,
            "filter": lambda self, *args, **kwargs: 0,
            "exclude": lambda self, *args, **kwargs: 0,
            "order_by": lambda self, *order: 0,
            "limit": lambda self, rows: 0,
            "offset": lambda self, rows: 0,
            "first": lambda self: 0,
            "get": lambda self, *args, **kwargs: 0,
            "count": lambda self: 0,
            "values_list": lambda self, *fields, flat=False: 0,
        }.items()
    ),
    (Prefetch, "__init__", lambda self, relation, queryset=None, to_attr=None: 0),
    (Manager, "__init__", lambda self, model=None: 0),
    (Manager, "get_queryset", lambda self: 0),
]

EXPRESSIONS: Wanted = [
    (Q, "__init__", lambda self, *args, join_type="AND", **lookups: 0),
    (F, "__init__", lambda self, name: 0),
    (Value, "__init__", lambda self, value: 0),
    (Case, "__init__", lambda self, *whens, default=None: 0),
    (When, "__init__", lambda self, *conditions, then, **lookups: 0),
    (yara_orm, "Subquery", lambda query: 0),
    (yara_orm, "RawSQL", lambda sql, params=(): 0),
    (functions, "Count", lambda field="*", distinct=False, _filter=None: 0),
    (functions, "Sum", lambda field, distinct=False, _filter=None: 0),
    (functions, "Avg", lambda field, distinct=False, _filter=None: 0),
    (functions, "Concat", lambda *fields: 0),
    (
        Index,
        "__init__",
        lambda self, *expressions, fields=None, name=None, condition=None, unique=False, using=None, include=None, opclass=None: (
            0
        ),
    ),
    (yara_orm, "UniqueConstraint", lambda *, fields, name=None: 0),
    (yara_orm, "CheckConstraint", lambda *, check, name: 0),
]

TRANSACTIONS: Wanted = [
    (
        yara_orm.in_transaction,
        "__init__",
        lambda self, connection_name="default", isolation=None, *, read_only=False, deferrable=False, timeout=None: (
            0
        ),
    ),
    (
        yara_orm,
        "atomic",
        lambda connection_name="default", isolation=None, *, retries=0: 0,
    ),
    (transactions.TransactionWrapper, "savepoint", lambda self, name=None: 0),
    (transactions.TransactionWrapper, "release", lambda self, name=None: 0),
    (transactions.TransactionWrapper, "rollback_to", lambda self, name=None: 0),
    (transactions.TransactionWrapper, "commit", lambda self: 0),
    (transactions.TransactionWrapper, "rollback", lambda self: 0),
    (transactions.TransactionWrapper, "on_commit", lambda self, function: 0),
]

OTHERS: Wanted = [
    (yara_orm, "pre_save", lambda *senders: 0),
    (yara_orm, "post_save", lambda *senders: 0),
    (yara_orm, "pre_delete", lambda *senders: 0),
    (yara_orm, "post_delete", lambda *senders: 0),
    (validators, "MinValueValidator", lambda min_value: 0),
    (validators, "MaxValueValidator", lambda max_value: 0),
    (validators, "MinLengthValidator", lambda min_length: 0),
    (validators, "MaxLengthValidator", lambda max_length: 0),
    (validators, "RegexValidator", lambda pattern, flags=0: 0),
    (validators, "CommaSeparatedIntegerListValidator", lambda allow_negative=False: 0),
    (validators, "NumericValidator", lambda: 0),
    (validators, "validate_ipv4_address", lambda value: 0),
    (validators, "validate_ipv6_address", lambda value: 0),
    (validators, "validate_ipv46_address", lambda value: 0),
    (timezone, "now", lambda: 0),
    (timezone, "is_aware", lambda value: 0),
    (timezone, "is_naive", lambda value: 0),
    (timezone, "make_aware", lambda value, timezone=None, is_dst=None: 0),
    (timezone, "make_naive", lambda value, timezone=None: 0),
    (timezone, "localtime", lambda value=None, timezone=None: 0),
    (timezone, "parse_timezone", lambda zone: 0),
    (timezone, "get_timezone", lambda: 0),
    (timezone, "get_use_tz", lambda: 0),
    (timezone, "get_default_timezone", lambda: 0),
    (yara_orm, "register_query_hook", lambda hook: 0),
    (yara_orm, "clear_query_hooks", lambda: 0),
    (yara_orm, "register_query_annotator", lambda annotator: 0),
    (yara_orm, "clear_query_annotators", lambda: 0),
]

MANAGER = yara_orm.MigrationManager
MIGRATIONS: Wanted = [
    (yara_orm, "MigrationManager", lambda directory="migrations", app="models", models=None: 0),
    (MANAGER, "init", lambda self: 0),
    (
        MANAGER,
        "make_migrations",
        lambda self, name=None, empty=False, allow_destructive=False: 0,
    ),
    (MANAGER, "upgrade", lambda self, target=None: 0),
    (MANAGER, "downgrade", lambda self, steps=1, target=None: 0),
    (MANAGER, "history", lambda self: 0),
    (MANAGER, "heads", lambda self: 0),
    (MANAGER, "sqlmigrate", lambda self, name, backward=False: 0),
    (m, "resolved_fk", lambda field, *, table, pk, kind, type_params=None: 0),
    *(
        (
            m,
            name,
            lambda table, fields, composite_pk=None, composite_indexes=None, constraints=None: 0,
        )
        for name in (
            *("CreateModel", "CreateModelIfNotExists"),
            *("DeleteModel", "DeleteModelIfExists"),
        )
    ),
    *(
        (m, name, lambda table, name, field: 0)
        for name in ("AddField", "AddFieldIfNotExists", "RemoveField", "RemoveFieldIfExists")
    ),
    (m, "AlterField", lambda table, name, field, old: 0),
    *(
        (m, name, lambda table, column: 0)
        for name in (
            *("AddIndex", "AddIndexIfNotExists", "AddIndexConcurrently"),
            *("AddUniqueIndexConcurrently", "RemoveIndex", "RemoveIndexIfExists"),
            "RemoveIndexConcurrently",
        )
    ),
    *(
        (
            m,
            name,
            lambda table, name, columns, condition=None, unique=False, using=None, include=None, opclass=None: (
                0
            ),
        )
        for name in (
            *("AddCompositeIndex", "AddCompositeIndexIfNotExists"),
            *("RemoveCompositeIndex", "RemoveCompositeIndexIfExists"),
        )
    ),
    (m, "RenameModel", lambda old, new: 0),
    (m, "RenameField", lambda table, old, new: 0),
    (m, "RenameIndex", lambda table, column, old_name, new_name, unique=False: 0),
    (m, "AddConstraint", lambda table, constraint: 0),
    (m, "RemoveConstraint", lambda table, constraint: 0),
    (m, "RenameConstraint", lambda table, old, new: 0),
    (m, "RunSQL", lambda sql, reverse_sql=None: 0),
    (m, "CreateExtension", lambda name: 0),
    (m, "RunPython", lambda forward, backward=None: 0),
]

ALL = [
    *ORM,
    *MIGRATIONS,
    *CLIENT,
    *CLASS_SIDE,
    *INSTANCE_SIDE,
    *QUERIES,
    *RELATIONS,
    *EXPRESSIONS,
    *TRANSACTIONS,
    *OTHERS,
]


def _name(given: Any) -> str:
    owner, member, _ = given
    return f"{getattr(owner, '__name__', type(owner).__name__)}.{member}"


@pytest.mark.parametrize("given", ALL, ids=_name)
def test_a_call_has_the_parameters_that_code_gives_it(given: Any) -> None:
    owner, member, wanted = given
    found = inspect.signature(getattr(owner, member)).parameters
    in_order = [
        each.name
        for each in found.values()
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    kinds = {each.kind for each in found.values()}
    for at, parameter in enumerate(inspect.signature(wanted).parameters.values()):
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            assert parameter.kind in kinds
            continue
        there = found.get(parameter.name)
        assert there is not None, f"{parameter.name} is not there"
        assert there.default == parameter.default, f"{parameter.name} has another default"
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            assert in_order[at] == parameter.name, f"{parameter.name} is at another place"
    for extra in found.values():
        if extra.name not in inspect.signature(wanted).parameters:
            needed = extra.default is extra.empty and extra.kind not in (
                extra.VAR_POSITIONAL,
                extra.VAR_KEYWORD,
            )
            assert not needed, f"{extra.name} must be given, and old code does not give it"


@pytest.mark.parametrize("name", EXPORTS.split())
def test_the_package_has_it(name: str) -> None:
    assert name in yara_orm.__all__ and hasattr(yara_orm, name)


@pytest.mark.parametrize("name", FIELDS.split())
def test_there_is_a_field(name: str) -> None:
    assert name in fields.__all__ and hasattr(fields, name)


@pytest.mark.parametrize("name", EXCEPTIONS.split())
def test_errors_have_their_names_and_one_root(name: str) -> None:
    assert name in yara_orm.__all__
    kind = getattr(yara_orm, name)
    assert kind is getattr(exceptions, name) and issubclass(kind, exceptions.Error)


def test_errors_are_a_tree() -> None:
    e = exceptions
    for below, above in (
        (e.IntegrityError, e.DatabaseError),
        (e.OperationalError, e.DatabaseError),
        (e.DataError, e.DatabaseError),
        (e.ProgrammingError, e.DatabaseError),
        (e.InternalError, e.DatabaseError),
        (e.NotSupportedError, e.DatabaseError),
        (e.DatabaseError, e.Error),
        (e.InterfaceError, e.Error),
        (e.UniqueViolation, e.IntegrityError),
        (e.ForeignKeyViolation, e.IntegrityError),
        (e.NotNullViolation, e.IntegrityError),
        (e.CheckViolation, e.IntegrityError),
        (e.SerializationFailure, e.OperationalError),
        (e.DeadlockDetected, e.OperationalError),
        (e.QueryCanceled, e.OperationalError),
        (e.DBConnectionError, e.OperationalError),
        (e.ConnectionLost, e.DBConnectionError),
        (e.PoolTimeout, e.OperationalError),
        (e.TransactionManagementError, e.ProgrammingError),
        (e.FieldError, e.ProgrammingError),
        (e.ParamsError, e.ProgrammingError),
        (e.ValidationError, e.DataError),
        (e.ValidationError, ValueError),
        (e.ConfigurationError, e.InterfaceError),
        (e.IncompleteInstanceError, e.InterfaceError),
        (e.NoValuesFetched, e.InterfaceError),
        (e.DoesNotExist, e.NotExistOrMultiple),
        (e.MultipleObjectsReturned, e.NotExistOrMultiple),
        (e.StaleRow, e.DoesNotExist),
    ):
        assert issubclass(below, above), f"{below.__name__} is no {above.__name__}"
    assert e.ORMError is e.BaseORMException and e.UnSupportedError is e.NotSupportedError
    assert e.DoesNotExist is e.ObjectDoesNotExistError
    assert issubclass(Book.DoesNotExist, e.DoesNotExist)
    assert issubclass(Book.MultipleObjectsReturned, e.MultipleObjectsReturned)
    assert not issubclass(Book.DoesNotExist, Author.DoesNotExist)


def test_options_of_fields() -> None:
    common = {
        "null": True,
        "unique": True,
        "description": "a field",
        "validators": [validators.MaxLengthValidator(5)],
        "max_length": 5,
        "choices": ["a", "b"],
    }
    spellings: list[dict[str, Any]] = [
        {"index": True, "db_column": "c", "default": "a"},
        {"db_index": True, "source_field": "c", "db_default": "a"},
    ]
    for spelling in spellings:
        field = fields.CharField(**common, **spelling)  # type: ignore[call-overload]
        assert field.index and field.source_field == "c" and field.max_length == 5
        assert (field.default, field.db_default) != (None, None)
    for key in ("pk", "primary_key"):
        assert fields.IntField(**{key: True}).pk  # type: ignore[arg-type]
    assert isinstance(fields.DatetimeField(auto_now_add=True), Field)
    relation: Any = fields.ForeignKeyField(
        to="Author",
        related_name="x",
        on_delete=OnDelete.CASCADE,
        source_field="author_key",
        db_constraint=False,
        null=True,
    )
    assert relation.source_field == "author_key" and relation.on_delete == fields.CASCADE
    many: Any = fields.ManyToManyField(
        "Tag", related_name="x", through="book_tag", forward_key="t", backward_key="b"
    )
    assert (many.through, many.forward_key, many.backward_key) == ("book_tag", "t", "b")
    assert {each.name for each in OnDelete} == {
        "CASCADE",
        "RESTRICT",
        "SET_NULL",
        "SET_DEFAULT",
        "NO_ACTION",
    }
    assert {each.name for each in IsolationLevel} == {
        "READ_UNCOMMITTED",
        "READ_COMMITTED",
        "REPEATABLE_READ",
        "SERIALIZABLE",
    }


def test_what_is_known_of_a_model() -> None:
    meta = Book._meta
    assert meta.table == meta.db_table == "book" and meta.pk_attr == "id"
    assert list(meta.fields_map) == ["id", "title", "views", "rating", "status", "author_id"]
    assert meta.db_fields == set(meta.fields_map) == set(meta.fields_db_projection.values())
    assert meta.m2m == {"tags"} and meta.fk_fields == {"author"} and meta.o2o_fields == set()
    assert meta.pk is meta.fields_map["id"] and meta.db_pk_column == "id"
    assert Author._meta.backward_fk_fields == {"books", "pupils"}
    assert meta.full_name == "models.Book" and not meta.abstract and meta.manager is None
    assert meta.default_connection is None and meta.schema is None and meta.ordering == ()
