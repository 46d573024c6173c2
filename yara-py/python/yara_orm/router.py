"""Which connection a statement runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import connection
from .exceptions import ConfigurationError

if TYPE_CHECKING:
    from .meta import Meta

_routers: list[Any] = []


def checked(routers: list[Any]) -> list[Any]:
    """Refuses what is no router."""
    for router in routers:
        for name in ("db_for_read", "db_for_write"):
            if not callable(getattr(router, name, None)):
                raise ConfigurationError(
                    f"a router has the methods db_for_read and db_for_write, and {router!r} has no "
                    f"{name}"
                )
    return routers


def set_routers(routers: list[Any]) -> None:
    """Asks objects, one after the other, `db_for_read(model)` and `db_for_write(model)` for names
    of connections, until one has an answer."""
    _routers[:] = routers


def connection_name(meta: Meta, using: Any, write: bool) -> str:
    """The name of the connection for a model."""
    if using is not None:
        return using if isinstance(using, str) else str(using.connection_name)
    for router in _routers:
        chosen = router.db_for_write(meta.model) if write else router.db_for_read(meta.model)
        if chosen is not None:
            return chosen if isinstance(chosen, str) else str(chosen.connection_name)
    return meta.default_connection or meta.app_connection or "default"


def engine(meta: Meta, using: Any = None) -> Any:
    """The engine of a model's connection, for what is asked of no connection."""
    return connection.get_engine(connection_name(meta, using, write=False))


def for_read(meta: Meta, using: Any = None) -> Any:
    """What a query of a model runs on: the transaction that is open here, or the connection."""
    if using is None and not _routers:
        return connection.executor(meta.default_connection or meta.app_connection or "default")
    if using is not None and not isinstance(using, str):
        return getattr(using, "_target", using)
    return connection.executor(connection_name(meta, using, write=False))


def for_write(meta: Meta, using: Any = None) -> Any:
    """What a statement that writes rows of a model runs on."""
    if using is None and not _routers:
        return connection.executor(meta.default_connection or meta.app_connection or "default")
    if using is not None and not isinstance(using, str):
        return getattr(using, "_target", using)
    return connection.executor(connection_name(meta, using, write=True))
