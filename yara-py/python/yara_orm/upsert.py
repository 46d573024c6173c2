"""`get_or_create` and `update_or_create`, which hold when others do the same at the same time.

The row is looked for; where it is missing, it is inserted *unless one is there*, and looked for
again where the insert found one. So exactly one caller makes the row, and no one sees the conflict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _engine, execution, router
from .exceptions import ParamsError, UniqueViolation
from .persist import _saved, columns, row_of, take_over
from .signals import Signals, send
from .transactions import in_transaction

if TYPE_CHECKING:
    from .models import Model
    from .queryset import QuerySet


def check_defaults(defaults: Any) -> None:
    """Raises where it is no dict, such as a value to look for that has no name."""
    if defaults is not None and not isinstance(defaults, Mapping):
        raise ParamsError(f"defaults is a dict of values by field, not {defaults!r}")


def _values(defaults: dict[str, Any], lookups: dict[str, Any]) -> dict[str, Any]:
    """Of the new row: what was looked for by equality, and the defaults, which may be called."""
    given = {name: value for name, value in lookups.items() if "__" not in name}
    for name, value in defaults.items():
        given[name] = value() if callable(value) else value
    return given


def _has_own_way(model: type[Model]) -> bool:
    """Whether the model has a `create` or a `save` of its own, which makes its rows."""
    from .models import Model

    return (
        model.save is not Model.save
        or getattr(model.create, "__func__", None) is not Model.create.__func__  # type: ignore[attr-defined]
    )


async def _created_unless_there(query: QuerySet[Any], values: dict[str, Any]) -> Any:
    """A row that the model's own `create` has made; `None` where one of the same key or unique
    values is there."""
    if query._using is not None:
        values = {**values, "using_db": query._using}
    try:
        async with in_transaction(
            router.connection_name(query._model_meta, query._using, write=True)
        ):
            return await query.model.create(**values)
    except UniqueViolation:
        return None


async def _insert_unless_there(query: QuerySet[Any], instance: Any) -> bool:
    """Inserts a row; `False` where a row of the same key or unique values is there."""
    model, meta = query.model, query.model._meta
    if meta.receivers:
        await send(Signals.pre_save, model, instance, query._using, None)
    values = row_of(instance)
    conflict = _engine.Conflict.ignore(meta.ready(), None)
    inserter = _engine.Inserter(meta.ready(), list(values), conflict, columns(meta, meta.names))
    statement = inserter.insert(list(values.values()))
    target = router.for_write(model._meta, query._using)
    rows = await execution.rows(target, statement, _engine.RowPlan.tuples())
    if not rows:
        return False
    take_over(instance, list(meta.names), rows[0])
    _saved(instance)
    if meta.receivers:
        await send(Signals.post_save, model, instance, query._using, None, created=True)
    return True


async def get_or_create(
    query: QuerySet[Any], defaults: dict[str, Any], lookups: dict[str, Any]
) -> tuple[Any, bool]:
    """See `QuerySet.get_or_create`."""
    found = await query.filter(**lookups).get_or_none()
    if found is not None:
        return found, False
    values = _values(defaults, lookups)
    if _has_own_way(query.model):
        made = await _created_unless_there(query, values)
        if made is not None:
            return made, True
    else:
        instance = query.model(**values)
        if await _insert_unless_there(query, instance):
            return instance, True
    found = await query.filter(**lookups).get_or_none()
    if found is None:
        raise UniqueViolation(
            f"a {query.model.__name__} with the same key or unique values is there, and it does "
            "not match what was looked for"
        )
    return found, False


async def update_or_create(
    query: QuerySet[Any], defaults: dict[str, Any], lookups: dict[str, Any]
) -> tuple[Any, bool]:
    """See `QuerySet.update_or_create`."""
    name = router.connection_name(query._model_meta, query._using, write=True)
    async with in_transaction(name):
        found, created = await get_or_create(query, defaults, lookups)
        if created:
            return found, True
        values = {key: value() if callable(value) else value for key, value in defaults.items()}
        found.update_from_dict(values)
        if values:
            await found.save(using_db=query._using)
        return found, False
