"""Writing many instances: all of them, or none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import _engine, execution, router
from .exceptions import FieldError, ParamsError, ValidationError
from .persist import _saved, columns, field_names, given_back, moment, row_of, same_row

if TYPE_CHECKING:
    from .models import Model

_set = object.__setattr__


def _check(model: type[Model], objects: Iterable[Any], batch_size: int | None) -> None:
    if batch_size is not None and batch_size < 1:
        raise ParamsError(f"batch_size is at least 1, not {batch_size}")
    for each in objects:
        if not isinstance(each, model):
            raise ParamsError(f"{each!r} is no {model.__name__}")


async def create(
    model: type[Model],
    objects: list[Any],
    batch_size: int | None,
    ignore_conflicts: bool,
    update_fields: Iterable[str] | None,
    on_conflict: Iterable[str] | None,
    using_db: Any,
) -> list[Any]:
    """Inserts rows, one statement for each run of rows that give the same fields."""
    _check(model, objects, batch_size)
    if not objects:
        return []
    meta = model._meta
    table = meta.ready()
    if update_fields is not None and on_conflict is None:
        raise ParamsError("update_fields needs on_conflict: the fields that tell a row is there")
    conflict = _engine.Conflict.none()
    if on_conflict is not None:
        target, fields = field_names(meta, on_conflict), field_names(meta, update_fields or ())
        conflict = (
            _engine.Conflict.update(table, target, fields)
            if fields
            else _engine.Conflict.ignore(table, target)
        )
    elif ignore_conflicts:
        conflict = _engine.Conflict.ignore(table, None)
    skipping = not conflict.is_none
    statements: list[_engine.Statement] = []
    runs: list[tuple[list[Any], list[str]]] = []
    for names, run, rows in _runs(objects):
        back = [] if skipping else given_back(meta, dict.fromkeys(names))
        statements.append(
            _engine.Statement.insert_many(table, names, rows, conflict, columns(meta, back))
        )
        runs.append((run, back))
    executor = router.for_write(model, using_db)
    if any(back for _, back in runs):
        results = await execution.batch(executor, statements, _engine.RowPlan.tuples())
        rest = iter(results)
        for run, back in runs:
            for instance in run if back else ():
                for name, value in zip(back, next(rest), strict=True):
                    _set(instance, name, value)
    else:
        await execution.count(executor, statements)
    for instance in objects:
        _saved(instance)
    return objects


def _runs(objects: list[Any]) -> Iterable[tuple[list[str], list[Any], list[tuple[Any, ...]]]]:
    """Rows that follow each other and give the same fields."""
    names: list[str] = []
    run: list[Any] = []
    rows: list[tuple[Any, ...]] = []
    for at, instance in enumerate(objects):
        try:
            values = row_of(instance)
        except ValidationError as error:
            raise type(error)(f"row {at}: {error}") from error
        given = list(values)
        if run and given != names:
            yield names, run, rows
            run, rows = [], []
        names = given
        run.append(instance)
        rows.append(tuple(values.values()))
    yield names, run, rows


async def update(
    model: type[Model], objects: list[Any], fields: Iterable[Any], using_db: Any
) -> int:
    """Writes fields of rows, in one round trip."""
    _check(model, objects, None)
    meta = model._meta
    table = meta.ready()
    names = [name for name in field_names(meta, fields)]
    if not names:
        raise FieldError("bulk_update names no field")
    if any(name in meta.pk_names for name in names):
        raise FieldError("bulk_update cannot change primary keys")
    names.extend(name for name in meta.auto_now if name not in names)
    if not objects:
        return 0
    statements = []
    for instance in objects:
        for name in meta.auto_now:
            _set(instance, name, moment(meta.fields_map[name]))
        values = [getattr(instance, name) for name in names]
        for name, value in zip(names, values, strict=True):
            meta.fields_map[name].validate(value)
        statements.append(
            _engine.Statement.update(table, same_row(instance), names, values, False, [])
        )
    return await execution.count(router.for_write(model, using_db), statements)
