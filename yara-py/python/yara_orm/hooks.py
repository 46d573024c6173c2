"""Functions that are told of every statement, for logs and metrics, and those that are asked what
to write before it, for the database's own log."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from . import _engine
from .exceptions import ConfigurationError

Hook = Callable[[str, float, "str | None"], Any]
Annotator = Callable[[], "str | None"]

H = TypeVar("H", bound=Callable[..., Any])
A = TypeVar("A", bound=Annotator)

#: What was registered, and what is called for it.
_hooks: list[tuple[Callable[..., Any], Hook]] = []
_annotators: list[Annotator] = []


def register_query_hook(hook: H) -> H:
    """Calls `hook(sql, seconds, error)` after each statement; one that takes two arguments is
    called with the text and `None`. Values are never part of it."""
    if not callable(hook):
        raise ConfigurationError(f"a hook is a function, not {hook!r}")
    _hooks.append((hook, _called(hook)))
    _install()
    return hook


def _called(hook: Callable[..., Any]) -> Hook:
    """What is called for a hook: `hook(sql, params)` is what yara-orm has, where parameters may be
    `None`, and here always are."""
    try:
        signature = inspect.signature(hook)
    except (TypeError, ValueError):
        # A builtin, such as `list.append` of a class that says nothing.
        return hook
    if _takes(signature, 3):
        return hook
    if _takes(signature, 2):
        return lambda sql, seconds, error: hook(sql, None)
    raise ConfigurationError(
        f"a hook is called with the text of a statement, its seconds and its error, and {hook!r} "
        f"takes {signature}"
    )


def _takes(signature: inspect.Signature, arguments: int) -> bool:
    try:
        signature.bind(*[None] * arguments)
    except TypeError:
        return False
    return True


def unregister_query_hook(hook: Callable[..., Any]) -> None:
    """Does not call a hook any more; nothing happens where it is not registered."""
    _hooks[:] = [each for each in _hooks if each[0] is not hook]
    _install()


def clear_query_hooks() -> None:
    """Calls no hook any more."""
    _hooks.clear()
    _install()


def observer() -> Hook | None:
    """What an engine calls; `None` while there are no hooks."""
    if not _hooks:
        return None
    hooks = tuple(call for _, call in _hooks)
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


def register_query_annotator(annotator: A) -> A:
    """Writes what a function gives into a comment before each statement, where the database's log
    and its statistics show it: the request that is answered, the place that asks.

    It is called where a statement begins, so that it finds the context variables of whoever runs
    it; `None` and an empty text write nothing, and what it raises reaches whoever runs the
    statement. Other words are another statement to the database, which prepares it anew: say what
    has few values, such as a route, and not what is new each time.
    """
    if not callable(annotator):
        raise ConfigurationError(f"an annotator is a function, not {annotator!r}")
    _annotators.append(annotator)
    _engine.set_annotator(_words)
    return annotator


def unregister_query_annotator(annotator: Annotator) -> None:
    """Does not ask a function any more; nothing happens where it is not registered."""
    _annotators[:] = [each for each in _annotators if each is not annotator]
    _engine.set_annotator(_words if _annotators else None)


def clear_query_annotators() -> None:
    """Asks no function any more."""
    _annotators.clear()
    _engine.set_annotator(None)


def _words() -> str | None:
    said = [words for annotator in tuple(_annotators) if (words := annotator())]
    for words in said:
        if not isinstance(words, str):
            raise ConfigurationError(f"an annotator gives a text or None, not {words!r}")
    plain = ("".join(sign if sign.isprintable() else " " for sign in words) for words in said)
    return ",".join(plain) or None
