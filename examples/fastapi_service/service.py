"""A service of notes, their authors and their tags: see README.md."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from yara_orm import (
    Coalesce,
    DoesNotExist,
    IntegrityError,
    Model,
    ValidationError,
    YaraOrm,
    fields,
    in_transaction,
)
from yara_orm.contrib.pydantic import pydantic_model_creator


class Author(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=40, unique=True)
    notes: fields.ReverseRelation[Note]


class Tag(Model):
    name = fields.CharField(max_length=20, pk=True)
    notes: fields.ManyToManyRelation[Note]


class Note(Model):
    id = fields.IntField(pk=True)
    text = fields.CharField(max_length=200)
    likes = fields.IntField(default=0)
    written = fields.DatetimeField(auto_now_add=True)
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        "Author", related_name="notes"
    )
    tags: fields.ManyToManyRelation[Tag] = fields.ManyToManyField(
        "Tag", related_name="notes"
    )


MODELS = (Author, Tag, Note)

# What is checked comes from the models: lengths, choices, validators.
AuthorIn: Any = pydantic_model_creator(Author, name="AuthorIn", exclude_readonly=True)
NoteOut: Any = pydantic_model_creator(
    Note,
    name="NoteOut",
    include=("id", "text", "likes", "written", "author", "tags"),
)


class NoteIn(pydantic_model_creator(Note, name="NoteText", include=("text",))):  # type: ignore[misc]
    tags: tuple[str, ...] = ()


class NotePage(BaseModel):
    notes: list[NoteOut]
    next: str | None


@dataclasses.dataclass
class Standing:
    """An author, and how the notes do."""

    name: str
    written: int
    likes: int


@asynccontextmanager
async def database(app: FastAPI) -> AsyncIterator[None]:
    """The connection, as long as the service runs."""
    await YaraOrm.init(os.environ.get("DATABASE_URL", "sqlite://notes.db"))
    await YaraOrm.generate_schemas(models=MODELS)
    yield
    await YaraOrm.close()


app = FastAPI(title="Notes", lifespan=database)


@app.exception_handler(DoesNotExist)
async def not_found(request: Request, error: DoesNotExist) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 404)


@app.exception_handler(ValidationError)
async def refused(request: Request, error: ValidationError) -> JSONResponse:
    """A value that a model refuses, or a token of a page that nobody gave out."""
    return JSONResponse({"detail": str(error)}, 422)


@app.post("/authors", status_code=201)
async def add_author(given: AuthorIn) -> Author:
    try:
        async with in_transaction():
            return await Author.create(**given.model_dump(exclude_unset=True))
    except IntegrityError as error:
        raise HTTPException(409, f"there is an author {given.name} already") from error


@app.get("/authors")
async def authors() -> list[Author]:
    return await Author.all().order_by(Author.name)


@app.get("/standings")
async def standings() -> list[Standing]:
    """Who writes most and is liked most: one statement, whose rows become data classes."""
    rows = Author.annotate(
        written=Author.notes.count(),
        likes=Coalesce(Author.notes.sum(Note.likes), 0),
    )
    return await rows.order_by("-likes", "name").into(Standing)


@app.post("/authors/{author_id}/notes", status_code=201)
async def add_note(author_id: int, given: NoteIn) -> NoteOut:
    """A note with its tags, all of it or nothing; tags that are new are made."""
    async with in_transaction():
        author = await Author.get(id=author_id)
        note = await author.notes.create(text=given.text)
        tags = await Tag.bulk_get_or_create(
            [{"name": name} for name in given.tags], ["name"]
        )
        await note.tags.add(*[tag for tag, _ in tags])
    await note.fetch_related("tags")
    return NoteOut.model_validate(note)


@app.get("/notes")
async def notes(
    word: str | None = None,
    author: str | None = None,
    tag: str | None = None,
    after: str | None = None,
    size: int = Query(20, ge=1, le=100),
) -> NotePage:
    """The notes that have a word, an author or a tag, the newest first: two statements, however
    many notes there are. `next` of a page is `after` of the one behind it."""
    found = Note.all().order_by(Note.id.desc())
    if word is not None:
        found = found.filter(Note.text.icontains(word))
    if author is not None:
        found = found.filter(Note.author.name == author)
    if tag is not None:
        found = found.filter(Note.tags.any(Tag.name == tag))
    page = await (
        found.select_related("author").prefetch_related("tags").page(size, after=after)
    )
    return NotePage(notes=page.rows, next=page.next)


@app.post("/notes/{note_id}/likes")
async def like(note_id: int) -> int:
    """One more like, of however many at once: the database counts."""
    liked = await (
        Note.filter(Note.id == note_id)
        .update(Note.likes.set(Note.likes + 1))
        .returning(Note.likes, flat=True)
    )
    if not liked:
        raise HTTPException(404, f"there is no note {note_id}")
    return liked[0]


@app.delete("/notes/{note_id}", status_code=204)
async def delete_note(note_id: int) -> None:
    note = await Note.get(id=note_id)
    await note.delete()
