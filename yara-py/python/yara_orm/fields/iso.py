"""Moments in the texts of ISO 8601, the same ones on every Python.

That of 3.10 reads `2024-02-29T12:00:00+00:00` and hardly more: no `Z`, nothing without dashes and
colons, no weeks, and no fractions but of three or six digits. There a text is written in that form
first; one that is none of ISO 8601 is left as it is, for the error that Python has for it.
"""

from __future__ import annotations

import datetime as dt
import re
import sys

_DAY = r"\d{4}-\d\d-\d\d|\d{8}|\d{4}-W\d\d(?:-\d)?|\d{4}W\d\d\d?"
_CLOCK = r"\d\d(?::\d\d(?::\d\d(?:[.,]\d+)?)?|\d\d(?:\d\d(?:[.,]\d+)?)?)?"
_TIME = rf"(?P<clock>{_CLOCK})(?P<zone>Z|[+-]{_CLOCK})?"

DAY = re.compile(_DAY, re.ASCII)
TIME = re.compile(rf"T?{_TIME}", re.ASCII)
MOMENT = re.compile(rf"(?P<day>{_DAY})(?:.{_TIME})?", re.ASCII | re.DOTALL)


def _long_day(text: str) -> str:
    year, rest = text[:4], text[4:].replace("-", "")
    if not rest.startswith("W"):
        return f"{year}-{rest[:2]}-{rest[2:]}"
    day = dt.date.fromisocalendar(int(year), int(rest[1:3]), int(rest[3:] or 1))
    return day.isoformat()


def _long_clock(text: str) -> str:
    whole, _, fraction = text.replace(",", ".").partition(".")
    digits = whole.replace(":", "")
    clock = ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
    return f"{clock}.{fraction[:6]:0<6}" if fraction else clock


def _long_time(parts: re.Match[str]) -> str:
    clock, zone = parts["clock"], parts["zone"] or ""
    if not clock:
        return ""
    if zone == "Z":
        zone = "+00:00"
    elif zone:
        zone = zone[0] + _long_clock(zone[1:])
    return _long_clock(clock) + (f"{zone}:00" if len(zone) == 3 else zone)


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(_long_day(text) if DAY.fullmatch(text) else text)


def _time(text: str) -> dt.time:
    parts = TIME.fullmatch(text)
    return dt.time.fromisoformat(_long_time(parts) if parts else text)


def _datetime(text: str) -> dt.datetime:
    if parts := MOMENT.fullmatch(text):
        time = _long_time(parts)
        text = _long_day(parts["day"]) + (f"T{time}" if time else "")
    return dt.datetime.fromisoformat(text)


if sys.version_info >= (3, 11):
    date = dt.date.fromisoformat
    time = dt.time.fromisoformat
    datetime = dt.datetime.fromisoformat
else:
    date, time, datetime = _date, _time, _datetime
