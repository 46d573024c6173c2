"""What is called before and after an instance is written.

A receiver takes `(sender, instance, using_db, update_fields)`; `created` stands before `using_db`
for `post_save`, and the last one is missing for deletes. It may be a plain function or a coroutine
function.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

Receiver = Callable[..., Any]
R = TypeVar("R", bound=Receiver)


class Signals(enum.Enum):
    """When a receiver is called."""

    pre_save = "pre_save"
    post_save = "post_save"
    pre_delete = "pre_delete"
    post_delete = "post_delete"


def _register(signal: Signals, senders: tuple[type[Any], ...]) -> Callable[[R], R]:
    def decorator(receiver: R) -> R:
        for sender in senders:
            sender._meta.receivers.setdefault(signal, []).append(receiver)
        return receiver

    return decorator


def pre_save(*senders: type[Any]) -> Callable[[R], R]:
    """Before an instance is inserted or updated."""
    return _register(Signals.pre_save, senders)


def post_save(*senders: type[Any]) -> Callable[[R], R]:
    """After an instance has been inserted or updated."""
    return _register(Signals.post_save, senders)


def pre_delete(*senders: type[Any]) -> Callable[[R], R]:
    """Before an instance is deleted."""
    return _register(Signals.pre_delete, senders)


def post_delete(*senders: type[Any]) -> Callable[[R], R]:
    """After an instance has been deleted."""
    return _register(Signals.post_delete, senders)


async def send(signal: Signals, model: type[Any], *arguments: Any) -> None:
    """Calls the receivers of a model, one after the other."""
    for receiver in tuple(model._meta.receivers.get(signal, ())):
        outcome = receiver(model, *arguments)
        if hasattr(type(outcome), "__await__"):
            awaitable: Awaitable[Any] = outcome
            await awaitable
