"""`MigrationManager`: writing migrations, and bringing databases up to them, or back."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import _engine, execution, registry, timezone
from ..connection import current, get_engine
from ..exceptions import ConfigurationError, TransactionManagementError
from ..runnable import Call
from .files import History
from .making import Sql, Wanted, differences, written

if TYPE_CHECKING:
    from ..models import Model


class UnknownMigration(ConfigurationError, KeyError):
    """There is no such migration."""

    __str__ = ConfigurationError.__str__


class MigrationManager:
    """The migrations of a directory, under the label by which a database remembers them.

    `models` are those whose tables the migrations are about; without them, all that have been
    imported. What needs a database goes to the connection of this name. Methods that talk to it are
    awaited, or run by `.run()` where no event loop runs.
    """

    def __init__(
        self,
        directory: str | Path = "migrations",
        app: str = "models",
        models: Iterable[type[Model]] | None = None,
        *,
        connection: str = "default",
        out_of_order: bool = False,
        ignore_missing: bool = False,
        lock_timeout: float | None = None,
    ) -> None:
        self.directory = Path(directory)
        self.app = app
        self.models = None if models is None else list(models)
        self.connection = connection
        self._options: dict[str, Any] = {
            "out_of_order": out_of_order,
            "ignore_missing": ignore_missing,
            "lock_timeout": lock_timeout,
        }

    # Files.
    def init(self) -> None:
        """Makes the directory, if it is not there."""
        self.directory.mkdir(parents=True, exist_ok=True)

    def make_migrations(
        self,
        name: str | None = None,
        empty: bool = False,
        allow_destructive: bool = False,
        *,
        rename: Mapping[str, str] | None = None,
        drop: Iterable[str] = (),
        fill: Mapping[str, Sql] | None = None,
        partial: bool = False,
        note: str | None = None,
    ) -> str | None:
        """Writes what the models ask for beyond the migrations there are, and gives the name of the
        file; `None` where they ask for nothing.

        What cannot be known is asked for by an error, and answered by `rename={"book.title":
        "name"}`, `drop=["book.title"]` and `fill={"book.slug": "''"}`, in SQL; tables by their names
        alone. A table that no model has is dropped with `allow_destructive`, and left alone with
        `partial`.
        """
        history = History(self.directory, is_begun=True)
        changes: list[_engine.Change] = []
        if not empty:
            changes = differences(
                history,
                self._wanted(),
                allow_destructive=allow_destructive,
                partial=partial,
                rename=rename,
                drop=drop,
                fill=fill,
            )
            if not changes:
                return None
        return written(self.directory, history, changes, name, note)

    def check(self, *, partial: bool = False) -> None:
        """Raises `ConfigurationError` where the models ask for something that no migration gives."""
        history = History(self.directory, is_begun=True)
        changes = differences(history, self._wanted(), allow_destructive=True, partial=partial)
        if changes:
            raise ConfigurationError(
                f"the models ask for what no migration in {self.directory} gives: "
                + ", ".join(str(change) for change in changes)
                + "; make_migrations writes it"
            )

    def _wanted(self) -> Wanted:
        return Wanted(registry.models() if self.models is None else self.models)

    def convert(self) -> list[str]:
        """Writes the migrations in Python as TOML, under the same names, for programs in Rust; gives
        the names of the files. Those in Python whose steps are code stay beside them."""
        made = []
        for file in History(self.directory).files:
            if file.in_python:
                heading = f"What {file.path.name} says."
                made.append(file.migration.write(self.directory, heading).name)
        return made

    def sqlmigrate(self, name: str, backward: bool = False) -> list[str]:
        """The statements of a migration, in the SQL of the connection's database."""
        history = History(self.directory)
        name = _known(history, name)
        engine = get_engine(self.connection)
        return self._migrations(history).sql(engine, name, backward)

    # Databases.
    def upgrade(self, target: str | None = None) -> Call[list[str]]:
        """Applies the migrations that the database has not had, up to one of them (its name, or its
        number) or all; gives their names.

        Each runs in one transaction. Of several programs that do this at once, one does it, and the
        others wait and find it done.
        """
        return Call(lambda: self._reach(False, target, 1), "upgrade")

    def downgrade(self, steps: int = 1, target: str | None = None) -> Call[list[str]]:
        """Undoes so many migrations, or those that came after one of them (`"zero"`: all); gives
        their names."""
        return Call(lambda: self._reach(True, target, steps), "downgrade")

    def history(self) -> Call[list[dict[str, Any]]]:
        """The migrations that the database has had, and when."""

        async def run() -> list[dict[str, Any]]:
            rows = await self._status(History(self.directory))
            return [{"name": name, "applied_at": at} for name, at, _ in rows if at is not None]

        return Call(run, "history")

    def heads(self) -> Call[list[dict[str, Any]]]:
        """The migrations that there are files of, and whether the database has had each."""

        async def run() -> list[dict[str, Any]]:
            rows = await self._status(History(self.directory))
            return [
                {"name": name, "applied": at is not None} for name, at, has_file in rows if has_file
            ]

        return Call(run, "heads")

    def status(self) -> Call[list[dict[str, Any]]]:
        """All migrations: `name`, `applied_at` or `None`, and whether there is a file, `has_file`."""

        async def run() -> list[dict[str, Any]]:
            rows = await self._status(History(self.directory))
            names = ("name", "applied_at", "has_file")
            return [dict(zip(names, row, strict=True)) for row in rows]

        return Call(run, "status")

    def fake(self, target: str | None = None) -> Call[list[str]]:
        """Notes migrations as applied without running them, up to one of them or all: for a database
        whose tables are there already. Gives those that were not noted yet."""

        async def run() -> list[str]:
            history = History(self.directory)
            if target is not None:
                _known(history, target)
            engine = self._connected()
            return await execution.perform(self._migrations(history).fake(engine, target))

        return Call(run, "fake")

    # How.
    def _migrations(self, history: History) -> _engine.Migrations:
        files = [file.migration for file in history.files]
        return _engine.Migrations(files, self.app, **self._options)

    def _connected(self) -> _engine.Engine:
        """The connection, outside of a transaction."""
        if self.connection in (current.get() or {}):
            raise TransactionManagementError(
                "migrations begin and end their own transactions; run them outside of a block"
            )
        return get_engine(self.connection)

    async def _status(self, history: History) -> list[tuple[str, dt.datetime | None, bool]]:
        engine = get_engine(self.connection)
        found = await execution.perform(self._migrations(history).status(engine))
        return [(name, _moment(micros), has_file) for name, micros, has_file in found]

    async def _reach(self, backward: bool, target: str | None, steps: int) -> list[str]:
        history = History(self.directory)
        if target is not None and not (backward and target == "zero"):
            target = _known(history, target)
        engine = self._connected()
        migrations = self._migrations(history)
        run = await execution.perform(migrations.run(engine, backward, target, max(steps, 0)))
        by_name = {file.name: file for file in history.files}
        for migration, name in run.steps:
            file = by_name[migration]
            file.steps.check(file.path, name, backward)
        while (step := await _next(run)) is not None:
            code = by_name[step.migration].steps.code(step.name, backward)
            await self._step(run, step, code)
        return run.done

    async def _step(
        self, run: _engine.MigrationRun, step: _engine.MigrationStep, code: Any
    ) -> None:
        """Runs code of the program in the transaction of its migration."""
        if code is None:
            return
        inner = {**(current.get() or {}), self.connection: step.transaction}
        token = current.set(inner)
        try:
            await code()
        except Exception as error:
            remains = await execution.perform(run.take_back())
            _add_note(error, f"in the step {step.name!r} of the migration {step.migration}")
            if remains:
                _add_note(error, remains)
            raise
        except BaseException:
            run.close()
            raise
        finally:
            current.reset(token)


