"""What a query reads, and what is made of it."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _engine
from .aliases import Whole
from .exceptions import FieldError, ParamsError
from .expressions import Col, Expr
from .paths import RelationPath, owner_of
from .registry import nearest
from .values import Value

if TYPE_CHECKING:
    from .models import Model
    from .queryset import QuerySet, Rows

Joining: TypeAlias = "tuple[tuple[str, ...], type[Any]]"
"""The steps to a related row that is read along, and its model."""

Decided: TypeAlias = "tuple[list[_engine.Node] | None, list[_engine.Node], _engine.RowPlan]"
"""The own columns that are read, where not all are; those of related rows; what becomes of them."""


def instances(
    query: QuerySet[Any], select: _engine.Select
) -> tuple[_engine.Select, _engine.RowPlan]:
    """Whole rows as instances, with what was joined and annotated."""
    meta = query.model._meta
    joined = tuple((steps, owner_of(query.model, steps)) for steps in sorted(query._joined))
    extra = query._annotations
    # What is annotated differs from query to query; the rest is decided once.
    known = None if extra else meta.shapes.get((query._deferred, joined))
    if known is None:
        known = _decided(query, joined)
        if not extra and len(meta.shapes) < 256:
            meta.shapes[query._deferred, joined] = known
    own, related, plan = known
    if own is not None:
        select = select.reading(own)
    if extra:
        select = select.reading_too([each._node for each in extra.values()])
    return (select.reading_too(related) if related else select), plan


def _decided(query: QuerySet[Any], joined: tuple[Joining, ...]) -> Decided:
    meta = query.model._meta
    names: list[str] = list(meta.names)
    model: type[Any] = query.model
    own: list[_engine.Node] | None = None
    if query._deferred is not None:
        names = list(query._deferred)
        model = partial(query.model)
        own = [meta.column(name)._node for name in names]
    nodes: list[_engine.Node] = []
    related: list[tuple[list[str], type[Any], list[str]]] = []
    for steps, target in joined:
        table = target._meta.ready()
        nodes.extend(
            _engine.column(meta.ready(), list(steps), table, name) for name in target._meta.names
        )
        related.append((list(steps), target, list(target._meta.names)))
    return own, nodes, _engine.RowPlan.instances(model, [*names, *query._annotations], related)


_PARTIAL: dict[type[Any], type[Any]] = {}


def partial(model: type[Model]) -> type[Any]:
    """The class of rows of which not all fields are read: it tells so when one is missed."""
    known = _PARTIAL.get(model)
    if known is None:
        from .declaring import ModelMeta

        known = type.__new__(
            ModelMeta,
            model.__name__,
            (model,),
            {
                "__module__": model.__module__,
                "__getattr__": _not_loaded,
                "__reduce__": _reduce,
                "__dataclass_fields__": vars(model)["__dataclass_fields__"],
                "_partial": True,
            },
        )
        known.__qualname__ = model.__qualname__
        _PARTIAL[model] = known
    return known


def _reduce(instance: Any) -> tuple[Any, ...]:
    return (_restore, (instance._meta.model, dict(instance.__dict__)))


def _restore(model: type[Model], state: dict[str, Any]) -> Any:
    """A row of which not all fields were read, as it was before it was pickled."""
    instance = object.__new__(partial(model))
    for name, value in state.items():
        _engine.assign(instance, name, value)
    return instance


def _not_loaded(instance: Any, name: str) -> Any:
    from .exceptions import NotLoaded

    meta = instance._meta
    if name in meta.fields_map:
        raise NotLoaded(
            f"{meta.name}.{name} was not read: name it in .only(…), or "
            f"`await row.refresh_from_db(fields=[{name!r}])`"
        )
    raise AttributeError(f"{meta.name!r} object has no attribute {name!r}")


class Chosen:
    """What is read of each row: names, and for each a cell or the cells of a whole row."""

    __slots__ = ("names", "nodes", "parts", "query")

    def __init__(self, query: QuerySet[Any]) -> None:
        self.query = query
        self.names: list[str] = []
        self.nodes: list[_engine.Node] = []
        self.parts: list[_engine.RowPlan | None] = []

    def cell(self, name: str, expression: Expr[Any]) -> None:
        """One more column."""
        self._add(name, [expression._node], None)

    def row(self, name: str, model: type[Any], cells: list[Expr[Any]]) -> None:
        """One more whole row."""
        self._add(name, [cell._node for cell in cells], model._meta.whole())

    def _add(self, name: str, nodes: list[_engine.Node], part: _engine.RowPlan | None) -> None:
        self.names.append(f"{name}_{len(self.names)}" if name in self.names else name)
        self.nodes.extend(nodes)
        self.parts.append(part)

    @property
    def select(self) -> _engine.Select:
        """The query that reads them."""
        return self.query._select.reading(self.nodes)

    def plan(self, flat: bool = False) -> _engine.RowPlan:
        """Rows as tuples, or as what the one column is."""
        if any(part is not None for part in self.parts):
            (first, *rest) = self.parts
            if flat and not rest and first is not None:
                return first
            return _engine.RowPlan.mixed(self.parts)
        return _engine.RowPlan.scalars() if flat else _engine.RowPlan.tuples()

    def dicts(self) -> _engine.RowPlan:
        """Rows as dicts."""
        if any(part is not None for part in self.parts):
            return _engine.RowPlan.mixed(self.parts, self.names)
        return _engine.RowPlan.dicts(self.names)


def projection(
    query: QuerySet[Any], fields: tuple[Any, ...], named: dict[str, Any], whole: bool
) -> Chosen:
    """Columns and expressions with their names; with `whole`, whole rows where models, aliases and
    relations are named."""
    chosen = Chosen(query)
    if not fields and not named:
        fields = (*query.model._meta.names, *query._annotations)
        if query._groups is not None:
            fields = tuple(query._annotations)
            for name, expression in query._groups.items():
                chosen.cell(name, expression)
    for at, field in enumerate(fields):
        if whole and _is_whole(field):
            _add_row(chosen, _row_name(field), field)
        else:
            name = _name(field, at)
            chosen.cell(name, query._scope.named(field))
    for name, field in named.items():
        chosen.cell(name, query._scope.named(field))
    return chosen


def _is_whole(field: Any) -> bool:
    """Whether a whole row is chosen."""
    return isinstance(field, (RelationPath, Whole)) or (
        isinstance(field, type) and hasattr(field, "_meta")
    )


def _row_name(field: Any) -> str:
    if isinstance(field, Whole):
        return _row_name(field.rows)
    if isinstance(field, RelationPath):
        return field._path[-1] if field._path else str(field._origin or field._model.__name__)
    return str(field.__name__).lower()


def _add_row(chosen: Chosen, name: str, field: Any) -> None:
    rows = field.rows if isinstance(field, Whole) else field
    query = chosen.query
    if isinstance(rows, RelationPath):
        meta = rows._model._meta
        meta.ready()
        chosen.row(name, rows._model, rows._read(meta.names))
        return
    if rows is not query.model:
        raise FieldError(
            f"a query of {query.model.__name__} has no row of {rows.__name__}: join an alias of it, "
            "or name a relation that leads to one"
        )
    meta = rows._meta
    chosen.row(name, rows, [meta.column(each) for each in meta.names])


def _name(field: Any, at: int) -> str:
    if isinstance(field, str):
        return field
    if isinstance(field, Col):
        return field.name
    if isinstance(field, RelationPath):
        return _row_name(field)
    if isinstance(field, Value):
        return f"column_{at}"
    raise ParamsError(f"a column is a name or an expression, not {field!r}")


def into(query: QuerySet[Any], kind: Callable[..., Any], named: dict[str, Any]) -> Rows[Any]:
    """Rows as instances of a class, by the names of its members."""
    from .rows import Made

    members = _members(kind)
    meta = query.model._meta
    for name in named:
        if name not in members:
            raise FieldError(f"{kind!r} has no member {name!r}{nearest(name, members)}")
    chosen = Chosen(query)
    for name in members:
        if name in named:
            if _is_whole(named[name]):
                _add_row(chosen, name, named[name])
            else:
                chosen.cell(name, query._scope.named(named[name]))
        elif name in meta.fields_map or name in query._annotations:
            chosen.cell(name, query._scope.expression(name))
        else:
            raise FieldError(f"{kind!r} has a member {name!r}, and {meta.unknown(name)}")
    return Made(query, chosen.select, chosen.dicts(), chosen.names, kind)


def _members(kind: Any) -> list[str]:
    """The names of the members that a class is made of."""
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind) if field.init]
    for attribute in ("__struct_fields__", "model_fields"):
        known = getattr(kind, attribute, None)
        if known is not None:
            return list(known)
    if typing.is_typeddict(kind):
        return list(kind.__annotations__)
    parameters = inspect.signature(kind).parameters.values()
    return [each.name for each in parameters if each.kind is not each.VAR_KEYWORD]
