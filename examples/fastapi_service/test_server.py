"""The service as it is run: a process of its own, asked over a socket."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from yara_orm import YaraOrm, connections

POSTGRES = os.environ.get("YARA_TEST_POSTGRES_URL")


@pytest.fixture(params=["sqlite", *(["postgres"] if POSTGRES else [])])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/notes.db"
        return
    assert POSTGRES is not None
    name = f"notes_{os.getpid()}"
    YaraOrm.add_connection("server", POSTGRES).run()
    connections.get("server").execute(f'create database "{name}"').run()
    yield f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
    connections.get("server").execute(f'drop database "{name}" with (force)').run()


@pytest.fixture
def service(database_url: str) -> Iterator[str]:
    """Where the service answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "service:app", "--port", str(port)]
    variables = {**os.environ, "DATABASE_URL": database_url}
    with subprocess.Popen(command, cwd=Path(__file__).parent, env=variables) as process:
        try:
            _wait(process, f"http://127.0.0.1:{port}/authors")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            assert process.wait(timeout=20) in (0, -15)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the service did not start"
        try:
            httpx.get(url).raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the service does not answer")


def test_many_clients_at_once(service: str) -> None:
    asyncio.run(many_clients(service))


async def many_clients(service: str) -> None:
    async with httpx.AsyncClient(base_url=service, timeout=30) as http:
        ada = (await http.post("/authors", json={"name": "Ada"})).json()
        # Of those who want the same name, one gets it.
        answers = await asyncio.gather(
            *(http.post("/authors", json={"name": "Bob"}) for _ in range(8))
        )
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7

        # Tags that several make at once are made once, and no note is lost.
        def note(at: int) -> Any:
            wanted = {"text": f"note {at}", "tags": ["all", f"tag {at % 3}"]}
            return http.post(f"/authors/{ada['id']}/notes", json=wanted)

        made = await asyncio.gather(*(note(at) for at in range(24)))
        assert [answer.status_code for answer in made] == [201] * 24
        page = (await http.get("/notes", params={"tag": "all", "size": 100})).json()
        assert len(page["notes"]) == 24 and page["next"] is None
        some = (await http.get("/notes", params={"tag": "tag 1", "size": 100})).json()
        assert len(some["notes"]) == 8

        # No like is lost.
        first = made[0].json()["id"]
        likes = await asyncio.gather(
            *(http.post(f"/notes/{first}/likes") for _ in range(30))
        )
        assert sorted(answer.json() for answer in likes) == list(range(1, 31))
        standings = (await http.get("/standings")).json()
        assert standings[0] == {"name": "Ada", "written": 24, "likes": 30}
