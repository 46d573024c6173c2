"""A model's declaration, told to the engine: its table, and the far sides of its relations."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from . import _engine
from .exceptions import ConfigurationError, FieldError, ValidationError
from .expressions import wrap
from .fields.base import UNSET, Field
from .fields.composed import ArrayField, RangeField
from .fields.enums import CharEnumField, IntEnumField
from .fields.generated import GeneratedField
from .fields.kinds import registered
from .fields.relational import (
    ForeignKeyBase,
    ManyToManyBase,
    OnDelete,
    RelationField,
    ReverseDescriptor,
)
from .indexes import FullTextIndex, Index
from .relations import refusing_setter
from .values import Value

if TYPE_CHECKING:
    from .meta import Meta
    from .models import Model


def describe(model: type[Model]) -> None:
    """Gives a model its table."""
    meta = model._meta
    if meta.table_handle is not None:
        return
    meta.fields_map = {}
    builder = _engine.TableBuilder(
        model.__name__, meta.db_table, meta.schema, meta.table_description
    )
    late: list[tuple[int, Any]] = []
    _infer(model)
    for name, member in meta.declared.items():
        if isinstance(member, Field):
            at = builder.field(name, kind_of(member), field_options(member))
            if at is not None and isinstance(member, GeneratedField):
                late.append((at, member.expression))
            meta.fields_map[name] = member
        elif isinstance(member, ForeignKeyBase):
            _foreign_key(builder, meta, member)
    for member in meta.declared_relations.values():
        if isinstance(member, ManyToManyBase):
            _many_to_many(builder, model, member)
    late.extend(_constraints(builder, meta))
    table = builder.finish(False)
    meta.described(table)
    for at, given in late:
        try:
            order = meta.scope().order(_expression(model, given))
        except (FieldError, AttributeError) as error:
            meta.table_handle = None
            raise ConfigurationError(
                f"{model.__name__}: an index, a constraint or a generated field: {error}"
            ) from error
        table.set_expression(at, order.expression._node, order.descending, order.nulls)


def relate(model: type[Model]) -> None:
    """Puts the far sides of a model's relations on the models that they lead to."""
    for name, field in model._meta.declared_relations.items():
        related_name = field.related_name
        if related_name is False:
            continue
        target = field.target
        one = isinstance(field, ForeignKeyBase) and field.unique
        given = str(related_name or f"{model.__name__.lower()}{'' if one else 's'}")
        if not _is_free(target, given, model, field, bool(related_name)):
            continue
        describe(target)
        target._meta.described_table.add_reverse(given, model._meta.slot, name, one)
        target._meta.reverse[given] = ReverseDescriptor(given, model, field)
        type.__setattr__(target, given, target._meta.reverse[given])
        target._meta.forget_columns()
        if not one:
            key = field if isinstance(field, ForeignKeyBase) else None
            target._meta.setters[given] = refusing_setter(target._meta, given, key)


def _is_free(
    target: type[Model], name: str, model: type[Model], field: RelationField, asked: bool
) -> bool:
    """Whether a model has room for the far side of a relation."""
    known = target._meta.reverse.get(name)
    again = known is not None and (
        known.source.__name__ == model.__name__ and known.field.name == field.name
    )
    if again:
        return True
    if name in target._meta.declared or known is not None or hasattr(type(target), name):
        if not asked:
            return False
        raise ConfigurationError(
            f"{field.label}: {target.__name__} has a member {name!r} already; "
            "give another related_name"
        )
    return True


def kind_of(field: Field[Any]) -> str:
    """The engine's kind of a field's values."""
    if isinstance(field, GeneratedField) and field.field is not None:
        field = field.field
    if isinstance(field, ArrayField):
        return f"array:{kind_of(field.element)}"
    if isinstance(field, RangeField):
        return f"range:{kind_of(field.element)}"
    known = registered(field)
    return field.kind if known is None else known.code(field)


