"""Models of pydantic that are made of models."""

from __future__ import annotations

from typing import Any

import pytest
from yara_orm import FieldError, Model, fields

from . import library
from .conftest import World
from .library import Author, Book, Status

pydantic = pytest.importorskip("pydantic")

from yara_orm.contrib.pydantic import pydantic_model_creator


class Note(Model):
    """Something to remember."""

    text = fields.CharField(10, description="what to remember")
    created = fields.DatetimeField(auto_now_add=True)
    changed = fields.DatetimeField(auto_now=True)
    photo = fields.BinaryField(null=True)


MODELS = (*library.MODELS, Note)


async def test_a_model_has_the_columns(world: World) -> None:
    await library.fill()
    Made = pydantic_model_creator(Book)
    book = await Book.get(title="Notes")
    made = Made.model_validate(book)
    assert made.model_dump() == dict(book)
    assert made.model_dump(mode="json")["status"] == "live"
    assert Made.__name__ == "Book"
    given: Any = Made(title="x", author_id=1)
    assert (given.views, given.status, given.rating) == (0, Status.LIVE, None)


async def test_what_is_given_makes_a_row(world: World) -> None:
    NoteIn = pydantic_model_creator(Note, name="NoteIn", exclude_readonly=True)
    assert list(NoteIn.model_fields) == ["text", "photo"]
    assert NoteIn.__name__ == "NoteIn" and NoteIn.__doc__ == "Something to remember."
    given = NoteIn.model_validate_json('{"text": "milk", "photo": "/wA="}')
    note = await Note.create(**given.model_dump(exclude_unset=True))
    await note.refresh_from_db()
    assert (note.text, note.photo) == ("milk", b"\xff\x00")


def test_members_are_chosen_by_name() -> None:
    assert list(pydantic_model_creator(Book, include=("title", "id")).model_fields) == [
        "title",
        "id",
    ]
    made = pydantic_model_creator(Book, exclude=("author_id", "status", "views"))
    assert list(made.model_fields) == ["id", "title", "rating"]


def test_a_name_that_is_no_member_is_refused() -> None:
    with pytest.raises(FieldError, match="Book has no field 'titel'; did you mean 'title'"):
        pydantic_model_creator(Book, exclude=("titel",))
    with pytest.raises(FieldError, match="as a tuple"):
        pydantic_model_creator(Book, include="title")


def test_columns_check_what_they_are_given() -> None:
    NoteIn = pydantic_model_creator(Note, exclude_readonly=True)
    with pytest.raises(pydantic.ValidationError, match="at most 10 characters"):
        NoteIn(text="x" * 11)
    schema = NoteIn.model_json_schema()
    assert schema["required"] == ["text"]
    assert schema["properties"]["text"]["description"] == "what to remember"
    assert schema["properties"]["text"]["maxLength"] == 10


async def test_relations_that_are_named_are_models(world: World) -> None:
    await library.fill()
    BookOut = pydantic_model_creator(Book, include=("title", "author", "tags"))
    book = await Book.get(title="Notes").prefetch_related("author", "tags")
    with world.counting(0):
        found = BookOut.model_validate(book).model_dump()
    assert found["title"] == "Notes" and found["author"]["name"] == "Ada"
    assert sorted(tag["name"] for tag in found["tags"]) == ["maths", "poetry"]
    AuthorOut = pydantic_model_creator(Author, include=("name", "mentor", "books"))
    ada = await Author.get(name="Ada").prefetch_related("mentor", "books")
    out: Any = AuthorOut.model_validate(ada)
    assert out.mentor is None and len(out.books) == 2


async def test_a_relation_that_is_not_loaded_is_named(world: World) -> None:
    await library.fill()
    for member in ("author", "tags"):
        BookOut = pydantic_model_creator(Book, include=("title", member))
        with pytest.raises(Exception, match=f"(?s){member}.*is not loaded"):
            BookOut.model_validate(await Book.get(title="Notes"))
