"""The service, asked over HTTP: in the test's own event loop, where what it writes is rolled back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from service import Author, Note, Tag, app


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
        for text, tags in (("buy tea", ["shop", "soon"]), ("buy milk", ["shop"])):
            answer = await http.post(
                f"/authors/{ada['id']}/notes", json={"text": text, "tags": tags}
            )
            assert answer.status_code == 201 and answer.json()["author"] == ada
            assert [tag["name"] for tag in answer.json()["tags"]] == tags
        with assert_num_queries(2):
            found = (await http.get("/notes", params={"word": "TEA"})).json()["notes"]
        assert [(note["text"], note["author"]) for note in found] == [("buy tea", ada)]
        assert (await http.get("/authors")).json() == [ada]
    assert await Tag.all().order_by("name").values_list("name", flat=True) == [
        "shop",
        "soon",
    ]


async def test_notes_are_found_page_by_page(db: Any) -> None:
    ada, bob = await Author.create(name="Ada"), await Author.create(name="Bob")
    await Note.bulk_create(Note(text=f"note {at}", author=ada) for at in range(5))
    note = await bob.notes.create(text="from Bob")
    await note.tags.add(await Tag.create(name="rare"))
    async with client() as http:
        texts: list[str] = []
        params: dict[str, Any] = {"size": 2, "author": "Ada"}
        while True:
            page = (await http.get("/notes", params=params)).json()
            texts.extend(note["text"] for note in page["notes"])
            if page["next"] is None:
                break
            params["after"] = page["next"]
        assert texts == ["note 4", "note 3", "note 2", "note 1", "note 0"]
        tagged = (await http.get("/notes", params={"tag": "rare"})).json()["notes"]
        assert [note["text"] for note in tagged] == ["from Bob"]
        wrong = await http.get("/notes", params={"after": "nonsense"})
        assert wrong.status_code == 422 and "token" in wrong.json()["detail"]
        assert (await http.get("/notes", params={"size": 0})).status_code == 422


async def test_likes_are_counted_and_told(db: Any, assert_num_queries: Any) -> None:
    ada, bob = await Author.create(name="Ada"), await Author.create(name="Bob")
    await ada.notes.create(text="unloved")
    loved = await bob.notes.create(text="loved")
    async with client() as http:
        with assert_num_queries(1):
            assert (await http.post(f"/notes/{loved.id}/likes")).json() == 1
        assert (await http.post(f"/notes/{loved.id}/likes")).json() == 2
        assert (await http.post("/notes/0/likes")).status_code == 404
        with assert_num_queries(1):
            standings = (await http.get("/standings")).json()
    assert standings == [
        {"name": "Bob", "written": 1, "likes": 2},
        {"name": "Ada", "written": 1, "likes": 0},
    ]


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
            await http.post("/authors/0/notes", json={"text": "x"})
        ).status_code == 404
        ada = await http.post("/authors", json={"name": "Ada"})
        assert ada.status_code == 201
        assert (await http.post("/authors", json={"name": "Ada"})).status_code == 409
        assert len((await http.get("/authors")).json()) == 1
        # A tag is too long, so that there is no note either.
        long = {"text": "x", "tags": ["fine", "y" * 21]}
        answer = await http.post(f"/authors/{ada.json()['id']}/notes", json=long)
        assert answer.status_code == 422 and "Tag.name" in answer.json()["detail"]
        assert await Note.count() == await Tag.count() == 0


async def test_the_service_describes_itself(db: Any) -> None:
    async with client() as http:
        schemas = (await http.get("/openapi.json")).json()["components"]["schemas"]
    assert schemas["Author"]["required"] == ["id", "name"]
    assert schemas["AuthorIn"]["properties"]["name"]["maxLength"] == 40
    assert schemas["NoteIn"]["required"] == ["text"]