def key_parts(model: type[Model], to_field: str | None = None) -> list[tuple[str, str]]:
    """The names and kinds of the key by which rows of a model are referred to."""
    meta = model._meta
    if to_field is not None:
        member = meta.declared.get(to_field)
        if not isinstance(member, Field):
            raise ConfigurationError(f"{model.__name__} has no field {to_field!r} to refer to")
        return [(to_field, kind_of(member))]
    parts: list[tuple[str, str]] = []
    for name, member in meta.declared.items():
        if isinstance(member, Field) and member.pk:
            parts.append((name, kind_of(member)))
        elif isinstance(member, ForeignKeyBase) and member.pk:
            inner = key_parts(member.target, member.to_field)
            parts.extend(zip(key_names(name, inner), (kind for _, kind in inner), strict=True))
    return parts


def key_names(relation: str, parts: list[tuple[str, str]]) -> list[str]:
    """The fields that hold a foreign key."""
    if len(parts) == 1:
        return [f"{relation}_id"]
    return [f"{relation}_{part}" for part, _ in parts]


def _hook(field: Field[Any], name: str) -> Any:
    """A conversion, where a class of field has its own."""
    if isinstance(field, GeneratedField) and field.field is not None:
        return _hook(field.field, name)
    if registered(field) is not None:
        return _foreign_hook(field, name)
    if getattr(type(field), name) is getattr(Field, name):
        return None
    custom = {"to_db_value": "encoder", "from_db_value": "decoder"}[name]
    if getattr(field, custom, UNSET) is None:
        return None
    return getattr(field, name)


def _foreign_hook(field: Field[Any], name: str) -> Any:
    """A conversion of a registered kind, by the names that such classes give them."""
    for known in (name, {"to_db_value": "to_db", "from_db_value": "to_python"}[name]):
        own = getattr(type(field), known, None)
        if own is not None and own is not getattr(Field, known, None):
            return getattr(field, known)
    return None


def _infer(model: type[Model]) -> None:
    """Finds out what kind of value generated fields have that do not say it: of a description
    without them, which nobody else sees."""
    meta = model._meta
    wanted = {
        name: member
        for name, member in meta.declared.items()
        if isinstance(member, GeneratedField) and member.field is None
    }
    if not wanted:
        return
    builder = _engine.TableBuilder(model.__name__, meta.db_table)
    for name, member in meta.declared.items():
        if isinstance(member, Field) and not isinstance(member, GeneratedField):
            builder.field(name, kind_of(member), field_options(member))
            meta.fields_map[name] = member
        elif isinstance(member, ForeignKeyBase):
            _foreign_key(builder, meta, member)
    meta.table_handle = builder.finish(True)
    try:
        scope = meta.scope()
        for member in wanted.values():
            node = scope.settled(_expression(model, member.expression))._node
            member.infer(node.code, node.is_nullable)
    finally:
        meta.table_handle = None
        meta.fields_map.clear()
        meta.foreign_keys.clear()
        meta.forget_columns()


def field_options(field: Field[Any]) -> dict[str, Any]:
    """What the engine is told of a field."""
    options: dict[str, Any] = {
        "column": field.source_field,
        "null": field.null,
        "pk": field.pk,
        "auto": field.is_generated,
        "unique": field.unique and not field.pk,
        "index": field.index and not field.pk,
        "max_length": field.max_length,
        "precision": field.precision,
        "auto_now": field.auto_now,
        "computed": isinstance(field, GeneratedField),
        "comment": field.description,
        "encode": _hook(field, "to_db_value"),
        "decode": _hook(field, "from_db_value"),
    }
    if isinstance(field, (IntEnumField, CharEnumField)):
        options["choices"] = [str(member.value) for member in field.enum_type]
    options.update(_default_options(field))
    return options


def _default_options(field: Field[Any]) -> dict[str, Any]:
    """What the database fills in."""
    default = field.sql_default
    if default is UNSET:
        return {}
    made = getattr(default, "__yara_db_default__", None)
    if made is not None:
        return dict(made())
    constant = field.to_db_value(field.to_python_value(default))
    if constant is None:
        raise ConfigurationError(f"{field.label}: db_default=None fills in nothing; leave it out")
    try:
        _engine.literal(constant, kind_of(field))
    except ValidationError as error:
        raise ConfigurationError(f"{field.label}: its db_default: {error}") from error
    return {"constant": constant}