async def _next(run: _engine.MigrationRun) -> _engine.MigrationStep | None:
    try:
        return await execution.perform(run.next())
    except BaseException:
        run.close()
        raise


def _add_note(error: BaseException, text: str) -> None:
    if sys.version_info >= (3, 11):
        error.add_note(text)
    else:  # Tracebacks do not show it; the command line does.
        vars(error)["__notes__"] = [*getattr(error, "__notes__", ()), text]


def _known(history: History, target: str) -> str:
    """The name of a migration, which may be given by its number."""
    names = [file.name for file in history.files]
    if target in names:
        return target
    if target.isdecimal():
        found = [name for name in names if int(name.split("_", 1)[0]) == int(target)]
        if len(found) == 1:
            return found[0]
    known = ", ".join(names) or "there are none"
    raise UnknownMigration(
        f"{history.directory} has no migration {target!r}{registry.nearest(target, names)}; "
        f"those there are: {known}"
    )


def _moment(micros: int | None) -> dt.datetime | None:
    if micros is None:
        return None
    moment = dt.datetime(1970, 1, 1, tzinfo=timezone.UTC) + dt.timedelta(microseconds=micros)
    if timezone.get_use_tz():
        return moment.astimezone(timezone.get_default_timezone())
    return moment.replace(tzinfo=None)
