"""What every field has: its options, and what it is to a type checker.

A field is declared in the body of a model and then leaves it: the metaclass answers `Book.title`
with a column of a query, and `book.title` is a plain attribute of the instance. To a type checker a
field is a descriptor that says both.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, overload

from ..exceptions import ConfigurationError, ValidationError

if TYPE_CHECKING:
    from typing_extensions import TypedDict

    from ..expressions import Col
    from ..models import Model

    class Options(TypedDict, total=False):
        """The options that fields of every kind take, beside `null`."""

        pk: bool
        primary_key: bool | None
        default: Any
        db_default: Any
        unique: bool
        index: bool
        db_index: bool | None
        db_column: str | None
        source_field: str | None
        description: str | None
        validators: Iterable[Validator] | None
        choices: Iterable[Any] | None
        generated: bool | None


S = TypeVar("S")

Validator = Callable[[Any], Any]


class _Unset:
    """Nothing was given; `None` is something."""

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET: Final[Any] = _Unset()


class Field(Generic[S]):
    """A column of a model.

    `pk` (or `primary_key`), `null`, `default` (a value, or what is called for one), `db_default`
    (what the database fills in), `unique`, `index` (or `db_index`), `db_column` (or
    `source_field`), `description`, `validators`, `choices`.
    """

    kind: ClassVar[str] = ""
    """The engine's kind of value."""
    mutable: ClassVar[bool] = False
    """Whether a value can change in place, so that an instance cannot notice it."""
    settles: bool = False
    """Whether `settled` changes values."""

    model: type[Model]
    name: str

    def __init__(
        self,
        *,
        pk: bool = False,
        primary_key: bool | None = None,
        null: bool = False,
        default: Any = UNSET,
        db_default: Any = UNSET,
        unique: bool = False,
        index: bool = False,
        db_index: bool | None = None,
        db_column: str | None = None,
        source_field: str | None = None,
        description: str | None = None,
        validators: Iterable[Validator] | None = None,
        choices: Iterable[Any] | None = None,
        generated: bool | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise ConfigurationError(unknown_option(type(self), unknown))
        self.pk = pk if primary_key is None else primary_key
        self.null = null
        # `None` is what there is without a default, too.
        self.default = UNSET if default is None else default
        self.db_default = UNSET if db_default is None else db_default
        self.unique = unique
        self.index = index if db_index is None else db_index
        self.source_field = db_column or source_field
        self.description = description
        self.validators: list[Validator] = list(validators or ())
        self.choices: tuple[Any, ...] | None = None if choices is None else _values(choices)
        self.generated = generated
        if _is_db_default(self.default):
            if self.db_default is not UNSET:
                raise ConfigurationError(
                    "the database fills in one default: give it as default= or as db_default="
                )
            self.db_default, self.default = self.default, UNSET
        if isinstance(self.db_default, type) and _is_db_default(self.db_default):
            self.db_default = self.db_default()
        self.max_length: int | None = None
        self.precision: tuple[int, int] | None = None
        self.auto_now = False
        self.auto_now_add = False
        if self.pk and null:
            raise ConfigurationError("a primary key cannot be null; remove null=True")
        if self.choices is not None and not self.choices:
            raise ConfigurationError("choices names no value, so that nothing could be stored")

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type[Any]) -> Col[S]: ...
        @overload
        def __get__(self, instance: object, owner: type[Any]) -> S: ...
        def __get__(self, instance: Any, owner: type[Any]) -> Any: ...
        def __set__(self, instance: object, value: S) -> None: ...

    @property
    def model_field_name(self) -> str:
        """The name of the member."""
        return self.name

    @property
    def column(self) -> str:
        """The column in the database."""
        return self.source_field or self.name

    @property
    def required(self) -> bool:
        """Whether an instance must be given a value before it is saved."""
        return not (
            self.null
            or self.has_default
            or self.db_default is not UNSET
            or self.is_generated
            or self.auto_now
            or self.auto_now_add
        )

    @property
    def has_default(self) -> bool:
        """Whether there is a default that this library fills in."""
        return self.default is not UNSET

    @property
    def is_generated(self) -> bool:
        """Whether the database counts the value up."""
        if self.generated is not None:
            return self.generated
        return self.pk and self.kind in ("i16", "i32", "i64") and not self.has_default

    @property
    def sql_default(self) -> Any:
        """What the database fills in, or `UNSET`."""
        return self.db_default

    def make_default(self) -> Any:
        """A default for a new instance."""
        return self.settled(self.default() if callable(self.default) else self.default)

    def settled(self, value: Any) -> Any:
        """A value as a row has it, however an instance was given it: what has one spelling of
        several."""
        return value

    def to_python_value(self, value: Any) -> Any:
        """What was given for the field, as the type that the field has."""
        return value

    @property
    def settled_type(self) -> type[Any] | None:
        """The type whose own instances `to_python_value` gives back as they are."""
        return None

    def to_db_value(self, value: Any, instance: Any = None) -> Any:
        """The value as the engine takes it."""
        return value

    def from_db_value(self, value: Any) -> Any:
        """The value as instances have it; called only where a field overrides it."""
        return value

    @property
    def is_checked(self) -> bool:
        """Whether the program says more of the values than what the engine checks: their type,
        length and range."""
        own = type(self).validate is not Field.validate
        return own or bool(self.validators) or self.choices is not None

    def check(self, value: Any) -> None:
        """Raises `ValidationError` where the value could not be written: first of its type, and then,
        as a value of that type, by `validate`."""
        if value is not None:
            self.model._meta.ready().check(self.name, value)
            self.validate(self.to_python_value(value))

    def validate(self, value: Any) -> None:
        """Raises `ValidationError` where a validator refuses a value of the field's type, or it is no
        choice."""
        if value is None:
            return
        if self.choices is not None and value not in self.choices:
            known = ", ".join(map(repr, self.choices))
            raise ValidationError(f"{self.label}: {value!r} is none of the choices {known}")
        for validator in self.validators:
            try:
                validator(value)
            except (ValidationError, ValueError) as error:
                raise ValidationError(f"{self.label}: {error}") from error

    def _bounded(self, option: str, value: Any, least: int) -> int:
        """A whole number that an option must be."""
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ConfigurationError(
                f"{type(self).__name__} needs {option} of at least {least}, not {value!r}"
            )
        return value

    @property
    def label(self) -> str:
        """Model and field, for messages."""
        model = getattr(self, "model", None)
        return f"{model.__name__}.{self.name}" if model is not None else type(self).__name__

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label}>"


_OPTIONS = (
    *("pk", "primary_key", "null", "default", "db_default", "unique", "index", "db_index"),
    *("db_column", "source_field", "description", "validators", "choices", "generated"),
)


def unknown_option(kind: type[Any], given: Iterable[str]) -> str:
    """The message about options that a kind of field does not have, with the nearest names."""
    from ..registry import nearest

    own = inspect.signature(kind.__init__).parameters
    known = [*_OPTIONS, *(name for name in own if name not in ("self", "options", "unknown"))]
    return f"{kind.__name__} has " + ", ".join(
        f"no option {name!r}{nearest(name, known)}" for name in given
    )


def _values(choices: Iterable[Any]) -> tuple[Any, ...]:
    """The values of choices, which may be given as pairs of value and label."""
    members: Sequence[Any] = tuple(choices)
    pairs = all(isinstance(each, tuple) and len(each) == 2 for each in members)
    return tuple(each[0] for each in members) if pairs and members else tuple(members)


def _is_db_default(value: Any) -> bool:
    return hasattr(value, "__yara_db_default__")
