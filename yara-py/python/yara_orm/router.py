"""Which connection a statement runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import connection
from .exceptions import ConfigurationError

if TYPE_CHECKING:
    from .models import Model

_router: Any = None


def set_router(router: Any) -> None:
    """Asks an object `db_for_read(model)` and `db_for_write(model)` for names of connections."""
    global _router
    for name in ("db_for_read", "db_for_write"):
        if router is not None and not callable(getattr(router, name, None)):
            raise ConfigurationError("a router has the methods db_for_read and db_for_write")
    _router = router


def connection_name(model: type[Model], using: Any, write: bool) -> str:
    """The name of the connection for a model."""
    if using is not None:
        return using if isinstance(using, str) else str(using.connection_name)
    if _router is not None:
        chosen = _router.db_for_write(model) if write else _router.db_for_read(model)
        if chosen is not None:
            return chosen if isinstance(chosen, str) else str(chosen.connection_name)
    return model._meta.default_connection or "default"


def engine(model: type[Model], using: Any = None) -> Any:
    """The engine of a model's connection, for what is asked of no connection."""
    return connection.get_engine(connection_name(model, using, write=False))


def for_read(model: type[Model], using: Any = None) -> Any:
    """What a query of a model runs on: the transaction that is open here, or the connection."""
    if using is not None and not isinstance(using, str):
        return getattr(using, "_target", using)
    return connection.executor(connection_name(model, using, write=False))


def for_write(model: type[Model], using: Any = None) -> Any:
    """What a statement that writes rows of a model runs on."""
    if using is not None and not isinstance(using, str):
        return getattr(using, "_target", using)
    return connection.executor(connection_name(model, using, write=True))
