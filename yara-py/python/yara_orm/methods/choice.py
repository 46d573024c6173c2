"""What every value can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from .. import _engine
from .. import expressions as _e
from ..values import Value

if TYPE_CHECKING:
    from ..expressions import Expr
    from ..windows import By, Distances, Rows

T = TypeVar("T")
U = TypeVar("U")


class ChoiceMethods(Value[T], Generic[T]):
    """Of values of any type."""

    __slots__ = ()

    @overload
    def coalesce(self: ChoiceMethods[U | None], *others: U | Value[U]) -> Expr[U]: ...
    @overload
    def coalesce(self, *others: Any) -> Expr[Any]: ...
    def coalesce(self: Any, *others: Any) -> Expr[Any]:
        """The first that is not NULL."""
        return _e.function("coalesce", self, *others)

    def nullif(self, other: T | Value[T]) -> Expr[T | None]:
        """NULL where it is equal to `other`."""
        return _e.function("nullif", self, other)

    def over(
        self,
        partition_by: By = (),
        order_by: By = (),
        *,
        rows: Rows | None = None,
        groups: Rows | None = None,
        range_: Distances | None = None,
    ) -> Expr[T]:
        """An aggregate over the rows around each row, see `over`."""
        from ..windows import over

        of: Any = self
        found: Expr[T] = over(of, partition_by, order_by, rows=rows, groups=groups, range_=range_)
        return found

    @overload
    def op(self, symbol: str, other: Any, kind: type[U]) -> Expr[U]: ...
    @overload
    def op(self, symbol: str, other: Any) -> Expr[Any]: ...
    def op(self, symbol: str, other: Any, kind: type[Any] | None = None) -> Expr[Any]:
        """An operator of the database that the engine does not know, made of `+ - * / < > = ~ ! @ #
        % ^ & | ?`. `kind` is the type of what it gives."""
        name = None if kind is None else _e.kind_of(kind)
        return _e.deferrable(
            lambda it, right: _e.wrap(_engine.operator(symbol, it._node, right, name)), self, other
        )
