"""What is called before and after an instance is written.

A receiver takes `(sender, instance, using_db, update_fields)`; `created` stands before `using_db`
for `post_save`, and the last one is missing for deletes. `using_db` is the connection that the
instance is written on. It may be a plain function or a coroutine function; what it raises keeps the
instance from being written, or reaches whoever has written it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from . import execution, router
from .connection import BaseDBAsyncClient
from .exceptions import ConfigurationError
from .meta import Meta

if TYPE_CHECKING:
    from .models import Model

Receiver = Callable[..., Any]
M = TypeVar("M", bound="Model")
R = TypeVar("R")

# What receivers of a model are called with, and so may take.
Saving: TypeAlias = Callable[[type[M], M, BaseDBAsyncClient, Any], R]
Saved: TypeAlias = Callable[[type[M], M, bool, BaseDBAsyncClient, Any], R]
Deleted: TypeAlias = Callable[[type[M], M, BaseDBAsyncClient], R]


class Signals(enum.Enum):
    """When a receiver is called."""

    pre_save = "pre_save"
    post_save = "post_save"
    pre_delete = "pre_delete"
    post_delete = "post_delete"


def _register(signal: Signals, senders: tuple[type[Any], ...]) -> Any:
    name = signal.name
    if not senders:
        raise ConfigurationError(f"{name} is of a model, and none is named: @{name}(Book)")
    for sender in senders:
        _check_sender(signal, sender)

    def decorator(receiver: Receiver) -> Receiver:
        for sender in senders:
            register(signal, sender, receiver)
        return receiver

    return decorator


def pre_save(*senders: type[M]) -> Callable[[Saving[M, R]], Saving[M, R]]:
    """Before an instance is inserted or updated."""
    return _register(Signals.pre_save, senders)  # type: ignore[no-any-return]


def post_save(*senders: type[M]) -> Callable[[Saved[M, R]], Saved[M, R]]:
    """After an instance has been inserted or updated."""
    return _register(Signals.post_save, senders)  # type: ignore[no-any-return]


def pre_delete(*senders: type[M]) -> Callable[[Deleted[M, R]], Deleted[M, R]]:
    """Before an instance is deleted."""
    return _register(Signals.pre_delete, senders)  # type: ignore[no-any-return]


def post_delete(*senders: type[M]) -> Callable[[Deleted[M, R]], Deleted[M, R]]:
    """After an instance has been deleted."""
    return _register(Signals.post_delete, senders)  # type: ignore[no-any-return]


def register(signal: Signals, sender: type[Any], receiver: Receiver) -> None:
    """Calls a receiver for a model."""
    if not isinstance(signal, Signals):
        raise ConfigurationError(f"a signal is one of Signals, such as pre_save, not {signal!r}")
    if not callable(receiver):
        raise ConfigurationError(f"a receiver of {signal.name} is a function, not {receiver!r}")
    _check_sender(signal, sender)
    sender._meta.receivers.setdefault(signal, []).append(receiver)


def _check_sender(signal: Signals, sender: Any) -> None:
    if not isinstance(getattr(sender, "_meta", None), Meta):
        raise ConfigurationError(
            f"{signal.name} is of a model, not of {sender!r}: @{signal.name}(Book)"
        )


async def send(
    signal: Signals, model: type[Any], instance: Any, using_db: Any, *more: Any, created: Any = None
) -> None:
    """Calls the receivers of a model, one after the other."""
    receivers = model._meta.receivers.get(signal)
    if not receivers:
        return
    client = using_db
    if not isinstance(client, BaseDBAsyncClient):
        client = BaseDBAsyncClient(router.connection_name(model._meta, using_db, write=True))
    before = () if created is None else (created,)
    for receiver in tuple(receivers):
        outcome = receiver(model, instance, *before, client, *more)
        if hasattr(type(outcome), "__await__"):
            name = getattr(receiver, "__qualname__", repr(receiver))
            await execution.guest(outcome, f"the receiver {name} of {signal.name}")
