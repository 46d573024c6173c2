"""Migrations: files that bring the tables of a database from one version of the models to the next.

`MigrationManager`, and `python -m yara_orm`, write them as TOML, which programs in Rust and in
Python read alike. Files in Python, `class Migration(m.Migration)`, are those of yara-orm 1.19; its
operations are here by their names.
"""

from ..indexes import CheckConstraint, UniqueConstraint
from .columns import resolved_fk
from .manager import MigrationManager
from .operations import (
    AddField,
    AddFieldIfNotExists,
    AlterField,
    CreateModel,
    CreateModelIfNotExists,
    DeleteModel,
    DeleteModelIfExists,
    Migration,
    Operation,
    RemoveField,
    RemoveFieldIfExists,
    RenameField,
    RenameModel,
)
from .others import (
    AddCompositeIndex,
    AddCompositeIndexIfNotExists,
    AddConstraint,
    AddIndex,
    AddIndexConcurrently,
    AddIndexIfNotExists,
    AddUniqueIndexConcurrently,
    CreateExtension,
    RemoveCompositeIndex,
    RemoveCompositeIndexIfExists,
    RemoveConstraint,
    RemoveIndex,
    RemoveIndexConcurrently,
    RemoveIndexIfExists,
    RenameConstraint,
    RenameIndex,
    RunPython,
    RunSQL,
)

MIGRATION_TABLE = "orm_migrations"
"""Where a database remembers which migrations it has had."""

__all__ = [
    "MIGRATION_TABLE",
    "AddCompositeIndex",
    "AddCompositeIndexIfNotExists",
    "AddConstraint",
    "AddField",
    "AddFieldIfNotExists",
    "AddIndex",
    "AddIndexConcurrently",
    "AddIndexIfNotExists",
    "AddUniqueIndexConcurrently",
    "AlterField",
    "CheckConstraint",
    "CreateExtension",
    "CreateModel",
    "CreateModelIfNotExists",
    "DeleteModel",
    "DeleteModelIfExists",
    "Migration",
    "MigrationManager",
    "Operation",
    "RemoveCompositeIndex",
    "RemoveCompositeIndexIfExists",
    "RemoveConstraint",
    "RemoveField",
    "RemoveFieldIfExists",
    "RemoveIndex",
    "RemoveIndexConcurrently",
    "RemoveIndexIfExists",
    "RenameConstraint",
    "RenameField",
    "RenameIndex",
    "RenameModel",
    "RunPython",
    "RunSQL",
    "UniqueConstraint",
    "resolved_fk",
]
