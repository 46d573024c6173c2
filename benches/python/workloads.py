"""What is measured: a method of a contender, and with what it is called how often."""

from __future__ import annotations

import dataclasses
from typing import Any

import rows


@dataclasses.dataclass(frozen=True)
class Workload:
    """`calls` calls of a method, of which call `n` gets `arguments(n)`."""

    name: str
    method: str
    calls: int
    arguments: Any = lambda _: ()
    # Methods that are called first, and not measured.
    before: tuple[str, ...] = ()
    # So many at the same time.
    in_flight: int = 1
    # Read every attribute of what is fetched.
    read: bool = False


WRITTEN = "written"


def _fetch(count: int, calls: int, read: bool = False) -> Workload:
    what = f"fetch {count} and read all attributes" if read else f"fetch {count}"
    return Workload(what, "first", calls, lambda _: (count,), read=read)


def _written(_: int) -> tuple[Any, ...]:
    return WRITTEN, rows.users(rows.USERS)


WORKLOADS = [
    Workload("get by key", "get", 1000, lambda n: (n + 1,)),
    Workload("get by key, 20 in flight", "get", 1000, lambda n: (n + 1,), in_flight=20),
    _fetch(1, 200),
    _fetch(10, 200),
    _fetch(100, 50),
    _fetch(1000, 10),
    _fetch(5000, 4),
    _fetch(100, 50, read=True),
    _fetch(5000, 4, read=True),
    Workload("filter, order, limit 100", "page", 50),
    Workload("count", "count", 100),
    Workload("group by", "group", 50),
    Workload("1 000 books with their authors, joined", "books", 5),
    Workload("200 authors with their 2 000 books", "authors", 5),
    Workload("insert 5 000 at once", "insert_many", 1, _written, before=("clear",)),
    Workload("update where", "update", 3, before=("clear", "fill")),
    Workload("delete where", "delete", 1, before=("clear", "fill")),
    Workload(
        "insert one",
        "insert",
        500,
        lambda n: (rows.user(n + 1)[1:],),
        before=("clear",),
    ),
]

# What is told of the fetch of everything: milliseconds that a ticker came late, and megabytes.
STALL, FETCH_MEMORY, STREAM_MEMORY = (
    "longest stall",
    "memory of a fetch",
    "memory of a stream",
)
