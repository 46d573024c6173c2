"""Windows: a value for each row, of the rows around it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Generic, TypeAlias, TypeVar, overload

from . import _engine
from .aggregates import several
from .exceptions import ParamsError
from .expressions import Deferred, Expr, Order, wrap
from .shown import named, shown
from .values import Value

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Rows: TypeAlias = "tuple[int | None, int | None]"
Distance: TypeAlias = "int | float | Decimal | dt.timedelta | None"
Distances: TypeAlias = "tuple[Distance, Distance]"
By: TypeAlias = "str | Order | Value[Any] | type[Any] | list[Any] | tuple[Any, ...]"


class WindowFunction(Generic[T_co]):
    """A function that needs a window: `Rank().over(order_by=Book.views.desc())`."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, *arguments: Any) -> None:
        self.name = name
        self.arguments = arguments

    def over(
        self,
        partition_by: By = (),
        order_by: By = (),
        *,
        rows: Rows | None = None,
        groups: Rows | None = None,
        range_: Distances | None = None,
    ) -> Expr[T_co]:
        """See `over`."""
        return over(self, partition_by, order_by, rows=rows, groups=groups, range_=range_)

    def __repr__(self) -> str:
        return f"<WindowFunction {self._shown()}>"

    def _shown(self) -> str:
        first, rest = self.arguments[:1], self.arguments[1:]
        return f"{self.name}({', '.join([*map(named, first), *map(shown, rest)])})"


def RowNumber() -> WindowFunction[int]:
    """The number of the row, from 1."""
    return WindowFunction("row_number")


def Rank() -> WindowFunction[int]:
    """The number of the first of its peers, with gaps."""
    return WindowFunction("rank")


def DenseRank() -> WindowFunction[int]:
    """The number of its group of peers, without gaps."""
    return WindowFunction("dense_rank")


def PercentRank() -> WindowFunction[float]:
    """`(rank - 1) / (rows - 1)`"""
    return WindowFunction("percent_rank")


def CumeDist() -> WindowFunction[float]:
    """The share of the rows that do not come after it."""
    return WindowFunction("cume_dist")


def Ntile(parts: int) -> WindowFunction[int]:
    """Which of so many parts of nearly equal size it is in, from 1."""
    return WindowFunction("ntile", parts)


@overload
def Lag(value: Value[T], by: int = 1) -> WindowFunction[T | None]: ...
@overload
def Lag(value: Value[T], by: int, default: T) -> WindowFunction[T]: ...
@overload
def Lag(value: Value[T], by: int = 1, *, default: T) -> WindowFunction[T]: ...
@overload
def Lag(value: str, by: int = 1, default: Any = None) -> WindowFunction[Any]: ...
def Lag(value: Any, by: int = 1, default: Any = None) -> WindowFunction[Any]:
    """A value of the row so many rows before."""
    return WindowFunction("lag", value, by, default)


@overload
def Lead(value: Value[T], by: int = 1) -> WindowFunction[T | None]: ...
@overload
def Lead(value: Value[T], by: int, default: T) -> WindowFunction[T]: ...
@overload
def Lead(value: Value[T], by: int = 1, *, default: T) -> WindowFunction[T]: ...
@overload
def Lead(value: str, by: int = 1, default: Any = None) -> WindowFunction[Any]: ...
def Lead(value: Any, by: int = 1, default: Any = None) -> WindowFunction[Any]:
    """A value of the row so many rows after."""
    return WindowFunction("lead", value, by, default)


@overload
def FirstValue(value: Value[T]) -> WindowFunction[T | None]: ...
@overload
def FirstValue(value: str) -> WindowFunction[Any]: ...
def FirstValue(value: Any) -> WindowFunction[Any]:
    """A value of the first row of the frame."""
    return WindowFunction("first_value", value)


@overload
def LastValue(value: Value[T]) -> WindowFunction[T | None]: ...
@overload
def LastValue(value: str) -> WindowFunction[Any]: ...
def LastValue(value: Any) -> WindowFunction[Any]:
    """A value of the last row of the frame."""
    return WindowFunction("last_value", value)


@overload
def NthValue(value: Value[T], number: int) -> WindowFunction[T | None]: ...
@overload
def NthValue(value: str, number: int) -> WindowFunction[Any]: ...
def NthValue(value: Any, number: int) -> WindowFunction[Any]:
    """A value of the row of this number in the frame, from 1."""
    return WindowFunction("nth_value", value, number)


def over(
    what: WindowFunction[T] | Expr[T],
    partition_by: By = (),
    order_by: By = (),
    *,
    rows: Rows | None = None,
    groups: Rows | None = None,
    range_: Distances | None = None,
) -> Expr[T]:
    """A window function, or an aggregate, over the rows around each row: those that are equal in
    `partition_by`, in the order of `order_by`, up to the row and its peers.

    A frame says otherwise which rows count, from one bound to another: `rows=(-2, 0)` is the row
    and the two before it, and `None` stands for an end of the partition. In `groups` the rows that
    are equal in order count as one; `range_` takes those whose value in the order is so near.
    """
    partition, order = several(partition_by), several(order_by)
    frame = _frame(rows, groups, range_)

    def build(scope: Any) -> Expr[Any]:
        if isinstance(what, WindowFunction):
            name = what.name
            arguments = [
                scope.named(each)._node
                if isinstance(each, Value) or (at == 0 and isinstance(each, str))
                else each
                for at, each in enumerate(what.arguments)
            ]
        else:
            name, arguments = "aggregate", [scope.settled(what)._node]
        orders = [scope.order(each) for each in order]
        node = _engine.window(
            name,
            arguments,
            [scope.named(each)._node for each in partition],
            [(each.expression._node, each.descending, each.nulls) for each in orders],
            frame,
        )
        return wrap(node)

    options = {"partition_by": partition, "order_by": order}
    said = [f"{key}=({', '.join(map(named, by))})" for key, by in options.items() if by]
    return Deferred(build, f"{shown(what)}.over({', '.join(said)})")


def _frame(rows: Any, groups: Any, range_: Any) -> Any:
    given = [
        (unit, bounds)
        for unit, bounds in (("rows", rows), ("groups", groups), ("range", range_))
        if bounds is not None
    ]
    if not given:
        return None
    if len(given) > 1:
        raise ParamsError("a window has one frame: rows, groups or range_")
    ((unit, bounds),) = given
    if not isinstance(bounds, tuple) or len(bounds) != 2:
        raise ParamsError(f"a frame goes from one bound to another, as (-2, 0), unlike {bounds!r}")
    kinds: tuple[type[Any], ...] = (int,)
    if unit == "range":
        kinds = (int, float, Decimal, dt.timedelta)
    return (unit, *(_bound(unit, bound, kinds) for bound in bounds))


def _bound(unit: str, bound: Any, kinds: tuple[type[Any], ...]) -> tuple[int, Any] | None:
    """On which side of the row, and how far away."""
    if bound is None:
        return None
    if isinstance(bound, bool) or not isinstance(bound, kinds):
        raise ParamsError(f"a frame of {unit} is not bounded by {bound!r}")
    zero: Any = type(bound)()
    return ((bound > zero) - (bound < zero), abs(bound))
