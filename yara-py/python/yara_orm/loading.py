"""Rows from queries and from streams: `insert_from`, and `bulk_load` by the database's fastest way."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

from . import _engine, execution, router
from .bulk import _check, _runs, _whole
from .exceptions import ParamsError, ValidationError
from .fields.base import UNSET
from .persist import field_names, moment
from .written import Written

if TYPE_CHECKING:
    from .conflicts import OnConflict
    from .meta import Meta
    from .models import Model
    from .rows import Rows

_PORTION = 5000


def insert_from(
    model: type[Model], query: Rows[Any], fields: tuple[Any, ...], on_conflict: OnConflict | None
) -> Written[Any]:
    """See `Model.insert_from`."""
    from .rows import Rows

    meta = model._meta
    table = meta.ready()
    if not isinstance(query, Rows):
        raise ParamsError(
            f"rows of {meta.name} are made of what a query selects, such as "
            f".values_list(…) or .select(…), not of {query!r}"
        )
    if not fields:
        raise ParamsError(f"name the fields of {meta.name} that the columns of the query fill")
    names = field_names(meta, fields)
    values = {} if len(names) != len(query._names) else _defaults(meta, names)
    select = query._select
    nodes = [meta.column(name)._node.same_kind(value) for name, value in values.items()]
    select = select.reading_too(nodes) if nodes else select
    conflict = _engine.Conflict.none() if on_conflict is None else on_conflict._built(meta)
    _engine.check_conflict(table, conflict, [])
    given = [*names, *values]

    def statement(returning: list[_engine.Node]) -> _engine.Statement:
        return _engine.Statement.insert_from(table, given, select, conflict, returning)

    rows = model._query()
    return Written(rows.none() if query._query._empty else rows, statement([]), statement)


def _defaults(meta: Meta, names: list[str]) -> dict[str, Any]:
    """What the library fills in: one value for all rows."""
    found: dict[str, Any] = {}
    for name, field in meta.fields_map.items():
        if name in names:
            continue
        if field.auto_now or field.auto_now_add:
            found[name] = moment(field)
        elif field.has_default:
            if callable(field.default) and (field.pk or field.unique):
                raise ParamsError(
                    f"{field.label} is made anew for each row by the program; select a value for "
                    "it, and name the field"
                )
            found[name] = field.make_default()
            field.check(found[name])
        elif not (field.is_generated or field.sql_default is not UNSET or field.null):
            raise ParamsError(
                f"{field.label} has no default; select a value for it, and name the field"
            )
    return found


async def bulk_load(
    model: type[Model], rows: Iterable[Any] | AsyncIterable[Any], using_db: Any
) -> int:
    """See `Model.bulk_load`."""
    table = model._meta.ready()
    written = 0
    async with _whole(router.for_write(model._meta, using_db)) as target:
        async for portion in _portions(rows):
            _check(model, portion)
            none = _engine.Conflict.none()
            try:
                statements = [
                    _engine.Statement.insert_many(table, names, given, none, [], None, True)
                    for names, _, given in _runs(portion)
                ]
            except ValidationError as error:
                raise type(error)(f"counted from row {written}: {error}") from error
            written += await execution.count(target, statements)
    return written


async def _portions(rows: Any) -> AsyncIterator[list[Any]]:
    """Rows, so many at a time."""
    if isinstance(rows, AsyncIterable):
        portion: list[Any] = []
        async for row in rows:
            portion.append(row)
            if len(portion) == _PORTION:
                yield portion
                portion = []
        if portion:
            yield portion
        return
    rest = iter(rows)
    while part := list(itertools.islice(rest, _PORTION)):
        yield part
