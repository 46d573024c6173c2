"""Relations of an instance: the row that a foreign key leads to, and the rows that lead here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from . import _engine, execution, router
from .exceptions import FieldError, NoValuesFetched, ValidationError
from .fields.relational import (
    ForeignKeyBase,
    ManyToManyBase,
    ManyToManyRelation,
    ReverseDescriptor,
    ReverseRelation,
)
from .paths import RelationPath, is_to_one, target_of
from .runnable import Call
from .transactions import in_transaction
from .values import Value

if TYPE_CHECKING:
    from .fields.base import Field
    from .meta import Meta
    from .models import Model
    from .queryset import QuerySet

_set = _engine.assign


class NoRow:
    """What a foreign key that is NULL leads to: false, and `None` when it is awaited."""

    def __await__(self) -> Generator[Any, None, None]:
        return None
        yield

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "None"


_NO_ROW = NoRow()


class NotLoadedRow:
    """A related row that has not been loaded: await it, or load it with the query."""

    __slots__ = ("_instance", "_load", "_lookups", "_name")

    def __init__(
        self,
        instance: Any,
        name: str,
        load: Callable[[], Any],
        lookups: tuple[type[Model], dict[str, Any]] | None = None,
    ) -> None:
        self._instance = instance
        self._name = name
        self._load = load
        # The model and the values that the row is found by, where its key is known.
        self._lookups = lookups

    def __eq__(self, other: object) -> bool:
        """Whether it is that row, which its key tells; where there is none, it has to be loaded."""
        if isinstance(other, NotLoadedRow):
            if self._lookups is None or other._lookups is None:
                if self is other:
                    return True
                self._missing()
            return self._lookups == other._lookups
        if getattr(type(other), "_meta", None) is None:
            return NotImplemented
        if self._lookups is None:
            self._missing()
        model, lookups = self._lookups
        found = other.__dict__
        return isinstance(other, model) and all(
            found.get(name) == value for name, value in lookups.items()
        )

    def __hash__(self) -> int:
        # That of the row which it is equal to.
        if self._lookups is None or tuple(self._lookups[1]) != self._lookups[0]._meta.pk_names:
            self._missing()
        model, lookups = self._lookups
        values = tuple(lookups.values())
        return hash((model, values if len(values) > 1 else values[0]))

    def __await__(self) -> Generator[Any, None, Any]:
        return self._fetch().__await__()

    async def _fetch(self) -> Any:
        found = await self._load()
        _set(self._instance, self._name, found)
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._missing()

    def _missing(self) -> NoReturn:
        raise NoValuesFetched(
            f"{type(self._instance).__name__}.{self._name} is not loaded: "
            f"`await row.{self._name}`, or load it with .prefetch_related({self._name!r})"
        )

    def __repr__(self) -> str:
        return f"<{type(self._instance).__name__}.{self._name}: not loaded>"


def to_one(field: ForeignKeyBase, instance: Any, owner: type[Model]) -> Any:
    """`Book.author`, or `book.author` where no row is loaded."""
    if instance is None:
        meta = owner._meta
        if meta.abstract:
            return field
        meta.ready()
        return RelationPath(owner, (field.name,), field.target)
    meta = instance._meta
    meta.ready()
    key = tuple(getattr(instance, name, None) for name in meta.foreign_keys[field.name])
    if None in key:
        return _NO_ROW
    target = field.target
    names = (field.to_field,) if field.to_field else target._meta.pk_names
    lookups = dict(zip(names, key, strict=True))
    return NotLoadedRow(instance, field.name, lambda: _one(target, lookups), (target, lookups))


async def _one(target: type[Model], lookups: dict[str, Any]) -> Any:
    return await target.get(**lookups)


def reverse_one(far: ReverseDescriptor, instance: Any, owner: type[Model]) -> Any:
    """`Author.profile`, or `author.profile` where no row is loaded."""
    if instance is None:
        owner._meta.ready()
        return RelationPath(owner, (far.name,), far.source)

    async def load() -> Any:
        return await related_query(instance, far.name).first()

    return NotLoadedRow(instance, far.name, load)


def to_many(name: str, instance: Any, owner: type[Model]) -> Any:
    """`Author.books`, or `author.books`."""
    from .paths import RelatedRows

    meta = owner._meta
    if instance is None:
        if meta.abstract:
            return meta.declared[name]
        meta.ready()
        return RelatedRows(owner, (name,), target_of(meta.relation(name)))
    meta.ready()
    relation = meta.relation(name)
    field = relation.field if isinstance(relation, ReverseDescriptor) else relation
    if isinstance(field, ManyToManyBase):
        return RelatedThrough(instance, name)
    return Related(instance, name)


def related_query(instance: Any, name: str) -> QuerySet[Any]:
    """The rows that a relation leads to from an instance, as a query."""
    meta = instance._meta
    target = target_of(meta.relation(name))
    condition = _engine.Select.related_to(meta.ready(), name, list(owner_key(instance, name)))
    return target._query()._where(condition)


def owner_key(instance: Any, name: str) -> tuple[Any, ...]:
    """The values by which a relation finds the rows of an instance."""
    meta = instance._meta
    key = tuple(getattr(instance, part, None) for part in meta.ready().owner_key(name))
    if None in key or not instance._saved_in_db:
        raise NoValuesFetched(
            f"{instance!r} has not been saved, so nothing can be related to it by {name!r} yet"
        )
    return key


class Related(ReverseRelation[Any]):
    """The rows that refer to an instance."""

    __slots__ = ("_instance", "_loaded", "_name")

    def __init__(self, instance: Any, name: str, loaded: list[Any] | None = None) -> None:
        self._instance = instance
        self._name = name
        self._loaded = loaded

    # Queries.
    def all(self) -> QuerySet[Any]:
        return related_query(self._instance, self._name)

    def create(self, using_db: Any = None, **values: Any) -> Call[Any]:
        """A new row that refers to the instance."""
        meta = self._instance._meta
        far = meta.relation(self._name)
        if not isinstance(far, ReverseDescriptor):
            raise FieldError(f"{self!r} is not the far side of a foreign key")
        owner_key(self._instance, self._name)
        values[far.field.name] = self._instance
        return far.source.create(using_db=using_db, **values)

    # What is loaded.
    @property
    def related_objects(self) -> list[Any]:
        """The rows that have been loaded."""
        if self._loaded is None:
            raise NoValuesFetched(
                f"{self!r} is not loaded: `await row.{self._name}`, or load it with "
                f".prefetch_related({self._name!r})"
            )
        return self._loaded

    def __await__(self) -> Generator[Any, None, list[Any]]:
        return self._fetch().__await__()

    async def _fetch(self) -> list[Any]:
        if self._loaded is not None:
            return list(self._loaded)
        return await self.all()

    async def __aiter__(self) -> AsyncIterator[Any]:
        for row in await self._fetch():
            yield row

    def __iter__(self) -> Iterator[Any]:
        return iter(self.related_objects)

    def __len__(self) -> int:
        return len(self.related_objects)

    def __bool__(self) -> bool:
        return bool(self.related_objects)

    def __getitem__(self, at: Any) -> Any:
        return self.related_objects[at]

    def __contains__(self, row: object) -> bool:
        return row in self.related_objects

    def __repr__(self) -> str:
        return f"<{type(self._instance).__name__}.{self._name}>"

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name not in ("add", "remove", "set", "clear"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            key = self._instance._meta.relation(self._name).field
            raise AttributeError(
                f"{self!r} are the rows whose {key.label} is this one, and have no {name}(): "
                f"`await row.{self._name}.create(…)` makes one, and another one is related by its "
                f"own `{key.name}`, which is saved then"
            )


class RelatedThrough(Related, ManyToManyRelation[Any]):
    """The rows that are related to an instance through a table between."""

    __slots__ = ()

    def add(
        self, *rows: Any, through_defaults: dict[str, Any] | None = None, using_db: Any = None
    ) -> Call[int]:
        """Relates rows to the instance; those that are related already stay so, once.

        `through_defaults` are values of the model between, for its own columns.
        """
        return Call(lambda: self._add(rows, through_defaults, using_db), "add")

    async def _add(
        self, rows: tuple[Any, ...], through_defaults: dict[str, Any] | None, using_db: Any
    ) -> int:
        if not rows:
            return 0
        through, near, far = self._through()
        if through is not None and (through_defaults or _needs_values(through, near, far)):
            values = through_defaults or {}
            return await self._add_through(through, near, far, rows, values, using_db)
        self._loaded = None
        return await self._run([self._relate(rows)], using_db)

    def remove(self, *rows: Any, using_db: Any = None) -> Call[int]:
        """Ends the relation of rows to the instance; the rows stay."""
        return Call(lambda: self._remove(rows, using_db), "remove")

    async def _remove(self, rows: tuple[Any, ...], using_db: Any) -> int:
        if not rows:
            return 0
        self._loaded = None
        return await self._run([self._unrelate(rows, False)], using_db)

    def clear(self, using_db: Any = None) -> Call[int]:
        """Ends the relation of all rows to the instance."""
        self._loaded = None
        return Call(lambda: self._run([self._unrelate(None, False)], using_db), "clear")

    def set(self, rows: Iterable[Any], using_db: Any = None) -> Call[None]:
        """Relates exactly these rows: at once, or not at all."""
        listed = list(rows)
        return Call(lambda: self._set(listed, using_db), "set")

    async def _set(self, listed: list[Any], using_db: Any) -> None:
        self._loaded = None
        statements = [self._unrelate(listed, True)]
        if listed:
            statements.append(self._relate(listed))
        await self._run(statements, using_db)

    def create(self, using_db: Any = None, **values: Any) -> Call[Any]:
        """A new row, related to the instance: both at once, or neither."""
        owner_key(self._instance, self._name)

        async def run() -> Any:
            target = router.connection_name(self._target._meta, using_db, write=True)
            async with in_transaction(target):
                row = await self._target.create(using_db=using_db, **values)
                await self.add(row, using_db=using_db)
            return row

        return Call(run, "create")

    @property
    def _target(self) -> type[Model]:
        return target_of(self._instance._meta.relation(self._name))

    def _through(self) -> tuple[type[Model] | None, str, str]:
        """The model between, and its foreign keys to this side and the other."""
        relation = self._instance._meta.relation(self._name)
        if isinstance(relation, ReverseDescriptor):
            through, far, near = relation.source._meta.through[relation.field.name]
            return through, near, far
        through, near, far = self._instance._meta.through[self._name]
        return through, near, far

    def _keys(self, rows: Iterable[Any]) -> list[tuple[Any, ...]]:
        target = self._target
        keys: dict[tuple[Any, ...], None] = {}
        for row in rows:
            if isinstance(row, target):
                key = tuple(getattr(row, name, None) for name in target._meta.pk_names)
                if None in key:
                    raise ValidationError(
                        f"{row!r} has not been saved, so it cannot be related to {self._instance!r}"
                    )
            elif hasattr(type(row), "_meta"):
                raise FieldError(
                    f"{self!r} relates rows of {target.__name__}, not of {type(row).__name__}"
                )
            else:
                key = row if isinstance(row, tuple) else (row,)
            keys[key] = None
        return list(keys)

    def _relate(self, rows: Iterable[Any]) -> _engine.Statement:
        table, key = self._instance._meta.ready(), list(owner_key(self._instance, self._name))
        keys = [list(key) for key in self._keys(rows)]
        return _engine.Statement.relate(table, self._name, self._target._meta.ready(), key, keys)

    def _unrelate(self, rows: Iterable[Any] | None, keep: bool) -> _engine.Statement:
        table, key = self._instance._meta.ready(), list(owner_key(self._instance, self._name))
        keys = None if rows is None else [list(key) for key in self._keys(rows)]
        target = self._target._meta.ready()
        return _engine.Statement.unrelate(table, self._name, target, key, keys, keep)

    async def _run(self, statements: list[_engine.Statement], using_db: Any) -> int:
        target = router.for_write(self._instance._meta, using_db)
        return await execution.count(target, statements)

    async def _add_through(
        self,
        through: type[Model],
        near: str,
        far: str,
        rows: Iterable[Any],
        values: dict[str, Any],
        using_db: Any,
    ) -> int:
        listed = list(rows)
        self._keys(listed)
        between = [through(**{near: self._instance, far: row}, **values) for row in listed]
        created = await through.bulk_create(between, ignore_conflicts=True, using_db=using_db)
        self._loaded = None
        return sum(row._saved_in_db for row in created)


def _needs_values(through: type[Model], near: str, far: str) -> bool:
    """Whether rows of a model between have more than the two keys."""
    meta = through._meta
    meta.ready()
    keys = {*meta.foreign_keys[near], *meta.foreign_keys[far]}
    own = (field for name, field in meta.fields_map.items() if name not in keys)
    return any(not field.is_generated for field in own)


def key_values(meta: Meta, name: str, value: Any) -> tuple[Any, ...]:
    """The values of a foreign key's fields for a row, a key, or `None`."""
    field = meta.declared[name]
    names = meta.foreign_keys[name]
    if value is None or isinstance(value, NoRow):
        return (None,) * len(names)
    target = field.target
    if isinstance(value, target):
        parts = (field.to_field,) if field.to_field else target._meta.pk_names
        key = tuple(getattr(value, part, None) for part in parts)
        if None in key:
            raise ValidationError(
                f"{meta.name}.{name}: {value!r} has not been saved yet; save it first"
            )
        return key
    if hasattr(type(value), "_meta"):
        raise ValidationError(
            f"{meta.name}.{name} is a {target.__name__}, not a {type(value).__name__}"
        )
    if len(names) == 1:
        return (value,)
    if isinstance(value, tuple) and len(value) == len(names):
        return value
    raise ValidationError(
        f"{meta.name}.{name}: the key of {target.__name__} has {len(names)} parts, "
        f"and {value!r} was given"
    )


