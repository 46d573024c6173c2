"""The field whose value the database computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, overload

from ..exceptions import ConfigurationError
from .base import Field, S

if TYPE_CHECKING:
    from ..values import Value

T = TypeVar("T")


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
