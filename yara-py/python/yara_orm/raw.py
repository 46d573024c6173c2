"""Rows of SQL text, as instances."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

from . import _engine, execution, router
from .exceptions import FieldError, ParamsError
from .lazy import Lazy
from .registry import nearest
from .runnable import Runnable

if TYPE_CHECKING:
    from .models import Model

_set = _engine.assign


class RawRows(Lazy, Runnable[list[Any]]):
    """A query that is SQL text; its columns go by name to the fields of a model.

    A column that is no field becomes an attribute, as an annotation does. Parameters stand for
    `$1`, `$2`, … or `?`.
    """

    __slots__ = ("_model", "_params", "_sql", "_using")

    def __init__(self, model: type[Model], sql: str, params: Iterable[Any], using: Any) -> None:
        if isinstance(params, (str, bytes)) or not isinstance(params, Iterable):
            raise ParamsError(f"params is a list of values: [{params!r}]")
        self._model = model
        self._sql = sql
        self._params = tuple(params)
        self._using = using

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._model.__name__}>"

    async def _run(self) -> list[Any]:
        meta = self._model._meta
        meta.ready()
        target = router.for_read(self._model._meta, self._using)
        operation = target.fetch_dicts(self._sql, list(self._params) or None, meta.described_table)
        rows: list[dict[str, Any]] = await execution.perform(operation)
        if not rows:
            return []
        by_column = {field.column: name for name, field in meta.fields_map.items()}
        for name in meta.pk_names:
            column = meta.fields_map[name].column
            if column not in rows[0]:
                raise FieldError(
                    f"the rows have no column {column!r}, which is the key of {meta.name}"
                    f"{nearest(column, rows[0])}"
                )
        missing = [name for column, name in by_column.items() if column not in rows[0]]
        return [self._instance(row, by_column, bool(missing)) for row in rows]

    def _instance(self, row: dict[str, Any], by_column: dict[str, str], partial: bool) -> Any:
        from .shapes import partial as partial_class

        instance = object.__new__(partial_class(self._model) if partial else self._model)
        for column, value in row.items():
            _set(instance, by_column.get(column, column), value)
        return instance

    async def __aiter__(self) -> AsyncIterator[Any]:
        for row in await self:
            yield row
