"""The fields that hold one value: numbers, texts, bytes, moments, addresses and UUIDs."""

from __future__ import annotations

import datetime as dt
import ipaddress
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from .. import timezone
from ..exceptions import ConfigurationError, ValidationError
from ..ranges import Interval
from . import iso
from .base import UNSET, Field, S

Address: TypeAlias = (
    ipaddress.IPv4Address
    | ipaddress.IPv6Address
    | ipaddress.IPv4Interface
    | ipaddress.IPv6Interface
)
"""What an `InetField` holds."""

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from .base import Options

    # Code says `id: int = fields.IntField(pk=True)` too; a field that is an int to the checker
    # keeps that legal.
    class _Int(Field[S], int):
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    class _Float(Field[S], float):
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    class _Text(Field[S], str):  # type: ignore[misc]
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    class _Bytes(Field[S], bytes):  # type: ignore[misc]
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    class _Decimal(Field[S], Decimal):
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    class _Datetime(Field[S], dt.datetime):
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    class _Date(Field[S], dt.date):
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    class _Time(Field[S], dt.time):
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    class _Delta(Field[S], dt.timedelta):
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    class _Uuid(Field[S], uuid.UUID):
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
else:
    _Int = _Float = _Text = _Bytes = _Decimal = Field
    _Datetime = _Date = _Time = _Delta = _Uuid = Field


class SmallIntField(_Int[S]):
    """An integer of 16 bits."""

    kind = "i16"

    @overload
    def __init__(
        self: SmallIntField[int], *, null: Literal[False] = False, **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: SmallIntField[int | None], *, null: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)


class IntField(_Int[S]):
    """An integer of 32 bits; `pk=True` counts up."""

    kind = "i32"

    @overload
    def __init__(
        self: IntField[int], *, null: Literal[False] = False, **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: IntField[int | None], *, null: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)


class BigIntField(_Int[S]):
    """An integer of 64 bits; `pk=True` counts up."""

    kind = "i64"

    @overload
    def __init__(
        self: BigIntField[int], *, null: Literal[False] = False, **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: BigIntField[int | None], *, null: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)


