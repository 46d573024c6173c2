"""Values that Python has no class for: ranges, and intervals with months."""

from __future__ import annotations

import datetime as dt
from typing import Any, Generic, Literal, TypeVar

from .exceptions import ValidationError

T = TypeVar("T")

Bounds = Literal["[]", "[)", "(]", "()"]


class Range(Generic[T]):
    """Everything between two values: `Range(1, 5)` has 1 in it and 5 not.

    A bound that is `None` is open. `bounds` says which of them are in the range, `[` and `]` that
    they are, `(` and `)` that they are not. `Range.empty()` has nothing in it. Ranges of whole
    numbers and of days come back from the database in the form `[)`; fields make it when they are
    given a value.
    """

    __slots__ = ("is_empty", "lower", "lower_inc", "upper", "upper_inc")

    lower: T | None
    upper: T | None
    lower_inc: bool
    upper_inc: bool
    is_empty: bool

    def __init__(
        self,
        lower: T | None = None,
        upper: T | None = None,
        bounds: Bounds = "[)",
        empty: bool = False,
    ) -> None:
        if bounds not in ("[]", "[)", "(]", "()"):
            raise ValidationError(f"the bounds of a range are one of [] [) (] (), not {bounds!r}")
        if lower is not None and upper is not None:
            try:
                inverted = lower > upper  # type: ignore[operator]
            except TypeError as error:
                raise ValidationError(
                    f"the bounds of a range are of one type, not {lower!r} and {upper!r}"
                ) from error
            if inverted:
                raise ValidationError(
                    f"the lower bound of a range is above the upper one: {lower!r} and {upper!r}"
                )
            empty = empty or (lower == upper and bounds != "[]")
        self._set(None, None, "()", True) if empty else self._set(lower, upper, bounds, False)

    def _set(self, lower: Any, upper: Any, bounds: str, empty: bool) -> None:
        put = object.__setattr__
        put(self, "lower", lower)
        put(self, "upper", upper)
        # An open bound is never in the range.
        put(self, "lower_inc", bounds[0] == "[" and lower is not None)
        put(self, "upper_inc", bounds[1] == "]" and upper is not None)
        put(self, "is_empty", empty)

    @classmethod
    def _made(cls, lower: Any, upper: Any, bounds: str, empty: bool) -> Range[Any]:
        """A range that the database has checked."""
        made: Range[Any] = cls.__new__(cls)
        made._set(lower, upper, bounds, empty)
        return made

    @classmethod
    def empty(cls) -> Range[T]:
        """The range that has nothing in it."""
        return cls(empty=True)

    @property
    def bounds(self) -> str:
        """Which bounds are in the range, such as `[)`."""
        return f"{'[' if self.lower_inc else '('}{']' if self.upper_inc else ')'}"

    def __contains__(self, value: T) -> bool:
        if self.is_empty:
            return False
        low: Any = self.lower
        high: Any = self.upper
        above = low is None or value > low or (self.lower_inc and value == low)
        return bool(above and (high is None or value < high or (self.upper_inc and value == high)))

    def _steps(self, one: Any) -> Range[T]:
        """The form `[)`, where values are whole steps apart."""
        lower: Any = self.lower
        upper: Any = self.upper
        if self.is_empty or self.bounds == "[)":
            return self
        try:
            if lower is not None and not self.lower_inc:
                lower = lower + one
            if self.upper_inc:
                upper = upper + one
        except OverflowError as error:
            raise ValidationError(
                f"a bound of {self!r} is the greatest value that there is; leave it open"
            ) from error
        empty = lower is not None and upper is not None and lower >= upper
        return Range(empty=True) if empty else Range(lower, upper)

    def _key(self) -> tuple[Any, ...]:
        return (self.is_empty, self.lower, self.upper, self.lower_inc, self.upper_inc)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Range) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a range does not change; make another one")

    def __reduce__(self) -> tuple[Any, ...]:
        return Range._made, (self.lower, self.upper, self.bounds, self.is_empty)

    def __repr__(self) -> str:
        if self.is_empty:
            return "Range.empty()"
        bounds = "" if self.bounds == "[)" else f", {self.bounds!r}"
        return f"Range({self.lower!r}, {self.upper!r}{bounds})"


class Interval:
    """Months, days and microseconds, each with its own sign, as databases have them: a month has no
    fixed number of days, nor a day of hours where clocks are put forward.

    Years, weeks, hours, minutes and seconds become months, days and microseconds. Two intervals
    are equal where all three parts are. Added to a moment in a query, `Book.created +
    Interval(months=1)`, it goes by the calendar: the 31st and a month is the last day of the next.
    """

    __slots__ = ("days", "microseconds", "months")

    months: int
    days: int
    microseconds: int

    def __init__(
        self,
        *,
        years: int = 0,
        months: int = 0,
        weeks: int = 0,
        days: int = 0,
        hours: int = 0,
        minutes: int = 0,
        seconds: float = 0,
        microseconds: int = 0,
    ) -> None:
        given = (years, months, weeks, days, hours, minutes, microseconds)
        for part in given:
            if isinstance(part, bool) or not isinstance(part, int):
                raise ValidationError(f"the parts of an interval are whole numbers, not {part!r}")
        rest = dt.timedelta(seconds=seconds) // dt.timedelta(microseconds=1) + microseconds
        rest += (hours * 60 + minutes) * 60_000_000
        self._set(years * 12 + months, weeks * 7 + days, rest)

    def _set(self, months: int, days: int, microseconds: int) -> None:
        put = object.__setattr__
        put(self, "months", months)
        put(self, "days", days)
        put(self, "microseconds", microseconds)

    @classmethod
    def _made(cls, months: int, days: int, microseconds: int) -> Interval:
        made = cls.__new__(cls)
        made._set(months, days, microseconds)
        return made

    @classmethod
    def of(cls, delta: dt.timedelta) -> Interval:
        """An interval as long as a `timedelta`, in microseconds."""
        return cls._made(0, 0, delta // dt.timedelta(microseconds=1))

    def timedelta(self) -> dt.timedelta:
        """As a `timedelta`, in which a day has 24 hours; raises where there are months."""
        if self.months:
            raise ValidationError(f"{self!r} has months, which are no fixed length of time")
        return dt.timedelta(days=self.days, microseconds=self.microseconds)

    def __neg__(self) -> Interval:
        return Interval._made(-self.months, -self.days, -self.microseconds)

    def __add__(self, other: Interval) -> Interval:
        if not isinstance(other, Interval):
            return NotImplemented
        return Interval._made(
            self.months + other.months,
            self.days + other.days,
            self.microseconds + other.microseconds,
        )

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Interval) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[int, int, int]:
        return (self.months, self.days, self.microseconds)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("an interval does not change; make another one")

    def __reduce__(self) -> tuple[Any, ...]:
        return Interval._made, self._key()

    def __repr__(self) -> str:
        parts = zip(("months", "days", "microseconds"), self._key(), strict=True)
        return f"Interval({', '.join(f'{name}={part}' for name, part in parts if part)})"
