"""Writes of all rows of a query: counted, or told by what they give back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from . import _engine, execution, router
from .aliases import Alias
from .exceptions import FieldError, ParamsError
from .expressions import operand
from .persist import columns
from .rows import checked_name
from .runnable import Call
from .values import Value

if TYPE_CHECKING:
    from .expressions import Assignment
    from .models import Model
    from .queryset import QuerySet

M = TypeVar("M", bound="Model")
A1 = TypeVar("A1")
A2 = TypeVar("A2")
A3 = TypeVar("A3")


class Written(Call[int], Generic[M]):
    """A write that gives the number of rows, unless it is asked for more of them."""

    __slots__ = ("_query", "_statement")

    def __init__(
        self,
        query: QuerySet[Any],
        counted: _engine.Statement,
        statement: Callable[[list[_engine.Node]], _engine.Statement],
    ) -> None:
        self._query = query
        self._statement = statement
        super().__init__(self._count(counted), "a write", batched=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._query._select!r}>"

    def _count(self, statement: _engine.Statement) -> Callable[[], Any]:
        query = self._query

        async def run() -> int:
            if query._empty:
                return 0
            target = router.for_write(query._model_meta, query._using)
            return await execution.count(target, [statement])

        return run

    @overload
    def returning(self) -> Call[list[M]]: ...
    @overload
    def returning(self, a: Value[A1], /, *, flat: Literal[True]) -> Call[list[A1]]: ...
    @overload
    def returning(self, a: Value[A1], /) -> Call[list[tuple[A1]]]: ...
    @overload
    def returning(self, a: Value[A1], b: Value[A2], /) -> Call[list[tuple[A1, A2]]]: ...
    @overload
    def returning(
        self, a: Value[A1], b: Value[A2], c: Value[A3], /
    ) -> Call[list[tuple[A1, A2, A3]]]: ...
    @overload
    def returning(self, *columns: str | Value[Any], flat: Literal[True]) -> Call[list[Any]]: ...
    @overload
    def returning(self, *columns: str | Value[Any]) -> Call[list[tuple[Any, ...]]]: ...
    def returning(self, *columns: Any, flat: bool = False) -> Any:
        """The rows as they are after an update, or were before a deletion: whole ones as
        instances; of columns and expressions as tuples, with `flat` of one as its values."""
        # Asked for otherwise, it is not run as it stands.
        self._begin = None
        query = self._query
        nodes, shape = _given_back(query, columns, flat)
        statement = self._statement(nodes)

        async def run() -> list[Any]:
            if query._empty:
                return []
            target = router.for_write(query._model_meta, query._using)
            return await execution.rows(target, statement, shape)

        return Call(run, "a write", batched=True)

    def cte(self, name: str) -> type[M]:
        """The write as a common table expression: its rows, as they are after an update or were
        before a deletion, for a query that has it `with_cte`. It runs once, whatever is read of it
        (PostgreSQL)."""
        self._begin = None
        table = self._query.model._meta.ready()
        source = _engine.Source.written(table, self._statement([]), checked_name(name))
        rows: Any = Alias(self._query.model, source)
        return rows  # type: ignore[no-any-return]


def _given_back(
    query: QuerySet[Any], chosen: tuple[Any, ...], flat: bool
) -> tuple[list[_engine.Node], _engine.RowPlan]:
    """What a statement gives back of each row, and what that becomes."""
    meta = query.model._meta
    if flat and len(chosen) != 1:
        raise ParamsError(f"flat=True is for one column, and there are {len(chosen)}")
    if not chosen:
        names = list(meta.names)
        return columns(meta, names), _engine.RowPlan.instances(query.model, names, [])
    scope = query._scope
    nodes = [scope.named(each)._node for each in chosen]
    return nodes, _engine.RowPlan.scalars() if flat else _engine.RowPlan.tuples()


def update(
    query: QuerySet[M], assigned: Iterable[Assignment], values: dict[str, Any]
) -> Written[M]:
    """See `QuerySet.update`."""
    from .keywords import assignments

    meta = query.model._meta
    found = assignments(meta, assigned, values)
    scope = query._scope
    resolved: dict[str, Any] = {}
    for name, value in found.items():
        if name in meta.pk_names and query._joined:
            raise FieldError(f"{meta.name}.{name} is the key of rows")
        settled = value
        if isinstance(value, Value) or hasattr(type(value), "__yara_select__"):
            settled = scope.settled(value)._node
        elif name in meta.checked:
            meta.checked[name].check(value)
        resolved[name] = operand(settled)
    table, select = meta.ready(), query._select
    names, operands = list(resolved), list(resolved.values())

    def statement(nodes: list[_engine.Node]) -> _engine.Statement:
        return _engine.Statement.update(table, select, names, operands, True, nodes)

    return Written(query, statement([]), statement)


def delete(query: QuerySet[M]) -> Written[M]:
    """See `QuerySet.delete`."""
    select = query._select

    def statement(nodes: list[_engine.Node]) -> _engine.Statement:
        return _engine.Statement.delete(select, nodes)

    return Written(query, statement([]), statement)
