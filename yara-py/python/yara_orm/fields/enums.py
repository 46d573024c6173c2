"""The fields that hold members of an enum."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from ..exceptions import ConfigurationError, ValidationError
from .base import Field, S

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .base import Options

E = TypeVar("E", bound=enum.Enum)
IE = TypeVar("IE", bound=enum.IntEnum)


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
