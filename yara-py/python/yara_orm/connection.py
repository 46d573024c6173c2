"""The connections of the program, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from . import _engine, execution
from .exceptions import ConfigurationError
from .registry import nearest

if TYPE_CHECKING:
    from .runnable import Call

R = TypeVar("R")

Parameters: TypeAlias = "Sequence[Any] | None"
"""The values of placeholders, one for each."""

_engines: dict[str, _engine.Engine] = {}

#: The transactions that are open here, by the name of their connection.
current: ContextVar[dict[str, _engine.Transaction] | None] = ContextVar(
    "yara_orm.transactions", default=None
)


def engines_of(urls: Mapping[str, str]) -> dict[str, _engine.Engine]:
    """Databases by the names that they are to have. Nothing is opened yet; wrong URLs are
    refused."""
    return {name: _engine.Engine(url, name) for name, url in urls.items()}


async def check(engines: dict[str, _engine.Engine]) -> None:
    """Raises where one of them does not answer; then none stays open."""
    try:
        for engine in engines.values():
            await execution.perform(engine.check())
    except BaseException:
        # Who made them may hold them for as long as the error is looked at.
        engines.clear()
        raise


async def replace(engines: Mapping[str, _engine.Engine], names: Iterable[str]) -> None:
    """Makes databases known, in place of the connections of these names, which are closed."""
    from . import hooks

    for engine in engines.values():
        engine.on_statement = hooks.observer()
    before = [_engines.pop(name, None) for name in names]
    _engines.update(engines)
    for old in before:
        if old is not None:
            await execution.perform(old.close())


def get_engine(name: str = "default") -> _engine.Engine:
    """The engine of a connection."""
    engine = _engines.get(name)
    if engine is not None:
        return engine
    if not _engines:
        raise ConfigurationError(
            "there is no connection: call `await YaraOrm.init(url)` before the first query; after "
            "`YaraOrm.close()` there is none either"
        )
    raise ConfigurationError(f"there is no connection {name!r}{nearest(name, _engines)}")


def executor(name: str = "default") -> Any:
    """What statements run on: the transaction that is open here, or the engine."""
    transactions = current.get()
    if transactions:
        transaction = transactions.get(name)
        if transaction is not None:
            return transaction
    return _engines.get(name) or get_engine(name)


def engines() -> dict[str, _engine.Engine]:
    """All engines, by name."""
    return dict(_engines)


async def close() -> None:
    """Closes all connections."""
    await replace({}, list(_engines))


class BaseDBAsyncClient:
    """A connection, for SQL text. What it gives is awaited, or run by `.run()`.

    Parameters stand for `$1`, `$2`, … or `?` in the text, and are always bound.
    """

    def __init__(self, name: str, target: Any = None) -> None:
        self.connection_name = name
        self._fixed = target

    @property
    def _target(self) -> _engine.Engine | _engine.Transaction:
        found: _engine.Engine | _engine.Transaction
        found = executor(self.connection_name) if self._fixed is None else self._fixed
        return found

    @property
    def engine(self) -> _engine.Engine:
        """The engine."""
        return get_engine(self.connection_name)

    def execute(self, sql: str, params: Parameters = None) -> _engine.Operation[int]:
        """Runs a statement; the number of rows that it wrote, or read."""
        return self._target.execute(sql, params)

    def fetch_rows(
        self, sql: str, params: Parameters = None
    ) -> _engine.Operation[list[tuple[Any, ...]]]:
        """All rows, as tuples."""
        return self._target.fetch_rows(sql, params)

    def fetch_all(
        self, sql: str, params: Parameters = None
    ) -> _engine.Operation[list[dict[str, Any]]]:
        """All rows, as dicts."""
        return self._target.fetch_dicts(sql, params)

    def execute_query_dict(
        self, sql: str, params: Parameters = None
    ) -> _engine.Operation[list[dict[str, Any]]]:
        """All rows, as dicts."""
        return self._target.fetch_dicts(sql, params)

    def execute_query(
        self, sql: str, params: Parameters = None
    ) -> _engine.Operation[tuple[int, list[dict[str, Any]]]]:
        """How many rows a statement wrote, or read, and those that it gave, as dicts."""
        return self._target.execute_query(sql, params)

    def fetch_row(self, sql: str, params: Parameters = None) -> Call[tuple[Any, ...] | None]:
        """The first row as a tuple, or `None`."""
        return self._first(lambda: self._target.fetch_rows(sql, params))

    def fetch_one(self, sql: str, params: Parameters = None) -> Call[dict[str, Any] | None]:
        """The first row as a dict, or `None`."""
        return self._first(lambda: self._target.fetch_dicts(sql, params))

    def _first(self, begin: Callable[[], _engine.Operation[list[R]]]) -> Call[R | None]:
        from .runnable import Call

        async def run() -> R | None:
            rows = await execution.perform(begin())
            return rows[0] if rows else None

        return Call(run, "a statement")

    def execute_script(self, sql: str) -> _engine.Operation[None]:
        """Runs several statements that stand in one text."""
        return self._target.execute_script(sql)

    def execute_many(self, sql: str, rows: Iterable[Iterable[Any]]) -> _engine.Operation[int]:
        """Runs a statement once for each row of parameters: all of them, or none."""
        return self._target.execute_many(sql, rows)

    def __repr__(self) -> str:
        return f"<connection {self.connection_name!r}>"


Connection: TypeAlias = str | BaseDBAsyncClient
"""A connection, by its name or as it is."""


class Connections:
    """The connections by name: `connections.get()`."""

    def get(self, name: str = "default") -> BaseDBAsyncClient:
        """The connection of a name; in a transaction, the transaction on it."""
        get_engine(name)
        return BaseDBAsyncClient(name)

    def all(self) -> list[BaseDBAsyncClient]:
        """All connections."""
        return [BaseDBAsyncClient(name) for name in _engines]

    async def close_all(self, discard: bool = True) -> None:
        """Closes all connections."""
        await close()


connections = Connections()
