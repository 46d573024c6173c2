"""The style of annotations: `title: Column[str] = column(max_length=200)`, with a constructor that
type checkers know."""

from __future__ import annotations

import datetime as dt
import enum
import sys
import types
import typing
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, Union, overload

from . import fields
from .exceptions import ConfigurationError
from .fields.base import UNSET, Field
from .models import Model
from .runnable import Call

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_options):
        return lambda cls: cls


P = ParamSpec("P")
T = TypeVar("T")

Column = Field
"""`title: Column[str]`: a column of a `TypedModel`."""
FK = fields.ForeignKeyRelation
"""`author: FK[Author]`"""
Many = fields.ReverseRelation
"""`books: Many["Book"]`"""


class _Specifier:
    """What `column(…)` was given, until the annotation says for which type."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options


if TYPE_CHECKING:

    @overload
    def column(*, pk: Literal[True], init: Literal[False] = False, **options: Any) -> Any: ...
    @overload
    def column(
        *, auto_now_add: Literal[True], init: Literal[False] = False, **options: Any
    ) -> Any: ...
    @overload
    def column(*, auto_now: Literal[True], init: Literal[False] = False, **options: Any) -> Any: ...
    @overload
    def column(*, default_factory: Callable[[], Any], init: bool = True, **options: Any) -> Any: ...
    @overload
    def column(*, default: Any = ..., init: bool = True, **options: Any) -> Any: ...
    def column(**options: Any) -> Any:
        """The options of a column whose type the annotation says."""
        ...

else:

    def column(**options):
        """The options of a column whose type the annotation says."""
        options.pop("init", None)
        factory = options.pop("default_factory", UNSET)
        if factory is not UNSET:
            options["default"] = factory
        return _Specifier(options)


_FIELDS: dict[Any, Callable[..., Field[Any]]] = {
    bool: fields.BooleanField,
    int: fields.BigIntField,
    float: fields.FloatField,
    str: fields.TextField,
    bytes: fields.BinaryField,
    uuid.UUID: fields.UUIDField,
    dt.datetime: fields.DatetimeField,
    dt.date: fields.DateField,
    dt.time: fields.TimeField,
    dt.timedelta: fields.TimeDeltaField,
    dict: fields.JSONField,
    list: fields.JSONField,
    Any: fields.JSONField,
}


def field_of(name: str, annotation: Any, namespace: dict[str, Any]) -> Any:
    """The field of an annotation `Column[…]`; `None` for other annotations."""
    specifier = namespace.get(name, UNSET)
    if isinstance(specifier, (Field, fields.ForeignKeyRelation)):
        return None
    resolved = _resolve(annotation, namespace, isinstance(specifier, _Specifier))
    if typing.get_origin(resolved) is not Field:
        if isinstance(specifier, _Specifier):
            raise ConfigurationError(f"{name}: column(…) needs an annotation such as Column[str]")
        return None
    (of,) = typing.get_args(resolved)
    options = dict(specifier.options) if isinstance(specifier, _Specifier) else {}
    if not isinstance(specifier, _Specifier) and specifier is not UNSET:
        options["default"] = specifier
    return _made(name, of, options)


def _resolve(annotation: Any, namespace: dict[str, Any], wanted: bool) -> Any:
    if not isinstance(annotation, str):
        return annotation
    if not wanted and not annotation.startswith(("Column[", "yara_orm.Column[")):
        return None
    module = sys.modules.get(namespace.get("__module__", ""))
    known = {**vars(module)} if module is not None else {}
    try:
        return eval(annotation, {"Column": Column, **known}, dict(namespace))
    except NameError as error:
        raise ConfigurationError(
            f"{annotation!r} names what the module does not have: {error}"
        ) from error


def _made(name: str, of: Any, options: dict[str, Any]) -> Field[Any]:
    optional = typing.get_origin(of) in (Union, types.UnionType) and type(None) in typing.get_args(
        of
    )
    if optional:
        inner = [part for part in typing.get_args(of) if part is not type(None)]
        of, options["null"] = inner[0], True
    if isinstance(of, type) and issubclass(of, enum.IntEnum):
        return fields.IntEnumField(of, **options)
    if isinstance(of, type) and issubclass(of, enum.Enum):
        return fields.CharEnumField(of, **options)
    if of is str and "max_length" in options:
        return fields.CharField(**options)
    if of is Decimal:
        digits, places = options.pop("max_digits", 38), options.pop("decimal_places", 10)
        return fields.DecimalField(digits, places, **options)
    make = _FIELDS.get(typing.get_origin(of) or of)
    if make is None:
        raise ConfigurationError(f"{name}: there is no field for {of!r}")
    return make(**options)


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(column,))
class TypedModel(Model):
    """A model in the style of annotations; `create` and the constructor take what is declared."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:

        @classmethod
        def create(  # type: ignore[override]
            cls: Callable[P, T], *args: P.args, **kwargs: P.kwargs
        ) -> Call[T]:  # pyright: ignore[reportIncompatibleMethodOverride]
            """Inserts a row."""
            ...
