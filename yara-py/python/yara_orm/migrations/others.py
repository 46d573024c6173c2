"""The operations about indexes and constraints, and those that run what the program brings along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _engine
from ..exceptions import ConfigurationError
from .columns import constraints_of
from .operations import Changes, Code, Operation


class _IndexOperation(Operation):
    """An index comes, or goes."""

    #: Whether rows are written meanwhile.
    concurrently = False

    table: str

    index: _engine.IndexDefinition

    def _add(self, state: _engine.State) -> Changes:
        if _index(state, self.table, self.index.name) is not None:
            return []
        return [_engine.Change.add_index(self.table, self.index, self.concurrently)]

    def _remove(self, state: _engine.State) -> Changes:
        known = _index(state, self.table, self.index.name)
        if known is None:
            return []
        return [_engine.Change.drop_index(self.table, known, self.concurrently)]


def _index(state: _engine.State, table: str, name: str | None) -> _engine.IndexDefinition | None:
    """The index of a name."""
    known = state.table(table)
    found = known.indexes if known is not None else []
    return next((index for index in found if index.name == name), None)


class AddIndex(_IndexOperation):
    """An index of one column."""

    unique = False

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column = table, column
        name = f"idx_{table}_{column}"
        self.index = _engine.IndexDefinition(name, [column], unique=self.unique)

    def changes(self, state: _engine.State) -> Changes:
        return self._add(state)


class AddIndexIfNotExists(AddIndex):
    """An index of one column, unless there is one."""


class AddIndexConcurrently(AddIndex):
    """An index of one column, built while rows are written; needs `atomic = False`."""

    concurrently = True


class AddUniqueIndexConcurrently(AddIndexConcurrently):
    """An index of one column in which no value is twice, built while rows are written."""

    unique = True


class RemoveIndex(AddIndex):
    """The index of one column goes."""

    def changes(self, state: _engine.State) -> Changes:
        return self._remove(state)


class RemoveIndexIfExists(RemoveIndex):
    """The index of one column goes, if there is one."""


class RemoveIndexConcurrently(RemoveIndex):
    """The index of one column goes, while rows are written; needs `atomic = False`."""

    concurrently = True


class AddCompositeIndex(_IndexOperation):
    """An index with a name."""

    def __init__(
        self,
        table: str,
        name: str,
        columns: Sequence[str],
        condition: str | None = None,
        unique: bool = False,
        using: str | None = None,
        include: Sequence[str] | None = None,
        opclass: str | None = None,
    ) -> None:
        self.table, self.name = table, name
        self.index = _engine.IndexDefinition(
            name, list(columns), condition, unique, using, list(include or ()), opclass
        )

    def changes(self, state: _engine.State) -> Changes:
        return self._add(state)


class AddCompositeIndexIfNotExists(AddCompositeIndex):
    """An index with a name, unless there is one."""


class RemoveCompositeIndex(AddCompositeIndex):
    """An index with a name goes."""

    def changes(self, state: _engine.State) -> Changes:
        return self._remove(state)


class RemoveCompositeIndexIfExists(RemoveCompositeIndex):
    """An index with a name goes, if there is one."""


class RenameIndex(Operation):
    """An index gets another name: it is made anew under it."""

    def __init__(
        self, table: str, column: str, old_name: str, new_name: str, unique: bool = False
    ) -> None:
        self.table, self.column, self.old, self.new = table, column, old_name, new_name
        self.unique = unique

    def changes(self, state: _engine.State) -> Changes:
        known = _index(state, self.table, self.old)
        if known is None:
            raise ConfigurationError(f"{self.table} has no index {self.old!r}")
        return [
            _engine.Change.drop_index(self.table, known, False),
            _engine.Change.add_index(self.table, known.renamed(self.new), False),
        ]


class AddConstraint(Operation):
    """A constraint: `m.UniqueConstraint(fields=…, name=…)` or `m.CheckConstraint(check=…, name=…)`,
    of columns and SQL text."""

    def __init__(self, table: str, constraint: Any) -> None:
        self.table, self.constraint = table, constraint

    def changes(self, state: _engine.State) -> Changes:
        uniques, checks = constraints_of(self.table, [self.constraint])
        return [
            *(_engine.Change.add_unique(self.table, name, columns) for name, columns in uniques),
            *(_engine.Change.add_check(self.table, name, text) for name, text in checks),
        ]


class RemoveConstraint(AddConstraint):
    """A constraint goes."""

    def changes(self, state: _engine.State) -> Changes:
        uniques, checks = constraints_of(self.table, [self.constraint])
        return [
            *(_engine.Change.drop_unique(self.table, name, columns) for name, columns in uniques),
            *(_engine.Change.drop_check(self.table, name) for name, _ in checks),
        ]


class RenameConstraint(Operation):
    """A constraint gets another name: it is made anew under it."""

    def __init__(self, table: str, old: str, new: str) -> None:
        self.table, self.old, self.new = table, old, new

    def changes(self, state: _engine.State) -> Changes:
        known = state.table(self.table)
        for name, columns in known.uniques if known is not None else ():
            if name == self.old:
                return [
                    _engine.Change.drop_unique(self.table, name, columns),
                    _engine.Change.add_unique(self.table, self.new, columns),
                ]
        for name, condition in known.checks if known is not None else ():
            if name == self.old:
                return [
                    _engine.Change.drop_check(self.table, name),
                    _engine.Change.add_check(self.table, self.new, condition),
                ]
        raise ConfigurationError(f"{self.table} has no constraint {self.old!r}")


class RunSQL(Operation):
    """Statements of the program's own, and those that undo them."""

    def __init__(
        self, sql: str | Sequence[str], reverse_sql: str | Sequence[str] | None = None
    ) -> None:
        self.sql = [sql] if isinstance(sql, str) else list(sql)
        self.reverse_sql = (
            [reverse_sql] if isinstance(reverse_sql, str) else list(reverse_sql or [])
        )

    def changes(self, state: _engine.State) -> Changes:
        if len(self.sql) == 1 and len(self.reverse_sql) <= 1:
            return [_engine.Change.sql(self.sql[0], *self.reverse_sql or [""])]
        forward = [_engine.Change.sql(text, "") for text in self.sql]
        # What is undone begins with what was done last.
        return [*forward, *(_engine.Change.sql("", text) for text in reversed(self.reverse_sql))]


class CreateExtension(Operation):
    """An extension of PostgreSQL, which stays; nothing on other databases."""

    def __init__(self, name: str) -> None:
        self.name = name

    def changes(self, state: _engine.State) -> Changes:
        return [_engine.Change.extension(self.name)]


class RunPython(Operation):
    """Coroutine functions of the program, run within the migration's transaction: `forward` where
    it is applied, `backward` where it is undone. Without one, nothing is run."""

    def __init__(self, forward: Code | None, backward: Code | None = None) -> None:
        for code in (forward, backward):
            if code is not None and not callable(code):
                raise ConfigurationError(f"RunPython takes coroutine functions, not {code!r}")
        self.forward, self.backward = forward, backward

    async def run_forward(self) -> None:
        """Runs what is to be done."""
        if self.forward is not None:
            await self.forward()

    async def run_backward(self) -> None:
        """Runs what undoes it."""
        if self.backward is not None:
            await self.backward()
