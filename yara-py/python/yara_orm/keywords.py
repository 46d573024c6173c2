"""Members of a model that are named by keywords: of the constructor, of `update`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .exceptions import FieldError

if TYPE_CHECKING:
    from .expressions import Assignment
    from .meta import Meta


def computed(meta: Meta, name: str) -> FieldError:
    """The error for a value that only the database makes."""
    return FieldError(
        f"{meta.name}.{name} is computed by the database, so that nobody else sets it; set the "
        "fields that it is computed from"
    )


def spread_key(meta: Meta, given: dict[str, Any]) -> None:
    """Puts the parts of `pk` in its place."""
    value = given.pop("pk")
    if len(meta.pk_names) == 1:
        given[meta.pk_names[0]] = value
        return
    if not isinstance(value, tuple) or len(value) != len(meta.pk_names):
        raise FieldError(
            f"the key of {meta.name} is a tuple of {', '.join(meta.pk_names)}, not {value!r}"
        )
    given.update(zip(meta.pk_names, value, strict=True))


def wrong_keyword(meta: Meta, name: str) -> FieldError:
    """The error for a keyword that names no member that can be set."""
    if meta.relation(name) is not None:
        return FieldError(
            f"{meta.name}.{name} is a relation to many rows; set it on the saved row, with "
            f"`await row.{name}.add(…)`"
        )
    return meta.unknown(name)


def contradiction(meta: Meta, name: str, keys: list[str], values: list[Any]) -> FieldError:
    """The error for a related row, and for the key of another one beside it."""
    given = ", ".join(f"{key}={value!r}" for key, value in zip(keys, values, strict=True))
    return FieldError(f"{meta.name}: {name} is not the row of {given}; give one of the two")


def assignments(
    meta: Meta, assigned: Iterable[Assignment], values: dict[str, Any]
) -> dict[str, Any]:
    """New values by field, relations as their keys."""
    found: dict[str, Any] = {each.field: each.value for each in assigned}
    for name, value in values.items():
        if name == "pk":
            name = meta.single_key()
        names = meta.foreign_keys.get(name)
        if names is not None:
            from .relations import key_values

            found.update(zip(names, key_values(meta, name, value), strict=True))
        elif name in meta.computed:
            raise computed(meta, name)
        elif name in meta.fields_map:
            found[name] = value
        else:
            raise wrong_keyword(meta, name)
    return found
