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


def load(config: Mapping[str, Any], modules: Mapping[str, Iterable[Any]]) -> None:
    """Imports the modules of apps, whose models use the connection of their app from now on."""
    for model in registry.models():
        model._meta.app_connection = None
    for label, listed in modules.items():
        _app(label, listed, None)
    for label, app in (config.get("apps") or {}).items():
        _app(label, app.get("models") or (), app.get("default_connection"))


def _app(label: str, listed: Iterable[Any], connection: str | None) -> None:
    for each in (listed,) if isinstance(listed, (str, ModuleType)) else listed:
        module = each if isinstance(each, ModuleType) else importlib.import_module(each)
        known = vars(module).values()
        for model in registry.models():
            if any(model is member for member in known):
                model._meta.app_connection = connection
                registry.place(model, label)
