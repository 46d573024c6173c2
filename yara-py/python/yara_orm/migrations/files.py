"""The files of a directory of migrations, in TOML and in Python, and the tables after them."""

from __future__ import annotations

import importlib.util
import inspect
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from .. import _engine
from ..exceptions import ConfigurationError, Error
from ..registry import nearest
from .operations import Code, Migration, Operation
from .others import RunPython

_NAME = re.compile(r"(\d+)_.*\.(toml|py)")


class Steps:
    """The code of a migration, by the names of its steps: what does each, and what undoes it."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.known: dict[str, tuple[Code | None, Code | None]] = {}
        #: Those that nothing undoes.
        self.final: set[str] = set()

    def check(self, file: Path, name: str, backward: bool) -> None:
        """Raises where a step is not there, or cannot be undone and is to be."""
        if name not in self.known:
            raise ConfigurationError(
                f"{file} asks for the step {name!r}, which {self.place} does not have"
                f"{nearest(name, self.known)}; write `async def {name}()` there"
            )
        if backward and name in self.final:
            raise ConfigurationError(
                f"{file} cannot be undone: {self.place} has nothing that undoes the step {name!r}; "
                f"write `async def undo_{name}()` there"
            )

    def code(self, name: str, backward: bool) -> Code | None:
        """What a step runs; `None` for nothing."""
        return self.known[name][backward]

    def add(self, operation: RunPython, at: int) -> str:
        """Notes an operation, and gives the name of its step."""
        code = operation.forward or operation.backward
        name = getattr(code, "__name__", "")
        if not name.isidentifier() or name in self.known:
            name = f"step_{at + 1}"
        self.known[name] = (operation.forward, operation.backward)
        return name


class File:
    """A file of a migration, read."""

    def __init__(
        self, path: Path, migration: _engine.Migration, steps: Steps, in_python: bool = False
    ) -> None:
        self.path = path
        self.migration = migration
        self.steps = steps
        self.in_python = in_python

    @property
    def name(self) -> str:
        """What the migration is called."""
        return self.path.stem


def paths(directory: Path) -> list[Path]:
    """The files of migrations, in order. Of two of one name, in TOML and in Python, the latter has
    the steps of the former."""
    if not directory.is_dir():
        return []
    found = [path for path in directory.iterdir() if _NAME.fullmatch(path.name)]
    stems = {path.stem for path in found if path.suffix == ".toml"}
    files = [path for path in found if path.suffix == ".toml" or path.stem not in stems]
    if all(path.suffix == ".toml" for path in files):
        return _engine.migration_files(directory)
    # Two of one number, and numbers that are left out, are nothing new to yara-orm 1.19.
    return sorted(files, key=lambda path: (number(path.name), path.name))


def number(name: str) -> int:
    """The number that a migration's name begins with."""
    return int(name.split("_", 1)[0])


class History:
    """All migrations of a directory, read in order, and the tables after them."""

    def __init__(self, directory: Path, *, is_begun: bool = False) -> None:
        """With `is_begun` there need not be a directory yet."""
        if not is_begun and not directory.is_dir():
            raise ConfigurationError(f"there is no folder {str(directory)!r} of migrations")
        self.directory = directory
        self.files: list[File] = []
        self.state = _engine.State()
        #: Tables that files in Python have made, of which these do not say everything.
        self.in_python: set[str] = set()
        for path in paths(directory):
            self._add(path)

    def _add(self, path: Path) -> None:
        before = [file.name for file in self.files]
        if before and number(before[-1]) == number(path.name):
            # As it happens where two branches meet.
            warnings.warn(
                f"{self.directory}: {before[-1]} and {path.stem} have one number; they run in the "
                "order of their names",
                stacklevel=6,
            )
        tables = set(self.state.tables)
        file = self._in_python(path) if path.suffix == ".py" else self._in_toml(path)
        if file.in_python:
            self.in_python |= set(self.state.tables) - tables
        self.files.append(file)

    def _in_toml(self, path: Path) -> File:
        migration = _engine.Migration.parse(path.stem, str(path), _text(path))
        for change in migration.changes:
            try:
                self.state.apply(change)
            except Error as error:
                raise ConfigurationError(f"{path}: {error}") from error
        return File(path, migration, _steps_beside(path, migration.steps))

    def _in_python(self, path: Path) -> File:
        declared = _declared(path)
        self._check_dependencies(path, declared)
        steps = Steps(str(path))
        changes: list[_engine.Change] = []
        for at, operation in enumerate(declared.operations):
            if isinstance(operation, RunPython):
                made = [_engine.Change.step(steps.add(operation, at))]
            else:
                made = self._changes(path, at, operation)
            changes.extend(made)
        migration = _engine.Migration(path.stem, changes, bool(declared.atomic))
        return File(path, migration, steps, in_python=True)

    def _changes(self, path: Path, at: int, operation: Any) -> list[_engine.Change]:
        """What an operation changes, which is done to the tables that are known."""
        where = f"{path}, operation {at + 1}"
        if not isinstance(operation, Operation):
            raise ConfigurationError(f"{where}: {operation!r} is no operation of migrations")
        try:
            made = operation.changes(self.state)
            for change in made:
                self.state.apply(change)
        except Error as error:
            raise ConfigurationError(f"{where}, {operation!r}: {error}") from error
        return made

    def _check_dependencies(self, path: Path, declared: type[Migration]) -> None:
        known = [file.name for file in self.files]
        for name in declared.dependencies:
            if name not in known:
                warnings.warn(
                    f"{path} depends on {name!r}, which does not come before it"
                    f"{nearest(name, known)}",
                    stacklevel=7,
                )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is no text in UTF-8: {error}") from error


def _module(path: Path) -> ModuleType:
    """A file as a module, which nothing else imports."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ConfigurationError(f"{path}: {type(error).__name__}: {error}") from error
    return module


def _declared(path: Path) -> type[Migration]:
    """The migration of a file in Python."""
    declared = getattr(_module(path), "Migration", None)
    if not (isinstance(declared, type) and issubclass(declared, Migration)):
        raise ConfigurationError(
            f"{path} declares no migration: `class Migration(m.Migration)`, with its operations"
        )
    if not isinstance(declared.operations, (list, tuple)):
        raise ConfigurationError(
            f"{path}: operations is a list of operations, not {declared.operations!r}"
        )
    return declared


def _steps_beside(path: Path, names: Iterable[str]) -> Steps:
    """The steps of a migration in TOML: coroutine functions of a file of its name in Python, or the
    `RunPython` operations of a migration there, which it was made of."""
    beside = path.with_suffix(".py")
    steps = Steps(str(beside))
    names = list(names)
    if not names or not beside.exists():
        return steps
    module = _module(beside)
    made_of = getattr(module, "Migration", None)
    if isinstance(made_of, type) and issubclass(made_of, Migration):
        for at, operation in enumerate(made_of.operations):
            if isinstance(operation, RunPython):
                steps.add(operation, at)
    for name in names:
        forward, backward = getattr(module, name, None), getattr(module, f"undo_{name}", None)
        for code in (forward, backward):
            if code is not None and not inspect.iscoroutinefunction(code):
                raise ConfigurationError(
                    f"{beside}: the step {name!r} is a coroutine function, `async def {name}()`, "
                    f"not {code!r}"
                )
        if name not in steps.known and forward is not None:
            steps.known[name] = (forward, backward)
            if backward is None:
                steps.final.add(name)
    return steps
