"""Loading relations of rows that are there: one statement for each relation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _engine, execution, router
from .exceptions import FieldError
from .fields.relational import ForeignKeyBase, ManyToManyBase, ReverseDescriptor
from .paths import RelatedRows, RelationPath, is_to_one, owner_of, target_of
from .shown import arguments, named

if TYPE_CHECKING:
    from .expressions import RelationSet
    from .models import Model
    from .queryset import QuerySet

#: A relation, by its name or as a path: `"author"`, `Book.author`, `Author.books`.
Path: TypeAlias = "str | type[Model] | RelationSet[Any]"
Relation: TypeAlias = "Path | Prefetch"

_set = _engine.assign


class Prefetch:
    """A relation to load, by a query of its own: its filter, its order, its slice *per owner*, its
    own relations. With `to_attr` the rows become a list in another attribute."""

    def __init__(
        self,
        relation: Path,
        queryset: QuerySet[Any] | None = None,
        to_attr: str | None = None,
    ) -> None:
        if queryset is not None and not hasattr(type(queryset), "_reading"):
            raise FieldError(
                f"a relation is loaded by a query such as Book.all(), not {queryset!r}"
            )
        self.relation = relation
        self.queryset = queryset
        self.to_attr = to_attr
        if to_attr is not None and not to_attr.isidentifier():
            raise FieldError(f"to_attr is the name of an attribute, not {to_attr!r}")

    def __repr__(self) -> str:
        return f"Prefetch({arguments([named(self.relation)], queryset=self.queryset, to_attr=self.to_attr)})"


def steps_of(model: type[Model], relation: Any, to_one: bool = False) -> tuple[str, ...]:
    """The relations that a text or a path names, each checked."""
    if isinstance(relation, RelationPath):
        steps, root = relation._path, relation._root
    elif isinstance(relation, RelatedRows):
        steps, root = relation._path, relation._owner
    elif isinstance(relation, str):
        steps, root = tuple(relation.split("__")), model
    else:
        raise FieldError(f"a relation is a name or a path such as Book.author, not {relation!r}")
    if root is not model:
        raise FieldError(
            f"{'.'.join((root.__name__, *steps))} is a relation of {root.__name__}, "
            f"and the query is about {model.__name__}"
        )
    place = model
    for step in steps:
        place._meta.ready()
        found = place._meta.relation(step)
        if found is None:
            if step in place._meta.fields_map:
                raise FieldError(f"{place.__name__}.{step} is a field, no relation")
            raise place._meta.unknown(step)
        if to_one and not is_to_one(found):
            raise FieldError(
                f"{place.__name__}.{step} leads to any number of rows, which cannot be joined; "
                f"load it with .prefetch_related({step!r})"
            )
        place = target_of(found)
    return steps


class _Node:
    """A relation to load, and those to load of its rows."""

    __slots__ = ("name", "nested", "query", "to_attr")

    def __init__(self, name: str) -> None:
        self.name = name
        self.query: QuerySet[Any] | None = None
        self.to_attr: str | None = None
        self.nested: dict[str, _Node] = {}


def _tree(model: type[Model], relations: Iterable[Any]) -> dict[str, _Node]:
    """What to load, as a tree: a relation that several paths pass is loaded once."""
    roots: dict[str, _Node] = {}
    for relation in relations:
        wanted = relation if isinstance(relation, Prefetch) else Prefetch(relation)
        steps = steps_of(model, wanted.relation)
        level, node = roots, None
        for at, step in enumerate(steps):
            last = at + 1 == len(steps)
            key = wanted.to_attr or step if last else step
            node = level.get(key)
            if node is None:
                node = level[key] = _Node(step)
            level = node.nested
        if node is not None and wanted.queryset is not None:
            node.query = wanted.queryset
        if node is not None and wanted.to_attr is not None:
            node.to_attr = wanted.to_attr
    return roots


def check(model: type[Model], relations: Iterable[Any]) -> None:
    """Refuses what names no relations, and queries about other models than they lead to."""
    for relation in relations:
        wanted = relation if isinstance(relation, Prefetch) else Prefetch(relation)
        *way, last = steps_of(model, wanted.relation)
        if wanted.queryset is None:
            continue
        owner = owner_of(model, tuple(way))
        target = target_of(owner._meta.relation(last))
        if wanted.queryset.model is not target:
            raise FieldError(
                f"{owner.__name__}.{last} leads to {target.__name__}, and the query to load it "
                f"with is about {wanted.queryset.model.__name__}"
            )


async def prefetch(
    model: type[Model], rows: list[Any], relations: Iterable[Any], using: Any
) -> None:
    """Loads relations of rows, and relations of those."""
    await _load_level(model, rows, _tree(model, relations), using)


async def _load_level(
    model: type[Model], rows: list[Any], level: dict[str, _Node], using: Any
) -> None:
    for node in level.values():
        await _load(model, rows, node, using)


async def _load(model: type[Model], rows: list[Any], node: _Node, using: Any) -> None:
    meta = model._meta
    table = meta.ready()
    relation = meta.relation(node.name)
    target = target_of(relation)
    query = node.query if node.query is not None else target._query()
    names = table.owner_key(node.name)
    by_key: dict[Any, list[Any]] = {}
    for row in rows:
        key = _key_of(row, names)
        if key is not None:
            by_key.setdefault(key, []).append(row)
    found: list[Any] = []
    grouped: dict[Any, list[Any]] = {}
    if by_key and not query._empty:
        keys = [list(key) if isinstance(key, tuple) else [key] for key in by_key]
        select, shape = query._reading(query._select.in_own_order())
        statement = _engine.Statement.load(table, node.name, select, keys)
        executor = router.for_read(target._meta, using if query._using is None else query._using)
        pairs = await execution.rows(executor, statement, shape.keyed(len(names)))
        grouped, found = _engine.group(pairs)
    _attach(relation, node, rows, names, grouped)
    if found:
        await query._load(found)
        await _load_level(target, found, node.nested, using)


def _attach(
    relation: Any,
    node: _Node,
    rows: list[Any],
    names: list[str],
    grouped: dict[Any, list[Any]],
) -> None:
    one = is_to_one(relation)
    manager = None if one or node.to_attr is not None else _manager(relation)
    back = None
    if isinstance(relation, ReverseDescriptor) and isinstance(relation.field, ForeignKeyBase):
        back = relation.field.name
    for row in rows:
        related = grouped.get(_key_of(row, names), [])
        if one:
            value: Any = related[0] if related else None
        elif manager is None:
            value = list(related)
        else:
            value = manager(row, node.name, list(related))
        _set(row, node.to_attr or node.name, value)
        if back is not None:
            _engine.relate(related, back, row)


def _key_of(row: Any, names: list[str]) -> Any:
    """The value by which a relation finds the rows of another one; `None` where it has none."""
    if len(names) == 1:
        return getattr(row, names[0])
    key = tuple(getattr(row, name) for name in names)
    return None if None in key else key


def _manager(relation: Any) -> Any:
    from .relations import Related, RelatedThrough

    field = relation.field if isinstance(relation, ReverseDescriptor) else relation
    return RelatedThrough if isinstance(field, ManyToManyBase) else Related
