"""Models: classes whose instances are rows."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterable, Callable, Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from . import _engine, persist
from .declaring import ModelMeta
from .exceptions import (
    DoesNotExist,
    FieldError,
    MultipleObjectsReturned,
    ParamsError,
    ValidationError,
)
from .fields.base import UNSET
from .fields.relational import ForeignKeyBase
from .interop import DataclassParams
from .keywords import computed, contradiction, spread_key, wrong_keyword
from .queryset import QuerySet, single
from .runnable import Call

if TYPE_CHECKING:
    from typing_extensions import Self

    from .conflicts import OnConflict, Upserted
    from .connection import Connection
    from .expressions import Condition, Expr
    from .graphs import Graph
    from .locks import Strength
    from .meta import Meta
    from .prefetch import Relation
    from .rows import Rows, Single
    from .selecting import SelectList, ValuesList
    from .signals import Signals
    from .written import Written

_set = _engine.assign


class Model(metaclass=ModelMeta):
    """A class whose instances are rows of a table.

    Class access is an expression, instance access a value: `Book.title == "x"`, `book.title`.
    """

    DoesNotExist: ClassVar[type[DoesNotExist]]
    MultipleObjectsReturned: ClassVar[type[MultipleObjectsReturned]]

    # Of instances that a query has made; the engine sets fields and nothing else.
    _saved_in_db = True
    _changed: set[str] | None = None
    _partial = False

    if TYPE_CHECKING:
        _meta: ClassVar[Meta]
        pk: Any
        __dataclass_fields__: ClassVar[dict[str, Any]]
    else:
        __dataclass_params__ = DataclassParams

        if sys.version_info >= (3, 11):

            def __getstate__(self):
                # The state is the dict itself, so that it is asked for as one.
                self.__dict__  # noqa: B018
                return super().__getstate__()

    def __init__(self, **values: Any) -> None:
        meta = self._meta
        meta.ready()
        _set(self, "_saved_in_db", False)
        if not meta.maker.fill(self, values):
            self._take(values)

    def _take(self, values: dict[str, Any]) -> None:
        """Members by keywords that are more than fields."""
        meta, given = self._meta, dict(values)
        if "pk" in given:
            spread_key(meta, given)
        for name in meta.computed:
            if name in given:
                raise computed(meta, name)
        others = {name: given.pop(name) for name in list(given) if name not in meta.fields_map}
        meta.maker.fill(self, given)
        for name, value in others.items():
            if isinstance(meta.declared.get(name), ForeignKeyBase):
                keys = [key for key in meta.foreign_keys[name] if key in values]
                before = [getattr(self, key) for key in keys]
                setattr(self, name, value)
                if keys and before != [getattr(self, key) for key in keys]:
                    raise contradiction(meta, name, keys, before)
            else:
                raise wrong_keyword(meta, name)

    def __setattr__(self, name: str, value: Any) -> None:
        meta = self._meta
        setter = meta.setters.get(name)
        if setter is not None:
            setter(self, value)
            return
        _set(self, name, value)
        if name in meta.fields_map:
            changed = self._changed
            if changed is None:
                _set(self, "_changed", {name})
            else:
                changed.add(name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._key_or_none()!r}>"

    def __str__(self) -> str:
        return f"<{type(self).__name__}>"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Model) or self._meta.model is not other._meta.model:
            return NotImplemented
        key = self._key_or_none()
        return key is not None and key == other._key_or_none()

    def __hash__(self) -> int:
        key = self._key_or_none()
        if key is None:
            raise TypeError(f"an instance of {type(self).__name__} without a key has no hash")
        return hash((self._meta.model, key))

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for name in self._meta.fields_map:
            if name in self.__dict__:
                yield name, self.__dict__[name]

    def __await__(self) -> Generator[Any, None, Self]:
        """A related row that is loaded may be awaited all the same."""
        return self
        yield

    def __copy__(self) -> Self:
        fresh = object.__new__(type(self))
        for name, value in self.__dict__.items():
            _set(fresh, name, set(value) if name == "_changed" and value is not None else value)
        return fresh

    def __yara_operand__(self) -> Any:
        key = self._key_or_none()
        if key is None:
            raise FieldError(f"{self!r} has no key yet: save it before it is compared with")
        return key

    def _key_or_none(self) -> Any:
        names = self._meta.pk_names
        if len(names) == 1:
            return getattr(self, names[0], None)
        key = tuple(getattr(self, name, None) for name in names)
        return None if None in key else key

    if not TYPE_CHECKING:

        @property
        def pk(self):
            """The primary key; a tuple, where it has several columns."""
            names = self._meta.pk_names
            if len(names) == 1:
                return getattr(self, names[0])
            return tuple(getattr(self, name) for name in names)

        @pk.setter
        def pk(self, value):
            values = {"pk": value}
            spread_key(self._meta, values)
            for name, part in values.items():
                setattr(self, name, part)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """How pydantic, and so FastAPI, reads and writes rows of the model."""
        from .interop import pydantic_schema

        return pydantic_schema(cls, handler)

    # One row.
    def save(
        self,
        update_fields: Iterable[str | Expr[Any]] | None = None,
        using_db: Connection | None = None,
        force_create: bool = False,
        force_update: bool = False,
    ) -> Call[Self]:
        """Inserts a new row; of one that is there, writes what has changed. Gives the instance.

        Raises `DoesNotExist` where the row is gone, and `ValidationError` before anything is sent.
        """
        return Call(
            lambda: persist.save(self, using_db, update_fields, force_create, force_update),
            f"{type(self).__name__}.save",
        )

    def delete(self, using_db: Connection | None = None) -> Call[None]:
        """Deletes the row; raises `DoesNotExist` where it is gone."""
        return Call(lambda: persist.delete(self, using_db), f"{type(self).__name__}.delete")

    def refresh_from_db(
        self, fields: Iterable[str | Expr[Any]] | None = None, using_db: Connection | None = None
    ) -> Call[Self]:
        """Reads the row again, or these fields of it. Gives the instance."""
        return Call(lambda: persist.refresh(self, fields, using_db), "refresh_from_db")

    def fetch_related(self, *relations: Relation, using_db: Connection | None = None) -> Call[Self]:
        """Loads relations of this row. Gives the instance."""
        from .prefetch import check, prefetch

        check(self._meta.model, relations)

        async def run() -> Self:
            await prefetch(self._meta.model, [self], relations, using_db)
            return self

        return Call(run, "fetch_related")

    def update_from_dict(self, data: dict[str, Any]) -> Self:
        """Sets members by name, as the constructor does."""
        meta = self._meta
        for name, value in data.items():
            if name not in meta.fields_map and name not in meta.declared and name != "pk":
                raise wrong_keyword(meta, name)
            convert = meta.converters.get(name)
            setattr(self, name, value if convert is None or value is None else convert(value))
        return self

    def clone(self, pk: Any = UNSET) -> Self:
        """A new row with the same values, under another key."""
        fresh = object.__new__(type(self))
        _set(fresh, "_saved_in_db", False)
        meta = self._meta
        for name, field in meta.fields_map.items():
            keeps = not field.pk
            value = getattr(self, name, None) if keeps else None
            if field.pk and field.has_default:
                value = field.make_default()
            _set(fresh, name, value)
        if pk is not UNSET:
            fresh.pk = pk
        elif not all(meta.fields_map[name].is_generated for name in meta.pk_names) and any(
            not meta.fields_map[name].has_default for name in meta.pk_names
        ):
            raise ValidationError(f"clone of {meta.name} needs a key: .clone(pk=…)")
        return fresh

    @classmethod
    def register_listener(cls, signal: Signals, listener: Callable[..., Any]) -> None:
        """Calls a function at a signal of the model; what `@pre_save(Book)` and the others do."""
        from .signals import register

        register(signal, cls, listener)

    # Queries.
    @classmethod
    def _query(cls) -> QuerySet[Self]:
        manager = cls._meta.manager
        if manager is not None:
            found: QuerySet[Self] = manager.get_queryset_for(cls)
            return found
        every: QuerySet[Self] = cls._meta.every()
        return every

    @classmethod
    def all(cls, using_db: Connection | None = None) -> QuerySet[Self]:
        """All rows."""
        meta = cls._meta
        query: QuerySet[Self] = meta.every() if meta.manager is None else cls._query()
        return query if using_db is None else query.using_db(using_db)

    @classmethod
    def using(cls, connection: Connection) -> QuerySet[Self]:
        """All rows, on a connection."""
        return cls._query().using_db(connection)

    @classmethod
    def none(cls) -> QuerySet[Self]:
        """No rows; nothing is sent."""
        return cls._query().none()

    @classmethod
    def filter(
        cls, *conditions: Condition, using_db: Connection | None = None, **lookups: Any
    ) -> QuerySet[Self]:
        """The rows that match."""
        return cls.all(using_db).filter(*conditions, **lookups)

    @classmethod
    def exclude(
        cls, *conditions: Condition, using_db: Connection | None = None, **lookups: Any
    ) -> QuerySet[Self]:
        """The rows that do not match."""
        return cls.all(using_db).exclude(*conditions, **lookups)

    @classmethod
    def annotate(cls, **expressions: Any) -> QuerySet[Self]:
        """All rows, with expressions beside the fields."""
        return cls._query().annotate(**expressions)

    @classmethod
    def order_by(cls, *order: Any) -> QuerySet[Self]:
        """All rows, sorted."""
        return cls._query().order_by(*order)

    @classmethod
    def limit(cls, rows: int) -> QuerySet[Self]:
        """At most so many rows."""
        return cls._query().limit(rows)

    @classmethod
    def distinct(cls) -> QuerySet[Self]:
        """Of equal rows, one."""
        return cls._query().distinct()

    @classmethod
    def only(cls, *fields: Any) -> QuerySet[Self]:
        """All rows, with these fields only."""
        return cls._query().only(*fields)

    @classmethod
    def prefetch_related(cls, *relations: Relation) -> QuerySet[Self]:
        """All rows, with relations."""
        return cls._query().prefetch_related(*relations)

    @classmethod
    def select_related(cls, *relations: Any) -> QuerySet[Self]:
        """All rows, with relations to one row, in one statement."""
        return cls._query().select_related(*relations)

    @classmethod
    def select_for_update(
        cls,
        nowait: bool = False,
        skip_locked: bool = False,
        of: Iterable[str | type[Any]] = (),
        *,
        strength: Strength = "update",
    ) -> QuerySet[Self]:
        """All rows, locked."""
        return cls._query().select_for_update(nowait, skip_locked, of, strength=strength)

    @classmethod
    def get(
        cls, *conditions: Condition, using_db: Connection | None = None, **lookups: Any
    ) -> Single[Self]:
        """The one row; `DoesNotExist` or `MultipleObjectsReturned` otherwise."""
        if using_db is None and not conditions:
            found = single(cls._meta, lookups, "get")
            if found is not None:
                return found
        return cls.all(using_db).get(*conditions, **lookups)

    @classmethod
    def get_or_none(
        cls, *conditions: Condition, using_db: Connection | None = None, **lookups: Any
    ) -> Single[Self | None]:
        """The one row, or `None`."""
        if using_db is None and not conditions:
            found = single(cls._meta, lookups, "get_or_none")
            if found is not None:
                return found
        return cls.all(using_db).get_or_none(*conditions, **lookups)

    @classmethod
    def first(cls, using_db: Connection | None = None) -> Single[Self | None]:
        """The first row."""
        return cls.all(using_db).first()

    @classmethod
    def last(cls, using_db: Connection | None = None) -> Single[Self | None]:
        """The last row."""
        return cls.all(using_db).last()

    @classmethod
    def earliest(cls, *order: Any, using_db: Connection | None = None) -> Single[Self | None]:
        """The first row in an order."""
        return cls.all(using_db).earliest(*order)

    @classmethod
    def latest(cls, *order: Any, using_db: Connection | None = None) -> Single[Self | None]:
        """The last row in an order."""
        return cls.all(using_db).latest(*order)

    @classmethod
    def count(cls) -> Call[int]:
        """The number of rows."""
        return cls._query().count()

    @classmethod
    def exists(
        cls, *conditions: Condition, using_db: Connection | None = None, **lookups: Any
    ) -> Call[bool]:
        """Whether a row matches."""
        return cls.all(using_db).filter(*conditions, **lookups).exists()

    @classmethod
    def aggregate(cls, *expressions: Any, **named: Any) -> Call[Any]:
        """Aggregates over all rows, as a tuple or by name as a dict."""
        return cls._query().aggregate(*expressions, **named)

    @classmethod
    def values(cls, *fields: Any, **named: Any) -> Rows[dict[str, Any]]:
        """Rows as dicts."""
        return cls._query().values(*fields, **named)

    if TYPE_CHECKING:
        values_list: ClassVar[ValuesList]
        select: ClassVar[SelectList]
    else:

        @classmethod
        def values_list(cls, *fields, flat=False):
            """Rows as tuples; with `flat` the values of one column."""
            return cls._query().values_list(*fields, flat=flat)

        @classmethod
        def select(cls, *columns, flat=False):
            """Rows as tuples of columns, expressions and whole rows."""
            return cls._query().select(*columns, flat=flat)

    @classmethod
    def union(cls, *others: QuerySet[Self], all: bool = False) -> QuerySet[Self]:
        """All rows, and those of other queries; each once, unless `all` is said."""
        return cls._query().union(*others, all=all)

    @classmethod
    def raw(cls, sql: str, params: Iterable[Any] = (), using_db: Connection | None = None) -> Any:
        """Rows of SQL text, as instances."""
        from .raw import RawRows

        return RawRows(cls, sql, params, using_db)

    # Many rows.
    @classmethod
    def create(cls, using_db: Connection | None = None, **values: Any) -> Call[Self]:
        """Inserts a row."""

        meta = cls._meta

        async def run() -> Self:
            instance = cls(**values)
            if cls.save is not _SAVE:
                # As little as possible is said, for models whose own `save` takes no more.
                await (instance.save() if using_db is None else instance.save(using_db=using_db))
            elif meta.receivers:
                await persist.save(instance, using_db, None, False, False)
            else:
                await persist.insert(instance, using_db)
            return instance

        return Call(run, f"{meta.name}.create", batched=not meta.receivers)

    @classmethod
    def get_or_create(
        cls,
        defaults: dict[str, Any] | None = None,
        using_db: Connection | None = None,
        **lookups: Any,
    ) -> Call[tuple[Self, bool]]:
        """The row that matches, or a new one; and whether it is new. Right under a race."""
        return cls.all(using_db).get_or_create(defaults, **lookups)

    @classmethod
    def update_or_create(
        cls,
        defaults: dict[str, Any] | None = None,
        using_db: Connection | None = None,
        **lookups: Any,
    ) -> Call[tuple[Self, bool]]:
        """The row that matches, with new values, or a new one; and whether it is new."""
        return cls.all(using_db).update_or_create(defaults, **lookups)

    @classmethod
    def bulk_create(
        cls,
        objects: Iterable[Self],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_fields: Iterable[str] | None = None,
        on_conflict: Iterable[str] | None = None,
        using_db: Connection | None = None,
    ) -> Call[list[Self]]:
        """Inserts rows: all, or none if one is refused. They get the keys that the database
        gives. `batch_size` changes nothing: any number of rows is written at once."""
        from . import bulk

        bulk.check_size(batch_size)
        rows = list(objects)
        return Call(
            lambda: bulk.create(cls, rows, ignore_conflicts, update_fields, on_conflict, using_db),
            f"{cls.__name__}.bulk_create",
        )

    @classmethod
    def bulk_update(
        cls,
        objects: Iterable[Self],
        fields: Iterable[str | Expr[Any]],
        batch_size: int | None = None,
        using_db: Connection | None = None,
    ) -> Call[int]:
        """Writes these fields of rows: of all, or of none. `batch_size` changes nothing."""
        from . import bulk

        bulk.check_size(batch_size)
        rows = list(objects)
        return Call(lambda: bulk.update(cls, rows, fields, using_db), f"{cls.__name__}.bulk_update")

    @classmethod
    def bulk_get_or_create(
        cls,
        records: Iterable[Mapping[str, Any]],
        key_fields: Iterable[str | Expr[Any]],
        defaults: Mapping[str, Any] | None = None,
        batch_size: int | None = None,
        using_db: Connection | None = None,
    ) -> Call[list[tuple[Self, bool]]]:
        """For each record the row that has the same `key_fields`, or a new one made of the record
        and the `defaults`; and whether it is new. Right under a race. `batch_size` changes
        nothing."""
        from . import bulk, upsert_many

        bulk.check_size(batch_size)
        listed = list(records)
        return Call(
            lambda: upsert_many.get_or_create(cls, listed, key_fields, defaults or {}, using_db),
            f"{cls.__name__}.bulk_get_or_create",
        )

    @classmethod
    def bulk_update_or_create(
        cls,
        records: Iterable[Mapping[str, Any]],
        key_fields: Iterable[str | Expr[Any]],
        update_fields: Iterable[str | Expr[Any]] | None = None,
        batch_size: int | None = None,
        using_db: Connection | None = None,
    ) -> Call[list[tuple[Self, bool]]]:
        """For each record the row that has the same `key_fields`, with the other values of the
        record (or with those of `update_fields` only), or a new one; and whether it is new. All
        records, or none. `batch_size` changes nothing."""
        from . import bulk, upsert_many

        bulk.check_size(batch_size)
        listed = list(records)
        return Call(
            lambda: upsert_many.update_or_create(cls, listed, key_fields, update_fields, using_db),
            f"{cls.__name__}.bulk_update_or_create",
        )

    @classmethod
    def upsert(
        cls, objects: Iterable[Self], on_conflict: OnConflict, using_db: Connection | None = None
    ) -> Call[list[Upserted[Self]]]:
        """Inserts rows, or changes those that are there already, in one statement: all, or none if
        one is refused. Tells of each, in order, whether it was inserted, updated or skipped; rows
        become what the database has then.

            each = await Book.upsert(
                books, OnConflict("author", "title").update(views=excluded(Book.views)))
        """
        from .conflicts import listed, upsert

        rows = listed(objects)
        return Call(lambda: upsert(cls, rows, on_conflict, using_db), f"{cls.__name__}.upsert")

    @classmethod
    def insert_from(
        cls,
        query: Rows[Any],
        *fields: str | Expr[Any] | type[Any],
        on_conflict: OnConflict | None = None,
    ) -> Written[Self]:
        """Inserts what a query selects, in one statement: its columns fill these fields, in order.
        What is not named is filled in as always, with one value for all rows. Gives their number,
        or `.returning(…)` what is in them.

            await Tag.insert_from(Author.all().values_list("name"), "name")
        """
        from .loading import insert_from

        return insert_from(cls, query, fields, on_conflict)

    @classmethod
    def insert_graph(
        cls, *graphs: Graph[Self], using_db: Connection | None = None
    ) -> Call[list[Self]]:
        """Inserts rows and all that belongs to them, one statement for each relation and depth: all,
        or none. Relations of the rows are loaded then.

            (eve,) = await Author.insert_graph(Graph(Author(name="Eve"), books=[Book(title="Pears")]))
        """
        from . import graphs as _graphs

        for graph in graphs:
            if not isinstance(graph, _graphs.Graph) or not isinstance(graph.row, cls):
                raise ParamsError(
                    f"{cls.__name__}.insert_graph takes graphs of its rows, "
                    f"Graph({cls.__name__}(…), …), not {graph!r}"
                )
        return Call(lambda: _graphs.insert(list(graphs), using_db), f"{cls.__name__}.insert_graph")

    @classmethod
    def bulk_load(
        cls, rows: Iterable[Self] | AsyncIterable[Self], using_db: Connection | None = None
    ) -> Call[int]:
        """Inserts any number of new rows, from wherever they come, the fastest way that the database
        has: by binary `COPY` on PostgreSQL. Memory holds a portion of them; all are there then, or
        none if one is refused. Gives their number; no row is given back."""
        from .loading import bulk_load

        return Call(lambda: bulk_load(cls, rows, using_db), f"{cls.__name__}.bulk_load")

    @classmethod
    def bulk_delete(cls, objects: Iterable[Self], using_db: Connection | None = None) -> Call[int]:
        """Deletes rows."""
        from . import bulk

        return cls.all(using_db).filter(pk__in=bulk.keys_of(cls, list(objects))).delete()

    @classmethod
    def in_bulk(
        cls, ids: Iterable[Any], field_name: str = "pk", using_db: Connection | None = None
    ) -> Call[dict[Any, Self]]:
        """Rows by key."""
        return cls.all(using_db).in_bulk(ids, field_name)

    @classmethod
    def fetch_for_list(
        cls, instances: Iterable[Self], *relations: Relation, using_db: Connection | None = None
    ) -> Call[list[Self]]:
        """Loads relations of several rows. Gives the rows."""
        from .prefetch import check, prefetch

        check(cls._meta.model, relations)
        rows = list(instances)

        async def run() -> list[Self]:
            await prefetch(cls, rows, relations, using_db)
            return rows

        return Call(run, "fetch_for_list")

    @classmethod
    def construct(cls, _from_db: bool = False, _saved_in_db: bool = False, **values: Any) -> Self:
        """An instance without checks and without defaults: a new row or, with `_saved_in_db` (or
        `_from_db`), one that is in the database."""
        instance = object.__new__(cls)
        if not (_from_db or _saved_in_db):
            _set(instance, "_saved_in_db", False)
        for name, value in values.items():
            _set(instance, name, value)
        return instance

    @classmethod
    def describe(cls, serializable: bool = True) -> dict[str, Any]:
        """The model as plain data; with `serializable=False` types and defaults are what they are,
        not their names."""
        from .describing import describe

        return describe(cls._meta, serializable)


# Rows are passed over by the garbage collector until somebody asks for their `__dict__`.
_engine.own_dict(Model)

# Asked of a class, it costs as much as an insert does without the database.
_SAVE = Model.save
