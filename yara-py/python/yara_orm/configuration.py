"""Configurations: a mapping that names connections, and the apps whose models use them.

```python
config = {
    "connections": {"default": "sqlite://app.db", "logs": "postgres://localhost/logs"},
    "apps": {
        "models": {"models": ["app.models"]},
        "logs": {"models": ["app.logs"], "default_connection": "logs"},
    },
    "use_tz": True,
    "timezone": "Europe/Berlin",
}
```
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from . import registry
from .exceptions import ConfigurationError

_KEYS = ("connections", "apps", "routers", "use_tz", "timezone")
_APP_KEYS = ("models", "default_connection", "migrations")


def check(config: Mapping[str, Any]) -> None:
    """Refuses keys that mean nothing, and apps on connections that are not there."""
    for key in config:
        if key not in _KEYS:
            known = registry.nearest(key, _KEYS)
            raise ConfigurationError(f"the configuration has no key {key!r}{known}")
    connections = config.get("connections") or {}
    for label, app in (config.get("apps") or {}).items():
        for key in app:
            if key not in _APP_KEYS:
                known = registry.nearest(key, _APP_KEYS)
                raise ConfigurationError(f"the app {label!r} has no key {key!r}{known}")
        chosen = app.get("default_connection")
        if chosen is not None and chosen not in connections:
            known = registry.nearest(chosen, connections)
            raise ConfigurationError(
                f"the app {label!r} uses the connection {chosen!r}, which the configuration does "
                f"not name{known}"
            )


def imported(
    config: Mapping[str, Any], modules: Mapping[str, Iterable[Any]]
) -> list[tuple[str, ModuleType, str | None]]:
    """The modules of apps, imported, each with the connection of its app."""
    listed = [(label, given, None) for label, given in modules.items()]
    for label, app in (config.get("apps") or {}).items():
        listed.append((label, app.get("models") or (), app.get("default_connection")))
    return [
        (label, each if isinstance(each, ModuleType) else importlib.import_module(each), chosen)
        for label, given, chosen in listed
        for each in ((given,) if isinstance(given, (str, ModuleType)) else given)
    ]


def place(apps: Iterable[tuple[str, ModuleType, str | None]]) -> None:
    """Puts the models of modules into their apps, whose connection they use from now on."""
    for model in registry.models():
        model._meta.app_connection = None
    for label, module, connection in apps:
        known = vars(module).values()
        for model in registry.models():
            if any(model is member for member in known):
                model._meta.app_connection = connection
                registry.place(model, label)
