"""What the database fills in, under the name that yara-orm 1.19 has for the module."""

from .database_defaults import DatabaseDefault, Now, RandomHex, SqlDefault

__all__ = ["DatabaseDefault", "Now", "RandomHex", "SqlDefault"]
