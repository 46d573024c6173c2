"""What a migration in Python consists of: the operations of yara-orm 1.19, by their names.

Each is told to the engine as changes of tables that are known; what undoes it, the engine knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from .. import _engine
from ..exceptions import ConfigurationError
from ..fields.relational import ForeignKeyBase
from .columns import definition, foreign_key, one_column

Changes = list[_engine.Change]
Code = Callable[[], Awaitable[Any]]


class Operation:
    """A part of a migration."""

    def changes(self, state: _engine.State) -> Changes:
        """What it changes of the tables that there are before it."""
        raise ConfigurationError(
            f"{type(self).__name__} is no operation that can be run here: those of "
            "yara_orm.migrations can be"
        )

    def __repr__(self) -> str:
        given = ", ".join(
            repr(value)
            for name, value in vars(self).items()
            if name in ("table", "old", "new", "name", "column") and isinstance(value, str)
        )
        return f"{type(self).__name__}({given})"


class Migration:
    """What a file of migrations declares: `class Migration(m.Migration)`."""

    #: Whether all of it happens, or nothing.
    atomic: bool = True
    #: The migrations that come before it.
    dependencies: Sequence[str] = ()
    #: What changes, in order.
    operations: Sequence[Operation] = ()


class CreateModel(Operation):
    """A table, of fields by the names of their columns."""

    #: Whether it may be there already, by another migration.
    safe = False

    def __init__(
        self,
        table: str,
        fields: Mapping[str, Any],
        composite_pk: Sequence[str] | None = None,
        composite_indexes: Mapping[str, Any] | None = None,
        constraints: Sequence[Any] | None = None,
    ) -> None:
        self.table = table
        self.fields = dict(fields)
        self.composite_pk = composite_pk
        self.composite_indexes = dict(composite_indexes or {})
        self.constraints = list(constraints or ())

    def changes(self, state: _engine.State) -> Changes:
        if self.safe and state.table(self.table) is not None:
            return []
        made = definition(
            self.table,
            self.fields,
            self.composite_pk,
            constraints=self.constraints,
            indexes=[
                _engine.IndexDefinition(
                    name, **(given if isinstance(given, Mapping) else {"columns": given})
                )
                for name, given in self.composite_indexes.items()
            ],
        )
        return [_engine.Change.create_table(made)]


class CreateModelIfNotExists(CreateModel):
    """A table, unless a migration before has made it."""

    safe = True


class DeleteModel(Operation):
    """A table goes, with its rows. What it was like, the migrations before it say."""

    safe = False

    def __init__(
        self,
        table: str,
        fields: Mapping[str, Any],
        composite_pk: Sequence[str] | None = None,
        composite_indexes: Mapping[str, Any] | None = None,
        constraints: Sequence[Any] | None = None,
    ) -> None:
        self.table = table

    def changes(self, state: _engine.State) -> Changes:
        if self.safe and state.table(self.table) is None:
            return []
        return [_engine.Change.drop_table(self.table)]


class DeleteModelIfExists(DeleteModel):
    """A table goes, if there is one."""

    safe = True


class RenameModel(Operation):
    """A table gets another name."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def changes(self, state: _engine.State) -> Changes:
        return [_engine.Change.rename_table(self.old, self.new)]


class AddField(Operation):
    """A column."""

    safe = False

    def __init__(self, table: str, name: str, field: Any) -> None:
        self.table, self.name, self.field = table, name, field

    def changes(self, state: _engine.State) -> Changes:
        known = state.table(self.table)
        if self.safe and known is not None and self.name in known.columns:
            return []
        made = one_column(self.table, self.name, self.field)
        changes = [_engine.Change.add_column(self.table, made, self.name)]
        return [*changes, *_made(self.table, self.name, _asked(self.name, self.field))]


class AddFieldIfNotExists(AddField):
    """A column, unless a migration before has made it."""

    safe = True


class RemoveField(Operation):
    """A column goes, with its values and with what is made of it alone."""

    safe = False

    def __init__(self, table: str, name: str, field: Any) -> None:
        self.table, self.name = table, name

    def changes(self, state: _engine.State) -> Changes:
        known = state.table(self.table)
        if self.safe and known is not None and self.name not in known.columns:
            return []
        parts = [] if known is None else _held(self.name, known)
        indexes = [] if known is None else known.indexes
        return [
            *_dropped(self.table, self.name, parts),
            *(
                _engine.Change.drop_index(self.table, index, False)
                for index in indexes
                if index.columns == [self.name]
            ),
            _engine.Change.drop_column(self.table, self.name),
        ]


class RemoveFieldIfExists(RemoveField):
    """A column goes, if there is one."""

    safe = True


class AlterField(Operation):
    """A column becomes what a field says. What it was, the migrations before it say."""

    def __init__(self, table: str, name: str, field: Any, old: Any) -> None:
        self.table, self.name, self.field = table, name, field

    def changes(self, state: _engine.State) -> Changes:
        known = state.table(self.table)
        made = one_column(self.table, self.name, self.field)
        alter = [_engine.Change.alter_column(self.table, made, self.name)]
        if known is None:
            return alter
        if known.has_same_column(made, self.name):
            alter = []
        has, wants = _held(self.name, known), _asked(self.name, self.field)
        # A key that another column is to become, that one's own operation sets.
        key = self.field.pk and self.name not in known.primary_key
        return [
            *_dropped(self.table, self.name, [each for each in has if each not in wants]),
            *alter,
            *_made(self.table, self.name, [each for each in wants if each not in has]),
            *([_engine.Change.set_primary_key(self.table, [self.name])] if key else []),
        ]


class RenameField(Operation):
    """A column gets another name."""

    def __init__(self, table: str, old: str, new: str) -> None:
        self.table, self.old, self.new = table, old, new

    def changes(self, state: _engine.State) -> Changes:
        return [_engine.Change.rename_column(self.table, self.old, self.new)]


# What belongs to one column: that it is unique, as nothing, or a foreign key.
_Part = tuple[list[str], str, list[str], str] | None


def _asked(column: str, field: Any) -> list[_Part]:
    """What a field asks for beside its column."""
    parts: list[_Part] = [None] if field.unique and not field.pk else []
    if isinstance(field, ForeignKeyBase) and field.db_constraint:
        parts.append(foreign_key(column, field))
    return parts


def _held(column: str, known: _engine.Definition) -> list[_Part]:
    """What there is of a column alone."""
    parts: list[_Part] = [None] if (None, [column]) in known.uniques else []
    return [*parts, *(key for key in known.foreign_keys if key[0] == [column])]


def _made(table: str, column: str, parts: list[_Part]) -> Changes:
    return [
        _engine.Change.add_unique(table, None, [column])
        if part is None
        else _engine.Change.add_foreign_key(table, part)
        for part in parts
    ]


def _dropped(table: str, column: str, parts: list[_Part]) -> Changes:
    return [
        _engine.Change.drop_unique(table, None, [column])
        if part is None
        else _engine.Change.drop_foreign_key(table, part[0])
        for part in parts
    ]
