"""Migrations from the command line: `python -m yara_orm`.

    python -m yara_orm --models shop.models makemigrations --name slugs
    python -m yara_orm --db postgres://localhost/shop upgrade
    python -m yara_orm --db postgres://localhost/shop status

The exit status is 0 where all went well, 1 for an error, and 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import re
import sys
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

from .. import connection
from ..exceptions import ConfigurationError, Error
from .manager import MigrationManager

_NEEDS_DATABASE = {"upgrade", "downgrade", "history", "heads", "status", "fake", "sqlmigrate"}
_NEEDS_MODELS = {"makemigrations", "check"}


class _Parser(argparse.ArgumentParser):
    """One whose errors do not repeat a URL, wherever it was put."""

    def error(self, message: str) -> NoReturn:
        super().error(_without_urls(message))


def _without_urls(text: object) -> str:
    """There may be a password in a URL."""
    return re.sub(r"\S+://\S*", "(a URL)", str(text))


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the arguments say, or those of the program; gives the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command in _NEEDS_DATABASE and not given.db:
        parser.error(f"{given.command} needs a database: --db postgres://localhost/app")
    if given.command in _NEEDS_MODELS and not given.models and not getattr(given, "empty", False):
        parser.error(f"{given.command} needs the modules of the models: --models app.models")
    warnings.showwarning = _warning
    try:
        _import(given.models)
        asyncio.run(_with_database(given))
    except (Error, ImportError, OSError) as error:
        print(f"error: {_without_urls(error)}", file=sys.stderr)
        for note in getattr(error, "__notes__", ()):
            print(_without_urls(note), file=sys.stderr)
        return 1
    return 0


def _warning(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"warning: {message}", file=sys.stderr)


def _import(modules: str) -> None:
    """Imports the modules that declare the models."""
    for name in filter(None, (each.strip() for each in modules.split(","))):
        importlib.import_module(name)


async def _with_database(given: argparse.Namespace) -> None:
    if given.db:
        # Nothing is opened before the first statement.
        await connection.replace(connection.engines_of({"default": given.db}), [])
    try:
        await _COMMANDS[given.command](_manager(given), given)
    finally:
        await connection.close()


def _manager(given: argparse.Namespace) -> MigrationManager:
    return MigrationManager(
        given.dir,
        given.app,
        out_of_order=getattr(given, "out_of_order", False),
        ignore_missing=getattr(given, "ignore_missing", False),
        lock_timeout=getattr(given, "lock_timeout", None),
    )


async def _init(manager: MigrationManager, given: argparse.Namespace) -> None:
    manager.init()
    print(f"created migrations directory: {manager.directory}")


async def _make(manager: MigrationManager, given: argparse.Namespace) -> None:
    made = manager.make_migrations(
        given.name,
        given.empty,
        given.allow_destructive,
        rename=dict(_pair("--rename", each) for each in given.rename),
        drop=given.drop,
        fill=dict(_pair("--fill", each) for each in given.fill),
        partial=given.partial,
        note=given.note,
    )
    print(f"created {made}" if made else "no changes detected")


def _pair(option: str, text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise ConfigurationError(f"{option} is given as NAME=VALUE, not {text!r}")
    return name, value


async def _check(manager: MigrationManager, given: argparse.Namespace) -> None:
    manager.check(partial=given.partial)
    print("the migrations give what the models ask for")


async def _upgrade(manager: MigrationManager, given: argparse.Namespace) -> None:
    done = await manager.upgrade(given.version)
    print("applied: " + (", ".join(done) or "nothing to apply"))


async def _downgrade(manager: MigrationManager, given: argparse.Namespace) -> None:
    done = await manager.downgrade(given.steps, given.version)
    print("reverted: " + (", ".join(done) or "nothing to revert"))


async def _fake(manager: MigrationManager, given: argparse.Namespace) -> None:
    done = await manager.fake(given.version)
    print("noted as applied: " + (", ".join(done) or "nothing"))


async def _history(manager: MigrationManager, given: argparse.Namespace) -> None:
    for row in await manager.history():
        print(f"  {row['name']}  (applied {row['applied_at']})")


async def _heads(manager: MigrationManager, given: argparse.Namespace) -> None:
    for row in await manager.heads():
        print(f"  {'[x]' if row['applied'] else '[ ]'} {row['name']}")


async def _status(manager: MigrationManager, given: argparse.Namespace) -> None:
    for row in await manager.status():
        at = row["applied_at"]
        words = "pending" if at is None else f"applied {at}"
        print(f"  {row['name']}  ({words}{'' if row['has_file'] else ', and has no file here'})")


async def _sql(manager: MigrationManager, given: argparse.Namespace) -> None:
    for statement in manager.sqlmigrate(given.version, given.backward):
        print(statement if statement.startswith("--") else f"{statement};")


async def _convert(manager: MigrationManager, given: argparse.Namespace) -> None:
    made = manager.convert()
    print("created: " + (", ".join(made) or "nothing, there are no migrations in Python"))


_COMMANDS = {
    "init": _init,
    "makemigrations": _make,
    "check": _check,
    "upgrade": _upgrade,
    "downgrade": _downgrade,
    "fake": _fake,
    "history": _history,
    "heads": _heads,
    "status": _status,
    "sqlmigrate": _sql,
    "convert": _convert,
}


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m yara_orm", description="Migrations.")
    parser.add_argument("--dir", default="migrations", help="the directory of the migrations")
    parser.add_argument(
        "--app", default="models", help="the label under which the database remembers them"
    )
    parser.add_argument("--db", help="the URL of the database")
    parser.add_argument(
        "--models", default="", help="the modules that declare models, with commas between them"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, what: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=what, description=what)

    command("init", "make the directory")
    make = command("makemigrations", "write what the models ask for")
    make.add_argument("--name", help="what the migration is called, beside its number")
    make.add_argument("--note", help="what it is for")
    make.add_argument("--empty", action="store_true", help="write one without operations")
    make.add_argument(
        "--allow-destructive", action="store_true", help="drop tables that no model has"
    )
    for option, what in (
        ("--rename", "TABLE.COLUMN=NEW or TABLE=NEW: it has another name now"),
        ("--fill", "TABLE.COLUMN=SQL: what rows have in a new column"),
        ("--drop", "TABLE.COLUMN or TABLE: it goes"),
    ):
        metavar = "NAME" if option == "--drop" else "NAME=VALUE"
        make.add_argument(option, action="append", default=[], metavar=metavar, help=what)
    check = command("check", "fail where the models ask for what no migration gives")
    for each in (make, check):
        each.add_argument("--partial", action="store_true", help="leave alone what no model has")
    up = command("upgrade", "apply migrations")
    down = command("downgrade", "undo migrations")
    down.add_argument("--steps", type=int, default=1, help="how many; one")
    fake = command("fake", "note migrations as applied without running them")
    for each, what in (
        (up, "up to this one"),
        (down, "down to this one, which stays; `zero` undoes all"),
        (fake, "up to this one"),
    ):
        each.add_argument("version", nargs="?", help=f"{what}: its name, or its number")
        each.add_argument("--lock-timeout", type=float, metavar="SECONDS")
    for flag in ("--out-of-order", "--ignore-missing"):
        up.add_argument(flag, action="store_true")
    command("history", "which migrations the database has had")
    command("heads", "which migrations there are, and which of them the database has had")
    command("status", "all migrations, and when each was applied")
    sql = command("sqlmigrate", "show the statements of a migration")
    sql.add_argument("version")
    sql.add_argument("--backward", action="store_true", help="those that undo it")
    command("convert", "write migrations in Python as TOML")
    return parser
