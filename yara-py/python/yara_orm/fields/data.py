"""The fields that hold a value of their own."""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import json
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias, TypeVar, overload

from .. import _engine
from ..exceptions import ConfigurationError, ValidationError
from ..ranges import Interval, Range
from .base import UNSET, Field, S

E = TypeVar("E", bound=enum.Enum)
IE = TypeVar("IE", bound=enum.IntEnum)
T = TypeVar("T")

Address: TypeAlias = (
    ipaddress.IPv4Address
    | ipaddress.IPv6Address
    | ipaddress.IPv4Interface
    | ipaddress.IPv6Interface
)
"""What an `InetField` holds."""

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ..documents import DocumentCol
    from ..values import Value
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

    `auto_now` is set by each save, `auto_now_add` by the first.
    """

    kind = "timestamptz"

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
        return _parsed(self, dt.datetime.fromisoformat, value)


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
        return _parsed(self, dt.date.fromisoformat, value)


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
        return _parsed(self, dt.time.fromisoformat, value)


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


class JSONField(Field[S]):
    """A JSON document. `type=Settings` says what a type checker sees."""

    kind = "json"
    mutable = True

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type[Any]) -> DocumentCol[S]: ...  # pyright: ignore[reportIncompatibleMethodOverride]
        @overload
        def __get__(self, instance: object, owner: type[Any]) -> S: ...
        def __get__(self, instance: Any, owner: type[Any]) -> Any: ...

    @overload
    def __init__(
        self: JSONField[T],
        *,
        type: type[T],
        encoder: Callable[[Any], str | bytes] | None = ...,
        decoder: Callable[[str], Any] | None = ...,
        null: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: JSONField[T | None],
        *,
        type: type[T],
        encoder: Callable[[Any], str | bytes] | None = ...,
        decoder: Callable[[str], Any] | None = ...,
        null: Literal[True],
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: JSONField[Any],
        *,
        encoder: Callable[[Any], str | bytes] | None = ...,
        decoder: Callable[[str], Any] | None = ...,
        null: bool = False,
        **options: Unpack[Options],
    ) -> None: ...
    def __init__(
        self,
        *,
        type: Any = None,
        encoder: Callable[[Any], str | bytes] | None = None,
        decoder: Callable[[str], Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.encoder = encoder
        self.decoder = decoder

    def to_db_value(self, value: Any, instance: Any = None) -> Any:
        if value is None or self.encoder is None:
            return value
        text = self.encoder(value)
        return _engine.JsonDocument(text if isinstance(text, str) else text.decode())

    def from_db_value(self, value: Any) -> Any:
        if value is None or self.decoder is None:
            return value
        return self.decoder(json.dumps(value))


class ArrayField(Field[S]):
    """A list of values of another field: `ArrayField(IntField())`."""

    kind = "array"
    mutable = True

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: ArrayField[list[T]],
            element: Field[T],
            *,
            null: Literal[False] = False,
            **options: Unpack[Options],
        ) -> None: ...
        @overload
        def __init__(
            self: ArrayField[list[T] | None],
            element: Field[T],
            *,
            null: Literal[True],
            **options: Unpack[Options],
        ) -> None: ...
        def __init__(self, element: Any, **options: Any) -> None: ...

        element: Field[Any]
    else:

        def __init__(
            self, element: Any = None, *, element_type: Any = None, **options: Any
        ) -> None:
            super().__init__(**options)
            element = element if element is not None else element_type
            if isinstance(element, str):
                element = _ELEMENTS.get(element)
            if not isinstance(element, Field):
                raise ConfigurationError(
                    "ArrayField needs the field of its items: ArrayField(IntField())"
                )
            if element.null or element.pk or element.unique or element.has_default:
                raise ConfigurationError(
                    "the field of the items of an ArrayField says what kind they are, and nothing "
                    "of NULL, keys and defaults"
                )
            self.element = element
            self.max_length, self.precision = element.max_length, element.precision


class RangeField(Field[S]):
    """Everything between two values of another field, as `yara_orm.Range`:
    `RangeField(IntField())`. Ranges are of integers, decimals, dates and datetimes. PostgreSQL has
    them; SQLite refuses them by name."""

    kind = "range"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: RangeField[Range[T]],
            element: Field[T],
            *,
            null: Literal[False] = False,
            **options: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: RangeField[Range[T] | None],
            element: Field[T],
            *,
            null: Literal[True],
            **options: Any,
        ) -> None: ...
        def __init__(self, element: Any, **options: Any) -> None: ...

        element: Field[Any]
    else:

        def __init__(self, element=None, **options):
            super().__init__(**options)
            if isinstance(element, str):
                element = _ELEMENTS.get(element)
            if not isinstance(
                element, (IntField, BigIntField, DecimalField, DateField, DatetimeField)
            ):
                raise ConfigurationError(
                    "RangeField needs the field of its bounds, one of integers (IntField, "
                    "BigIntField), decimals, dates or datetimes: RangeField(IntField())"
                )
            self.element = element

    def to_python_value(self, value: Any) -> Any:
        if not isinstance(value, Range):
            return value
        if isinstance(self.element, (IntField, BigIntField)):
            return value._steps(1)
        if isinstance(self.element, DateField):
            return value._steps(dt.timedelta(days=1))
        return value


class GeneratedField(Field[S]):
    """A value that the database computes of other columns of the row, each time the row is written;
    nobody else sets it.

    `GeneratedField(F("price") * F("amount"))`, or a function of the model,
    `GeneratedField(lambda item: item.price * item.amount)`. The kind of value is that of the
    expression, unless a field says it: `GeneratedField(Lower("name"), fields.CharField(50))`.
    """

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: GeneratedField[T], expression: Any, field: Field[T], **options: Any
        ) -> None: ...
        @overload
        def __init__(
            self: GeneratedField[T],
            expression: Value[T] | Callable[[type[Any]], Value[T]],
            field: None = None,
            **options: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: GeneratedField[Any], expression: Any, field: None = None, **options: Any
        ) -> None: ...
        def __init__(self, expression: Any, field: Any = None, **options: Any) -> None: ...
        def __set__(self, instance: object, value: NoReturn) -> None: ...  # type: ignore[override]

        expression: Any
        field: Field[Any] | None
        _says_null: bool
    else:

        def __init__(self, expression, field=None, **options):
            for option in ("pk", "primary_key", "default", "db_default", "choices", "validators"):
                if options.get(option) not in (None, False):
                    raise ConfigurationError(
                        f"GeneratedField has no option {option!r}: the database computes its value"
                    )
            if isinstance(expression, str):
                raise ConfigurationError(
                    f"GeneratedField takes an expression, such as F({expression!r}), not a text"
                )
            if field is not None and not isinstance(field, Field):
                raise ConfigurationError(
                    f"the second argument of GeneratedField is a field that says the kind of value, "
                    f"not {field!r}"
                )
            self._says_null = "null" in options
            super().__init__(**options)
            self.expression = expression
            self.field = field
            if field is not None:
                self.kind, self.max_length, self.precision = (
                    field.kind,
                    field.max_length,
                    field.precision,
                )
                self.null = self.null or field.null

    def infer(self, kind: str | None, null: bool) -> None:
        """Takes over what the expression says of the value."""
        if kind is None:
            raise ConfigurationError(
                f"{self.label}: the kind of its value is not known; say it by a field: "
                "GeneratedField(…, fields.IntField())"
            )
        self.kind = kind  # type: ignore[misc]
        if not self._says_null:
            self.null = null

    @property
    def required(self) -> bool:
        return False


class _EnumField(Field[S]):
    """Members of an enum, stored by their value."""

    enum_type: type[enum.Enum]

    def to_python_value(self, value: Any) -> Any:
        if value is None or isinstance(value, self.enum_type):
            return value
        try:
            # 1 and 1.0 and True are one to Python, and a member has a value of one type.
            if type(value) not in (str, int) or isinstance(self, IntEnumField) is not isinstance(
                value, int
            ):
                raise ValueError(value)
            return self.enum_type(value)
        except ValueError as error:
            known = ", ".join(repr(member.value) for member in self.enum_type)
            raise ValidationError(
                f"{self.label}: {value!r} is no {self.enum_type.__name__}; it is one of {known}"
            ) from error

    def to_db_value(self, value: Any, instance: Any = None) -> Any:
        value = self.to_python_value(value)
        return value.value if isinstance(value, enum.Enum) else value

    def from_db_value(self, value: Any) -> Any:
        return None if value is None else self.enum_type(value)


class IntEnumField(_EnumField[S]):
    """Members of an enum whose values are integers."""

    kind = "i16"

    @overload
    def __init__(
        self: IntEnumField[IE],
        enum_type: type[IE],
        *,
        null: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: IntEnumField[IE | None],
        enum_type: type[IE],
        *,
        null: Literal[True],
        **options: Unpack[Options],
    ) -> None: ...
    def __init__(self, enum_type: type[enum.Enum], **options: Any) -> None:
        super().__init__(**options)
        self.enum_type = enum_type
        for member in enum_type:
            if not isinstance(member.value, int) or not -(2**15) <= member.value < 2**15:
                raise ConfigurationError(
                    f"IntEnumField holds integers of 16 bits; {member} is {member.value!r}"
                )


class CharEnumField(_EnumField[S]):
    """Members of an enum whose values are texts."""

    kind = "text"

    @overload
    def __init__(
        self: CharEnumField[E],
        enum_type: type[E],
        *,
        max_length: int = ...,
        null: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: CharEnumField[E | None],
        enum_type: type[E],
        *,
        max_length: int = ...,
        null: Literal[True],
        **options: Unpack[Options],
    ) -> None: ...
    def __init__(self, enum_type: type[enum.Enum], *, max_length: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.enum_type = enum_type
        for member in enum_type:
            if not isinstance(member.value, str):
                raise ConfigurationError(f"CharEnumField holds texts; {member} is {member.value!r}")
        texts = [member.value for member in enum_type]
        self.max_length = max_length or max(map(len, texts), default=1)
        if any(len(text) > self.max_length for text in texts):
            raise ConfigurationError(
                f"a value of {enum_type.__name__} is longer than max_length={max_length}"
            )


def _parsed(field: Field[Any], parse: Callable[[str], Any], value: Any) -> Any:
    """Text in the standard form of a type, as that type."""
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except ValueError as error:
        raise ValidationError(f"{field.label}: {error}") from error


_ELEMENTS: dict[str, Field[Any]] = {
    "int": IntField(),
    "bigint": BigIntField(),
    "smallint": SmallIntField(),
    "text": TextField(),
    "float": FloatField(),
    "bool": BooleanField(),
    "uuid": UUIDField(),
    "decimal": DecimalField(38, 10),
    "datetime": DatetimeField(),
    "date": DateField(),
    "json": JSONField(),
}
