"""The models of the program: by name, and described to the engine once they all are declared.

Models name each other by text, in any order and in cycles. So a model is described at its first
use, together with whatever has been declared since the last time. A model that is declared again,
under a name that is taken, is what the name means from then on.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .exceptions import ConfigurationError

if TYPE_CHECKING:
    from .models import Model

_models: dict[str, type[Model]] = {}
_by_module: dict[tuple[str, str], type[Model]] = {}
_pending: list[type[Model]] = []
_lock = threading.RLock()


def register(model: type[Model]) -> None:
    """Makes a model known by its name and by the name with its app."""
    with _lock:
        _models[model.__name__] = model
        _models[f"{model._meta.app}.{model.__name__}"] = model
        _by_module[(model.__module__, model.__name__)] = model
        _pending.append(model)


def place(model: type[Model], app: str) -> None:
    """Makes a model known by the name of its app too, unless it names one itself."""
    with _lock:
        if not model._meta.names_app:
            model._meta.app = app
        _models[f"{model._meta.app}.{model.__name__}"] = model


def models() -> list[type[Model]]:
    """The models, each once, in the order of their declaration."""
    return list(dict.fromkeys((*_by_module.values(), *_models.values())))


def forget(model: type[Model]) -> None:
    """Makes a model unknown."""
    with _lock:
        for name in [name for name, known in _models.items() if known is model]:
            del _models[name]
        for key in [key for key, known in _by_module.items() if known is model]:
            del _by_module[key]
        if model in _pending:
            _pending.remove(model)


def resolve(to: Any, model: type[Model], label: str) -> type[Model]:
    """The model that a declaration means: a class, `"self"`, `"Author"` or `"app.Author"`; of
    several of one name, that of the same module, or else the newest."""
    if isinstance(to, type):
        return to
    if to == "self":
        return model
    app, _, name = str(to).rpartition(".")
    beside = _by_module.get((model.__module__, name))
    if app and (beside is None or beside._meta.app != app):
        # Of several models of one name, that of the app that is named.
        beside = _models.get(to) or beside
    found = beside or _models.get(name)
    if found is not None:
        return found
    raise ConfigurationError(
        f"{label} leads to the model {to!r}, which has not been declared{nearest(to, _models)}"
    )


def describe_pending() -> None:
    """Describes all models that have been declared, as far as those that they lead to are there."""
    if not _pending:
        return
    from .description import describe, relate

    with _lock:
        waiting, _pending[:] = list(_pending), []
        described = []
        for model in waiting:
            if _by_module.get((model.__module__, model.__name__)) is not model:
                # Declared again before it was ever used.
                continue
            missing = _missing(model)
            if missing is not None:
                _pending.append(model)
                continue
            describe(model)
            described.append(model)
        for model in described:
            relate(model)


def ensure(model: type[Model]) -> None:
    """Describes a model; errs where one that it leads to is not there."""
    describe_pending()
    if model._meta.table_handle is not None:
        return
    missing = _missing(model)
    if missing is not None:
        raise missing
    from .description import describe, relate

    with _lock:
        describe(model)
        relate(model)
        if model in _pending:
            _pending.remove(model)


def _missing(model: type[Model]) -> ConfigurationError | None:
    """What keeps a model from being described."""
    for field in model._meta.declared_relations.values():
        try:
            field.target  # noqa: B018
        except ConfigurationError as error:
            return error
    return None


def nearest(name: Any, known: Any) -> str:
    """`; did you mean …?`, where a known name is near."""
    import difflib

    found = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""
