"""A service of notes and their authors: see README.md."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from yara_orm import (
    DoesNotExist,
    IntegrityError,
    Model,
    YaraOrm,
    fields,
    in_transaction,
)
from yara_orm.contrib.pydantic import pydantic_model_creator


class Author(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=40, unique=True)
    notes: fields.ReverseRelation[Note]


class Note(Model):
    id = fields.IntField(pk=True)
    text = fields.CharField(max_length=200)
    written = fields.DatetimeField(auto_now_add=True)
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        "Author", related_name="notes"
    )


AuthorIn: Any = pydantic_model_creator(Author, name="AuthorIn", exclude_readonly=True)
NoteIn: Any = pydantic_model_creator(Note, name="NoteIn", include=("text",))
NoteOut: Any = pydantic_model_creator(
    Note, name="NoteOut", include=("id", "text", "written", "author")
)


@asynccontextmanager
async def database(app: FastAPI) -> AsyncIterator[None]:
    """The connection, as long as the service runs."""
    await YaraOrm.init(os.environ.get("DATABASE_URL", "sqlite://notes.db"))
    await YaraOrm.generate_schemas(models=[Author, Note])
    yield
    await YaraOrm.close()


app = FastAPI(title="Notes", lifespan=database)


@app.exception_handler(DoesNotExist)
async def not_found(request: Request, error: DoesNotExist) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 404)


@app.post("/authors", status_code=201)
async def add_author(given: AuthorIn) -> Author:
    try:
        async with in_transaction():
            return await Author.create(**given.model_dump(exclude_unset=True))
    except IntegrityError as error:
        raise HTTPException(409, f"there is an author {given.name} already") from error


@app.get("/authors")
async def authors() -> list[Author]:
    return await Author.all().order_by("name")


@app.post("/authors/{author_id}/notes", status_code=201)
async def add_note(author_id: int, given: NoteIn) -> Note:
    author = await Author.get(id=author_id)
    return await author.notes.create(text=given.text)


@app.get("/notes", response_model=list[NoteOut])
async def notes(word: str = "") -> list[Note]:
    """The notes that have a word, the newest first, with their authors."""
    found = Note.filter(text__icontains=word).order_by("-id")
    return await found.select_related("author").limit(50)


@app.delete("/notes/{note_id}", status_code=204)
async def delete_note(note_id: int) -> None:
    note = await Note.get(id=note_id)
    await note.delete()