def _foreign_key(builder: _engine.TableBuilder, meta: Meta, field: ForeignKeyBase) -> None:
    target = field.target
    parts = key_parts(target, field.to_field)
    names = key_names(field.name, parts)
    if field.source_field is not None and len(parts) > 1:
        raise ConfigurationError(
            f"{field.label}: the key of {target.__name__} has {len(parts)} columns, "
            "so that one source_field is too few"
        )
    builder.foreign_key(
        field.name,
        target._meta.slot,
        parts,
        {
            "columns": [field.source_field] if field.source_field else [],
            "null": field.null,
            "unique": field.unique,
            "to": [field.to_field] if field.to_field else [],
            "on_delete": field.on_delete.value,
            "db_constraint": field.db_constraint,
            "related_name": field.related_name or None,
            "pk": field.pk,
            "comment": field.description,
            **_key_default(field, target, parts),
        },
    )
    for name, (part, _) in zip(names, parts, strict=True):
        meta.fields_map[name] = _key_field(field, name, target, part)
    meta.foreign_keys[field.name] = tuple(names)


def _key_default(
    field: ForeignKeyBase, target: type[Model], parts: list[tuple[str, str]]
) -> dict[str, Any]:
    """The default that the database sets in place of a key that is gone."""
    if field.on_delete is not OnDelete.SET_DEFAULT:
        return {}
    if len(parts) != 1 or callable(field.default):
        raise ConfigurationError(
            f"{field.label}: on_delete=SET_DEFAULT sets one value that the database knows, and "
            + (
                "the default is made by the program"
                if callable(field.default)
                else f"the key of {target.__name__} has {len(parts)} columns"
            )
        )
    name, kind = parts[0]
    original = target._meta.declared.get(name)
    default = field.default
    if isinstance(original, Field):
        default = original.to_db_value(original.to_python_value(default))
    try:
        _engine.literal(default, kind)
    except ValidationError as error:
        raise ConfigurationError(f"{field.label}: its default: {error}") from error
    return {"constant": default}


def _key_field(field: ForeignKeyBase, name: str, target: type[Model], part: str) -> Field[Any]:
    """The field that holds a part of a foreign key, with the type of what it refers to."""
    import copy

    original = target._meta.declared.get(part)
    if not isinstance(original, Field):
        describe(target)
        original = target._meta.fields_map[part]
    key: Field[Any] = copy.copy(original)
    key.model, key.name = field.model, name
    key.pk, key.null, key.unique, key.index = field.pk, field.null, field.unique, True
    key.source_field = field.source_field
    key.default, key.db_default, key.generated = field.default, UNSET, False
    key.validators, key.choices = [], None
    return key


def _many_to_many(builder: _engine.TableBuilder, model: type[Model], field: ManyToManyBase) -> None:
    meta, target = model._meta, field.target
    through = _through_model(field)
    if through is not None:
        near = _foreign_key_to(through, model, field.backward_key, field)
        far = _foreign_key_to(through, target, field.forward_key, field, besides=near)
        slot = through._meta.slot
        meta.through[field.name] = (through, near, far)
    else:
        slot, near, far = _join_table(model, target, field)
        meta.through[field.name] = (None, near, far)
    builder.many_to_many(field.name, target._meta.slot, slot, near, far)


def _through_model(field: ManyToManyBase) -> type[Model] | None:
    """The model between the two, if the relation names one; a table's name is no model."""
    from . import registry

    if isinstance(field.through, str):
        named = registry._models.get(field.through.rsplit(".", 1)[-1])
        by_table = (each for each in registry.models() if each._meta.db_table == field.through)
        return named or next(by_table, None)
    return field.through


def _foreign_key_to(
    through: type[Model],
    target: type[Model],
    key: str | None,
    field: ManyToManyBase,
    besides: str | None = None,
) -> str:
    """The foreign key of a model between that leads to one of its two sides."""
    keys = {
        name: member
        for name, member in through._meta.declared_relations.items()
        if isinstance(member, ForeignKeyBase) and name != besides
    }
    for name, member in keys.items():
        if key in (name, f"{name}_id", member.source_field):
            return name
    for name, member in keys.items():
        if member.target is target:
            return name
    raise ConfigurationError(
        f"{field.label} goes through {through.__name__}, which has no foreign key to "
        f"{target.__name__}"
    )


