"""Rows that may be there already: upserts by any conflict, that tell what became of each row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar, overload

from . import _engine
from .bulk import _check, insert_unless_there
from .exceptions import ParamsError
from .expressions import Assignment, Deferred, Expr, operand, wrap
from .keywords import assignments
from .persist import field_names
from .shown import lookups, named
from .values import Value

if TYPE_CHECKING:
    from typing_extensions import Self

    from .expressions import Col, Condition
    from .meta import Meta
    from .models import Model

T = TypeVar("T")
M = TypeVar("M", bound="Model")


if TYPE_CHECKING:

    class Upserted(NamedTuple, Generic[M]):
        """What became of a row; one that was skipped stays as it was, and unsaved."""

        row: M
        how: Literal["inserted", "updated", "skipped"]

else:
    # Python 3.10 has no named tuples that are generic.
    class Upserted(NamedTuple):
        """What became of a row; one that was skipped stays as it was, and unsaved."""

        row: Any
        how: str


class OnConflict:
    """What tells that a row is there, and what happens to it then.

    The row is told by the fields of a primary key or of a unique constraint; with `where` by those
    of a partial unique index, spelled as the index spells its condition; or by the name of a
    `constraint`. The old row stays as it is (`ignore`), or gets new values (`update`), where it
    matches `filter`.

        OnConflict("author", "title").update("rating", views=Book.views + excluded(Book.views))
    """

    __slots__ = ("_conditions", "_constraint", "_fields", "_ignores", "_set", "_taken", "_where")

    def __init__(
        self,
        *fields: str | Value[Any] | type[Any],
        where: Condition | None = None,
        constraint: str | None = None,
    ) -> None:
        if constraint is not None and (fields or where is not None):
            raise ParamsError("a conflict is told by fields or by the name of a constraint")
        if where is not None and not fields:
            raise ParamsError("a partial index is told by its fields and its condition")
        self._fields = fields
        self._where = where
        self._constraint = constraint
        self._ignores = False
        self._taken: tuple[Any, ...] = ()
        self._set: tuple[tuple[Assignment, ...], dict[str, Any]] = ((), {})
        self._conditions: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})

    def _copy(self) -> Self:
        copy = object.__new__(type(self))
        for name in self.__slots__:
            setattr(copy, name, getattr(self, name))
        return copy

    def __repr__(self) -> str:
        told = list(map(named, self._fields))
        if self._constraint is not None:
            told.append(f"constraint={self._constraint!r}")
        assigned, values = self._set
        taken = [*map(named, self._taken), *lookups((each.field, each.value) for each in assigned)]
        taken += lookups(values.items())
        then = ".ignore()" if self._ignores else f".update({', '.join(taken)})" if taken else ""
        return f"OnConflict({', '.join(told)}){then}"

    def ignore(self) -> Self:
        """The old row stays as it is."""
        copy = self._copy()
        copy._ignores = True
        return copy

    def update(self, *fields: str | Value[Any] | type[Any] | Assignment, **values: Any) -> Self:
        """The old row gets the new values of these fields, and others by name: expressions, in which
        a column is that of the old row, and `excluded(column)` what was to be inserted."""
        copy = self._copy()
        given = tuple(each for each in fields if isinstance(each, Assignment))
        taken = tuple(each for each in fields if not isinstance(each, Assignment))
        copy._taken = (*self._taken, *taken)
        copy._set = ((*self._set[0], *given), {**self._set[1], **values})
        return copy

    def filter(self, *conditions: Condition, **lookups: Any) -> Self:
        """Only old rows that match are changed; others are skipped."""
        copy = self._copy()
        copy._conditions = ((*self._conditions[0], *conditions), {**self._conditions[1], **lookups})
        return copy

    def _built(self, meta: Meta) -> _engine.Conflict:
        """For the rows of a model."""
        table, scope = meta.ready(), meta.scope()
        target = field_names(meta, self._fields) if self._fields else None
        where = None if self._where is None else scope.conditions((self._where,), {})
        partial = None if where is None else where._node
        taken = field_names(meta, self._taken) if self._taken else []
        set_ = assignments(meta, *self._set)
        condition = scope.conditions(*self._conditions)
        if self._ignores:
            if taken or set_ or condition is not None:
                raise ParamsError("a row that is there is left as it is, or updated: not both")
            return _engine.Conflict.ignore(table, target, partial, self._constraint)
        if not taken and not set_:
            raise ParamsError(
                f"an upsert of {meta.name} must say what happens to the old row: .ignore(), or "
                ".update(fields, name=value)"
            )
        taken.extend(name for name in meta.auto_now if name not in taken and name not in set_)
        values = []
        for name, value in set_.items():
            if isinstance(value, Value) or hasattr(type(value), "__yara_select__"):
                value = scope.settled(value)._node
            elif name in meta.checked:
                meta.checked[name].check(value)
            values.append((name, operand(value)))
        taken = [name for name in taken if name not in set_]
        filters = [] if condition is None else [condition._node]
        return _engine.Conflict.update(
            table, target, taken, values, filters, partial, self._constraint
        )


@overload
def excluded(column: Col[T]) -> Expr[T]: ...
@overload
def excluded(column: str) -> Expr[Any]: ...
def excluded(column: Any) -> Any:
    """The value of a column in the row that was to be inserted, for `OnConflict.update`."""
    if isinstance(column, str):
        return Deferred(
            lambda scope: wrap(_engine.excluded(scope.expression(column)._node)),
            f"excluded({column!r})",
        )
    return wrap(_engine.excluded(operand(column)))


async def upsert(
    model: type[M], objects: list[M], on_conflict: OnConflict, using_db: Any
) -> list[Upserted[M]]:
    """See `Model.upsert`."""
    if not isinstance(on_conflict, OnConflict):
        raise ParamsError(f"an upsert goes by OnConflict(fields).update(…), not by {on_conflict!r}")
    _check(model, objects)
    conflict = on_conflict._built(model._meta)
    if not objects:
        return []
    found: list[Upserted[M]] = [Upserted(row, "skipped") for row in objects]
    for number, is_new in await insert_unless_there(model, objects, conflict, using_db):
        found[number] = Upserted(objects[number], "inserted" if is_new else "updated")
    return found


def listed(objects: Iterable[M]) -> list[M]:
    """The rows that were given."""
    if hasattr(type(objects), "_meta"):
        raise ParamsError(f"a list of rows is wanted, not {objects!r}")
    return list(objects)
