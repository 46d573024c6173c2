"""Values as JSON, alike in both languages; see `tests/languages/plain.rs`."""

from __future__ import annotations

import datetime as dt
import enum
import math
import uuid
from decimal import Decimal
from typing import Any

from yara_orm import Model, fields


class Document:
    """A value that is a JSON document: nothing in it is anything else."""

    def __init__(self, value: Any) -> None:
        self.value = value


def plain(value: Any) -> Any:
    """A value as JSON; what JSON has no word for is an object that says what it is."""
    if isinstance(value, Model):
        kinds = value._meta.fields_map
        row = {name: cell(kinds[name], each) for name, each in value}
        return {value._meta.name: row}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    for kind, tag, text in TAGGED:
        if isinstance(value, kind):
            return {tag: text(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    assert value is None or isinstance(value, (bool, int, float, str)), repr(value)
    return value


def cell(field: fields.Field[Any], value: Any) -> Any:
    """A value of a field."""
    if isinstance(field, fields.JSONField) and value is not None:
        return plain(Document(value))
    return plain(value)


def _instant(moment: dt.datetime) -> str:
    assert moment.utcoffset() is not None, f"{moment!r} is no instant"
    return moment.astimezone(dt.timezone.utc).isoformat(timespec="microseconds")


TAGGED: tuple[tuple[type[Any], str, Any], ...] = (
    (Document, "json", lambda it: it.value),
    (enum.Enum, "enum", lambda it: it.value),
    (Decimal, "decimal", lambda it: format(it, "f")),
    (uuid.UUID, "uuid", str),
    (bytes, "bytes", bytes.hex),
    (dt.datetime, "instant", _instant),
    (dt.date, "date", dt.date.isoformat),
    (dt.time, "time", lambda it: it.isoformat(timespec="microseconds")),
    (dt.timedelta, "micros", lambda it: it // dt.timedelta(microseconds=1)),
)
