"""What the database fills in where an insert gives no value."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from .exceptions import ConfigurationError
from .expressions import Deferred, Expr, function


class DatabaseDefault:
    """What the database fills in where an insert gives no value: `Now()`, `RandomHex()` or
    `SqlDefault("…")`, as `default=` or `db_default=` of a field."""

    __slots__ = ()

    def __yara_db_default__(self) -> dict[str, Any]:
        """What the engine is told."""
        raise ConfigurationError(
            f"{type(self).__name__} says no default: use Now(), RandomHex() or SqlDefault('…')"
        )


if TYPE_CHECKING:

    def Now() -> Expr[dt.datetime]:
        """The time at which the transaction began; as a default, the time of the insert by the
        database's clock."""
        ...

else:

    class Now(Deferred, DatabaseDefault):
        """The time at which the transaction began; as a default, the time of the insert by the
        database's clock."""

        __slots__ = ()

        def __init__(self) -> None:
            super().__init__(lambda scope: function("now"), "Now()")

        def __yara_db_default__(self) -> dict[str, Any]:
            return {"clock": True}


class RandomHex(DatabaseDefault):
    """So many random bytes as hexadecimal digits, two for each, made by the database: for names
    that do not collide. Secrets are made by the module `secrets`."""

    __slots__ = ("size",)

    def __init__(self, size: int = 16) -> None:
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 1024:
            raise ConfigurationError(
                f"RandomHex takes a number of bytes from 1 to 1024, not {size!r}"
            )
        self.size = size

    def __yara_db_default__(self) -> dict[str, Any]:
        return {"random_hex": self.size}

    def __repr__(self) -> str:
        return f"RandomHex({self.size})"


class SqlDefault(DatabaseDefault):
    """SQL text that the database evaluates where an insert gives no value."""

    __slots__ = ("sql",)

    def __init__(self, sql: str) -> None:
        if not isinstance(sql, str) or not sql.strip():
            raise ConfigurationError(f"SqlDefault takes SQL text, not {sql!r}")
        self.sql = sql

    def __yara_db_default__(self) -> dict[str, Any]:
        return {"sql_default": self.sql}

    def __repr__(self) -> str:
        return f"SqlDefault({self.sql!r})"
