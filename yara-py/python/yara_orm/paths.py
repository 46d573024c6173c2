"""Relations on the class: `Book.author.name`, `Author.books.any(…)`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import _engine
from .exceptions import FieldError
from .expressions import Expr, RelationSet, column_of, wrap
from .fields.relational import ForeignKeyBase, ReverseDescriptor

if TYPE_CHECKING:
    from .models import Model


class RelationPath:
    """A relation to one row, on the class: it has the columns and relations of that row's model.

    To a type checker it *is* that model. `_origin` says of whose row the path begins: by default
    that of the query; see `aliases`.
    """

    __slots__ = ("_model", "_origin", "_path", "_root")

    def __init__(
        self,
        root: type[Model],
        path: tuple[str, ...],
        model: type[Model],
        origin: str | None = None,
    ) -> None:
        self._root = root
        self._path = path
        self._model = model
        self._origin = origin

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return member(self._root, self._path, self._model, name, self._origin)

    def __eq__(self, other: object) -> Any:
        return self._compared(other)

    def __ne__(self, other: object) -> Any:
        return ~self._compared(other)

    def __hash__(self) -> int:
        return hash((self._root, self._path, self._origin))

    def is_null(self) -> Expr[bool]:
        """There is no related row."""
        table = self._root._meta.ready()
        return wrap(_engine.related(table, list(self._path), "none", None, None, self._origin))

    def is_not_null(self) -> Expr[bool]:
        """There is a related row."""
        return ~self.is_null()

    def in_(self, rows: Any) -> Expr[bool]:
        """Is one of these rows, or has one of these keys."""
        return self._only_column().in_(rows)

    def not_in(self, rows: Any) -> Expr[bool]:
        """Is none of these rows."""
        return ~self.in_(rows)

    def _compared(self, other: object) -> Expr[bool]:
        columns = self._columns()
        if other is None:
            return wrap(_engine.any_of([column._node.is_null(False) for column in columns]))
        if isinstance(other, RelationPath):
            values: tuple[Any, ...] = tuple(other._columns())
        else:
            values = self._key_of(other, len(columns))
        parts = [(column == value)._node for column, value in zip(columns, values, strict=True)]
        return wrap(_engine.all_of(parts))

    def _key_of(self, other: object, width: int) -> tuple[Any, ...]:
        if isinstance(other, self._model):
            return tuple(getattr(other, name) for name in self._referred())
        if isinstance(other, tuple) and width > 1:
            return other
        if hasattr(type(other), "_meta"):
            raise FieldError(
                f"{self!r} leads to {self._model.__name__}, not to {type(other).__name__}"
            )
        return (other,)

    def _referred(self) -> tuple[str, ...]:
        """The fields of the target that the relation refers to."""
        owner = owner_of(self._root, self._path[:-1])
        relation = owner._meta.relation(self._path[-1])
        if isinstance(relation, ForeignKeyBase) and relation.to_field:
            return (relation.to_field,)
        self._model._meta.ready()
        return self._model._meta.pk_names

    def _columns(self) -> list[Expr[Any]]:
        """The columns that tell which row it is, in the order of the target's key."""
        return self._read(self._referred())

    def _read(self, names: Iterable[str]) -> list[Expr[Any]]:
        """Columns of the row that the path leads to."""
        return [_column(self._root, self._path, self._model, name, self._origin) for name in names]

    def _only_column(self) -> Expr[Any]:
        columns = self._columns()
        if len(columns) != 1:
            raise FieldError(f"the key of {self!r} has {len(columns)} columns; compare them")
        return columns[0]

    def __yara_operand__(self) -> Any:
        return self._only_column()._node

    def _shown(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return ".".join((self._root.__name__, *self._path))


class RelatedRows(RelationSet[Any]):
    """A relation to many rows, on the class."""

    __slots__ = ()

    def __init__(
        self,
        owner: type[Model],
        path: tuple[str, ...],
        target: type[Model],
        origin: str | None = None,
    ) -> None:
        self._owner = owner
        self._path = path
        self._target = target
        self._origin = origin

    @property
    def cols(self) -> Any:
        """The related model, to name its columns in a condition."""
        return self._target

    def any(self, *conditions: Any, **lookups: Any) -> Expr[bool]:
        return self._ask("any", None, conditions, lookups)

    def all(self, *conditions: Any, **lookups: Any) -> Expr[bool]:
        return self._ask("all", None, conditions, lookups)

    def none(self, *conditions: Any, **lookups: Any) -> Expr[bool]:
        return self._ask("none", None, conditions, lookups)

    def count(self, *conditions: Any, **lookups: Any) -> Expr[int]:
        return self._ask("count", None, conditions, lookups)

    def sum(self, column: Any, *conditions: Any, **lookups: Any) -> Expr[Any]:
        return self._over("sum", column, conditions, lookups)

    def avg(self, column: Any, *conditions: Any, **lookups: Any) -> Expr[Any]:
        return self._over("avg", column, conditions, lookups)

    def min(self, column: Any, *conditions: Any, **lookups: Any) -> Expr[Any]:
        return self._over("min", column, conditions, lookups)

    def max(self, column: Any, *conditions: Any, **lookups: Any) -> Expr[Any]:
        return self._over("max", column, conditions, lookups)

    def aggregate(self, aggregate: Any, *conditions: Any, **lookups: Any) -> Expr[Any]:
        resolved = self._target._meta.scope().settled(aggregate)
        return self._ask("aggregate", resolved, conditions, lookups)

    def _over(
        self, name: str, column: Any, conditions: tuple[Any, ...], lookups: dict[str, Any]
    ) -> Expr[Any]:
        argument = self._target._meta.scope().named(column)
        aggregate = wrap(_engine.aggregate(name, argument._node))
        return self._ask("aggregate", aggregate, conditions, lookups)

    def _ask(
        self,
        quantifier: str,
        aggregate: Expr[Any] | None,
        conditions: tuple[Any, ...],
        lookups: dict[str, Any],
    ) -> Expr[Any]:
        condition = self._target._meta.scope().conditions(conditions, lookups)
        node = _engine.related(
            self._owner._meta.ready(),
            list(self._path),
            quantifier,
            None if aggregate is None else aggregate._node,
            None if condition is None else condition._node,
            self._origin,
        )
        return wrap(node)

    def _shown(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return ".".join((self._owner.__name__, *self._path))


def member(
    root: type[Model],
    path: tuple[str, ...],
    model: type[Model],
    name: str,
    origin: str | None = None,
) -> Any:
    """What stands behind a name at the end of a path: a column, or a path that goes on."""
    meta = model._meta
    meta.ready()
    if name == "pk":
        name = meta.single_key()
    if name in meta.fields_map:
        return _column(root, path, model, name, origin)
    relation = meta.relation(name)
    if relation is None:
        raise AttributeError(str(meta.unknown(name)))
    target = target_of(relation)
    if is_to_one(relation):
        return RelationPath(root, (*path, name), target, origin)
    return RelatedRows(root, (*path, name), target, origin)


def is_to_one(relation: Any) -> bool:
    """Whether a relation leads to one row at most."""
    if isinstance(relation, ReverseDescriptor):
        return relation.is_one
    return isinstance(relation, ForeignKeyBase)


def target_of(relation: Any) -> type[Model]:
    """The model that a relation leads to."""
    found: type[Model]
    found = relation.source if isinstance(relation, ReverseDescriptor) else relation.target
    return found


def owner_of(root: type[Model], path: tuple[str, ...]) -> type[Model]:
    """The model at the end of a path."""
    for step in path:
        root._meta.ready()
        root = target_of(root._meta.relation(step))
    return root


def _column(
    root: type[Model],
    path: tuple[str, ...],
    model: type[Model],
    name: str,
    origin: str | None,
) -> Expr[Any]:
    if not path and origin is None and root is model:
        own: Expr[Any] = model._meta.column(name)
        return own
    node = _engine.column(root._meta.ready(), list(path), model._meta.ready(), name, origin)
    return column_of(node, name)


__all__ = ["RelatedRows", "RelationPath", "is_to_one", "member", "owner_of", "target_of"]
