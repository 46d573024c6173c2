"""Checks of values, for `validators=[…]` of a field. Each raises `ValidationError`."""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from typing import Any

from .exceptions import ValidationError

Number = int | float | Decimal


class Validator:
    """What a validator is: something that is called with a value."""

    def __call__(self, value: Any) -> None:
        """Raises `ValidationError` where the value is refused."""
        raise TypeError(f"{type(self).__name__} checks nothing: define __call__(self, value)")


class RegexValidator(Validator):
    """The pattern matches at the start of the text."""

    def __init__(self, pattern: str, flags: int | re.RegexFlag = 0) -> None:
        self.regex = re.compile(pattern, flags)

    def __call__(self, value: Any) -> None:
        if not isinstance(value, str) or self.regex.match(value) is None:
            raise ValidationError(f"{value!r} does not match {self.regex.pattern!r}")


class MaxLengthValidator(Validator):
    """At most so many characters or items."""

    def __init__(self, max_length: int) -> None:
        self.max_length = max_length

    def __call__(self, value: Any) -> None:
        if value is not None and len(value) > self.max_length:
            raise ValidationError(f"the length {len(value)} is greater than {self.max_length}")


class MinLengthValidator(Validator):
    """At least so many characters or items."""

    def __init__(self, min_length: int) -> None:
        self.min_length = min_length

    def __call__(self, value: Any) -> None:
        if value is not None and len(value) < self.min_length:
            raise ValidationError(f"the length {len(value)} is less than {self.min_length}")


class NumericValidator(Validator):
    """A number."""

    def __call__(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            raise ValidationError(f"{value!r} is no number")


class MinValueValidator(NumericValidator):
    """A number that is not less."""

    def __init__(self, min_value: Number) -> None:
        super().__call__(min_value)
        self.min_value = min_value

    def __call__(self, value: Any) -> None:
        super().__call__(value)
        if value < self.min_value:
            raise ValidationError(f"{value!r} is less than {self.min_value!r}")


class MaxValueValidator(NumericValidator):
    """A number that is not greater."""

    def __init__(self, max_value: Number) -> None:
        super().__call__(max_value)
        self.max_value = max_value

    def __call__(self, value: Any) -> None:
        super().__call__(value)
        if value > self.max_value:
            raise ValidationError(f"{value!r} is greater than {self.max_value!r}")


class CommaSeparatedIntegerListValidator(Validator):
    """Integers with commas between them."""

    def __init__(self, allow_negative: bool = False) -> None:
        sign = "-?" if allow_negative else ""
        self.regex = re.compile(rf"{sign}\d+(?:,{sign}\d+)*")

    def __call__(self, value: Any) -> None:
        if not isinstance(value, str) or self.regex.fullmatch(value) is None:
            raise ValidationError(f"{value!r} is no list of integers with commas between them")


def validate_ipv4_address(value: Any) -> None:
    """An IPv4 address."""
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        raise ValidationError(f"{value!r} is no IPv4 address") from None


def validate_ipv6_address(value: Any) -> None:
    """An IPv6 address."""
    try:
        ipaddress.IPv6Address(value)
    except ValueError:
        raise ValidationError(f"{value!r} is no IPv6 address") from None


def validate_ipv46_address(value: Any) -> None:
    """An IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        raise ValidationError(f"{value!r} is no IP address") from None
