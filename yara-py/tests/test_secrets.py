"""Passwords: what they may be, how they change, and that nobody is told of them."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import random
import traceback
from typing import Any
from urllib.parse import quote

import pytest
from conftest import Database, Run
from yara_orm import YaraOrm, connections, exceptions
from yara_orm._engine import Engine

SECRET = "s3cr3t"
PASSWORD_URL = os.environ.get("YARA_TEST_POSTGRES_PASSWORD_URL")
needs_password = pytest.mark.skipif(
    PASSWORD_URL is None, reason="there is no YARA_TEST_POSTGRES_PASSWORD_URL"
)


def urls() -> list[str]:
    """URLs with a password in the right places, and in many wrong ones."""
    placed = [
        "postgres://user:{}@127.0.0.1:1/app",
        "postgres://user:{}@127.0.0.1:1,127.0.0.1:2/app",
        "postgres://127.0.0.1:1/app?user=u&password={}",
        "postgres://user:{}@127.0.0.1:1/app?max_szie=3",
        "postgres://user:{}@127.0.0.1:1/app?sslmode=maybe",
        "postgres://user:{}@127.0.0.1:1/app?connect_timeout=soon",
        "postgres://user:{}@127.0.0.1:0/app",
        "postgres://user:{}@127.0.0.1:port/app",
        "postgres://user:{}@[::1/app",
        "postgres://user:{}@[::1]x/app",
        "postgres://user:{}@/app?host=/nowhere",
        "postgers://user:{}@127.0.0.1:1/app",
        "postgresql+asyncpg://user:{}@127.0.0.1:1/app",
        "mysql://user:{}@127.0.0.1:1/app",
        "postgres:/user:{}@127.0.0.1:1/app",
        "postgres//user:{}@127.0.0.1:1/app",
        "postgres:user:{}@127.0.0.1:1/app",
        "user:{}@127.0.0.1:1/app",
        "user:{}@127.0.0.1:1/app://",
        "//user:{}@127.0.0.1:1/app",
        " postgres://user:{}@127.0.0.1:1/app",
        "postgres://:{}@127.0.0.1:1/app",
        "postgres://user:{}@127.0.0.1:1/app?sslmode",
        "postgres://user:{}@127.0.0.1:1/app?%zz=1",
        "postgres://user:{}@127.0.0.1:1/app%zz",
        "postgres://user:{}@127.0.0.1:1/app%00",
    ]
    written = [
        SECRET,
        f"{SECRET}%zz",
        f"{SECRET}%00",
        f"{SECRET}%ff",
        f"12/{SECRET}",
        f"12?{SECRET}",
        f"x/{SECRET}",
        f"x?{SECRET}",
        f"x#{SECRET}",
        f"x@{SECRET}",
        f"x:{SECRET}",
        f"[x]{SECRET}",
        f"x,{SECRET}",
        f"x {SECRET}",
    ]
    return [place.format(password) for place in placed for password in written]


def told(error: BaseException) -> str:
    """All that a program might log of an error."""
    parts = [*traceback.format_exception(type(error), error, error.__traceback__)]
    while error is not None:
        parts += [str(error), repr(error), repr(vars(error)), repr(error.args)]
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return "\n".join(parts)


def test_no_password_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    refused = 0
    for url in urls():
        with pytest.raises((exceptions.Error, TypeError, ValueError)) as raised:
            engine = Engine(f"{url}")
            shown = f"{engine!r} {engine} {engine.location} {engine.name} {engine.status()}"
            assert SECRET not in shown, url
            engine.check().run()
        refused += 1
        # The traceback shows the line of the test, which has no password in it.
        assert SECRET not in told(raised.value), (url, told(raised.value))
        assert isinstance(raised.value, exceptions.Error), url
        with pytest.raises(exceptions.Error) as raised:
            YaraOrm.init(url).run()
        assert SECRET not in told(raised.value), url
        with pytest.raises(exceptions.Error) as raised:
            YaraOrm.init(config={"connections": {"default": url}}).run()
        assert SECRET not in told(raised.value), url
        assert SECRET.encode() not in pickle.dumps(raised.value), url
    assert refused == len(urls()) and SECRET not in caplog.text


def test_passwords_are_not_told_by_random_urls() -> None:
    """What is thrown together of the pieces of URLs: an answer, not a panic, and no password."""
    pieces = [
        *("postgres", "postgresql", "+asyncpg", "sqlite", "://", ":", "/", "@", "?", "&", "=", "%"),
        *("user", "127.0.0.1", "[::1]", ":1", ",", "app", "host", "port=0", "sslmode=require"),
        *("connect_timeout=1", "max_size=2", "#", "%41", "%zz", "..", ":memory:", " "),
    ]
    chosen = random.Random(7)
    for _ in range(3000):
        parts = [chosen.choice(pieces) for _ in range(chosen.randrange(1, 9))]
        # Between `:` and `@`, which is where a password stands.
        at = chosen.randrange(0, len(parts) + 1)
        url = "".join([*parts[:at], "postgres://", f"user:{SECRET}@", *parts[at:]])
        if url.startswith("sqlite"):
            continue
        try:
            shown = repr(Engine(url))
        except exceptions.Error as error:
            shown = told(error)
        assert SECRET not in shown, url


@pytest.mark.parametrize(
    "text", ["correct horse", "p@ss/w?rd:%#[]&= ", "", "ünïcödé ☃", "x" * 500, "'; drop role x; --"]
)
def test_passwords_of_any_text(postgres: Database, run: Run, text: str) -> None:
    role = f"yara_role_{os.getpid()}"
    admin = postgres.engine()
    literal = text.replace("'", "''")
    admin.execute_script(
        f"drop role if exists {role}; create role {role} login password '{literal}'"
    ).run()
    base = postgres.url.rpartition("@")[2]
    engine = Engine(f"postgres://{role}:{quote(text, safe='')}@{base}")

    async def main() -> None:
        assert await engine.fetch_rows("select current_user::text") == [(role,)]
        await engine.close()

    try:
        run(main)
    finally:
        admin.execute(f"drop role {role}").run()


# --- Passwords that change -------------------------------------------------------------------


def without_password() -> str:
    assert PASSWORD_URL is not None
    scheme, rest = PASSWORD_URL.split("://")
    login, host = rest.rsplit("@", 1)
    return f"{scheme}://{login.split(':')[0]}@{host}"


@needs_password
def test_a_function_is_asked_for_each_connection(run: Run) -> None:
    asked: list[int] = []

    def token() -> str:
        asked.append(1)
        return "correct horse"

    async def main() -> None:
        engine = Engine(f"{without_password()}?max_size=3&min_size=0")
        with pytest.raises(exceptions.AuthenticationError, match="the URL has none"):
            await engine.check()
        engine.set_password(token)
        assert asked == []
        assert await engine.fetch_rows("select 1") == [(1,)]
        assert len(asked) == 1
        # Idle connections are used again, and others are opened beside them.
        assert await engine.fetch_rows("select 1") == [(1,)]
        assert len(asked) == 1
        held = [await engine.begin() for _ in range(3)]
        assert len(asked) == 3
        # What was opened stays, and what comes is told the new one.
        engine.set_password("wr0ng")
        assert await held[0].fetch_rows("select 1") == [(1,)]
        for transaction in held:
            await transaction.rollback()
        assert await engine.fetch_rows("select 2") == [(2,)]
        await engine.close()

    run(main)


@needs_password
def test_other_places_are_told_the_password_too() -> None:
    engine = Engine(without_password())
    engine.fetch_rows  # noqa: B018
    engine.set_password("correct horse")

    async def main() -> None:
        assert await engine.fetch_rows("select 1") == [(1,)]

    asyncio.run(main())
    assert engine.fetch_rows("select 1").run() == [(1,)]
    asyncio.run(main())
    engine.close().run()


@needs_password
def test_functions_that_fail(run: Run) -> None:
    class Expired(Exception):
        pass

    expired = Expired("no token")

    def fail() -> str:
        raise expired

    async def late() -> str:
        return "correct horse"

    def number() -> Any:
        return 5

    async def main() -> None:
        engine = Engine(without_password())
        engine.set_password(fail)
        with pytest.raises(Expired) as raised:
            await engine.check()
        assert raised.value is expired
        for function, kind in ((number, "int"), (late, "coroutine")):
            engine.set_password(function)  # type: ignore[arg-type]
            with pytest.raises(exceptions.ValidationError, match=f"gave {kind}, and a str"):
                await engine.check()
        for given in (5, None, b"correct horse"):
            with pytest.raises(exceptions.ValidationError, match="a password is a str"):
                engine.set_password(given)  # type: ignore[arg-type]
        with pytest.raises(exceptions.ValidationError, match="lone surrogates") as refused:
            engine.set_password(f"{SECRET}\ud800")
        assert SECRET not in told(refused.value)
        engine.set_password(f"{SECRET}\0")
        with pytest.raises(exceptions.AuthenticationError, match="NUL") as refused_later:
            await engine.check()
        assert SECRET not in told(refused_later.value)
        assert engine.status()["connections"] == 0
        engine.set_password("correct horse")
        await engine.check()
        await engine.close()

    run(main)


def test_a_database_without_passwords(sqlite: Database) -> None:
    with pytest.raises(exceptions.NotSupportedError, match="SQLite asks for no password"):
        sqlite.engine().set_password("x")


@needs_password
def test_the_password_of_a_connection_by_name(run: Run) -> None:
    async def main() -> None:
        assert PASSWORD_URL is not None
        await YaraOrm.init(PASSWORD_URL)
        engine = connections.get().engine
        await YaraOrm.set_password(f"{SECRET}")
        # The connection that is open stays.
        assert await connections.get().fetch_rows("select 1") == [(1,)]
        async with asyncio.timeout(5) if hasattr(asyncio, "timeout") else _nothing():
            first = await engine.begin()
            with pytest.raises(exceptions.AuthenticationError) as raised:
                await engine.begin()
            assert SECRET not in told(raised.value)
            await YaraOrm.set_password(lambda: "correct horse", connection="default")
            second = await engine.begin()
            await first.rollback()
            await second.rollback()
        with pytest.raises(exceptions.ConfigurationError, match="no connection 'defualt'"):
            await YaraOrm.set_password("x", "defualt")
        await YaraOrm.close()

    run(main)


class _nothing:
    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...
