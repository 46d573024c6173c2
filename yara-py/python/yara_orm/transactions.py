"""Transactions: a block that is committed as a whole, or not at all.

The block is known by the context (`contextvars`): every statement in it belongs to it, those of
tasks that it starts included, as long as it is open; after that, they err. A block within a block
is a savepoint.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from contextvars import Token
from types import TracebackType
from typing import Any, TypeVar, cast, overload

from . import _engine, execution
from .connection import BaseDBAsyncClient, current, get_engine
from .exceptions import Error, ParamsError, TransactionManagementError
from .runnable import Call

F = TypeVar("F", bound=Callable[..., Any])


class IsolationLevel(str, enum.Enum):
    """How much transactions see of each other."""

    #: PostgreSQL takes it for `READ_COMMITTED`, and SQLite is serializable at any level.
    READ_UNCOMMITTED = "read uncommitted"
    READ_COMMITTED = "read committed"
    REPEATABLE_READ = "repeatable read"
    SERIALIZABLE = "serializable"


class TransactionWrapper(BaseDBAsyncClient):
    """A transaction that is open: `async with in_transaction() as tx`."""

    def __init__(self, name: str, transaction: _engine.Transaction) -> None:
        super().__init__(name, transaction)
        self._transaction = transaction
        self._savepoints: list[tuple[str | None, _engine.Transaction]] = []
        self._ended = False

    def commit(self) -> Call[None]:
        """Makes it permanent, before the end of the block."""
        return Call(self._commit, "commit")

    def rollback(self) -> Call[None]:
        """Takes it back, before the end of the block."""
        return Call(self._rollback, "rollback")

    async def _commit(self) -> None:
        self._ended = True
        while self._savepoints:
            await execution.perform(self._savepoints.pop()[1].commit())
        await execution.perform(self._transaction.commit())

    async def _rollback(self) -> None:
        self._ended = True
        self._savepoints.clear()
        await execution.perform(self._transaction.rollback())

    def savepoint(self, name: str | None = None) -> Call[None]:
        """Begins a part that can be rolled back by itself. The name is for telling parts apart."""
        return Call(lambda: self._begin_part(name), "savepoint")

    async def _begin_part(self, name: str | None) -> None:
        inner = await execution.perform(self._innermost.savepoint())
        self._savepoints.append((name, inner))
        self._use(inner)

    def release(self, name: str | None = None) -> Call[None]:
        """Ends the part of this name, or the one that was begun last, and those begun in it; what
        was done in them stays."""

        async def run() -> None:
            await self._end_parts("release", name, _engine.Transaction.commit)

        return Call(run, "release")

    def rollback_to(self, name: str | None = None) -> Call[None]:
        """Takes back what was done since the savepoint of this name, or the last one. The savepoint
        stays: it can be rolled back to again."""

        async def run() -> None:
            ended = await self._end_parts("rollback_to", name, _engine.Transaction.rollback)
            await self._begin_part(ended)

        return Call(run, "rollback_to")

    def on_commit(self, function: Callable[[], Any]) -> None:
        """Calls a function once, after the outermost block has been committed."""
        self._innermost.on_commit(_plain(function))

    @property
    def is_open(self) -> bool:
        """Whether it takes statements."""
        return bool(self._transaction.is_open)

    @property
    def _innermost(self) -> _engine.Transaction:
        return self._savepoints[-1][1] if self._savepoints else self._transaction

    async def _end_parts(
        self, doing: str, name: str | None, end: Callable[[_engine.Transaction], _engine.Operation]
    ) -> str | None:
        """Ends the innermost parts, up to the one that is meant, whose name it gives."""
        if not self._savepoints:
            raise TransactionManagementError(f"{doing}: no savepoint has been begun")
        known = [each for each, _ in self._savepoints]
        if name is not None and name not in known:
            raise TransactionManagementError(f"{doing}: there is no savepoint {name!r}")
        while True:
            ended, part = self._savepoints.pop()
            await execution.perform(end(part))
            self._use(self._innermost)
            if name is None or ended == name:
                return ended

    def _use(self, transaction: _engine.Transaction) -> None:
        self._fixed = transaction
        known = current.get() or {}
        current.set({**known, self.connection_name: transaction})


class in_transaction:
    """A block of statements: `async with in_transaction():`, or `with in_transaction():` where no
    event loop runs.

    `isolation`, `read_only`, `deferrable` and `timeout` (in seconds) are for the outermost block.
    """

    def __init__(
        self,
        connection_name: str = "default",
        isolation: IsolationLevel | str | None = None,
        *,
        read_only: bool = False,
        deferrable: bool = False,
        timeout: float | None = None,
    ) -> None:
        self._name = connection_name
        self._isolation = isolation.value if isinstance(isolation, IsolationLevel) else isolation
        self._options: dict[str, Any] = {
            "read_only": read_only,
            "deferrable": deferrable,
            "timeout": timeout,
        }
        self._wrapper: TransactionWrapper | None = None
        self._token: Token[dict[str, _engine.Transaction] | None] | None = None

    async def _begin(self) -> TransactionWrapper:
        if self._wrapper is not None:
            raise TransactionManagementError("this block is used already; make another one")
        known = current.get() or {}
        outer = known.get(self._name)
        if outer is None:
            operation = get_engine(self._name).begin(self._isolation, **self._options)
        else:
            if self._isolation is not None or any(self._options.values()):
                raise TransactionManagementError(
                    "isolation, read_only, deferrable and timeout are for the outermost block; "
                    "this one is a savepoint"
                )
            operation = outer.savepoint()
        transaction: _engine.Transaction = await execution.perform(operation)
        self._wrapper = TransactionWrapper(self._name, transaction)
        self._token = current.set({**known, self._name: transaction})
        return self._wrapper

    async def _end(self, failed: bool) -> None:
        wrapper, token = self._wrapper, self._token
        self._wrapper = self._token = None
        if wrapper is None or token is None:
            raise TransactionManagementError("this block has not been begun")
        try:
            current.reset(token)
        except ValueError:
            # It ends in another context than it began in, as where an event loop closes an
            # asynchronous generator. Nothing of this block is known there.
            pass
        try:
            if not wrapper._ended:
                await (wrapper._rollback() if failed else wrapper._commit())
        except Error:
            # What made the block fail is what the caller wants to know.
            if not failed:
                raise
        finally:
            # Whatever has failed, or was cancelled: it is over, though others may hold it.
            wrapper._transaction.abandon()

    async def __aenter__(self) -> TransactionWrapper:
        return await self._begin()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._end(error is not None)

    def __enter__(self) -> TransactionWrapper:
        execution.refuse_in_loop()
        return execution.run_blocking(self._begin())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        execution.run_blocking(self._end(error is not None))


@overload
def atomic(connection_name: F, /) -> F: ...
@overload
def atomic(
    connection_name: str = "default",
    isolation: IsolationLevel | str | None = None,
    *,
    read_only: bool = False,
    deferrable: bool = False,
    timeout: float | None = None,
    retries: int = 0,
) -> Callable[[F], F]: ...
def atomic(
    connection_name: Any = "default",
    isolation: IsolationLevel | str | None = None,
    *,
    retries: int = 0,
    **options: Any,
) -> Any:
    """Runs a function in a block. With `retries` it is run again where the database says that the
    same transaction may succeed the next time."""
    if callable(connection_name):
        return atomic()(connection_name)

    import inspect

    def decorate(function: F) -> F:
        def block() -> in_transaction:
            return in_transaction(connection_name, isolation, **options)

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                left = retries
                while True:
                    try:
                        async with block():
                            return await function(*args, **kwargs)
                    except Error as error:
                        if not _again(error, left, connection_name):
                            raise
                        left -= 1

            return cast(F, awaited)

        @functools.wraps(function)
        def blocking(*args: Any, **kwargs: Any) -> Any:
            left = retries
            while True:
                try:
                    with block():
                        return function(*args, **kwargs)
                except Error as error:
                    if not _again(error, left, connection_name):
                        raise
                    left -= 1

        return cast(F, blocking)

    return decorate


def _again(error: Error, left: int, name: str) -> bool:
    """Whether a block is run again: only the outermost one can be."""
    return left > 0 and error.retryable and name not in (current.get() or {})


def on_commit(function: Callable[[], Any], connection_name: str = "default") -> None:
    """Calls a function once, after the block around has been committed; at once, where there is
    none. What it raises after a commit is shown, and changes nothing."""
    function = _plain(function)
    transaction = (current.get() or {}).get(connection_name)
    if transaction is None:
        get_engine(connection_name)
        function()
    else:
        transaction.on_commit(function)


def _plain(function: Callable[[], Any]) -> Callable[[], Any]:
    """Refuses what nobody would await."""
    import inspect

    if not callable(function):
        raise ParamsError(f"on_commit takes a function, not {function!r}")
    if inspect.iscoroutinefunction(function):
        name = getattr(function, "__qualname__", repr(function))
        raise ParamsError(
            f"on_commit calls a plain function, and {name} is a coroutine function; let a function "
            "start a task, or await it behind the block"
        )
    return function
