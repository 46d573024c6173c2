"""Whether connections are free again: what was left is cleared away beside the program."""

from __future__ import annotations

import asyncio
import time

from yara_orm import connections


def _held(name: str) -> bool:
    status = connections.get(name).engine.status()
    return status["in_use"] > 0 or status["waiting"] > 0


async def nothing_is_held(name: str = "default") -> bool:
    """Whether all connections are free, soon."""
    for _ in range(500):
        if not _held(name):
            return True
        await asyncio.sleep(0.01)
    return False


def nothing_is_held_now(name: str = "default") -> bool:
    """The same where no event loop runs."""
    for _ in range(500):
        if not _held(name):
            return True
        time.sleep(0.01)
    return False
