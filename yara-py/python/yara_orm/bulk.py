"""Writing many instances: all of them, or none."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

from . import _engine, execution, router
from .exceptions import Error, FieldError, ParamsError, StaleRow, ValidationError
from .keywords import computed
from .persist import _saved, columns, field_names, given_back, moment, row_of, take_over

if TYPE_CHECKING:
    from .meta import Meta
    from .models import Model

# How many rows an error names.
_NAMED = 5

_set = _engine.assign


def check_size(batch_size: int | None) -> None:
    """Whether a size of batches could be one. None is needed: the engine decides, by what the
    database takes in one statement, and whatever it decides, all rows are written or none."""
    if batch_size is None:
        return
    if not isinstance(batch_size, int) or batch_size < 1:
        raise ParamsError(f"batch_size is a number of rows, at least 1, not {batch_size!r}")


def _check(model: type[Model], objects: Iterable[Any]) -> None:
    for each in objects:
        if not isinstance(each, model):
            raise ParamsError(f"{each!r} is no {model.__name__}")


async def create(
    model: type[Model],
    objects: list[Any],
    ignore_conflicts: bool,
    update_fields: Iterable[str] | None,
    on_conflict: Iterable[str] | None,
    using_db: Any,
) -> list[Any]:
    """Inserts rows, one statement for each run of rows that give the same fields."""
    _check(model, objects)
    meta = model._meta
    conflict = _conflict(meta, ignore_conflicts, update_fields, on_conflict)
    if not objects:
        return []
    if conflict.is_none:
        await _insert(model, objects, using_db)
    else:
        await insert_unless_there(model, objects, conflict, using_db)
    return objects


def _conflict(
    meta: Meta,
    ignore: bool,
    update_fields: Iterable[str] | None,
    on_conflict: Iterable[str] | None,
) -> _engine.Conflict:
    """What happens to rows that are there already."""
    table = meta.ready()
    if on_conflict is None:
        if update_fields is not None:
            raise ParamsError(
                "update_fields needs on_conflict: the fields that tell a row is there"
            )
        return _engine.Conflict.ignore(table, None) if ignore else _engine.Conflict.none()
    target, fields = field_names(meta, on_conflict), field_names(meta, update_fields or ())
    if not fields:
        return _engine.Conflict.ignore(table, target)
    if ignore:
        raise ParamsError("a row that is there is left as it is, or updated: not both")
    fields.extend(name for name in meta.auto_now if name not in fields)
    return _engine.Conflict.update(table, target, fields)


async def _insert(model: type[Model], objects: list[Any], using_db: Any) -> None:
    """Inserts rows that are new, which take over what the database made up."""
    meta = model._meta
    table, conflict = meta.ready(), _engine.Conflict.none()
    statements: list[_engine.Statement] = []
    runs: list[tuple[list[Any], list[str]]] = []
    for names, run, rows in _runs(objects):
        back = given_back(meta, dict.fromkeys(names))
        if names:
            statements.append(
                _engine.Statement.insert_many(table, names, rows, conflict, columns(meta, back))
            )
        else:
            # Rows that are all defaults differ in nothing that a list of them could hold.
            inserter = _engine.Inserter(table, [], conflict, columns(meta, back))
            statements.extend(inserter.insert([]) for _ in rows)
        runs.append((run, back))
    executor = router.for_write(model._meta, using_db)
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


async def insert_unless_there(
    model: type[Model], objects: list[Any], conflict: _engine.Conflict, using_db: Any
) -> list[tuple[int, bool]]:
    """Inserts or updates rows, which become what the database has then: their places in the list,
    and whether they are new. Those that were skipped stay as they are, and unsaved."""
    meta = model._meta
    table, names = meta.ready(), list(meta.names)
    statements: list[_engine.Statement] = []
    first = 0
    for given, run, rows in _runs(objects):
        back = columns(meta, names)
        statements.append(_engine.Statement.insert_many(table, given, rows, conflict, back, first))
        first += len(run)
    _engine.check_conflict(table, conflict, statements)
    executor = router.for_write(model._meta, using_db)
    written: list[tuple[int, bool]] = []
    for row in await execution.batch(executor, statements, _engine.RowPlan.tuples()):
        *values, number, is_new = row
        take_over(objects[number], names, values)
        _saved(objects[number])
        written.append((number, is_new))
    return written


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
    """Writes fields of rows in one statement: of all, or of none where some are gone."""
    _check(model, objects)
    meta = model._meta
    names = _writable(meta, fields)
    if not objects:
        return 0
    keys = _keys(meta, objects)
    rows = []
    for at, (instance, key) in enumerate(zip(objects, keys, strict=True)):
        for name in meta.auto_now:
            _set(instance, name, moment(meta.fields_map[name]))
        values = [getattr(instance, name) for name in names]
        for name, value in zip(names, values, strict=True):
            try:
                if name in meta.checked:
                    meta.checked[name].check(value)
            except ValidationError as error:
                raise type(error)(f"row {at}: {error}") from error
        rows.append((*key, *values))
    statement = _engine.Statement.update_each(meta.ready(), list(meta.pk_names), names, rows, [])
    async with _whole(router.for_write(model._meta, using_db)) as target:
        found = await execution.rows(target, statement, _engine.RowPlan.scalars())
        if len(found) < len(objects):
            raise _stale(meta, keys, set(found))
    for instance in objects:
        if instance._changed is not None:
            instance._changed.difference_update(names)
    return len(found)


def _writable(meta: Meta, fields: Iterable[Any]) -> list[str]:
    """The fields to write, each once, and those that every update writes."""
    names = list(dict.fromkeys(field_names(meta, fields)))
    if not names:
        raise FieldError("bulk_update names no field")
    if any(name in meta.pk_names for name in names):
        raise FieldError("bulk_update cannot change primary keys")
    for name in names:
        if name in meta.computed:
            raise computed(meta, name)
    names.extend(name for name in meta.auto_now if name not in names)
    return names


def keys_of(model: type[Model], objects: list[Any]) -> list[Any]:
    """The keys of rows; raises where one has none, or is of another model."""
    _check(model, objects)
    for at, instance in enumerate(objects):
        if any(getattr(instance, name, None) is None for name in model._meta.pk_names):
            raise ValidationError(f"row {at}: a {model.__name__} without a key cannot be found")
    return [instance.pk for instance in objects]


def _keys(meta: Meta, objects: list[Any]) -> list[tuple[Any, ...]]:
    """The keys of rows, each of which is given once."""
    keys: list[tuple[Any, ...]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for at, instance in enumerate(objects):
        key = tuple(getattr(instance, name, None) for name in meta.pk_names)
        if None in key:
            raise ValidationError(f"row {at}: a {meta.name} without a key cannot be found")
        first = seen.setdefault(key, at)
        if first != at:
            raise ValidationError(
                f"rows {first} and {at} are the same {meta.name} ({shown(meta.pk_names, key)}); "
                "give it once"
            )
        keys.append(key)
    return keys


def shown(names: Iterable[str], key: tuple[Any, ...]) -> str:
    """A key with the names of its parts, for messages."""
    return ", ".join(f"{name} {part!r}" for name, part in zip(names, key, strict=True))


def _stale(meta: Meta, keys: list[tuple[Any, ...]], found: set[int]) -> StaleRow:
    """The error that names rows that are gone."""
    missing = [at for at in range(len(keys)) if at not in found]
    named = [f"row {at} ({shown(meta.pk_names, keys[at])})" for at in missing[:_NAMED]]
    if len(missing) > _NAMED:
        named.append("…")
    return StaleRow(
        f"{len(missing)} of {len(keys)} rows of {meta.name} are gone: {', '.join(named)}; "
        "nothing was written"
    )


@contextlib.asynccontextmanager
async def _whole(target: Any) -> AsyncIterator[Any]:
    """A part of a transaction, or one of its own, that is taken back where the block fails."""
    if isinstance(target, _engine.Transaction):
        inner = await execution.perform(target.savepoint())
    else:
        inner = await execution.perform(target.begin())
    try:
        yield inner
    except BaseException:
        with contextlib.suppress(Error):
            await execution.perform(inner.rollback())
        raise
    await execution.perform(inner.commit())