def _join_table(
    model: type[Model], target: type[Model], field: ManyToManyBase
) -> tuple[_engine.Slot, str, str]:
    """The table between two models that nobody declared."""
    if not field.is_unique:
        raise ConfigurationError(
            f"{field.label} relates two rows once, because the pair is the key of the table between; "
            "for more (unique=False), declare a model between with a key of its own, and name it by "
            "`through`"
        )
    near_table, far_table = model._meta.db_table, target._meta.db_table
    name = field.through or f"{near_table}_{far_table}"
    near_column = field.backward_key or f"{near_table}_id"
    far_column = field.forward_key or f"{far_table}_id"
    if near_column == far_column:
        near_column = f"{near_table}_rel_id"
    near, far = near_column.removesuffix("_id"), far_column.removesuffix("_id")
    between = _engine.TableBuilder(str(name), str(name), model._meta.schema, field.description)
    for relation, column, side in ((near, near_column, model), (far, far_column, target)):
        parts = key_parts(side)
        columns = [column] if len(parts) == 1 else []
        options = {
            "columns": columns,
            "on_delete": field.on_delete.value,
            "pk": True,
            "db_constraint": field.db_constraint,
        }
        between.foreign_key(relation, side._meta.slot, parts, options)
    slot = _engine.Slot(str(name))
    slot.fill(between.finish(True))
    return slot, near, far


def _expression(model: type[Model], given: Any) -> Any:
    """What a declaration gives as an expression: itself, what a function makes of the model, or SQL
    text."""
    if isinstance(given, _Sql):
        return wrap(_engine.raw(given.text, [], "bool"))
    if not callable(given) or isinstance(given, Value):
        return given
    takes_model = bool(inspect.signature(given).parameters)
    return given(model) if takes_model else given()


class _Sql:
    """A condition that was given as SQL text."""

    def __init__(self, text: str) -> None:
        self.text = text


def _condition(given: Any) -> Any:
    return _Sql(given) if isinstance(given, str) else given


def _constraints(builder: _engine.TableBuilder, meta: Meta) -> list[tuple[int, Any]]:
    """Indexes and constraints; gives the expressions that they wait for, with their numbers."""
    late: list[tuple[int, Any]] = []
    for group in meta.unique_together:
        builder.unique(None, list(group))
    for index in meta.indexes:
        if isinstance(index, FullTextIndex):
            builder.fulltext(index.name, index.language, list(index.fields))
        elif index.unique and index.is_plain:
            builder.unique(index.name, list(index.fields))
        else:
            late.extend(_index(builder, index))
    for constraint in meta.unique_constraints:
        if constraint.condition is None:
            builder.unique(constraint.name, list(constraint.fields))
        else:
            partial = Index(
                fields=constraint.fields,
                name=constraint.name,
                condition=constraint.condition,
                unique=True,
            )
            late.extend(_index(builder, partial))
    for check in meta.checks:
        late.append((builder.check(check.name), _condition(check.check)))
    for member in meta.ordering:
        builder.order_by(member.removeprefix("-"), member.startswith("-"))
    return late


def _index(builder: _engine.TableBuilder, index: Index) -> list[tuple[int, Any]]:
    parts = [*index.fields, *(None for _ in index.expressions)]
    keys = [
        (part and part.removeprefix("-"), bool(part and part.startswith("-")), kind)
        for part, kind in zip(parts, index.opclass, strict=True)
    ]
    given = list(index.expressions)
    if index.condition is not None:
        given.append(_condition(index.condition))
    numbers = builder.index(
        {
            "name": index.name,
            "unique": index.unique,
            "keys": keys,
            "using": index.using,
            "include": list(index.include),
            "conditional": index.condition is not None,
        }
    )
    return list(zip(numbers, given, strict=True))
