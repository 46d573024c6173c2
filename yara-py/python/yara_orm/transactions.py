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
from .exceptions import Error, TransactionManagementError

F = TypeVar("F", bound=Callable[..., Any])


class IsolationLevel(str, enum.Enum):
    """How much transactions see of each other."""

    READ_COMMITTED = "read committed"
    REPEATABLE_READ = "repeatable read"
    SERIALIZABLE = "serializable"


class TransactionWrapper(BaseDBAsyncClient):
    """A transaction that is open: `async with in_transaction() as tx`."""

    def __init__(self, name: str, transaction: _engine.Transaction) -> None:
        super().__init__(name, transaction)
        self._transaction = transaction
        self._savepoints: list[_engine.Transaction] = []
        self._ended = False

    async def commit(self) -> None:
        """Makes it permanent, before the end of the block."""
        self._ended = True
        await execution.perform(self._transaction.commit())

    async def rollback(self) -> None:
        """Takes it back, before the end of the block."""
        self._ended = True
        await execution.perform(self._transaction.rollback())

    async def savepoint(self) -> None:
        """Begins a part that can be rolled back by itself."""
        inner = await execution.perform(self._innermost.savepoint())
        self._savepoints.append(inner)
        self._use(inner)

    async def release(self) -> None:
        """Ends the part that was begun last; it stays."""
        await execution.perform(self._last("release").commit())
        self._use(self._innermost)

    async def rollback_to(self) -> None:
        """Takes back the part that was begun last."""
        await execution.perform(self._last("rollback_to").rollback())
        self._use(self._innermost)

    def on_commit(self, function: Callable[[], Any]) -> None:
        """Calls a function once, after the outermost block has been committed."""
        self._innermost.on_commit(function)

    @property
    def is_open(self) -> bool:
        """Whether it takes statements."""
        return bool(self._transaction.is_open)

    @property
    def _innermost(self) -> _engine.Transaction:
        return self._savepoints[-1] if self._savepoints else self._transaction

    def _last(self, doing: str) -> _engine.Transaction:
        if not self._savepoints:
            raise TransactionManagementError(f"{doing}: no savepoint has been begun")
        return self._savepoints.pop()

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
        current.reset(token)
        transaction = wrapper._transaction
        if not failed:
            if wrapper._ended:
                return
            await execution.perform(transaction.commit())
            return
        try:
            if not wrapper._ended:
                await execution.perform(transaction.rollback())
        except Error:
            # What made the block fail is what the caller wants to know.
            pass

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
    none."""
    transaction = (current.get() or {}).get(connection_name)
    if transaction is None:
        function()
    else:
        transaction.on_commit(function)