def setters(meta: Meta) -> dict[str, Callable[[Any, Any], None]]:
    """What setting a foreign key, or a field of one, does beyond setting an attribute."""
    found: dict[str, Callable[[Any, Any], None]] = {}
    for relation, names in meta.foreign_keys.items():
        found[relation] = _relation_setter(meta, relation)
        for name in names:
            found[name] = _key_setter(relation, name)
    for name, field in meta.declared_relations.items():
        if not is_to_one(field):
            found[name] = refusing_setter(meta, name)
    return found


def _changes(instance: Any, names: Iterable[str]) -> None:
    changed = instance._changed
    if changed is None:
        _set(instance, "_changed", set(names))
    else:
        changed.update(names)


def _relation_setter(meta: Meta, relation: str) -> Callable[[Any, Any], None]:
    def setter(instance: Any, value: Any) -> None:
        names = meta.foreign_keys[relation]
        for name, part in zip(names, key_values(meta, relation, value), strict=True):
            _set(instance, name, part)
        _changes(instance, names)
        if value is None or hasattr(type(value), "_meta"):
            _set(instance, relation, value)
        else:
            instance.__dict__.pop(relation, None)

    return setter


def _key_setter(relation: str, name: str) -> Callable[[Any, Any], None]:
    def setter(instance: Any, value: Any) -> None:
        if hasattr(type(value), "_meta"):
            value = value.pk
        if relation in instance.__dict__:
            known = getattr(instance, name, None)
            # Which row an expression leads to, only the database knows.
            if isinstance(value, Value) or isinstance(known, Value) or known != value:
                del instance.__dict__[relation]
        _set(instance, name, value)
        _changes(instance, (name,))

    return setter


def settling_setter(name: str, field: Field[Any]) -> Callable[[Any, Any], None]:
    """What setting a field does, whose values have one spelling in rows and several elsewhere."""

    def setter(instance: Any, value: Any) -> None:
        _set(instance, name, field.settled(value))
        _changes(instance, (name,))

    return setter


def refusing_setter(
    meta: Meta, name: str, key: ForeignKeyBase | None = None
) -> Callable[[Any, Any], None]:
    """What setting any number of rows does, which `key` leads from, if they are its far side."""
    instead = f"`await row.{name}.set([…])`"
    if key is not None:
        instead = f"set {key.label} of each, or `await row.{name}.create(…)`"

    def setter(instance: Any, value: Any) -> None:
        raise FieldError(f"{meta.name}.{name} has any number of rows: {instead}")

    return setter
