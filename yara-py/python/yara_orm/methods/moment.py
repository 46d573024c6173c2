"""What dates, times and intervals can be asked. Parts of an instant are those of UTC."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar, overload

from .. import _engine
from .. import expressions as _e
from ..exceptions import FieldError
from ..registry import nearest
from ..values import Value

if TYPE_CHECKING:
    from ..expressions import Expr

T = TypeVar("T")

Part = Literal[
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "iso_week_day",
    "year_day",
    "hour",
    "minute",
    "second",
    "microsecond",
    "epoch",
]
_PARTS: tuple[Part, ...] = (
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "iso_week_day",
    "year_day",
    "hour",
    "minute",
    "second",
    "microsecond",
    "epoch",
)
_ENGINE = {"iso_week_day": "week_day"}


class MomentMethods(Value[T], Generic[T]):
    """Of dates, times and intervals. What is made of NULL is NULL."""

    __slots__ = ()

    def extract(self: _Any, part: Part) -> Expr[Any]:
        """A part as a number: `year quarter month week day iso_week_day year_day hour minute second
        microsecond epoch`. Weeks are those of ISO 8601, Monday is day 1; `epoch` is a float, the
        seconds since 1970, of a time since midnight, of an interval its length."""
        return _e.function(f"extract_{_part(part)}", self)

    def truncate(self: _AnyDay, part: Part) -> Expr[T]:
        """The start of its `year quarter month week day hour minute` or `second`."""
        return _e.function(f"truncate_{_part(part)}", self)

    @overload
    def year(self: _Day) -> Expr[int]: ...
    @overload
    def year(self: _DayOrNull) -> Expr[int | None]: ...
    def year(self: MomentMethods[Any]) -> Expr[Any]:
        """The year."""
        return _e.function("extract_year", self)

    @overload
    def quarter(self: _Day) -> Expr[int]: ...
    @overload
    def quarter(self: _DayOrNull) -> Expr[int | None]: ...
    def quarter(self: MomentMethods[Any]) -> Expr[Any]:
        """The quarter of the year, from 1 to 4."""
        return _e.function("extract_quarter", self)

    @overload
    def month(self: _Day) -> Expr[int]: ...
    @overload
    def month(self: _DayOrNull) -> Expr[int | None]: ...
    def month(self: MomentMethods[Any]) -> Expr[Any]:
        """The month, from 1."""
        return _e.function("extract_month", self)

    @overload
    def week(self: _Day) -> Expr[int]: ...
    @overload
    def week(self: _DayOrNull) -> Expr[int | None]: ...
    def week(self: MomentMethods[Any]) -> Expr[Any]:
        """The week of ISO 8601, from 1 to 53: the first has the year's first Thursday."""
        return _e.function("extract_week", self)

    @overload
    def day(self: _Day) -> Expr[int]: ...
    @overload
    def day(self: _DayOrNull) -> Expr[int | None]: ...
    def day(self: MomentMethods[Any]) -> Expr[Any]:
        """The day of the month, from 1."""
        return _e.function("extract_day", self)

    @overload
    def iso_week_day(self: _Day) -> Expr[int]: ...
    @overload
    def iso_week_day(self: _DayOrNull) -> Expr[int | None]: ...
    def iso_week_day(self: MomentMethods[Any]) -> Expr[Any]:
        """The day of the week, from 1 for Monday to 7 for Sunday."""
        return _e.function("extract_week_day", self)

    @overload
    def year_day(self: _Day) -> Expr[int]: ...
    @overload
    def year_day(self: _DayOrNull) -> Expr[int | None]: ...
    def year_day(self: MomentMethods[Any]) -> Expr[Any]:
        """The day of the year, from 1."""
        return _e.function("extract_year_day", self)

    @overload
    def hour(self: _Time) -> Expr[int]: ...
    @overload
    def hour(self: _TimeOrNull) -> Expr[int | None]: ...
    def hour(self: MomentMethods[Any]) -> Expr[Any]:
        """The hour."""
        return _e.function("extract_hour", self)

    @overload
    def minute(self: _Time) -> Expr[int]: ...
    @overload
    def minute(self: _TimeOrNull) -> Expr[int | None]: ...
    def minute(self: MomentMethods[Any]) -> Expr[Any]:
        """The minute."""
        return _e.function("extract_minute", self)

    @overload
    def second(self: _Time) -> Expr[int]: ...
    @overload
    def second(self: _TimeOrNull) -> Expr[int | None]: ...
    def second(self: MomentMethods[Any]) -> Expr[Any]:
        """The second, a whole number."""
        return _e.function("extract_second", self)

    @overload
    def microsecond(self: _Time) -> Expr[int]: ...
    @overload
    def microsecond(self: _TimeOrNull) -> Expr[int | None]: ...
    def microsecond(self: MomentMethods[Any]) -> Expr[Any]:
        """The microseconds after the second."""
        return _e.function("extract_microsecond", self)

    @overload
    def date(self: MomentMethods[dt.datetime]) -> Expr[dt.date]: ...
    @overload
    def date(self: MomentMethods[dt.datetime | None]) -> Expr[dt.date | None]: ...
    def date(self: MomentMethods[Any]) -> Expr[Any]:
        """The day of an instant."""
        return _e.deferrable(lambda it: _e.wrap(it._node.cast("date")), self)

    @overload
    def time(self: MomentMethods[dt.datetime]) -> Expr[dt.time]: ...
    @overload
    def time(self: MomentMethods[dt.datetime | None]) -> Expr[dt.time | None]: ...
    def time(self: MomentMethods[Any]) -> Expr[Any]:
        """The time of day of an instant."""
        return _e.deferrable(lambda it: _e.wrap(it._node.cast("time")), self)

    def age(self: _AnyDay, earlier: Any) -> Expr[Any]:
        """The time since another moment as people count it: years, months and days."""
        return _e.deferrable(
            lambda it, other: _e.wrap(_engine.call("age", [it._node, it._node.same_kind(other)])),
            self,
            earlier,
        )

    def add_days(
        self: MomentMethods[dt.date] | MomentMethods[dt.date | None], days: int | Value[int]
    ) -> Expr[T]:
        """A date so many days later; earlier, where their number is negative."""
        number = days if isinstance(days, Value) else Value(_engine.literal(days, "i32"))
        return _e.deferrable(
            lambda it, other: _e.wrap(it._node.compute("+", other, False)), self, number
        )

    @overload
    def days_since(
        self: MomentMethods[dt.date], earlier: dt.date | Value[dt.date]
    ) -> Expr[int]: ...
    @overload
    def days_since(
        self: MomentMethods[dt.date] | MomentMethods[dt.date | None],
        earlier: dt.date | Value[dt.date | None],
    ) -> Expr[int | None]: ...
    def days_since(self: MomentMethods[Any], earlier: Any) -> Expr[Any]:
        """The days from another date to this one."""
        return _e.deferrable(
            lambda it, other: _e.wrap(it._node.compute("-", it._node.same_kind(other), False)),
            self,
            earlier,
        )


def _part(part: str) -> str:
    if part not in _PARTS:
        raise FieldError(f"a moment has no {part!r}{nearest(part, _PARTS)}")
    return _ENGINE.get(part, part)


if TYPE_CHECKING:
    _Day: TypeAlias = MomentMethods[dt.date] | MomentMethods[dt.datetime]
    _DayOrNull: TypeAlias = MomentMethods[dt.date | None] | MomentMethods[dt.datetime | None]
    _Time: TypeAlias = MomentMethods[dt.datetime] | MomentMethods[dt.time]
    _TimeOrNull: TypeAlias = MomentMethods[dt.datetime | None] | MomentMethods[dt.time | None]
    _AnyDay: TypeAlias = _Day | _DayOrNull
    _Any: TypeAlias = (
        _AnyDay
        | _Time
        | _TimeOrNull
        | MomentMethods[dt.timedelta]
        | MomentMethods[dt.timedelta | None]
    )
