"""yara-orm 1.19 with `sync_fast_path=1`, which works in the loop's thread."""

from __future__ import annotations

from .older import Contestant as Older


class Contestant(Older):
    name = "yara-orm 1.19, fast path"
    databases = ("sqlite",)
    fast_path = "?sync_fast_path=1"
