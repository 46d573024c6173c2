"""Kinds of fields that a program adds, such as those of an extension of PostgreSQL.

The database's types are text that the program gives; the values are texts that the database reads
and writes in its own way, and that the field turns into Python's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import _engine
from ..exceptions import ConfigurationError
from .base import Field

BUILT_IN = {
    *("bool", "i16", "i32", "i64", "f32", "f64", "numeric", "text", "bytes", "uuid"),
    *("date", "time", "timestamp", "timestamptz", "interval", "months"),
    *("json", "inet", "array", "range"),
}
_DATABASES = ("postgres", "sqlite")


class FieldKind:
    """What is known of a kind."""

    def __init__(
        self,
        kind: str,
        field_cls: type[Field[Any]],
        sql: dict[str, str],
        requires_extension: str | None,
    ) -> None:
        self.kind = kind
        self.field_cls = field_cls
        self.sql = sql
        self.requires_extension = requires_extension

    def code(self, field: Field[Any]) -> str:
        """The engine's name of the kind of a field, with what the field says of its type."""
        parameters = dict(getattr(field, "type_params", None) or {})
        try:
            types = {name: text.format(**parameters) for name, text in self.sql.items()}
        except (KeyError, IndexError) as error:
            raise ConfigurationError(
                f"{field.label}: the type of the kind {self.kind!r} names {error}, which is none of "
                f"its type_params: {', '.join(parameters) or 'there are none'}"
            ) from error
        return _engine.foreign_kind(
            self.kind, types.get("postgres"), types.get("sqlite"), self.requires_extension
        )


_kinds: dict[str, FieldKind] = {}


def register_field_kind(
    kind: str,
    *,
    field_cls: type[Field[Any]],
    sql: str | Mapping[str, str],
    source: Callable[[Any], str] | None = None,
    requires_extension: str | None = None,
) -> None:
    """Makes a class of fields known, and the type that it has in the database.

    `field_cls` is a `Field` whose `kind` (or `field_kind`) is the name; `to_db_value` makes the
    text of a value, and `from_db_value` the value of a text. `sql` is the type on every database,
    or one for each, `{"postgres": "vector({dim})", "sqlite": "TEXT"}`, in which names stand for
    the field's `type_params`; a database that is not named refuses the kind. `requires_extension`
    is created with the tables.

    Migrations in TOML hold the types of a kind, so that they need no class. Those in Python name the
    class as `fields.<its name>`; the module that registers it has to be imported before. `source`
    wrote a field as code for them in yara-orm 1.19; it is taken and not called, because no migration
    is written in Python here.
    """
    if not isinstance(kind, str) or not kind.isidentifier():
        raise ConfigurationError(f"a kind of field has a name such as 'vector', not {kind!r}")
    if kind in BUILT_IN:
        raise ConfigurationError(f"the kind {kind!r} is built in; choose another name")
    if not (isinstance(field_cls, type) and issubclass(field_cls, Field)):
        raise ConfigurationError(f"field_cls is a class of fields, not {field_cls!r}")
    own = getattr(field_cls, "field_kind", None) or field_cls.kind
    if own != kind:
        raise ConfigurationError(
            f"{field_cls.__name__} is of the kind {own!r}, not {kind!r}; say kind = {kind!r} in it"
        )
    types = dict.fromkeys(_DATABASES, sql) if isinstance(sql, str) else dict(sql)
    for name, text in types.items():
        if name not in _DATABASES:
            raise ConfigurationError(
                f"sql names {name!r}, which is none of the databases {', '.join(_DATABASES)}"
            )
        if not isinstance(text, str) or not text.strip():
            raise ConfigurationError(f"sql has a type for each database, not {text!r}")
    if not types:
        raise ConfigurationError(f"the kind {kind!r} has no type on any database")
    known = _kinds.get(kind)
    if known is not None and known.field_cls is not field_cls:
        raise ConfigurationError(
            f"the kind {kind!r} is that of {known.field_cls.__name__} already; "
            f"unregister_field_kind({kind!r}) forgets it"
        )
    field_cls.kind = kind
    _kinds[kind] = FieldKind(kind, field_cls, types, requires_extension)


def unregister_field_kind(kind: str) -> None:
    """Forgets a kind; one that is not known is no error."""
    _kinds.pop(kind, None)


def class_of(name: str) -> type[Field[Any]] | None:
    """The class of fields of this name that a registered kind has."""
    classes = (known.field_cls for known in _kinds.values())
    return next((each for each in classes if each.__name__ == name), None)


def registered(field: Field[Any]) -> FieldKind | None:
    """What is known of a field's kind, if a program has added it."""
    known = _kinds.get(field.kind)
    if known is None and field.kind and field.kind not in BUILT_IN:
        from ..registry import nearest

        raise ConfigurationError(
            f"{field.label} is of the kind {field.kind!r}, which is not registered"
            f"{nearest(field.kind, [*_kinds, *BUILT_IN])}; register_field_kind makes it known"
        )
    return known
