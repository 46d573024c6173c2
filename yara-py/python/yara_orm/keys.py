"""What tells rows of a model apart: its key, and what is unique beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .exceptions import FieldError

if TYPE_CHECKING:
    from .meta import Meta


def unique_groups(meta: Meta) -> Iterator[tuple[str, ...]]:
    """The groups of fields whose values no two rows of the model share, whatever they are."""
    from .persist import field_names

    yield tuple(meta.pk_names)
    for name, field in meta.fields_map.items():
        if field.unique:
            yield (name,)
    for relation, names in meta.foreign_keys.items():
        if getattr(meta.declared[relation], "unique", False):
            yield names
    groups = [
        *meta.unique_together,
        *(each.fields for each in meta.unique_constraints if each.condition is None),
        *(
            each.fields
            for each in meta.indexes
            if each.unique and each.condition is None and not each.expressions
        ),
    ]
    for group in groups:
        yield tuple(field_names(meta, [each.removeprefix("-") for each in group]))


def check_unique(meta: Meta, given: Any) -> None:
    """Refuses a field by which several rows could be found."""
    from .persist import field_names

    names = set(field_names(meta, [given]))
    if not any(names.issuperset(group) for group in unique_groups(meta)):
        raise FieldError(
            f"several rows of {meta.name} may have the same {given}, of which in_bulk() would keep "
            f"one; .filter({given}__in=…) gives them all"
        )
