"""Functions that are told of every statement, for logs and metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Hook = Callable[[str, float, "str | None"], Any]

_hooks: list[Hook] = []


def register_query_hook(hook: Hook) -> Hook:
    """Calls `hook(sql, seconds, error)` after each statement. Values are never part of it."""
    _hooks.append(hook)
    _install()
    return hook


def unregister_query_hook(hook: Hook) -> None:
    """Does not call a hook any more; nothing happens where it is not registered."""
    _hooks[:] = [each for each in _hooks if each is not hook]
    _install()


def clear_query_hooks() -> None:
    """Calls no hook any more."""
    _hooks.clear()
    _install()


def observer() -> Hook | None:
    """What an engine calls; `None` while there are no hooks."""
    if not _hooks:
        return None
    hooks = tuple(_hooks)
    if len(hooks) == 1:
        return hooks[0]

    def tell(sql: str, seconds: float, error: str | None) -> None:
        for hook in hooks:
            hook(sql, seconds, error)

    return tell


def _install() -> None:
    from . import connection

    for engine in connection.engines().values():
        engine.on_statement = observer()
