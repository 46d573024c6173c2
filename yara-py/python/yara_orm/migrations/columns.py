"""Fields as migrations have them, by the names of their columns, and what the engine makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .. import _engine
from ..description import field_options, kind_of
from ..exceptions import ConfigurationError
from ..fields.base import Field
from ..fields.generated import GeneratedField
from ..fields.relational import ForeignKeyBase

if TYPE_CHECKING:
    from ..models import Model

F = TypeVar("F")

# The kinds of yara-orm 1.19, which its files name for the keys that foreign keys refer to.
_KINDS = {
    "smallint": "i16",
    "int": "i32",
    "bigint": "i64",
    "float": "f64",
    "decimal": "numeric",
    "varchar": "text",
    "text": "text",
    "bytes": "bytes",
    "bool": "bool",
    "datetime": "timestamptz",
    "date": "date",
    "time": "time",
    "timedelta": "i64",
    "uuid": "uuid",
    "json": "json",
}


class Reference:
    """The key that a foreign key refers to, as the database has it."""

    def __init__(self, table: str, column: str, kind: str, type_params: Mapping[str, Any]) -> None:
        self.table = table
        self.column = column
        self.type_params = dict(type_params)
        self.kind = _KINDS.get(kind, kind)

    @property
    def options(self) -> dict[str, Any]:
        """What is said of its type."""
        digits = (self.type_params.get("max_digits"), self.type_params.get("decimal_places"))
        return {
            "max_length": self.type_params.get("max_length"),
            "precision": None if None in digits else digits,
        }


def resolved_fk(
    field: F, *, table: str, pk: str, kind: str, type_params: Mapping[str, Any] | None = None
) -> F:
    """A foreign key that says itself to which column it leads, so that a migration needs no model:
    `resolved_fk(ForeignKeyField("Author"), table="author", pk="id", kind="int")`."""
    if not isinstance(field, ForeignKeyBase):
        raise ConfigurationError(f"resolved_fk takes a foreign key, not {field!r}")
    field.reference = Reference(table, pk, kind, type_params or {})
    return field


def reference_of(field: ForeignKeyBase) -> Reference:
    """What a foreign key of a migration leads to: what it says itself, or the key of the model."""
    if field.reference is not None:
        known: Reference = field.reference
        return known
    from .. import registry
    from ..models import Model

    try:
        target = registry.resolve(field.to, Model, "a foreign key of a migration")
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{error}; import the model, or say what the key is: "
            "m.resolved_fk(fields.ForeignKeyField(…), table=…, pk=…, kind=…)"
        ) from error
    return _key_of(target)


def _key_of(target: type[Model]) -> Reference:
    meta = target._meta
    meta.ready()
    key = meta.fields_map[meta.single_key()]
    parameters: dict[str, Any] = {"max_length": key.max_length}
    if key.precision is not None:
        parameters["max_digits"], parameters["decimal_places"] = key.precision
    return Reference(meta.db_table, key.column, kind_of(key), parameters)


AnyField = Field[Any] | ForeignKeyBase


def definition(
    table: str,
    fields: Mapping[str, Any],
    key: Sequence[str] | None = None,
    *,
    constraints: Iterable[Any] = (),
    indexes: Iterable[_engine.IndexDefinition] = (),
) -> _engine.Definition:
    """A table of fields, each by the name of its column."""
    builder = _engine.TableBuilder(table, table)
    named = set(key or ())
    for column, field in fields.items():
        kind, options = _column(table, column, field)
        options["pk"] = options["pk"] or column in named
        builder.field(column, kind, options)
    keys = list(key or [column for column, field in fields.items() if field.pk])
    uniques, checks = constraints_of(table, constraints)
    return _engine.table_definition(
        builder.finish(False),
        primary_key=keys,
        foreign_keys=[
            foreign_key(column, field)
            for column, field in fields.items()
            if isinstance(field, ForeignKeyBase) and field.db_constraint
        ],
        uniques=uniques,
        checks=checks,
        indexes=[
            *(
                _engine.IndexDefinition(f"idx_{table}_{column}", [column])
                for column, field in fields.items()
                if isinstance(field, Field) and field.index and not (field.unique or field.pk)
            ),
            *indexes,
        ],
    )


def one_column(table: str, column: str, field: Any) -> _engine.Definition:
    """A column of a table that is there."""
    builder = _engine.TableBuilder(table, table)
    kind, options = _column(table, column, field)
    builder.field(column, kind, options | {"pk": True})
    return _engine.table_definition(builder.finish(False))


def _column(table: str, column: str, field: Any) -> tuple[str, dict[str, Any]]:
    """The kind and the options of a column."""
    if isinstance(field, ForeignKeyBase):
        reference = reference_of(field)
        options: dict[str, Any] = {"null": field.null, "pk": field.pk, **reference.options}
        options["unique"] = field.unique and not field.pk
        return reference.kind, options
    if not isinstance(field, Field) or isinstance(field, GeneratedField):
        raise ConfigurationError(
            f"{table}.{column}: a migration has fields of values and foreign keys, not {field!r}"
        )
    options = field_options(field)
    options.update(column=None, index=False, encode=None, decode=None)
    kind = kind_of(field)
    # What yara-orm 1.19 has for spans of time: microseconds.
    return ("i64" if kind == "interval" else kind), options


def foreign_key(column: str, field: ForeignKeyBase) -> tuple[list[str], str, list[str], str]:
    """Columns, table, columns there, and what happens when the row there is deleted."""
    reference = reference_of(field)
    return [column], reference.table, [reference.column], field.on_delete.value


def constraints_of(
    table: str, given: Iterable[Any]
) -> tuple[list[tuple[str | None, list[str]]], list[tuple[str, str]]]:
    from ..indexes import CheckConstraint, UniqueConstraint

    uniques: list[tuple[str | None, list[str]]] = []
    checks: list[tuple[str, str]] = []
    for constraint in given:
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None:
            uniques.append((constraint.name, list(constraint.fields)))
        elif isinstance(constraint, CheckConstraint) and isinstance(constraint.check, str):
            checks.append((constraint.name, constraint.check))
        else:
            raise ConfigurationError(
                f"{table}: constraints of migrations are m.UniqueConstraint(fields=…, name=…) and "
                f"m.CheckConstraint(check='…', name=…), of columns and SQL text; not {constraint!r}"
            )
    return uniques, checks
