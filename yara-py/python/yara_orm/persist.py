"""Writing one instance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from . import _engine, execution, router, timezone
from .connection import BaseDBAsyncClient
from .exceptions import FieldError, ValidationError
from .expressions import Col
from .fields.base import UNSET, Field
from .keywords import computed
from .signals import Signals, send
from .values import Value

if TYPE_CHECKING:
    from .meta import Meta
    from .models import Model

M = TypeVar("M", bound="Model")

_set = _engine.assign

# What is said alike of every statement.
_NO_CONFLICT = _engine.Conflict.none()
_TUPLES = _engine.RowPlan.tuples()


async def save(
    instance: M,
    using_db: Any,
    update_fields: Any,
    force_create: bool,
    force_update: bool,
) -> M:
    """Inserts or updates an instance, with the signals of its model."""
    model = instance._meta.model
    if isinstance(update_fields, BaseDBAsyncClient):
        # Tortoise has the connection in the first place.
        update_fields, using_db = None, update_fields
    elif isinstance(update_fields, str):
        raise FieldError(f"update_fields is a list of names: update_fields=[{update_fields!r}]")
    names = None
    if update_fields is not None:
        update_fields = [each.name if isinstance(each, Col) else each for each in update_fields]
        names = field_names(instance._meta, update_fields)
    forced = force_create or force_update
    if names is not None and not instance._saved_in_db and not forced:
        raise ValidationError(
            f"{instance!r} is not in the database yet, so it cannot be saved by update_fields"
        )
    create = force_create or not (instance._saved_in_db or force_update)
    signalled = bool(instance._meta.receivers)
    if signalled:
        await send(Signals.pre_save, model, instance, using_db, update_fields)
    if create:
        await insert(instance, using_db)
    else:
        await update(instance, using_db, names)
    if signalled:
        await send(Signals.post_save, model, instance, using_db, update_fields, created=create)
    return instance


def field_names(meta: Meta, given: Iterable[Any]) -> list[str]:
    """The fields of names, columns and foreign keys."""
    meta.ready()
    if isinstance(given, str):
        raise FieldError(f"fields are a list of names: [{given!r}]")
    names: list[str] = []
    for each in given:
        name = each.name if isinstance(each, Col) else str(each)
        if name == "pk":
            names.extend(meta.pk_names)
        elif name in meta.foreign_keys:
            names.extend(meta.foreign_keys[name])
        elif name in meta.fields_map:
            names.append(name)
        else:
            raise meta.unknown(name)
    return names


def moment(field: Field[Any]) -> Any:
    """The current time, as a value of a field."""
    now = timezone.now()
    if field.kind == "date":
        return now.date()
    if field.kind == "time":
        return now.time()
    return now


def row_of(instance: Model) -> dict[str, Any]:
    """The values to insert; raises where one is missing or refused."""
    meta = instance._meta
    for field in meta.stamped:
        if field.auto_now or getattr(instance, field.name, None) is None:
            _set(instance, field.name, moment(field))
    values = meta.reader.read(instance)
    for name, field in meta.checked.items():
        if name in values:
            field.check(values[name])
    return values


def given_back(meta: Meta, values: dict[str, Any]) -> list[str]:
    """The fields whose values only the database knows."""
    if meta.fetch_db_defaults:
        return [name for name in meta.fields_map if name not in values]
    return [
        name
        for name, field in meta.fields_map.items()
        if name not in values and (field.pk or field.sql_default is UNSET)
    ]


def columns(meta: Meta, names: Iterable[str]) -> list[_engine.Node]:
    """The nodes of fields."""
    return [meta.column(name)._node for name in names]


async def insert(instance: Model, using_db: Any) -> None:
    """Inserts a row, and takes over what the database made up."""
    meta = instance._meta
    table = meta.ready()
    values = row_of(instance)
    names = tuple(values)
    # The same for all rows that give the same fields.
    known = meta.inserters.get(names)
    if known is None:
        back = given_back(meta, values)
        inserter = _engine.Inserter(table, list(names), _NO_CONFLICT, columns(meta, back))
        known = meta.inserters[names] = back, inserter
    back, inserter = known
    statement = inserter.insert(list(values.values()))
    target = router.for_write(instance._meta, using_db)
    if back:
        (row,) = await execution.rows(target, statement, _TUPLES)
        for name, value in zip(back, row, strict=True):
            _set(instance, name, value)
    else:
        await execution.count(target, [statement])
    _saved(instance)


def _saved(instance: Model) -> None:
    _set(instance, "_saved_in_db", True)
    if instance._changed is not None:
        _set(instance, "_changed", None)


def same_row(instance: Model) -> _engine.Select:
    """A query for the row of an instance."""
    meta = instance._meta
    select = _engine.Select(meta.ready())
    for name in meta.pk_names:
        value = getattr(instance, name, None)
        if value is None:
            raise ValidationError(f"{meta.name}.{name}: a row without a key cannot be found")
        select = select.filter(meta.column(name)._node.compare("=", value))
    return select


async def update(instance: Model, using_db: Any, names: list[str] | None) -> None:
    """Writes what has changed, or the fields that are named."""
    meta = instance._meta
    table = meta.ready()
    if names is None:
        changed = instance._changed or ()
        known = instance.__dict__
        names = [
            name
            for name in meta.names
            if (name in changed or name in meta.mutable) and name in known
        ]
        names = [name for name in names if name not in meta.pk_names or name in changed]
    elif not names:
        raise FieldError(f"save of {instance!r}: update_fields names no field")
    names = [name for name in names if name not in meta.pk_names]
    for name in names:
        if name in meta.computed:
            raise computed(meta, name)
    if not names and not meta.auto_now:
        return
    for name in meta.auto_now:
        _set(instance, name, moment(meta.fields_map[name]))
        if name not in names:
            names.append(name)
    values, told = _new_values(instance, names)
    back = columns(meta, told)
    statement = _engine.Statement.update(table, same_row(instance), names, values, False, back)
    target = router.for_write(instance._meta, using_db)
    if back:
        rows = await execution.rows(target, statement, _TUPLES)
        found = len(rows)
        for name, value in zip(told, rows[0] if rows else (), strict=bool(rows)):
            _set(instance, name, value)
    else:
        found = await execution.count(target, [statement])
    if found == 0:
        raise instance._meta.model.DoesNotExist(f"{instance!r} is gone: no row was updated")
    changed_now = instance._changed
    if changed_now is not None:
        changed_now.difference_update(names)
    _set(instance, "_saved_in_db", True)


def _new_values(instance: Model, names: list[str]) -> tuple[list[Any], list[str]]:
    """Values to write, and the fields whose values only the database knows then: computed ones, and
    those that an expression was given for, as in `book.views = F("views") + 1`."""
    meta = instance._meta
    values: list[Any] = []
    told = list(meta.computed)
    for name in names:
        value, field = getattr(instance, name, None), meta.fields_map[name]
        if isinstance(value, Value):
            value = meta.scope().settled(value)._node
            told.append(name)
        elif value is None and not field.null:
            raise ValidationError(f"{field.label} must have a value: it cannot be NULL")
        elif name in meta.checked:
            field.check(value)
        values.append(value)
    return values, told


async def delete(instance: Model, using_db: Any) -> None:
    """Deletes the row of an instance."""
    meta = instance._meta
    model = meta.model
    await send(Signals.pre_delete, model, instance, using_db)
    statement = _engine.Statement.delete(same_row(instance), [])
    target = router.for_write(instance._meta, using_db)
    if await execution.count(target, [statement]) == 0:
        raise model.DoesNotExist(f"{instance!r} is gone: no row was deleted")
    _set(instance, "_saved_in_db", False)
    await send(Signals.post_delete, model, instance, using_db)


async def refresh(instance: M, fields: Iterable[Any] | None, using_db: Any) -> M:
    """Reads a row again."""
    meta = instance._meta
    meta.ready()
    names = list(meta.names) if fields is None else field_names(meta, fields)
    select = same_row(instance).reading(columns(meta, names))
    target = router.for_read(instance._meta, using_db)
    rows = await execution.rows(target, select, _TUPLES)
    if not rows:
        raise meta.model.DoesNotExist(f"{instance!r} is gone")
    take_over(instance, names, rows[0])
    return instance


def take_over(instance: Model, names: list[str], values: Iterable[Any]) -> None:
    """Gives an instance the values that the database has."""
    meta = instance._meta
    for name, value in zip(names, values, strict=True):
        _set(instance, name, value)
    for relation, keys in meta.foreign_keys.items():
        if relation in instance.__dict__ and any(key in names for key in keys):
            loaded = instance.__dict__[relation]
            current = tuple(getattr(instance, key) for key in keys)
            same = loaded is not None and getattr(loaded, "_key_or_none", lambda: None)() == (
                current[0] if len(current) == 1 else current
            )
            if not same:
                object.__delattr__(instance, relation)
    changed = instance._changed
    if changed is not None:
        changed.difference_update(names)
