"""What can go wrong: the tree of PEP 249, with a leaf for each thing that a program reacts to.

Every path raises these: queries, raw SQL, bulk calls, begin and commit, the pool, connecting. What
the database said is in the attributes `sqlstate`, `constraint`, `table`, `column`, `detail` and
`hint`; `retryable` says whether running the same transaction again may succeed; `statement` is the
SQL text without the values bound to it. The names of Tortoise ORM are part of the tree.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AuthenticationError",
    "BaseORMException",
    "CheckViolation",
    "ConfigurationError",
    "ConnectionLost",
    "DBConnectionError",
    "DataError",
    "DatabaseBusy",
    "DatabaseError",
    "DeadlockDetected",
    "DoesNotExist",
    "Error",
    "ExclusionViolation",
    "FieldError",
    "ForeignKeyViolation",
    "IncompleteInstanceError",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "InvalidQuery",
    "MultipleObjectsReturned",
    "NoValuesFetched",
    "NotExistOrMultiple",
    "NotLoaded",
    "NotNullViolation",
    "NotSupportedError",
    "ORMError",
    "ObjectDoesNotExistError",
    "OperationalError",
    "ParamsError",
    "PoolClosed",
    "PoolTimeout",
    "ProgrammingError",
    "QueryCanceled",
    "SerializationFailure",
    "StaleRow",
    "TimeoutExpired",
    "TransactionManagementError",
    "UnSupportedError",
    "UniqueViolation",
    "ValidationError",
]


def _restore(cls: type[Error], args: tuple[Any, ...], state: dict[str, Any]) -> Error:
    """An error as it was before it was pickled."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class Error(Exception):
    """Anything that this library raises."""

    #: Five characters that classify what the database said, or `None`.
    sqlstate: str | None = None
    #: The constraint that was violated.
    constraint: str | None = None
    #: The table that it belongs to.
    table: str | None = None
    #: The column, where the database tells it; for a constraint over several, the first.
    column: str | None = None
    #: More about it from the database; it may hold values of a row.
    detail: str | None = None
    #: What the database suggests.
    hint: str | None = None
    #: The SQL text that failed, without the values bound to it.
    statement: str | None = None
    #: Whether running the same transaction again may succeed.
    retryable: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (type(self), self.args, dict(self.__dict__)))


#: Tortoise's names for the root.
ORMError = Error
BaseORMException = Error


# --- PEP 249 ---------------------------------------------------------------------------------


class InterfaceError(Error):
    """The library was used wrongly, such as a connection of one event loop in another one."""


class DatabaseError(Error):
    """The database, or the way to it, refused."""


class DataError(DatabaseError):
    """A value does not fit: out of range, of the wrong type, not readable exactly."""


class OperationalError(DatabaseError):
    """Something that the program has no hand in: the network, a lock, a limit."""


class IntegrityError(DatabaseError):
    """A constraint said no."""


class InternalError(DatabaseError):
    """A fault of the database, or of this library: please report it."""


class ProgrammingError(DatabaseError):
    """The statement is wrong, or names what is not there."""


class NotSupportedError(DatabaseError):
    """The database has no such feature; mostly it was not asked."""


# --- IntegrityError --------------------------------------------------------------------------


class UniqueViolation(IntegrityError):
    """A row with the same key or the same unique values is there already."""


class ForeignKeyViolation(IntegrityError):
    """A foreign key names no row, or a row that others refer to was to be deleted."""


class NotNullViolation(IntegrityError):
    """A column that must have a value was given none."""


class CheckViolation(IntegrityError):
    """A check constraint said no."""


class ExclusionViolation(IntegrityError):
    """An exclusion constraint said no."""


# --- OperationalError ------------------------------------------------------------------------


class DBConnectionError(OperationalError):
    """The server could not be reached."""


class AuthenticationError(DBConnectionError):
    """The server refused user or password."""


class ConnectionLost(DBConnectionError):
    """The connection broke; what ran on it may or may not have happened."""


class SerializationFailure(OperationalError):
    """The transaction lost against another one; run it again."""


class DeadlockDetected(OperationalError):
    """The transaction waited for one that waited for it; run it again."""


class DatabaseBusy(OperationalError):
    """The database, or a row of it, stayed locked by others for too long."""


class QueryCanceled(OperationalError):
    """The statement was cancelled, by a time limit or by someone."""


class TimeoutExpired(OperationalError, TimeoutError):
    """Something took longer than it was allowed to."""


class PoolTimeout(TimeoutExpired):
    """No connection became free in time; the message says who holds them."""


class PoolClosed(OperationalError):
    """The connections have been closed."""


# --- ProgrammingError ------------------------------------------------------------------------


class TransactionManagementError(ProgrammingError):
    """A transaction is over, has failed, or was used wrongly."""


class InvalidQuery(ProgrammingError):
    """The query cannot mean anything, and was refused before anything was sent."""


class FieldError(InvalidQuery):
    """There is no such field or relation."""


class ParamsError(InvalidQuery):
    """An argument of a query makes no sense."""


# --- beside the database ---------------------------------------------------------------------


class ConfigurationError(InterfaceError):
    """A URL, an option or a model declaration is wrong."""


class ValidationError(DataError, ValueError):
    """A value was refused before anything was sent."""


class NotExistOrMultiple(Error):
    """The query was to give one row."""


class DoesNotExist(NotExistOrMultiple):
    """It gave none."""


class MultipleObjectsReturned(NotExistOrMultiple):
    """It gave several."""


class StaleRow(DoesNotExist):
    """The row has been changed or deleted since it was read."""


class NotLoaded(InterfaceError):
    """A relation or a field was read that had not been loaded."""


class IncompleteInstanceError(InterfaceError):
    """An instance lacks the fields that this needs, such as its primary key."""


ObjectDoesNotExistError = DoesNotExist
NoValuesFetched = NotLoaded
UnSupportedError = NotSupportedError

#: The class of each kind of error of the engine; the engine raises by this table.
_BY_KIND: dict[str, type[Error]] = {
    "Configuration": ConfigurationError,
    "Connect": DBConnectionError,
    "Authentication": AuthenticationError,
    "ConnectionLost": ConnectionLost,
    "PoolTimeout": PoolTimeout,
    "PoolClosed": PoolClosed,
    "InvalidQuery": InvalidQuery,
    "InvalidValue": ValidationError,
    "Unsupported": NotSupportedError,
    "Decode": DataError,
    "NotFound": DoesNotExist,
    "MultipleFound": MultipleObjectsReturned,
    "NotLoaded": NotLoaded,
    "StaleRow": StaleRow,
    "UniqueViolation": UniqueViolation,
    "ForeignKeyViolation": ForeignKeyViolation,
    "NotNullViolation": NotNullViolation,
    "CheckViolation": CheckViolation,
    "ExclusionViolation": ExclusionViolation,
    "SerializationFailure": SerializationFailure,
    "Deadlock": DeadlockDetected,
    "Busy": DatabaseBusy,
    "QueryCanceled": QueryCanceled,
    "Timeout": TimeoutExpired,
    "Data": DataError,
    "Programming": ProgrammingError,
    "Transaction": TransactionManagementError,
    "Io": OperationalError,
    "Database": DatabaseError,
    "Internal": InternalError,
    "Interface": InterfaceError,
}


def _make(kind: str, message: str, retryable: bool, attributes: dict[str, str]) -> Error:
    """An error of the engine, which calls this."""
    error = _BY_KIND.get(kind, DatabaseError)(message)
    error.__dict__.update(attributes)
    if retryable:
        error.retryable = True
    return error
