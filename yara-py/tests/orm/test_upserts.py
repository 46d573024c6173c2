"""Rows that may be there already, rows of queries, and any number of rows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from yara_orm import Index, Model, OnConflict, Q, excluded, fields
from yara_orm.exceptions import (
    FieldError,
    IntegrityError,
    InvalidQuery,
    ParamsError,
    ValidationError,
)

from .conftest import World


class Note(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=20, unique=True)
    views = fields.IntField(default=1)
    rating = fields.FloatField(null=True)


class Seat(Model):
    id = fields.IntField(pk=True)
    number = fields.IntField()
    guest = fields.CharField(max_length=20)
    gone = fields.BooleanField(default=False)

    class Meta:
        indexes = (
            Index(fields=("number",), name="seat_taken", unique=True, condition=Q(gone=False)),
        )


async def fill() -> None:
    await Note.bulk_create(
        [Note(title="Notes", views=10, rating=4.5), Note(title="Engine", views=500)]
    )


async def test_an_upsert_tells_what_became_of_each_row(world: World) -> None:
    await fill()
    rows = [
        Note(title="Notes", views=7, rating=5.0),
        Note(title="Poems"),
        Note(title="Engine", views=1),
    ]
    conflict = (
        OnConflict(Note.title)
        .update("rating", views=Note.views + excluded(Note.views))
        .filter(Note.views < 100)
    )
    with world.counting(1):
        each = await Note.upsert(rows, conflict)
    assert [one.how for one in each] == ["updated", "inserted", "skipped"]
    assert (each[0].row.views, each[0].row.rating, each[0].row.id) == (17, 5.0, 1)
    assert each[1].row.id > 2
    assert each[2].row.pk is None
    assert await Note.filter(title="Engine").values_list("views", flat=True) == [500]
    again = await Note.upsert([Note(title="Poems", views=9)], OnConflict("title").ignore())
    assert [one.how for one in again] == ["skipped"]
    text = OnConflict("title").update(Note.views.set(3), rating=excluded("views") * 1.5)
    (one,) = await Note.upsert([Note(title="Poems", views=4)], text)
    assert (one.row.views, one.row.rating) == (3, 6.0)
    assert await Note.upsert([], conflict) == []


async def test_conflicts_are_told_by_partial_indexes_and_constraints(world: World) -> None:
    await Seat.create(number=1, guest="Ada", gone=True)
    await Seat.create(number=1, guest="Bob")
    taken = OnConflict("number", where=Q(gone=False)).update("guest")
    (one,) = await Seat.upsert([Seat(number=1, guest="Cy")], taken)
    assert (one.how, one.row.guest) == ("updated", "Cy")
    assert await Seat.all().order_by("id").values_list("guest", flat=True) == ["Ada", "Cy"]
    await fill()
    named = OnConflict(constraint="note_title_key").update("views")
    if world.backend == "postgres":
        (two,) = await Note.upsert([Note(title="Notes", views=3)], named)
        assert two.row.views == 3


async def test_mistakes_are_refused_before_anything_is_sent(world: World) -> None:
    row = Note(title="x")
    with world.counting(0):
        with pytest.raises(ParamsError, match="must say what happens to the old row"):
            await Note.upsert([row], OnConflict("title"))
        with pytest.raises(InvalidQuery, match="no two rows of Note are told apart by"):
            await Note.upsert([row], OnConflict("views").update("rating"))
        with pytest.raises(FieldError, match="did you mean 'title'"):
            await Note.upsert([row], OnConflict("titel").update("views"))
        with pytest.raises(FieldError, match="did you mean 'views'"):
            await Note.upsert([row], OnConflict("title").update(veiws=1))
        with pytest.raises(ValidationError, match="rows 0 and 1 of Note have the same title"):
            await Note.upsert([row, Note(title="x")], OnConflict("title").update("views"))
        with pytest.raises(ParamsError, match="not both"):
            await Note.upsert([row], OnConflict("title").update("views").ignore())
        with pytest.raises(ParamsError, match="goes by OnConflict"):
            await Note.upsert([row], "title")  # type: ignore[arg-type]
        with pytest.raises(ParamsError, match="fields or by the name"):
            OnConflict("title", constraint="x")
        with pytest.raises(ParamsError, match="its fields and its condition"):
            OnConflict(where=Q(views=1))


async def test_rows_are_made_of_a_query(world: World) -> None:
    await fill()
    seats = Note.all().order_by("id").values_list(Note.views, Note.title.upper())
    with world.counting(1):
        assert await Seat.insert_from(seats, "number", Seat.guest) == 2
    assert await Seat.all().order_by("id").values_list("number", "guest", "gone") == [
        (10, "NOTES", False),
        (500, "ENGINE", False),
    ]
    doubled = Note.all().values_list("title", Note.views * 2)
    conflict = OnConflict("title").update("views")
    assert await Note.insert_from(doubled, "title", "views", on_conflict=conflict) == 2
    assert await Note.all().order_by("id").values_list("views", flat=True) == [20, 1000]
    copies = Note.filter(title="Notes").values_list(Note.title + "!")
    made = await Note.insert_from(copies, "title").returning(Note.title, Note.views)
    assert made == [("Notes!", 1)]
    assert await Note.insert_from(Note.none().values_list("title"), "title") == 0
    with world.counting(0):
        with pytest.raises(InvalidQuery, match="2 fields of Note|columns; select as many"):
            Note.insert_from(copies, "title", "views")
        with pytest.raises(InvalidQuery, match="Note.views is of the kind 32-bit integer"):
            Note.insert_from(Note.all().values_list("title", "title"), "title", "views")
        with pytest.raises(ParamsError, match="Seat.guest has no default"):
            Seat.insert_from(Note.all().values_list("views"), "number")
        with pytest.raises(ParamsError, match="not of"):
            Seat.insert_from(Note.all(), "number")  # type: ignore[arg-type]


async def test_any_number_of_rows_is_loaded(world: World) -> None:
    assert (
        await Note.bulk_load(Note(title=f"note {at}", views=at) for at in range(12_000)) == 12_000
    )
    assert await Note.all().aggregate(last=func_max()) == {"last": 11_999}

    async def rows() -> AsyncIterator[Note]:
        for at in range(3):
            yield Note(title=f"more {at}")

    assert await Note.bulk_load(rows()) == 3
    before = await Note.all().count()
    with pytest.raises(IntegrityError):
        await Note.bulk_load([Note(title="fresh"), Note(title="more 1")])
    with pytest.raises(ValidationError, match="row 1"):
        await Note.bulk_load([Note(title="fresh"), Note(views=3)])
    with pytest.raises(ParamsError, match="is no Note"):
        await Note.bulk_load([Seat(number=1)])  # type: ignore[list-item]
    assert await Note.all().count() == before


def func_max() -> object:
    from yara_orm import Max

    return Max("views")
