"""`bulk_get_or_create` and `bulk_update_or_create`: one query for the rows that are there, one
statement for those that are not, and one for what changes.

What is inserted is inserted *unless it is there*, so that exactly one of several callers makes a
row; what another one has made meanwhile is looked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import bulk, router
from .exceptions import FieldError, ParamsError, UniqueViolation
from .persist import field_names
from .transactions import in_transaction

if TYPE_CHECKING:
    from .models import Model

Key = tuple[Any, ...]


class _Wanted:
    """Records by their keys, and the rows that were found for them."""

    def __init__(
        self,
        model: type[Model],
        records: list[Mapping[str, Any]],
        key_fields: Iterable[Any],
        defaults: Mapping[str, Any],
    ) -> None:
        self.model = model
        self.names = list(dict.fromkeys(field_names(model._meta, key_fields)))
        if not self.names:
            raise ParamsError("key_fields names the fields that tell whether a row is there")
        self.keys: list[Key] = []
        #: What a row is made of where none is there; of equal keys, the first.
        self.new: dict[Key, Any] = {}
        self.found: dict[Key, Any] = {}
        for at, record in enumerate(records):
            if not isinstance(record, Mapping):
                raise ParamsError(f"row {at}: a record is a mapping of fields, not {record!r}")
            instance = model(**{**_called(defaults), **record})
            key = self._key(instance)
            missing = [name for name in self.names if getattr(instance, name) is None]
            given = {*record, *field_names(model._meta, record)}
            for name in missing:
                if name not in given:
                    raise FieldError(f"row {at}: the record has no {name!r}, which is a key field")
            self.keys.append(key)
            self.new.setdefault(key, instance)

    def _key(self, instance: Any) -> Key:
        key = tuple(getattr(instance, name) for name in self.names)
        try:
            hash(key)
        except TypeError:
            raise FieldError(
                f"rows of {self.model.__name__} cannot be told apart by {', '.join(self.names)}"
            ) from None
        return key

    async def look(self, keys: Iterable[Key], using_db: Any) -> None:
        """Finds rows: those that have one of the values in each field, of which the right ones are
        taken."""
        wanted = set(keys)
        values = zip(*wanted, strict=True)
        lookups = {
            f"{name}__in": list(dict.fromkeys(column))
            for name, column in zip(self.names, values, strict=True)
        }
        for row in await self.model.filter(using_db=using_db, **lookups):
            key = self._key(row)
            if key not in wanted:
                continue
            if key in self.found and self.found[key].pk != row.pk:
                raise self.model.MultipleObjectsReturned(
                    f"several {self.model.__name__} have {bulk.shown(self.names, key)}"
                )
            self.found[key] = row

    async def make(self, using_db: Any) -> set[Key]:
        """Inserts what was not found; the keys of those that this call has made."""
        missing = {key: row for key, row in self.new.items() if key not in self.found}
        if not missing:
            return set()
        rows = list(missing.values())
        await bulk.create(self.model, rows, True, None, None, using_db)
        made = {key for key, row in missing.items() if row._saved_in_db}
        self.found.update((key, missing[key]) for key in made)
        skipped = missing.keys() - made
        if skipped:
            await self.look(skipped, using_db)
            for key in skipped - self.found.keys():
                raise UniqueViolation(
                    f"a {self.model.__name__} with other {', '.join(self.names)} than "
                    f"{bulk.shown(self.names, key)} has the same key or unique values"
                )
        return made

    def pairs(self, made: set[Key]) -> list[tuple[Any, bool]]:
        """A row for each record, and whether it is new; it is new once."""
        new = set(made)
        listed = []
        for key in self.keys:
            listed.append((self.found[key], key in new))
            new.discard(key)
        return listed


def _called(defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value() if callable(value) else value for name, value in defaults.items()}


async def get_or_create(
    model: type[Model],
    records: list[Mapping[str, Any]],
    key_fields: Iterable[Any],
    defaults: Mapping[str, Any],
    using_db: Any,
) -> list[tuple[Any, bool]]:
    """See `Model.bulk_get_or_create`."""
    wanted = _Wanted(model, records, key_fields, defaults)
    if not records:
        return []
    await wanted.look(wanted.keys, using_db)
    return wanted.pairs(await wanted.make(using_db))


async def update_or_create(
    model: type[Model],
    records: list[Mapping[str, Any]],
    key_fields: Iterable[Any],
    update_fields: Iterable[Any] | None,
    using_db: Any,
) -> list[tuple[Any, bool]]:
    """See `Model.bulk_update_or_create`."""
    wanted = _Wanted(model, records, key_fields, {})
    chosen = None if update_fields is None else field_names(model._meta, update_fields)
    if not records:
        return []
    name = router.connection_name(model._meta, using_db, write=True)
    async with in_transaction(name):
        await wanted.look(wanted.keys, using_db)
        made = await wanted.make(using_db)
        changed: dict[Key, Any] = {}
        fields: dict[str, None] = {}
        fresh = set(made)
        for key, record in zip(wanted.keys, records, strict=True):
            if key in fresh:
                # Made of this very record.
                fresh.discard(key)
                continue
            row = wanted.found[key]
            for given, value in record.items():
                names = field_names(model._meta, [given])
                if names[0] in wanted.names or (chosen is not None and names[0] not in chosen):
                    continue
                row.update_from_dict({given: value})
                fields.update(dict.fromkeys(names))
                changed[key] = row
        if changed:
            await bulk.update(model, list(changed.values()), fields, using_db)
        return wanted.pairs(made)
