"""The rows of `tests/languages/kept.rs`."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from .models import UTC, Everything, Size, Status

NAMES = [
    "id",
    "flag",
    "small",
    "int",
    "big",
    "ratio",
    "price",
    "code",
    "text",
    "blob",
    "uid",
    "day",
    "time",
    "moment",
    "span",
    "data",
    "status",
    "size",
    "numbers",
    "words",
    "days",
]


def rows() -> list[Everything]:
    """None, ordinary ones, the least and the greatest."""
    ordinary: dict[str, Any] = {
        "id": 2,
        "flag": True,
        "small": -7,
        "int": 70_000,
        "big": 1 << 40,
        "ratio": 0.1,
        "price": Decimal("1234.56000000000000000000"),
        "code": "ÉCOLE",
        "text": 'It\'s 100% "sure"\\\n\t{}$1?😀',
        "blob": bytes([0, 1, 127, 128, 255]),
        "uid": uuid.UUID("12345678-90ab-cdef-1234-567890abcdef"),
        "day": dt.date(2024, 2, 29),
        "time": dt.time(12, 34, 56, 789_000),
        "moment": dt.datetime(
            2024, 2, 29, 23, 30, 0, 500_000, dt.timezone(dt.timedelta(hours=5, minutes=30))
        ),
        "span": dt.timedelta(days=3, microseconds=-1),
        "data": {"z": 1, "a": [True, None, 1.5, {"é": "x"}], "m": 1 << 63},
        "status": Status.DRAFT,
        "size": Size.LARGE,
        "numbers": [3, -1, 2],
        "words": ["a,b", '"c"', "", "NULL", "{é}"],
        "days": [dt.date(1999, 12, 31)],
    }
    least: dict[str, Any] = {
        "id": -(2**31),
        "flag": False,
        "small": -(2**15),
        "int": -(2**31),
        "big": -(2**63),
        "ratio": -1.7976931348623157e308,
        "price": Decimal(f"-{'9' * 40}.{'9' * 20}"),
        "code": "",
        "text": "",
        "blob": b"",
        "uid": uuid.UUID(int=0),
        "day": dt.date(1, 1, 1),
        "time": dt.time(0, 0, 0),
        "moment": dt.datetime(1, 1, 1, tzinfo=UTC),
        "span": dt.timedelta(days=-36_500),
        "data": [],
        "status": Status.LIVE,
        "size": Size.SMALL,
        "numbers": [],
        "words": [],
        "days": [],
    }
    greatest: dict[str, Any] = {
        "id": 2**31 - 1,
        "flag": True,
        "small": 2**15 - 1,
        "int": 2**31 - 1,
        "big": 2**63 - 1,
        "ratio": 5e-324,
        "price": Decimal(f"{'9' * 40}.{'9' * 20}"),
        "code": "é" * 40,
        "text": "\x01\U0010ffff ",
        "blob": bytes(range(256)),
        "uid": uuid.UUID(int=2**128 - 1),
        "day": dt.date(9999, 12, 31),
        "time": dt.time(23, 59, 59, 999_999),
        "moment": dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
        "span": dt.timedelta(days=36_500),
        "data": "text",
        "status": Status.LIVE,
        "size": Size.SMALL,
        "numbers": [-(2**31), 2**31 - 1],
        "words": ["😀"],
        "days": [dt.date(1, 1, 1), dt.date(9999, 1, 1)],
    }
    return [Everything(id=1), *(Everything(**row) for row in (ordinary, least, greatest))]
