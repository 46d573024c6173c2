"""How a `repr` shows what queries are made of: names and operators, and no values, which may be
secrets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

HIDDEN = "…"
"""Stands for a value."""


def shown(thing: Any) -> str:
    """An expression, a condition, a query or a model; anything else is a value."""
    if thing is None:
        return "None"
    own = getattr(type(thing), "_shown", None)
    if own is not None:
        text: str = own(thing)
        return text
    return thing.__name__ if isinstance(thing, type) and hasattr(thing, "_meta") else HIDDEN


def named(thing: Any) -> str:
    """The same where a text is the name of a member, and there may be several."""
    if isinstance(thing, (list, tuple)):
        return f"[{', '.join(map(named, thing))}]"
    return repr(thing) if isinstance(thing, str) else shown(thing)


def arguments(given: Iterable[str], **options: Any) -> str:
    """The arguments of a call: those without a name, and options that were given."""
    told = {name: value for name, value in options.items() if value is not None}
    said = [f"{name}={value if value is True else named(value)}" for name, value in told.items()]
    return ", ".join([*given, *said])


def lookups(given: Iterable[tuple[str, Any]]) -> list[str]:
    """Lookups by keyword, or what sets fields by them."""
    return [f"{name}={shown(value)}" for name, value in given]