class FloatField(_Float[S]):
    """A float of 64 bits."""

    kind = "f64"

    @overload
    def __init__(
        self: FloatField[float], *, null: Literal[False] = False, **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: FloatField[float | None], *, null: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def to_python_value(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            try:
                exact = float(value)
            except OverflowError:
                return value
            return exact if exact == value else value
        return value

    @property
    def settled_type(self) -> type[Any] | None:
        return float


class DecimalField(_Decimal[S]):
    """A decimal number with `max_digits` digits, `decimal_places` of them after the point."""

    kind = "numeric"

    @overload
    def __init__(
        self: DecimalField[Decimal],
        max_digits: int = ...,
        decimal_places: int = ...,
        *,
        null: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: DecimalField[Decimal | None],
        max_digits: int = ...,
        decimal_places: int = ...,
        *,
        null: Literal[True],
        **options: Unpack[Options],
    ) -> None: ...
    def __init__(self, max_digits: int = 12, decimal_places: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self._bounded("max_digits", max_digits, 1)
        self._bounded("decimal_places", decimal_places, 0)
        if decimal_places > max_digits or max_digits > 1000:
            raise ConfigurationError(
                "DecimalField needs max_digits <= 1000 and decimal_places <= max_digits; "
                f"got {max_digits} and {decimal_places}"
            )
        self.max_digits = max_digits
        self.decimal_places = decimal_places
        self.precision = (max_digits, decimal_places)

    def to_python_value(self, value: Any) -> Any:
        if isinstance(value, (int, str)) and not isinstance(value, bool):
            try:
                return Decimal(value)
            except InvalidOperation as error:
                raise ValidationError(f"{self.label}: {value!r} is no decimal number") from error
        return value

    @property
    def settled_type(self) -> type[Any] | None:
        return Decimal


class CharField(_Text[S]):
    """A text of at most `max_length` characters."""

    kind = "text"

    @overload
    def __init__(
        self: CharField[str],
        max_length: int = ...,
        *,
        null: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: CharField[str | None],
        max_length: int = ...,
        *,
        null: Literal[True],
        **options: Unpack[Options],
    ) -> None: ...
    def __init__(self, max_length: int = 255, **options: Any) -> None:
        super().__init__(**options)
        self.max_length = self._bounded("max_length", max_length, 1)


class TextField(_Text[S]):
    """A text of any length."""

    kind = "text"

    @overload
    def __init__(
        self: TextField[str],
        *,
        max_length: int | None = ...,
        null: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: TextField[str | None],
        *,
        max_length: int | None = ...,
        null: Literal[True],
        **options: Unpack[Options],
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        max_length = options.pop("max_length", None)
        super().__init__(**options)
        if max_length is not None:
            self.max_length = self._bounded("max_length", max_length, 1)


class BinaryField(_Bytes[S]):
    """Bytes."""

    kind = "bytes"

    @overload
    def __init__(
        self: BinaryField[bytes], *, null: Literal[False] = False, **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: BinaryField[bytes | None], *, null: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)


class BooleanField(Field[S]):
    """True or false."""

    kind = "bool"

    @overload
    def __init__(
        self: BooleanField[bool], *, null: Literal[False] = False, **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: BooleanField[bool | None], *, null: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)


class DatetimeField(_Datetime[S]):
    """An instant; without time zones (`use_tz=False`) a date and time as they are.

    `auto_now` is set by each save, `auto_now_add` by the first. Without time zones, a moment that
    has one becomes the same moment in UTC, without a zone, as soon as it is given.
    """

    kind = "timestamptz"
    settles = True

    @overload
    def __init__(
        self: DatetimeField[dt.datetime],
        *,
        auto_now: bool = ...,
        auto_now_add: bool = ...,
        null: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: DatetimeField[dt.datetime | None],
        *,
        auto_now: bool = ...,
        auto_now_add: bool = ...,
        null: Literal[True],
        **options: Unpack[Options],
    ) -> None: ...
    def __init__(
        self, *, auto_now: bool = False, auto_now_add: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        if auto_now and auto_now_add:
            raise ConfigurationError("auto_now and auto_now_add exclude each other")
        self.auto_now = auto_now
        self.auto_now_add = self.auto_now_add or auto_now_add or auto_now

    def to_python_value(self, value: Any) -> Any:
        return self.settled(_parsed(self, iso.datetime, value))

    @property
    def settled_type(self) -> type[Any] | None:
        own = type(self).settled is DatetimeField.settled
        return dt.datetime if own and timezone.get_use_tz() else None

    def settled(self, value: Any) -> Any:
        if timezone.get_use_tz() or not isinstance(value, dt.datetime) or value.tzinfo is None:
            return value
        if timezone.is_naive(value):
            # A zone that says nothing of this moment.
            return value.replace(tzinfo=None)
        try:
            return value.astimezone(timezone.UTC).replace(tzinfo=None)
        except OverflowError:
            # Not in the years 1 to 9999 there; refused where it is written.
            return value


class DateField(_Date[S]):
    """A day."""

    kind = "date"

    @overload
    def __init__(
        self: DateField[dt.date], *, null: Literal[False] = False, **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: DateField[dt.date | None], *, null: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def to_python_value(self, value: Any) -> Any:
        return _parsed(self, iso.date, value)

    @property
    def settled_type(self) -> type[Any] | None:
        return dt.date


class TimeField(_Time[S]):
    """A time of day."""

    kind = "time"

    @overload
    def __init__(
        self: TimeField[dt.time], *, null: Literal[False] = False, **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: TimeField[dt.time | None], *, null: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def to_python_value(self, value: Any) -> Any:
        return _parsed(self, iso.time, value)

    @property
    def settled_type(self) -> type[Any] | None:
        return dt.time


class TimeDeltaField(_Delta[S]):
    """A span of time."""

    kind = "interval"

    @overload
    def __init__(
        self: TimeDeltaField[dt.timedelta],
        *,
        null: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: TimeDeltaField[dt.timedelta | None],
        *,
        null: Literal[True],
        **options: Unpack[Options],
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)


class IntervalField(Field[S]):
    """Months, days and microseconds, as `yara_orm.Interval`; a `timedelta` may be given, too.

    Where months have no place, a `TimeDeltaField` gives `timedelta`. SQLite keeps microseconds
    alone, and refuses intervals of months or days.
    """

    kind = "months"

    @overload
    def __init__(
        self: IntervalField[Interval], *, null: Literal[False] = False, **options: Any
    ) -> None: ...
    @overload
    def __init__(
        self: IntervalField[Interval | None], *, null: Literal[True], **options: Any
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def to_python_value(self, value: Any) -> Any:
        return Interval.of(value) if isinstance(value, dt.timedelta) else value

    @property
    def settled_type(self) -> type[Any] | None:
        return Interval


class InetField(Field[S]):
    """An address of the internet, as the module `ipaddress` has them: an address, or an interface
    where it has a network, too. Texts may be given."""

    kind = "inet"

    @overload
    def __init__(
        self: InetField[Address], *, null: Literal[False] = False, **options: Any
    ) -> None: ...
    @overload
    def __init__(
        self: InetField[Address | None], *, null: Literal[True], **options: Any
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def to_python_value(self, value: Any) -> Any:
        if isinstance(value, str):
            value = _parsed(self, ipaddress.ip_interface, value)
        if getattr(value, "scope_id", None) is not None:
            raise ValidationError(
                f"{self.label}: {value} has a scope, which databases do not store"
            )
        if isinstance(value, (ipaddress.IPv4Interface, ipaddress.IPv6Interface)) and (
            value.network.prefixlen == value.max_prefixlen
        ):
            # What has no network is an address, and comes back as one.
            return value.ip
        return value


class UUIDField(_Uuid[S]):
    """A UUID; as a primary key it is made by this library."""

    kind = "uuid"

    @overload
    def __init__(
        self: UUIDField[uuid.UUID], *, null: Literal[False] = False, **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: UUIDField[uuid.UUID | None], *, null: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if self.pk and self.default is UNSET and self.db_default is UNSET:
            self.default = uuid.uuid4

    def to_python_value(self, value: Any) -> Any:
        return _parsed(self, uuid.UUID, value)

    @property
    def settled_type(self) -> type[Any] | None:
        return uuid.UUID


def _parsed(field: Field[Any], parse: Callable[[str], Any], value: Any) -> Any:
    """Text in the standard form of a type, as that type."""
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except ValueError as error:
        given = "" if repr(value) in str(error) else f"{value!r}: "
        raise ValidationError(f"{field.label}: {given}{error}") from error
