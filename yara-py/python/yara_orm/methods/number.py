"""What numbers can be asked. All of them round half away from zero."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, overload

from .. import _engine
from .. import expressions as _e
from ..values import Value

if TYPE_CHECKING:
    from ..expressions import Expr

    _Known: TypeAlias = "NumberMethods[int] | NumberMethods[float] | NumberMethods[Decimal]"
    _Null: TypeAlias = (
        "NumberMethods[int | None] | NumberMethods[float | None] | NumberMethods[Decimal | None]"
    )
    _Number: TypeAlias = "_Known | _Null"

T = TypeVar("T")


class NumberMethods(Value[T], Generic[T]):
    """Of numbers. What is made of NULL is NULL."""

    __slots__ = ()

    def abs(self: _Number) -> Expr[T]:
        """Without its sign."""
        return _e.function("abs", self)

    def round(self: _Number, digits: int | Value[int] = 0) -> Expr[T]:
        """Rounded to so many digits behind the point."""
        return _e.function("round", self, *_digits(digits))

    def trunc(self: _Number, digits: int | Value[int] = 0) -> Expr[T]:
        """Cut off behind so many digits, towards zero."""
        return _e.function("trunc", self, *_digits(digits))

    def floor(self: _Number) -> Expr[T]:
        """The greatest whole number that is not greater."""
        return _e.function("floor", self)

    def ceil(self: _Number) -> Expr[T]:
        """The least whole number that is not less."""
        return _e.function("ceil", self)

    @overload
    def sign(self: _Known) -> Expr[int]: ...
    @overload
    def sign(self: _Null) -> Expr[int | None]: ...
    def sign(self: NumberMethods[Any]) -> Expr[Any]:
        """-1, 0 or 1."""
        return _e.function("sign", self)

    # Floats, with NULL where there is no result.
    def power(self: _Number, exponent: Any) -> Expr[float | None]:
        """A power."""
        return _e.function("power", self, exponent)

    def sqrt(self: _Number) -> Expr[float | None]:
        """The square root; that of a negative number is an error."""
        return _e.function("sqrt", self)

    def exp(self: _Number) -> Expr[float | None]:
        """e to this power."""
        return _e.function("exp", self)

    def ln(self: _Number) -> Expr[float | None]:
        """The natural logarithm; that of a number that is not greater than 0 is an error."""
        return _e.function("ln", self)


def _digits(digits: Any) -> tuple[Any, ...]:
    if isinstance(digits, Value):
        return (digits,)
    return () if digits == 0 else (Value(_engine.literal(digits, "i32")),)
