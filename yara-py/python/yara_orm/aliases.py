"""Rows by a name: of a model, of a query, of a common table expression.

A column of a model, `Book.title`, is read of the query's own row. An alias stands for another row,
and to a type checker it *is* its model: `other = aliased(Book, "other")` has `other.title`,
`other.author.name`, and the methods that begin a query, `other.filter(…)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from . import _engine
from .exceptions import FieldError, InvalidQuery, ParamsError
from .expressions import Deferred, Expr, wrap
from .paths import RelatedRows, RelationPath, member
from .registry import nearest
from .rows import checked_name
from .selecting import Selecting
from .values import Value

if TYPE_CHECKING:
    from .models import Model
    from .queryset import QuerySet
    from .rows import Rows

M = TypeVar("M", bound="Model")
T = TypeVar("T")
Row_co = TypeVar("Row_co", covariant=True)
A1 = TypeVar("A1")
A2 = TypeVar("A2")
A3 = TypeVar("A3")
A4 = TypeVar("A4")
A5 = TypeVar("A5")
A6 = TypeVar("A6")

OUTER = ""
"""The origin of what is read of the next query around."""


class Alias(RelationPath):
    """Rows of a model by a name."""

    __slots__ = ("_source",)

    def __init__(self, model: type[Model], source: _engine.Source) -> None:
        super().__init__(model, (), model, source.name)
        self._source = source

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        meta = self._model._meta
        meta.ready()
        if name == "pk" or name in meta.fields_map or meta.relation(name) is not None:
            return member(self._root, (), self._model, name, self._origin)
        from .queryset import QuerySet

        if not name.startswith("_") and hasattr(QuerySet, name):
            return getattr(self._rows(), name)
        raise AttributeError(str(meta.unknown(name)))

    def _rows(self) -> QuerySet[Any]:
        """A query for the rows, of which columns of the alias are columns."""
        from .queryset import QuerySet

        query: QuerySet[Any] = QuerySet(self._model)
        return query._copy(self._source.select())

    def _referred(self) -> tuple[str, ...]:
        self._model._meta.ready()
        return self._model._meta.pk_names

    def is_null(self) -> Expr[bool]:
        """There is no row, as behind a left join."""
        return wrap(_engine.any_of([column._node.is_null(False) for column in self._columns()]))

    def __hash__(self) -> int:
        return hash((self._root, self._origin))

    def __repr__(self) -> str:
        return f"<rows {self._origin!r} of {self._model.__name__}>"


class Outer(RelationPath):
    """The row of a model in the query around."""

    __slots__ = ()

    def __init__(self, model: type[Model]) -> None:
        super().__init__(model, (), model, OUTER)

    def _referred(self) -> tuple[str, ...]:
        self._model._meta.ready()
        return self._model._meta.pk_names

    def __repr__(self) -> str:
        return f"<the row of {self._model.__name__} around>"


class Table(Selecting, Generic[Row_co]):
    """What a query selects, by a name: to be joined, or read as if it were a table.

    Its columns are `table.c.name`, or by position `table.columns()`.
    """

    __slots__ = ("_names", "_shape", "_source", "model")

    def __init__(
        self,
        model: type[Any],
        source: _engine.Source,
        names: list[str],
        shape: _engine.RowPlan,
    ) -> None:
        self.model = model
        self._source = source
        self._names = names
        self._shape = shape

    @property
    def c(self) -> Columns:
        """Its columns by name, as attributes."""
        return Columns(self._source, self._names)

    @overload
    def columns(self: Table[tuple[A1]]) -> tuple[Expr[A1]]: ...
    @overload
    def columns(self: Table[tuple[A1, A2]]) -> tuple[Expr[A1], Expr[A2]]: ...
    @overload
    def columns(self: Table[tuple[A1, A2, A3]]) -> tuple[Expr[A1], Expr[A2], Expr[A3]]: ...
    @overload
    def columns(
        self: Table[tuple[A1, A2, A3, A4]],
    ) -> tuple[Expr[A1], Expr[A2], Expr[A3], Expr[A4]]: ...
    @overload
    def columns(
        self: Table[tuple[A1, A2, A3, A4, A5]],
    ) -> tuple[Expr[A1], Expr[A2], Expr[A3], Expr[A4], Expr[A5]]: ...
    @overload
    def columns(
        self: Table[tuple[A1, A2, A3, A4, A5, A6]],
    ) -> tuple[Expr[A1], Expr[A2], Expr[A3], Expr[A4], Expr[A5], Expr[A6]]: ...
    @overload
    def columns(self) -> tuple[Expr[Any], ...]: ...
    def columns(self) -> Any:
        """Its columns, in order."""
        return tuple(wrap(self._source.column(at)) for at in range(self._source.width))

    def all(self) -> Rows[Row_co]:
        """A query for the rows."""
        from .rows import Rows

        query = self._rows()
        return Rows(query, query._select, self._shape, self._names)

    def _rows(self) -> Any:
        from .queryset import QuerySet

        query: QuerySet[Any] = QuerySet(self.model)
        return query._copy(self._source.select())

    def _projected(self, fields: tuple[Any, ...], flat: bool, whole: bool) -> Any:
        return self._rows()._projected(fields, flat, whole)

    def __repr__(self) -> str:
        return f"<rows {self._source.name!r} of {self.model.__name__}>"


class Columns:
    """The columns of a `Table`, by name."""

    __slots__ = ("_names", "_source")

    def __init__(self, source: _engine.Source, names: list[str]) -> None:
        self._source = source
        self._names = names

    def __getattr__(self, name: str) -> Expr[Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._names:
            raise AttributeError(
                f"{self._source.name!r} has no column {name!r}{nearest(name, self._names)}"
            )
        return wrap(self._source.column(self._names.index(name)))

    __getitem__ = __getattr__

    def __dir__(self) -> list[str]:
        return list(self._names)


@overload
def aliased(rows: type[M], name: str | None = None) -> type[M]: ...
@overload
def aliased(rows: Table[T], name: str | None = None) -> Table[T]: ...
def aliased(rows: Any, name: str | None = None) -> Any:
    """Rows of a model by a name, by default its own in lower case; or rows that have a name by
    another one, to be joined a second time.

        other = aliased(Book, "other")
        pairs = Book.all().join(other, (Book.author == other.author) & (Book.views < other.views))
        await pairs.select(Book.title, other.title)
    """
    if isinstance(rows, Table):
        source = rows._source.renamed(_name(name, rows.model))
        return Table(rows.model, source, rows._names, rows._shape)
    if isinstance(rows, Alias):
        return Alias(rows._model, rows._source.renamed(_name(name, rows._model)))
    meta = getattr(rows, "_meta", None)
    if meta is None or not isinstance(rows, type):
        raise ParamsError(f"an alias is one of a model, or of rows with a name, not of {rows!r}")
    table = meta.ready()
    return Alias(rows, _engine.Source.rows(table, _name(name, rows)))


def _name(name: str | None, model: type[Any]) -> str:
    if name is None:
        return model.__name__.lower()
    return checked_name(name)


@overload
def outer(value: type[M]) -> type[M]: ...
@overload
def outer(value: Value[T]) -> Expr[T]: ...
def outer(value: Any) -> Any:
    """A column, an expression or the row of the query around, for a query within it.

    A query within another one reads columns of *another* model of the one around by themselves;
    `outer` is for those of the same: `Book.filter(Book.views > outer(Book.views))`, or
    `outer(Book).views`. It is the next query around that is meant; to reach past it, give the rows
    a name by `aliased`.
    """
    if isinstance(value, type) and hasattr(value, "_meta"):
        return Outer(value)
    if isinstance(value, RelationPath):
        return RelationPath(value._root, value._path, value._model, OUTER)
    if isinstance(value, RelatedRows):
        return RelatedRows(value._owner, value._path, value._target, OUTER)
    if not isinstance(value, Value):
        raise ParamsError(f"outer() takes a column, an expression or a model, not {value!r}")
    if isinstance(value, Deferred):
        raise FieldError(
            "outer() takes typed expressions: a name in a text could be one of any model"
        )
    return wrap(value._node.read_outer())


@overload
def optional(value: type[M]) -> Value[M | None]: ...
@overload
def optional(value: Value[T]) -> Expr[T | None]: ...
def optional(value: Any) -> Any:
    """The same, of which a type checker is told that it may be `None`: columns and whole rows of a
    left join, and of relations that may lead to no row."""
    if isinstance(value, Value):
        return value
    return Whole(value)


class Whole(Value[Any]):
    """A whole row among what is selected."""

    __slots__ = ("rows",)

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    def resolve(self, scope: Any) -> Expr[Any]:
        raise InvalidQuery(f"a whole row, {self.rows!r}, is selected, and nothing else")

    def __repr__(self) -> str:
        return f"<the whole row {self.rows!r}>"
