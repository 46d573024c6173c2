"""One async ORM for Rust and Python, over one query engine."""

from __future__ import annotations

from ._engine import __version__

__all__ = ["__version__"]
