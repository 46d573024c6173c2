"""The service, asked over HTTP; what a test writes is rolled back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from service import Author, app


@asynccontextmanager
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Requests that run in the test's own event loop, and so in its transaction."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://service"
    ) as opened:
        yield opened


async def test_authors_and_their_notes(db: Any, assert_num_queries: Any) -> None:
    async with client() as http:
        ada = (await http.post("/authors", json={"name": "Ada"})).json()
        assert ada == {"id": ada["id"], "name": "Ada"}
        for text in ("buy tea", "buy milk"):
            answer = await http.post(f"/authors/{ada['id']}/notes", json={"text": text})
            assert answer.status_code == 201 and answer.json()["author_id"] == ada["id"]
        with assert_num_queries(1):
            found = (await http.get("/notes", params={"word": "TEA"})).json()
        assert [(note["text"], note["author"]) for note in found] == [("buy tea", ada)]
        assert (await http.get("/authors")).json() == [ada]


async def test_a_note_is_deleted_once(db: Any) -> None:
    note = await (await Author.create(name="Ada")).notes.create(text="buy tea")
    async with client() as http:
        assert (await http.delete(f"/notes/{note.id}")).status_code == 204
        assert (await http.delete(f"/notes/{note.id}")).status_code == 404


async def test_what_is_wrong_is_refused(db: Any) -> None:
    async with client() as http:
        assert (await http.post("/authors", json={"name": "x" * 41})).status_code == 422
        assert (await http.post("/authors", json={})).status_code == 422
        assert (
            await http.post("/authors/99/notes", json={"text": "x"})
        ).status_code == 404
        assert (await http.post("/authors", json={"name": "Ada"})).status_code == 201
        assert (await http.post("/authors", json={"name": "Ada"})).status_code == 409
        assert len((await http.get("/authors")).json()) == 1


async def test_the_service_describes_itself(db: Any) -> None:
    async with client() as http:
        schemas = (await http.get("/openapi.json")).json()["components"]["schemas"]
    assert schemas["Author"]["required"] == ["id", "name"]
    assert schemas["AuthorIn"]["properties"]["name"]["maxLength"] == 40
