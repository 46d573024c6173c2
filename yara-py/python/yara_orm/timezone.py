"""Time zones: whether times have one, and which one is meant where none is said."""

from __future__ import annotations

import datetime as dt

from .exceptions import ConfigurationError

UTC = dt.timezone.utc

_use_tz = False
_timezone = "UTC"


def configure(use_tz: bool, timezone: str) -> None:
    """Sets both, as `YaraOrm.init` does."""
    global _use_tz, _timezone
    parse_timezone(timezone)
    _use_tz, _timezone = use_tz, timezone


def get_use_tz() -> bool:
    """Whether times are aware of their zone."""
    return _use_tz


def get_timezone() -> str:
    """The name of the zone that is meant where none is said."""
    return _timezone


def parse_timezone(zone: str) -> dt.tzinfo:
    """The zone of a name: `Europe/Berlin`, `UTC`."""
    if zone.upper() == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigurationError(f"there is no time zone {zone!r}") from error


def get_default_timezone() -> dt.tzinfo:
    """The zone that is meant where none is said."""
    return parse_timezone(_timezone)


def now() -> dt.datetime:
    """The current time: aware where times are, else naive and in UTC."""
    moment = dt.datetime.now(UTC)
    if _use_tz:
        return moment.astimezone(get_default_timezone())
    return moment.replace(tzinfo=None)


def is_aware(value: dt.datetime) -> bool:
    """Whether a time says how far it is from UTC."""
    return value.utcoffset() is not None


def is_naive(value: dt.datetime) -> bool:
    """Whether a time says nothing of a zone."""
    return value.utcoffset() is None


def _zone(timezone: str | dt.tzinfo | None) -> dt.tzinfo:
    if timezone is None:
        return get_default_timezone()
    return parse_timezone(timezone) if isinstance(timezone, str) else timezone


def make_aware(
    value: dt.datetime, timezone: str | dt.tzinfo | None = None, is_dst: bool | None = None
) -> dt.datetime:
    """A naive time, as one of a zone."""
    if is_aware(value):
        raise ValueError(f"{value!r} is aware of its zone already")
    fold = value.fold if is_dst is None else int(not is_dst)
    return value.replace(tzinfo=_zone(timezone), fold=fold)


def make_naive(value: dt.datetime, timezone: str | dt.tzinfo | None = None) -> dt.datetime:
    """An aware time, as clocks of a zone show it."""
    if is_naive(value):
        raise ValueError(f"{value!r} has no zone")
    return value.astimezone(_zone(timezone)).replace(tzinfo=None)


def localtime(
    value: dt.datetime | None = None, timezone: str | dt.tzinfo | None = None
) -> dt.datetime:
    """A time in a zone; the current one, if none is given."""
    moment = dt.datetime.now(UTC) if value is None else value
    if is_naive(moment):
        raise ValueError(f"{moment!r} has no zone; make_aware gives it one")
    return moment.astimezone(_zone(timezone))
