"""Where queries begin: a manager, and the related rows of an instance.

`all()` is the query that everything else begins with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .connection import Connection
    from .expressions import Assignment, Condition, Order
    from .locks import Strength
    from .models import Model
    from .prefetch import Relation
    from .queryset import QuerySet
    from .rows import Rows, Single
    from .runnable import Call
    from .selecting import SelectList, ValuesList
    from .values import Value
    from .written import Written

M = TypeVar("M", bound="Model")


class Source(Generic[M]):
    """Begins queries; each method is that of the query."""

    __slots__ = ()

    def all(self) -> QuerySet[M]:
        """All rows."""
        raise NotImplementedError

    def filter(self, *conditions: Condition, **lookups: Any) -> QuerySet[M]:
        """The rows that match."""
        return self.all().filter(*conditions, **lookups)

    def exclude(self, *conditions: Condition, **lookups: Any) -> QuerySet[M]:
        """The rows that do not match."""
        return self.all().exclude(*conditions, **lookups)

    def annotate(self, **expressions: Any) -> QuerySet[M]:
        """All rows, with expressions beside the fields."""
        return self.all().annotate(**expressions)

    def group_by(self, *fields: str | Value[Any]) -> QuerySet[M]:
        """One row for each combination of these."""
        return self.all().group_by(*fields)

    def order_by(self, *order: str | Order | Value[Any] | type[Any]) -> QuerySet[M]:
        """All rows, sorted."""
        return self.all().order_by(*order)

    def limit(self, rows: int) -> QuerySet[M]:
        """At most so many rows."""
        return self.all().limit(rows)

    def offset(self, rows: int) -> QuerySet[M]:
        """The rows behind so many."""
        return self.all().offset(rows)

    def distinct(self) -> QuerySet[M]:
        """Of equal rows, one."""
        return self.all().distinct()

    def only(self, *fields: str | Value[Any]) -> QuerySet[M]:
        """All rows, with these fields only."""
        return self.all().only(*fields)

    def defer(self, *fields: str | Value[Any]) -> QuerySet[M]:
        """All rows, without these fields."""
        return self.all().defer(*fields)

    def select_related(self, *relations: str | type[Model]) -> QuerySet[M]:
        """All rows, with relations to one row, in one statement."""
        return self.all().select_related(*relations)

    def prefetch_related(self, *relations: Relation) -> QuerySet[M]:
        """All rows, with relations."""
        return self.all().prefetch_related(*relations)

    def select_for_update(
        self,
        nowait: bool = False,
        skip_locked: bool = False,
        of: Iterable[str | type[Any]] = (),
        *,
        strength: Strength = "update",
    ) -> QuerySet[M]:
        """All rows, locked."""
        return self.all().select_for_update(nowait, skip_locked, of, strength=strength)

    def using_db(self, connection: Connection) -> QuerySet[M]:
        """All rows, on a connection."""
        return self.all().using_db(connection)

    def get(self, *conditions: Condition, **lookups: Any) -> Single[M]:
        """The one row; raises `DoesNotExist` or `MultipleObjectsReturned` otherwise."""
        return self.all().get(*conditions, **lookups)

    def get_or_none(self, *conditions: Condition, **lookups: Any) -> Single[M | None]:
        """The one row, or `None`."""
        return self.all().get_or_none(*conditions, **lookups)

    def first(self) -> Single[M | None]:
        """The first row, or `None`."""
        return self.all().first()

    def last(self) -> Single[M | None]:
        """The last row, or `None`."""
        return self.all().last()

    def earliest(self, *order: Any) -> Single[M | None]:
        """The first row in an order."""
        return self.all().earliest(*order)

    def latest(self, *order: Any) -> Single[M | None]:
        """The last row in an order."""
        return self.all().latest(*order)

    def count(self) -> Call[int]:
        """The number of rows."""
        return self.all().count()

    def exists(self) -> Call[bool]:
        """Whether there is a row."""
        return self.all().exists()

    def aggregate(self, *expressions: Any, **named: Any) -> Call[Any]:
        """Aggregates over all rows, as a tuple or by name as a dict."""
        return self.all().aggregate(*expressions, **named)

    def in_bulk(self, ids: Iterable[Any], field_name: str = "pk") -> Call[dict[Any, M]]:
        """Rows by the value of a field."""
        return self.all().in_bulk(ids, field_name)

    def values(self, *fields: str | Value[Any], **named: str | Value[Any]) -> Rows[dict[str, Any]]:
        """Rows as dicts."""
        return self.all().values(*fields, **named)

    if TYPE_CHECKING:

        @property
        def values_list(self) -> ValuesList:
            """Rows as tuples; with `flat` the values of one column."""
            ...

        @property
        def select(self) -> SelectList:
            """Rows as tuples of columns, expressions and whole rows."""
            ...

    else:

        def values_list(self, *fields, flat=False):
            """Rows as tuples; with `flat` the values of one column."""
            return self.all().values_list(*fields, flat=flat)

        def select(self, *columns, flat=False):
            """Rows as tuples of columns, expressions and whole rows."""
            return self.all().select(*columns, flat=flat)

    def update(self, *assigned: Assignment, **values: Any) -> Written[M]:
        """Sets fields of the rows, and tells how many they were."""
        return self.all().update(*assigned, **values)

    def delete(self) -> Written[M]:
        """Deletes the rows, and tells how many they were."""
        return self.all().delete()
