"""Writing a migration: what the models ask for, what is left alone, and the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import _engine
from ..fields.base import Field
from ..fields.generated import GeneratedField
from .files import History, number

if TYPE_CHECKING:
    from ..models import Model

#: A text of SQL, or one for each database.
Sql = str | Mapping[str, str]


class Wanted:
    """The tables that models ask for."""

    def __init__(self, models: Iterable[type[Model]]) -> None:
        self.models = [model for model in models if not model._meta.abstract]
        self.state = _engine.State.of([model._meta.ready() for model in self.models])

    @property
    def constants(self) -> list[tuple[_engine.Table, str, Any]]:
        """What the models give fields where nothing is said, if it is the same each time: what the
        rows there are get in a column that is new."""
        return [
            (model._meta.ready(), name, field.to_db_value(field.make_default()))
            for model in self.models
            for name, field in model._meta.fields_map.items()
            if _is_constant(field)
        ]


def _is_constant(field: Field[Any]) -> bool:
    if isinstance(field, GeneratedField) or not field.has_default:
        return False
    return not callable(field.default)


def differences(
    history: History,
    wanted: Wanted,
    *,
    allow_destructive: bool = False,
    partial: bool = False,
    rename: Mapping[str, str] | None = None,
    drop: Iterable[str] = (),
    fill: Mapping[str, Sql] | None = None,
) -> list[_engine.Change]:
    """What the models ask for that the migrations do not give.

    Of tables that files in Python have made, what these do not say is left as it is.
    """
    asked = history.state.adopted(wanted.state, sorted(history.in_python))
    return history.state.diff(
        asked,
        rename=list((rename or {}).items()),
        drop=list(drop),
        fill=[(column, _sql(text)) for column, text in (fill or {}).items()],
        constants=wanted.constants,
        partial=partial,
        allow_destructive=allow_destructive,
    )


def _sql(given: Sql) -> Sql:
    """SQL, with databases by the names that the engine has for them."""
    if isinstance(given, str):
        return given
    return {"postgresql" if name == "postgres" else name: text for name, text in given.items()}


def written(
    directory: Path,
    history: History,
    changes: list[_engine.Change],
    name: str | None,
    note: str | None,
) -> str:
    """Writes a migration after those there are; gives the name of its file."""
    label = name or ("auto" if history.files else "initial")
    last = max((number(file.name) for file in history.files), default=0)
    made = _engine.Migration(f"{last + 1:04}_{label}", changes, note=note)
    before = [file.migration for file in history.files]
    return made.write(directory, made.heading(before)).name
