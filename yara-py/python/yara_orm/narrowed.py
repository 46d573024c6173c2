"""Which rows a query is about, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from . import _engine
from .exceptions import InvalidQuery, ParamsError
from .expressions import Expr, Order
from .lazy import Lazy
from .rows import Single, check_count, sliced
from .runnable import Runnable
from .scope import Scope
from .selecting import Selecting
from .values import Value

if TYPE_CHECKING:
    from typing_extensions import Self

    from .expressions import Condition
    from .meta import Meta
    from .models import Model
    from .queryset import QuerySet

M_co = TypeVar("M_co", bound="Model", covariant=True)


class Narrowed(Lazy, Runnable[Any], Selecting, Generic[M_co]):
    """Rows of a model, of which each method leaves some out, or puts them in an order."""

    __slots__ = (
        "_annotations",
        "_deferred",
        "_empty",
        "_groups",
        "_joined",
        "_model_meta",
        "_prefetches",
        "_select",
        "_using",
        "model",
    )

    def __init__(self, model: type[M_co]) -> None:
        self.model: type[Any] = model
        # To ask a class for a member takes its metaclass, which is slow.
        self._model_meta: Meta = model._meta
        self._select = _engine.Select(self._model_meta.ready())
        self._annotations: dict[str, Expr[Any]] = {}
        self._prefetches: tuple[Any, ...] = ()
        self._joined: tuple[tuple[str, ...], ...] = ()
        self._deferred: tuple[str, ...] | None = None
        self._groups: dict[str, Expr[Any]] | None = None
        self._using: Any = None
        self._empty = False

    def _copy(self, select: _engine.Select | None = None) -> Self:
        copy = object.__new__(type(self))
        copy.model = self.model
        copy._model_meta = self._model_meta
        copy._select = self._select if select is None else select
        copy._annotations = self._annotations
        copy._prefetches = self._prefetches
        copy._joined = self._joined
        copy._deferred = self._deferred
        copy._groups = self._groups
        copy._using = self._using
        copy._empty = self._empty
        return copy

    @property
    def _scope(self) -> Scope:
        return Scope(self.model, self._annotations)

    def _where(self, condition: _engine.Node) -> Self:
        return self._copy(self._select.filter(condition))

    # Which rows.
    def all(self) -> Self:
        """The same rows."""
        return self._copy()

    def filter(self, *conditions: Condition, **lookups: Any) -> Self:
        """Only rows that match all of these, too."""
        if lookups and not conditions and not self._annotations:
            select = self._select.matching(self._model_meta.ready(), lookups)
            if select is not None:
                return self._copy(select)
        return self._narrowed(self._scope.conditions(conditions, lookups))

    def exclude(self, *conditions: Condition, **lookups: Any) -> Self:
        """Only rows that do not match all of these: exactly those that `filter` leaves out."""
        condition = self._scope.conditions(conditions, lookups)
        return self._narrowed(None if condition is None else ~condition)

    def _narrowed(self, condition: Expr[bool] | None) -> Self:
        if condition is None:
            return self._copy()
        if self._select.row_limit is not None or self._select.row_offset is not None:
            raise InvalidQuery("a slice cannot be filtered any further; filter before slicing")
        if self._groups is not None and condition._node.holds_aggregate:
            return self._copy(self._select.having(condition._node))
        return self._where(condition._node)

    def none(self) -> Self:
        """No rows; nothing is sent."""
        copy = self._copy()
        copy._empty = True
        return copy

    def distinct(self) -> Self:
        """Of equal rows, one."""
        return self._copy(self._select.distinct())

    def distinct_on(self, *fields: str | Value[Any]) -> Self:
        """Of the rows that are equal in these, the first in the order of the query."""
        if not fields:
            raise ParamsError("distinct_on() needs the fields that tell rows apart")
        nodes = [self._scope.named(field)._node for field in fields]
        return self._copy(self._select.distinct_on(nodes))

    # Sets. Each query keeps its own order and slice, and what is said first is done first. The
    # result is a query like any other.
    def union(self, *others: QuerySet[Any], all: bool = False) -> Self:
        """The rows of all queries, each once; with `all` as often as they come."""
        return self._combined("union", others, all)

    def intersection(self, *others: QuerySet[Any], all: bool = False) -> Self:
        """The rows that all queries have, each once; with `all` as often as all have them
        (PostgreSQL)."""
        return self._combined("intersect", others, all)

    def difference(self, *others: QuerySet[Any], all: bool = False) -> Self:
        """The rows that no other query has, each once; with `all` those that are left when as many
        are taken away as the others have (PostgreSQL)."""
        return self._combined("except", others, all)

    def _combined(self, operator: str, others: tuple[QuerySet[Any], ...], all: bool) -> Self:
        if all:
            operator += " all"
        for other in others:
            if not isinstance(other, Narrowed):
                raise ParamsError(
                    f"queries of {self.model.__name__} are combined with others of it, not with "
                    f"{other!r}; combine columns by .values_list(…)"
                )
            if other.model is not self.model:
                raise InvalidQuery(
                    f"rows of {self.model.__name__} and {other.model.__name__} cannot be combined"
                )
        if self._annotations or any(other._annotations for other in others):
            raise InvalidQuery("annotate the combined query, not its parts")
        # What gives no rows adds none to a union, and leaves none of an intersection.
        if self._empty and operator.startswith("union") and others:
            first, *rest = others
            found: Any = first._combined("union", tuple(rest), all)
            return found  # type: ignore[no-any-return]
        empty = [each for each in others if each._empty]
        if self._empty or (empty and operator.startswith("intersect")):
            return self.none()
        given = [each._select for each in others if not each._empty]
        return self._copy(self._select.combined(operator, given)) if given else self._copy()

    def order_by(self, *order: str | Order | Value[Any] | type[Any]) -> Self:
        """Sorts by these, in place of the order before; `"-name"` from the greatest, `"?"` by
        chance."""
        return self._copy(self._select.sorted(self._scope.orders(order)))

    def reverse(self) -> Self:
        """The other way round."""
        return self._copy(self._select.in_some_order().reversed())

    def limit(self, limit: int) -> Self:
        """At most so many rows, of those that are there after earlier slices."""
        check_count("limit", limit)
        known = self._select.row_limit
        return self._copy(self._select.limit(limit if known is None else min(known, limit)))

    def offset(self, offset: int) -> Self:
        """Passes over so many rows."""
        check_count("offset", offset)
        return self._copy(self._select.offset(offset))

    @overload
    def __getitem__(self, at: slice) -> Self: ...
    @overload
    def __getitem__(self, at: int) -> Single[M_co]: ...
    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return self._sliced(at)
        if not isinstance(at, int) or at < 0:
            raise ParamsError(f"a query is indexed by numbers from 0, not by {at!r}")
        one = self._sliced(slice(at, at + 1))
        return Single(one, one._select.in_some_order(), "index")

    def _sliced(self, at: slice) -> Self:
        return self._copy(sliced(self._select, at))
