"""Rows that belong together, inserted in one call: an author with books with tags.

Rows of one relation and one depth are inserted together, whatever row they belong to: first those
that others refer to, then the rows themselves, then those that refer to them, then what is related
through a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _engine, bulk, execution, router
from .exceptions import FieldError, ParamsError
from .fields.relational import ForeignKeyBase, ManyToManyBase, ReverseDescriptor
from .paths import is_to_one, target_of
from .prefetch import _manager
from .transactions import in_transaction

if TYPE_CHECKING:
    from .models import Model

M = TypeVar("M", bound="Model")

_set = _engine.assign


class Graph(Generic[M]):
    """A new row, and rows that belong to it, by the names of its relations: rows, graphs, or lists
    of them. A row that is saved already is related, and not inserted again.

        Graph(Author(name="Eve"), books=[
            Graph(Book(title="Apples"), tags=[Tag(name="fruit"), rust]),
            Book(title="Pears"),
        ])
    """

    __slots__ = ("parts", "row")

    def __init__(self, row: M, **parts: Any) -> None:
        meta = getattr(type(row), "_meta", None)
        if meta is None:
            raise ParamsError(f"a graph is one of a row of a model, not of {row!r}")
        meta.ready()
        self.row = row
        self.parts: dict[str, list[Graph[Any]]] = {}
        for name, given in parts.items():
            relation = meta.relation(name)
            if relation is None:
                raise meta.unknown(name)
            self.parts[name] = _parts(meta.name, name, relation, given)

    def __repr__(self) -> str:
        return f"<graph of {self.row!r}>"


def _parts(owner: str, name: str, relation: Any, given: Any) -> list[Graph[Any]]:
    one = is_to_one(relation)
    target = target_of(relation)
    single = isinstance(given, Graph) or hasattr(type(given), "_meta")
    if one and not single:
        raise FieldError(f"{owner}.{name} leads to one {target.__name__}, not to {given!r}")
    if not one and (single or isinstance(given, (str, bytes)) or not isinstance(given, Iterable)):
        raise FieldError(f"{owner}.{name} leads to many rows: give a list of them, not {given!r}")
    parts = []
    for each in (given,) if single else given:
        part = each if isinstance(each, Graph) else None
        row = each if part is None else part.row
        if not isinstance(row, target):
            raise FieldError(f"{owner}.{name} leads to {target.__name__}, not to {row!r}")
        parts.append(Graph(row) if part is None else part)
    return parts


async def insert(graphs: list[Graph[Any]], using_db: Any) -> list[Any]:
    """Inserts the rows of graphs and all that belongs to them: all, or none."""
    for graph in graphs:
        if not isinstance(graph, Graph):
            raise ParamsError(f"insert_graph() takes graphs, not {graph!r}")
    if graphs:
        name = router.connection_name(graphs[0].row._meta, using_db, write=True)
        fresh: list[Any] = []
        try:
            async with in_transaction(name):
                await _insert(graphs, fresh, using_db)
        except BaseException:
            # What was taken back is as new as before.
            for row in fresh:
                _set(row, "_saved_in_db", False)
                for key in row._meta.pk_names:
                    if row._meta.fields_map[key].is_generated:
                        _set(row, key, None)
            raise
    return [graph.row for graph in graphs]


async def _insert(graphs: list[Graph[Any]], inserted: list[Any], using_db: Any) -> None:
    """One level of graphs, of one model."""
    if not graphs:
        return
    meta = type(graphs[0].row)._meta
    names = dict.fromkeys(name for graph in graphs for name in graph.parts)
    relations = {name: meta.relation(name) for name in names}
    # What the rows refer to is there first.
    for name, relation in relations.items():
        if isinstance(relation, ForeignKeyBase):
            parts = [part for graph in graphs for part in graph.parts.get(name, ())]
            await _insert(parts, inserted, using_db)
            for graph in graphs:
                for part in graph.parts.get(name, ()):
                    setattr(graph.row, name, part.row)
    fresh: dict[int, Any] = {
        id(graph.row): graph.row for graph in graphs if not graph.row._saved_in_db
    }
    if fresh:
        rows = list(fresh.values())
        await bulk.create(meta.model, rows, False, None, None, using_db)
        inserted.extend(rows)
    for name, relation in relations.items():
        if not isinstance(relation, ForeignKeyBase):
            await _belonging(name, relation, graphs, inserted, using_db)


async def _belonging(
    name: str, relation: Any, graphs: list[Graph[Any]], inserted: list[Any], using_db: Any
) -> None:
    """Rows that refer to those of a level, or are related to them through a table."""
    field = relation.field if isinstance(relation, ReverseDescriptor) else relation
    owners = [graph for graph in graphs if name in graph.parts]
    parts = [part for graph in owners for part in graph.parts[name]]
    if isinstance(field, ManyToManyBase):
        await _insert(parts, inserted, using_db)
        statements = []
        for graph in owners:
            rows = [part.row for part in graph.parts[name]]
            manager = _manager(relation)(graph.row, name, rows)
            if rows:
                statements.append(manager._relate(rows))
            _set(graph.row, name, manager)
        if statements:
            target = router.for_write(owners[0].row._meta, using_db)
            await execution.count(target, statements)
        return
    for graph in owners:
        for part in graph.parts[name]:
            if part.row._saved_in_db:
                raise FieldError(
                    f"{part.row!r} is saved already; relate it by its own {field.name!r}"
                )
            setattr(part.row, field.name, graph.row)
    await _insert(parts, inserted, using_db)
    for graph in owners:
        rows = [part.row for part in graph.parts[name]]
        one = is_to_one(relation)
        _set(graph.row, name, rows[0] if one else _manager(relation)(graph.row, name, rows))
