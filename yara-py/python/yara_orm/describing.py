"""A model as plain data, for tools: `Book.describe()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .fields.base import UNSET, Field
from .fields.relational import ForeignKeyBase, ManyToManyBase, RelationField, ReverseDescriptor
from .interop import type_of

if TYPE_CHECKING:
    from .meta import Meta


def describe(meta: Meta, serializable: bool) -> dict[str, Any]:
    """The fields of a model by what they are, and the far sides of relations to it."""
    keys = [_field(meta.fields_map[name], serializable) for name in meta.pk_names]
    relations: dict[str, list[dict[str, Any]]] = {
        "fk_fields": [],
        "backward_fk_fields": [],
        "o2o_fields": [],
        "backward_o2o_fields": [],
        "m2m_fields": [],
    }
    for name, field in () if meta.abstract else meta.declared_relations.items():
        relations[_group(field)].append(_relation(meta, name, field, serializable))
    for far in meta.reverse.values():
        group = "m2m_fields" if isinstance(far.field, ManyToManyBase) else f"backward_{_group(far)}"
        relations[group].append(_far_side(far, serializable))
    return {
        "name": meta.full_name,
        "app": meta.app,
        "table": meta.db_table,
        "schema": meta.schema,
        "abstract": meta.abstract,
        "description": meta.table_description,
        "docstring": meta.model.__doc__,
        "unique_together": [list(group) for group in meta.unique_together],
        "indexes": [_index(index) for index in meta.indexes],
        "ordering": list(meta.ordering),
        "pk_field": keys[0] if len(keys) == 1 else keys,
        "data_fields": [
            _field(field, serializable)
            for name, field in meta.fields_map.items()
            if name not in meta.pk_names
        ],
        **relations,
    }


def _field(field: Field[Any], serializable: bool) -> dict[str, Any]:
    default = None if field.default is UNSET else field.default
    kind = type_of(field)
    return {
        "name": field.name,
        "field_type": type(field).__name__ if serializable else type(field),
        "python_type": getattr(kind, "__name__", str(kind)) if serializable else kind,
        "db_column": field.column,
        "kind": field.kind,
        "generated": field.is_generated,
        "nullable": field.null,
        "unique": field.unique or field.pk,
        "indexed": field.index or field.unique or field.pk,
        "default": _text(default) if serializable else default,
        "description": field.description,
        "constraints": {"max_length": field.max_length} if field.max_length else {},
    }


def _text(default: Any) -> Any:
    if callable(default):
        return f"<function {getattr(default, '__qualname__', type(default).__name__)}>"
    plain = default is None or isinstance(default, (bool, int, float, str))
    return default if plain else str(default)


def _group(relation: RelationField | ReverseDescriptor) -> str:
    if isinstance(relation, ReverseDescriptor):
        return "o2o_fields" if relation.is_one else "fk_fields"
    if isinstance(relation, ForeignKeyBase):
        return "o2o_fields" if relation.unique else "fk_fields"
    return "m2m_fields"


def _relation(meta: Meta, name: str, field: RelationField, serializable: bool) -> dict[str, Any]:
    target = field.target
    found: dict[str, Any] = {
        "name": name,
        "field_type": type(field).__name__ if serializable else type(field),
        "python_type": target._meta.full_name if serializable else target,
        "related_name": field.related_name or None,
    }
    if isinstance(field, ForeignKeyBase):
        found["raw_fields"] = list(meta.foreign_keys[name])
        found["on_delete"] = field.on_delete.value
        found["nullable"], found["unique"] = field.null, field.unique
    if isinstance(field, ManyToManyBase):
        through = meta.through[name][0]
        found["through"] = None if through is None else through._meta.full_name
    return found


def _far_side(far: ReverseDescriptor, serializable: bool) -> dict[str, Any]:
    return {
        "name": far.name,
        "field_type": type(far.field).__name__ if serializable else type(far.field),
        "python_type": far.source._meta.full_name if serializable else far.source,
        "related_name": far.field.name,
    }


def _index(index: Any) -> Any:
    return list(index) if isinstance(index, (list, tuple)) else repr(index)
