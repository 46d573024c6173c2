"""What other libraries ask a model: pydantic (and so FastAPI) for a schema, msgspec, orjson and
`dataclasses` for its fields.

A row is to them its columns, as `iter(row)` gives them; what has not been read is left out, and so
are relations. Nothing here is imported, nor any of those libraries, before one of them asks.
"""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .fields.base import Field
from .fields.composed import ArrayField, JSONField
from .fields.data import DecimalField
from .fields.enums import CharEnumField, IntEnumField

if TYPE_CHECKING:
    from .models import Model

_TYPES: dict[str, Any] = {
    "i16": int,
    "i32": int,
    "i64": int,
    "f64": float,
    "numeric": Decimal,
    "text": str,
    "bytes": bytes,
    "bool": bool,
    "timestamptz": dt.datetime,
    "date": dt.date,
    "time": dt.time,
    "interval": dt.timedelta,
    "uuid": uuid.UUID,
}
_BITS = {"i16": 16, "i32": 32, "i64": 64}


def type_of(field: Field[Any]) -> Any:
    """The type of a field's values in instances, with `None` where it may be null."""
    if isinstance(field, (IntEnumField, CharEnumField)):
        found: Any = field.enum_type
    elif isinstance(field, ArrayField):
        found = list[type_of(field.element)]  # type: ignore[misc]
    elif isinstance(field, JSONField):
        # Whatever the document is said to hold, it is read as plain data.
        return Any
    else:
        found = _TYPES.get(field.kind, Any)
    return found | None if field.null and found is not Any else found


def is_filled_in(field: Field[Any]) -> bool:
    """Whether the library or the database has a value where none is given."""
    return not field.required


# Fields, as data classes have them.
class DataclassFields:
    """The `__dataclass_fields__` of a model, made when they are first asked for: by then the
    models that it leads to are declared."""

    def __init__(self) -> None:
        self._found: dict[str, Any] | None = None

    def __get__(self, instance: Any, owner: type[Model]) -> dict[str, Any]:
        if self._found is None:
            meta = owner._meta
            if meta.abstract:
                raise AttributeError(f"{owner.__name__} is abstract: it has no columns")
            meta.ready()
            self._found = {
                name: _dataclass_field(name, field) for name, field in meta.fields_map.items()
            }
        return self._found


class DataclassParams:
    """The `__dataclass_params__` of every model: it has methods of its own for all that a data
    class is given."""

    init = repr = eq = order = unsafe_hash = frozen = False
    match_args = kw_only = slots = weakref_slot = False


def _dataclass_field(name: str, field: Field[Any]) -> Any:
    import dataclasses

    options: dict[str, Any] = {"kw_only": True}
    if field.has_default:
        key = "default_factory" if callable(field.default) else "default"
        options[key] = field.default
    elif is_filled_in(field):
        options["default"] = None
    made: Any = dataclasses.field(**options)
    made.name, made.type = name, type_of(field)
    # As the decorator marks those that are neither class variables nor arguments alone.
    made._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
    return made


# A schema, as pydantic has it.
def pydantic_schema(model: type[Model], handler: Any) -> Any:
    """A model for pydantic: an instance as it is, or a new one of a mapping that names columns.

    What the library or the database fills in may be left out, and a name that is no column is
    refused. An instance is written as a mapping of the columns that it has.
    """
    from pydantic_core import core_schema

    meta = model._meta
    if meta.abstract:
        raise TypeError(f"{model.__name__} is abstract: it has no columns to validate")
    meta.ready()
    given: dict[str, Any] = {}
    written: dict[str, Any] = {}
    for name, field in meta.fields_map.items():
        schema = field_schema(field, handler)
        given[name] = core_schema.typed_dict_field(schema, required=not is_filled_in(field))
        written[name] = core_schema.typed_dict_field(schema, required=True)
    mapping = core_schema.typed_dict_schema(
        given, extra_behavior="forbid", cls_name=model.__name__, ref=None
    )
    built = core_schema.no_info_after_validator_function(lambda values: model(**values), mapping)
    row = core_schema.typed_dict_schema(written, cls_name=model.__name__)
    return core_schema.no_info_wrap_validator_function(
        _taken(model),
        built,
        serialization=core_schema.plain_serializer_function_ser_schema(_columns, return_schema=row),
        ref=f"{model.__module__}.{model.__qualname__}:{id(model)}",
        metadata={"pydantic_js_updates": {"title": model.__name__}},
    )


def _taken(model: type[Model]) -> Any:
    """Takes an instance as it is; of anything else, what is wrong is said once."""
    from pydantic_core import PydanticKnownError

    def take(value: Any, build: Any) -> Any:
        if isinstance(value, model):
            return value
        if not isinstance(value, Mapping):
            raise PydanticKnownError("model_type", {"class_name": model.__name__})
        return build(value)

    return take


def _columns(row: Model) -> dict[str, Any]:
    return {name: value for name, value in row}


def field_schema(field: Field[Any], handler: Any) -> Any:
    """The schema of a field's values: its type, and what is checked before it is saved."""
    from pydantic_core import core_schema

    schema = _value_schema(field, handler)
    if field.choices is not None:
        schema = core_schema.literal_schema(list(field.choices))
    if field.is_checked:
        schema = core_schema.no_info_after_validator_function(_checked(field), schema)
    return core_schema.nullable_schema(schema) if field.null else schema


def _value_schema(field: Field[Any], handler: Any) -> Any:
    from pydantic_core import core_schema

    if isinstance(field, (IntEnumField, CharEnumField)):
        return handler.generate_schema(field.enum_type)
    if isinstance(field, ArrayField):
        return core_schema.list_schema(field_schema(field.element, handler))
    if field.kind in _BITS:
        bound = 2 ** (_BITS[field.kind] - 1)
        return core_schema.int_schema(ge=-bound, le=bound - 1)
    if field.kind == "text":
        return core_schema.str_schema(max_length=field.max_length)
    if field.kind == "bytes":
        return _bytes_schema()
    if isinstance(field, DecimalField):
        return core_schema.decimal_schema(
            max_digits=field.max_digits, decimal_places=field.decimal_places
        )
    if isinstance(field, JSONField):
        return core_schema.any_schema()
    return handler.generate_schema(_TYPES.get(field.kind, Any))


def _bytes_schema() -> Any:
    """Bytes, which JSON has no room for: there they are the text that base64 makes of them."""
    from pydantic_core import core_schema

    def decode(text: str) -> bytes:
        return base64.b64decode(text, validate=True)

    def encode(value: bytes) -> str:
        return base64.b64encode(value).decode()

    text = core_schema.str_schema()
    return core_schema.json_or_python_schema(
        json_schema=core_schema.no_info_after_validator_function(decode, text),
        python_schema=core_schema.bytes_schema(),
        serialization=core_schema.plain_serializer_function_ser_schema(
            encode, return_schema=text, when_used="json"
        ),
    )


def _checked(field: Field[Any]) -> Any:
    def check(value: Any) -> Any:
        field.validate(value)
        return value

    return check
