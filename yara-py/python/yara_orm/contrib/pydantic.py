"""Models of pydantic that are made of models of this library.

```python
BookIn = pydantic_model_creator(Book, name="BookIn", exclude_readonly=True)
BookOut = pydantic_model_creator(Book, name="BookOut", include=("id", "title", "author"))

book = await Book.create(**BookIn(title="Notes", author_id=1).model_dump(exclude_unset=True))
BookOut.model_validate(await Book.get(id=book.id).prefetch_related("author"))
```
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, create_model
from pydantic import Field as Info

from ..exceptions import FieldError
from ..fields.base import Field
from ..fields.relational import ForeignKeyBase
from ..interop import field_schema, is_filled_in, type_of
from ..paths import is_to_one, target_of
from ..registry import nearest
from ..relations import NoRow

if TYPE_CHECKING:
    from ..models import Model

__all__ = ["pydantic_model_creator"]


def pydantic_model_creator(
    model: type[Model],
    *,
    name: str | None = None,
    exclude: Iterable[str] = (),
    include: Iterable[str] = (),
    exclude_readonly: bool = False,
) -> type[BaseModel]:
    """A model of pydantic with the columns of `model`, which also takes its instances.

    With `include`, it has these members only; a relation among them is a model of its own with the
    columns of the far side, or a list of them, and must be loaded in the instances that it is given
    (`prefetch_related`). `exclude` leaves members out, and `exclude_readonly` those that nobody
    sets: keys that are made for a row, and times that are noted when it is saved.

    Raises `FieldError` for a name that is no member of the model.
    """
    meta = model._meta
    meta.ready()
    known = [*meta.fields_map, *meta.declared_relations, *meta.reverse]
    left_out, wanted = _members(model, exclude, known), _members(model, include, known)
    members: dict[str, Any] = {}
    for member in wanted or list(meta.fields_map):
        field = meta.fields_map.get(member)
        if member in left_out or (exclude_readonly and field is not None and _is_readonly(field)):
            continue
        members[member] = _relation(model, member) if field is None else _column(field)
    return create_model(
        name or model.__name__,
        __config__=ConfigDict(from_attributes=True),
        __doc__=model.__doc__,
        __module__=model.__module__,
        **members,
    )


def _members(model: type[Model], names: Iterable[str], known: list[str]) -> list[str]:
    if isinstance(names, str):
        raise FieldError(f"give the names of members as a tuple: ({names!r},)")
    listed = list(names)
    for name in listed:
        if name not in known:
            raise FieldError(f"{model.__name__} has no field {name!r}{nearest(name, known)}")
    return listed


def _is_readonly(field: Field[Any]) -> bool:
    return field.auto_now or field.auto_now_add or (field.pk and is_filled_in(field))


class _Schema:
    """What a column checks, whatever its type."""

    def __init__(self, field: Field[Any]) -> None:
        self._field = field

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return field_schema(self._field, handler)


def _column(field: Field[Any]) -> tuple[Any, Any]:
    options: dict[str, Any] = {"description": field.description}
    if field.has_default and callable(field.default):
        options["default_factory"] = field.default
    elif field.has_default:
        options["default"] = field.default
    elif is_filled_in(field):
        options["default"] = None
    return Annotated[type_of(field), _Schema(field)], Info(**options)


def _relation(model: type[Model], member: str) -> tuple[Any, Any]:
    relation: Any = model._meta.relation(member)
    target = target_of(relation)
    far = pydantic_model_creator(target, name=f"{model.__name__}_{member}_{target.__name__}")
    if not is_to_one(relation):
        return Annotated[list[far], BeforeValidator(list)], ...  # type: ignore[valid-type]
    if isinstance(relation, ForeignKeyBase) and not relation.null:
        return far, ...
    return Annotated[far | None, BeforeValidator(_row_or_none)], None


def _row_or_none(value: Any) -> Any:
    return None if isinstance(value, NoRow) else value
