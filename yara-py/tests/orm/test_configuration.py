"""Connections: by URLs and configurations, by name, and chosen by routers."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest
from yara_orm import (
    IsolationLevel,
    Model,
    YaraOrm,
    connections,
    fields,
    in_transaction,
    timezone,
)
from yara_orm.exceptions import ConfigurationError

from .conftest import World


class Note(Model):
    id = fields.IntField(pk=True)
    text = fields.CharField(max_length=20)


class Log(Model):
    id = fields.IntField(pk=True)
    line = fields.CharField(max_length=20)
    at = fields.DatetimeField(auto_now_add=True)


MODELS = (Note, Log)


@pytest.fixture
def logs() -> Any:
    """A module of an app, with the model `Log`."""
    module = types.ModuleType("logs_of_an_app")
    module.Log = Log  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    yield module
    del sys.modules[module.__name__]
    Log._meta.app, Log._meta.app_connection = "models", None
    Note._meta.app, Note._meta.app_connection = "models", None


@pytest.fixture
def clock() -> Any:
    """Whatever a test says about time zones, is taken back."""
    yield
    timezone.configure(False, "UTC")


async def test_a_configuration_names_connections_and_apps(
    world: World, logs: Any, clock: Any, tmp_path: Any
) -> None:
    other = f"sqlite://{tmp_path}/logs.db"
    config: dict[str, Any] = {
        "connections": {"default": world.url, "logs": other},
        "apps": {
            "models": {"models": [__name__], "default_connection": "default"},
            "logs": {"models": ["logs_of_an_app"], "default_connection": "logs"},
        },
        "use_tz": True,
        "timezone": "Europe/Berlin",
    }
    await YaraOrm.init(config=config)
    assert (timezone.get_use_tz(), timezone.get_timezone()) == (True, "Europe/Berlin")
    await YaraOrm.generate_schemas(models=MODELS)
    assert Log._meta.full_name == "logs.Log"
    line = await Log.create(line="x")
    await Note.create(text="y")
    assert timezone.is_aware(line.at)
    assert (await connections.get("logs").fetch_row("select line from log")) == ("x",)
    assert await Log.all().using_db("logs").count() == 1
    assert connections.get("logs").connection_name == "logs"
    assert YaraOrm.get_connection("logs").engine.dialect == "SQLite"
    async with in_transaction("logs"):
        await Log.create(line="z")
    assert await Log.all().count() == 2
    await YaraOrm.init(world.url, modules={"models": [sys.modules[__name__]]})
    assert Log._meta.app_connection is None, "a configuration holds until the next one"
    assert timezone.get_use_tz() is False


async def test_modules_are_imported_when_they_are_named(world: World) -> None:
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        await YaraOrm.init(world.url, modules={"models": ["nowhere.at.all"]})
    await YaraOrm.init(world.url, modules={"models": ["yara_orm.models"]})


class ToLogs:
    def db_for_read(self, model: type[Model]) -> str | None:
        return "logs" if model is Log else None

    def db_for_write(self, model: type[Model]) -> Any:
        return connections.get("logs") if model is Log else None


class ToNowhere:
    def db_for_read(self, model: type[Model]) -> None:
        return None

    db_for_write = db_for_read


async def test_routers_choose_connections(world: World, tmp_path: Any) -> None:
    await YaraOrm.add_connection("logs", f"sqlite://{tmp_path}/logs.db")
    YaraOrm.set_router(ToLogs)
    await YaraOrm.generate_schemas(models=[Log])
    await Log.create(line="x")
    await Note.create(text="y")
    assert await connections.get("logs").fetch_rows("select line from log") == [("x",)]
    assert await Log.all().using_db("default").count() == 0
    for url, chosen in ((world.url, [ToNowhere, ToLogs()]), (world.url, ToLogs())):
        await YaraOrm.init(url, chosen)
        await YaraOrm.add_connection("logs", f"sqlite://{tmp_path}/logs.db")
        assert await Log.all().count() == 1
    YaraOrm.set_router(None)
    assert await Log.all().count() == 0
    with pytest.raises(ConfigurationError, match="has no db_for_read"):
        YaraOrm.set_router(object())


async def test_what_is_wrong_with_a_configuration_is_said(world: World) -> None:
    def refused(match: str, *args: Any, **options: Any) -> None:
        with pytest.raises(ConfigurationError, match=match):
            YaraOrm.init(*args, **options)

    refused("give a URL, or a configuration")
    refused("give a URL, or a configuration", world.url, config={"connections": {}})
    refused("names no connections", config={"apps": {}})
    refused(
        "no key 'conections'; did you mean 'connections'", config={"conections": {"default": "x"}}
    )
    refused(
        "the app 'models' uses the connection 'defautl', .* did you mean 'default'",
        config={
            "connections": {"default": world.url},
            "apps": {"models": {"models": [], "default_connection": "defautl"}},
        },
    )
    refused("no key 'model'", config={"connections": {}, "apps": {"a": {"model": []}}})
    refused("the URL has no scheme", "app.db")
    with pytest.raises(ConfigurationError, match="no connection 'other'"):
        connections.get("other")


async def test_isolation_has_four_names(world: World) -> None:
    for level in (*IsolationLevel, "SERIALIZABLE", "read_committed"):
        async with in_transaction(isolation=level):
            await Note.create(text="x")
    assert await Note.all().count() == 6


async def test_a_password_is_set_at_the_call(world: World, recwarn: Any) -> None:
    if world.backend == "sqlite":
        with pytest.raises(Exception, match="(?i)password"):
            YaraOrm.set_password("x")
    else:
        YaraOrm.set_password("one")
        await YaraOrm.set_password(lambda: "another", connection="default")
        assert await Note.all().count() == 0
    with pytest.raises(ConfigurationError, match="no connection 'other'"):
        YaraOrm.set_password("x", "other")
    assert not [warning for warning in recwarn if "never awaited" in str(warning.message)]
