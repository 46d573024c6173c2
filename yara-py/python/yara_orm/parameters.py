"""Parameters of SQL text that say what they are, as code for yara-orm has them.

Here a list is an array wherever SQL text has one, and a text takes the type that the server finds
for it. So both are what they look like, and are there for code that says it all the same.
"""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


class Array(list[T]):
    """A list, for an array of the database: `… where id = any($1)`, `[Array(ids)]`."""

    __slots__ = ()


class RawText(str):
    """A text whose type the server finds by what stands beside it, such as an enum or a domain."""

    __slots__ = ()
