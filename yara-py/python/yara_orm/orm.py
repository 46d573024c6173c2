"""`YaraOrm`: connecting, and creating tables."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from . import _engine, configuration, connection, execution, registry, router, timezone
from .connection import BaseDBAsyncClient, get_engine
from .exceptions import ConfigurationError
from .router import set_routers
from .runnable import Call, Done, Runnable

if TYPE_CHECKING:
    from datetime import tzinfo

    from .models import Model

T = TypeVar("T")


class YaraOrm:
    """The connections of the program. Everything here is awaited, or run by `.run()` where no event
    loop runs."""

    @classmethod
    def init(
        cls,
        db_url: str | None = None,
        router: Any = None,
        use_tz: bool = False,
        timezone: str = "UTC",
        *,
        config: Mapping[str, Any] | None = None,
        modules: Mapping[str, Iterable[str | ModuleType]] | None = None,
    ) -> Runnable[None]:
        """Connects: to the database of a URL, or to those of a configuration. The modules that
        declare models are imported; see `configuration`.

        Connections that are there already are closed, once the new ones are known to work; where
        that fails, everything stays as it was.
        """
        settings = config or {}
        configuration.check(settings)
        engines = connection.engines_of(_urls(db_url, config))
        name = settings.get("timezone", timezone)
        zone = _zone(name)
        routers = _routers(settings.get("routers") if router is None else router)

        async def run() -> None:
            # Before anything that is there is given up.
            apps = configuration.imported(settings, modules or {})
            await connection.check(engines)
            configuration.place(apps)
            _set_time_zone(settings.get("use_tz", use_tz), name, zone)
            set_routers(routers)
            await connection.replace(engines, connection.engines())

        return Call(run, "YaraOrm.init")

    @classmethod
    def add_connection(cls, name: str, url: str) -> Runnable[None]:
        """Connects to another database; a connection of the same name is closed."""
        engines = connection.engines_of({name: _text(url)})

        async def run() -> None:
            await connection.check(engines)
            await connection.replace(engines, [name])

        return Call(run, "add_connection")

    @classmethod
    def set_router(cls, router: Any) -> None:
        """Asks an object which connection a model is read from and written to."""
        set_routers(_routers(router))

    @classmethod
    def set_password(
        cls, password: str | Callable[[], str], connection: str = "default"
    ) -> Runnable[None]:
        """Logs in with another password from the next connection to the server on; those that are
        open stay. A function is asked for it each time, as for tokens that expire.

        It is done at the call, which may be awaited like the others."""
        get_engine(connection).set_password(password)
        return Done()

    @classmethod
    def get_connection(cls, name: str = "default") -> BaseDBAsyncClient:
        """A connection, for SQL text."""
        return connection.connections.get(name)

    @classmethod
    def close(cls) -> Runnable[None]:
        """Closes all connections."""
        return Call(connection.close)

    close_connections = close

    @classmethod
    def generate_schemas(
        cls, safe: bool = True, models: Iterable[type[Model]] | None = None
    ) -> Runnable[None]:
        """Creates the tables of all models, or of these; `safe` leaves alone what is there."""
        return Call(lambda: _define("safe" if safe else "new", models))

    @classmethod
    def drop_schemas(cls, models: Iterable[type[Model]] | None = None) -> Runnable[None]:
        """Drops the tables of all models, or of these, with their rows."""
        return Call(lambda: _define("drop", models))

    @classmethod
    def get_schema_sql(cls, safe: bool = True, models: Iterable[type[Model]] | None = None) -> str:
        """The statements that `generate_schemas` runs."""
        found: list[str] = []
        for name, tables in _tables(models).items():
            found.extend(_engine.schema_sql(connection.get_engine(name), tables, safe))
        return ";\n\n".join(found) + (";" if found else "")

    @staticmethod
    def run_async(coro: Coroutine[Any, Any, T]) -> T:
        """Runs a program's coroutine, and closes the connections after it."""
        return run_async(coro)


def run_async(coro: Coroutine[Any, Any, T]) -> T:
    """Runs a program's coroutine, and closes the connections after it."""

    # Here, because a program that has no event loop can do without it.
    import asyncio

    async def main() -> T:
        try:
            return await coro
        finally:
            await connection.close()

    return asyncio.run(main())


def _routers(chosen: Any) -> list[Any]:
    routers = list(chosen) if isinstance(chosen, (list, tuple)) else [chosen]
    made = [each() if isinstance(each, type) else each for each in routers if each is not None]
    return router.checked(made)


def _zone(name: str) -> tzinfo | None:
    """The time zone of a name; `None` for UTC."""
    zone = timezone.parse_timezone(name)
    return None if zone is timezone.UTC else zone


def _set_time_zone(use_tz: bool, name: str, zone: tzinfo | None) -> None:
    timezone.configure(use_tz, name)
    _engine.set_time_zone(use_tz, zone)
    for model in registry.models():
        model._meta.forget_shapes()


def _urls(db_url: str | None, config: Mapping[str, Any] | None) -> dict[str, str]:
    if (db_url is None) is (config is None):
        raise ConfigurationError("give a URL, or a configuration: YaraOrm.init('sqlite://app.db')")
    if db_url is not None:
        return {"default": _text(db_url)}
    named = (config or {}).get("connections") or {}
    if not named:
        raise ConfigurationError("the configuration names no connections")
    return {name: _url_of(name, given) for name, given in named.items()}


def _text(url: Any) -> str:
    """A URL, whose text is in no error, since it may have a password."""
    if not isinstance(url, str):
        raise ConfigurationError(
            f"a URL is a text such as 'sqlite://app.db', and a {type(url).__name__} was given"
        )
    return url


def _url_of(name: str, given: Any) -> str:
    from urllib.parse import quote

    if isinstance(given, str):
        return given
    credentials = given.get("credentials") or {}
    engine = str(given.get("engine", ""))
    if "sqlite" in engine:
        return f"sqlite://{credentials.get('file_path', ':memory:')}"
    if not credentials:
        raise ConfigurationError(f"the connection {name!r} is a URL, or has credentials")
    user = quote(str(credentials.get("user", "")), safe="")
    password = credentials.get("password")
    secret = f":{quote(str(password), safe='')}" if password else ""
    at = f"{user}{secret}@" if user else ""
    host, port = credentials.get("host", "localhost"), credentials.get("port", 5432)
    return f"postgres://{at}{host}:{port}/{credentials.get('database', '')}"


def _tables(models: Iterable[type[Model]] | None) -> dict[str, list[_engine.Table]]:
    """The tables to create, by connection."""
    found: dict[str, list[_engine.Table]] = {}
    for model in registry.models() if models is None else models:
        name = router.connection_name(model._meta, None, write=True)
        found.setdefault(name, []).append(model._meta.ready())
    return found


async def _define(how: str, models: Iterable[type[Model]] | None) -> None:
    for name, tables in _tables(models).items():
        target = connection.executor(name)
        await execution.perform(_engine.define(target, tables, how))
