"""What a query reads, and what is made of it."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import _engine
from .exceptions import FieldError, ParamsError
from .expressions import Col, Expr, Value
from .paths import RelationPath, owner_of

if TYPE_CHECKING:
    from .meta import Meta
    from .models import Model
    from .queryset import QuerySet, Rows


def instances(
    query: QuerySet[Any], select: _engine.Select
) -> tuple[_engine.Select, _engine.RowPlan]:
    """Whole rows as instances, with what was joined and annotated."""
    meta = query.model._meta
    names: list[str] = list(meta.names)
    model: type[Any] = query.model
    if query._deferred is not None:
        names = list(query._deferred)
        model = partial(query.model)
        select = select.reading([meta.column(name)._node for name in names])
    extra = list(query._annotations)
    if extra:
        select = select.reading_too([each._node for each in query._annotations.values()])
    elif query._deferred is None and not query._joined:
        return select, _whole(meta)
    related: list[tuple[list[str], type[Any], list[str]]] = []
    for steps in sorted(query._joined):
        target = owner_of(query.model, steps)
        table = target._meta.ready()
        nodes = [
            _engine.column(meta.ready(), list(steps), table, name) for name in target._meta.names
        ]
        select = select.reading_too(nodes)
        related.append((list(steps), target, list(target._meta.names)))
    return select, _engine.RowPlan.instances(model, [*names, *extra], related)


def _whole(meta: Meta) -> _engine.RowPlan:
    """Whole rows of a model and nothing more; decided once."""
    shape = meta.shape
    if shape is None:
        shape = meta.shape = _engine.RowPlan.instances(meta.model, list(meta.names), [])
    return shape


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
        object.__setattr__(instance, name, value)
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


def projection(
    query: QuerySet[Any], fields: tuple[Any, ...], named: dict[str, Any]
) -> tuple[list[str], _engine.Select]:
    """Columns and expressions with their names."""
    scope = query._scope
    chosen: dict[str, Expr[Any]] = {}
    if not fields and not named:
        fields = (*query.model._meta.names, *query._annotations)
        if query._groups is not None:
            fields = (*query._groups, *query._annotations)
    for at, field in enumerate(fields):
        name = _name(field, at)
        if name in chosen:
            name = f"{name}_{at}"
        chosen[name] = scope.named(field)
    for name, field in named.items():
        chosen[name] = scope.named(field)
    return list(chosen), query._select.reading([each._node for each in chosen.values()])


def _name(field: Any, at: int) -> str:
    if isinstance(field, str):
        return field
    if isinstance(field, Col):
        return field.name
    if isinstance(field, RelationPath):
        return field._path[-1]
    if isinstance(field, Value):
        return f"column_{at}"
    raise ParamsError(f"a column is a name or an expression, not {field!r}")


def into(query: QuerySet[Any], kind: Callable[..., Any]) -> Rows[Any]:
    """Rows as instances of a class, by the names of its members."""
    from .rows import Made

    names = _members(kind)
    scope = query._scope
    meta = query.model._meta
    for name in names:
        if name not in meta.fields_map and name not in query._annotations:
            raise FieldError(f"{kind!r} has a member {name!r}, and {meta.unknown(name)}")
    nodes = [scope.expression(name)._node for name in names]
    return Made(query, query._select.reading(nodes), _engine.RowPlan.dicts(names), kind)


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
