"""Joins, common table expressions, and trees of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import _engine
from .aliases import Alias, Table
from .exceptions import FieldError, InvalidQuery, ParamsError
from .narrowed import Narrowed
from .paths import RelatedRows, RelationPath, target_of
from .rows import checked_name

if TYPE_CHECKING:
    from typing_extensions import Self

    from .expressions import Condition
    from .models import Model
    from .queryset import QuerySet

M_co = TypeVar("M_co", bound="Model", covariant=True)


class Joined(Narrowed[M_co], Generic[M_co]):
    """Rows of a model, and what is joined to them."""

    __slots__ = ()

    # Joins. A condition may name the query's own row, by the model's columns, and what was joined
    # before it, by those of an alias.
    def join(self, rows: type[Any] | Table[Any], on: Condition) -> Self:
        """Joins rows by a condition: the query gives each of its rows as often as there is a
        partner. For rows of a relation, ask through the relation instead, which repeats nothing:
        `Author.books.any(…)`.

            other = aliased(Book, "other")
            Book.all().join(other, Book.views < other.views).select(Book.title, other.title)
        """
        return self._join(rows, on, left=False, lateral=False)

    def left_join(self, rows: type[Any] | Table[Any], on: Condition) -> Self:
        """Joins rows by a condition; rows without a partner stay, with `None` in the place of its
        columns. `rows.is_null()` is true of them."""
        return self._join(rows, on, left=True, lateral=False)

    def cross_join(self, rows: type[Any] | Table[Any]) -> Self:
        """Joins each row with each row."""
        return self._join(rows, None, left=False, lateral=False)

    def join_lateral(self, rows: type[Any] | Table[Any], on: Condition | None = None) -> Self:
        """`join` with a query that reads the row that it is joined to, by columns of the other
        model or by `outer`: it is run for each of them (PostgreSQL)."""
        return self._join(rows, on, left=False, lateral=True)

    def left_join_lateral(self, rows: type[Any] | Table[Any], on: Condition | None = None) -> Self:
        """`left_join` as `join_lateral` is to `join`."""
        return self._join(rows, on, left=True, lateral=True)

    def _join(self, rows: Any, on: Any, left: bool, lateral: bool) -> Self:
        if self._select.row_limit is not None or self._select.row_offset is not None:
            raise InvalidQuery("a slice cannot be joined any further; join before slicing")
        source = source_of(rows)
        condition = None if on is None else self._scope.conditions((on,), {})
        node = None if condition is None else condition._node
        return self._copy(self._select.join(source, left, lateral, node))

    # Names.
    def as_table(self, name: str) -> type[M_co]:
        """The rows of this query by a name, to be joined, or read as if they were a table: a query
        over the result of another one.

            top = Book.all().order_by("-views").limit(3).as_table("top")
            await top.filter(top.author.name != "Cy").count()
        """
        return self._named(_engine.Source.query(self._select, checked_name(name)))

    def cte(self, name: str, *, materialized: bool | None = None) -> type[M_co]:
        """This query as a common table expression, `with name as (…)`: rows by a name, which are
        joined by a query that has them `with_cte`, or read alone by `.filter(…)` and the like.
        `materialized` says whether it is computed once, or as a part of what reads it."""
        return self._named(_engine.Source.common(self._select, checked_name(name), materialized))

    def with_cte(self, *ctes: type[Any] | Table[Any]) -> Self:
        """With common table expressions, which this query and those within it read by name."""
        select = self._select
        for cte in ctes:
            select = select.with_common(source_of(cte))
        return self._copy(select)

    def recursive_cte(
        self, name: str, step: Callable[[type[M_co]], QuerySet[Any]], *, all: bool = False
    ) -> type[M_co]:
        """The rows of this query, and those that `step` makes of the rows found last, round after
        round, until there are none that were not there before; with `all`, rows that are there
        count again. For whole rows along a relation there is `follow`.

            roots = Author.filter(mentor=None)
            tree = roots.recursive_cte("tree", lambda above: Author.all().join(
                above, Author.mentor == above))
            await tree.all()
        """
        base = self._select
        above = self._named(_engine.Source.found_last(base, checked_name(name)))
        found = step(above)
        if not isinstance(found, Narrowed):
            raise ParamsError(f"a round of {name!r} is a query of {self.model.__name__}")
        return self._named(_engine.Source.recursive(base, name, found._select, all))

    def _named(self, source: _engine.Source) -> type[M_co]:
        if self._annotations or self._groups is not None or not source.is_whole:
            raise InvalidQuery(
                "rows with a name are whole rows here; of columns, annotations and groups, choose "
                "them by .select(…) or .values(…) first"
            )
        rows: Any = Alias(self.model, source)
        return rows  # type: ignore[no-any-return]

    def follow(self, relation: str | type[Any] | Any) -> Self:
        """The rows, and all that a relation of the model to itself leads to from them, however far:
        each once, in one statement. Rows that lead in a circle are no harm.

            await Author.filter(name="Ada").follow("pupils").order_by("name")
        """
        if isinstance(relation, (RelationPath, RelatedRows)):
            steps = relation._path
            root = relation._root if isinstance(relation, RelationPath) else relation._owner
            if root is not self.model or len(steps) != 1:
                raise FieldError(f"{relation!r} is no relation of {self.model.__name__} itself")
            relation = steps[0]
        name: Any = relation
        meta = self.model._meta
        meta.ready()
        found = meta.relation(name) if isinstance(name, str) else None
        if found is None:
            raise meta.unknown(name)
        if target_of(found) is not self.model:
            raise FieldError(
                f"{self.model.__name__}.{name} leads to {target_of(found).__name__}; a relation "
                "that is followed leads from a model to itself"
            )
        return self._copy(self._select.follow(name))


def source_of(rows: Any) -> _engine.Source:
    """What stands behind rows with a name."""
    if isinstance(rows, (Alias, Table)):
        return rows._source
    if isinstance(rows, type) and hasattr(rows, "_meta"):
        raise ParamsError(
            f"{rows.__name__} is the row of a query; what is joined has a name: "
            f'aliased({rows.__name__}, "other")'
        )
    raise ParamsError(
        f"what is joined has a name, by aliased(Model), .as_table(name) or .cte(name), unlike {rows!r}"
    )
