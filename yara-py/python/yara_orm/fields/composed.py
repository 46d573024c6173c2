"""The fields that hold more than one value: documents, lists and ranges."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from .. import _engine
from ..exceptions import ConfigurationError, ValidationError
from ..ranges import Range
from .base import Field, S
from .data import (
    BigIntField,
    BooleanField,
    DateField,
    DatetimeField,
    DecimalField,
    FloatField,
    IntField,
    SmallIntField,
    TextField,
    UUIDField,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..documents import DocumentCol
    from .base import Options

T = TypeVar("T")


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
            self.element, self.settles = element, element.settles
            self.max_length, self.precision = element.max_length, element.precision

    def to_python_value(self, value: Any) -> Any:
        return self.settled(value)

    def settled(self, value: Any) -> Any:
        if not self.settles or not isinstance(value, (list, tuple)):
            return value
        return [self.element.settled(item) for item in value]

    @property
    def is_checked(self) -> bool:
        return super().is_checked or self.element.is_checked

    def validate(self, value: Any) -> None:
        super().validate(value)
        if not self.element.is_checked:
            return
        for at, item in enumerate(value or ()):
            try:
                self.element.validate(item)
            except ValidationError as error:
                raise ValidationError(f"{self.label}: item {at}: {error}") from error


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
            self.element, self.settles = element, element.settles

    def to_python_value(self, value: Any) -> Any:
        if not isinstance(value, Range):
            return value
        if isinstance(self.element, (IntField, BigIntField)):
            return value._steps(1)
        if isinstance(self.element, DateField):
            return value._steps(dt.timedelta(days=1))
        return self.settled(value)

    def settled(self, value: Any) -> Any:
        if not self.settles or not isinstance(value, Range):
            return value
        lower, upper = self.element.settled(value.lower), self.element.settled(value.upper)
        return Range._made(lower, upper, value.bounds, value.is_empty)


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
