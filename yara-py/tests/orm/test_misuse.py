"""Calls that look right and are not: each says what was given, and what to write."""

from __future__ import annotations

from typing import Any

import pytest
from yara_orm import (
    Count,
    Lower,
    Model,
    YaraOrm,
    fields,
    post_delete,
    post_save,
    pre_delete,
    pre_save,
    register_query_hook,
)
from yara_orm.exceptions import (
    ConfigurationError,
    FieldError,
    InvalidQuery,
    NotLoaded,
    ParamsError,
    TransactionManagementError,
    ValidationError,
)

from .conftest import World
from .library import MODELS as LIBRARY
from .library import Author, Book, Tag, fill


class Seat(Model):
    row = fields.CharField(max_length=2, pk=True)
    number = fields.IntField(pk=True)
    day = fields.DateField(null=True)
    code = fields.UUIDField(unique=True, null=True)


class Ticket(Model):
    id = fields.IntField(pk=True)
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(Seat, related_name="tickets")
    of: fields.ForeignKeyNullableRelation[Seat] = fields.ForeignKeyField(
        Seat, related_name=False, to_field="code", null=True
    )


class Stub(Model):
    id = fields.IntField(pk=True)
    ticket: fields.OneToOneRelation[Ticket] = fields.OneToOneField(Ticket, related_name="stub")


MODELS = (*LIBRARY, Seat, Ticket, Stub)


async def test_what_is_no_name_and_no_expression(world: World) -> None:
    books: Any = Book
    with world.counting(0):
        for wrong in (None, 1, ["title"], ("title", "views")):
            with pytest.raises(FieldError, match="order_by takes names and expressions"):
                books.all().order_by(wrong)
        with pytest.raises(FieldError, match=r"list of names: \['title'\]"):
            await Book.bulk_update([Book(id=1, title="x", author_id=1)], "title")
        for call in (Book.all().only, Book.all().defer):
            with pytest.raises(FieldError, match=r"Book\.tags is a relation to other rows, and no"):
                call("tags")
        with pytest.raises(ParamsError, match=r"params is a list of values: \[1\]"):
            books.raw("select * from book where id = $1", 1)
        with pytest.raises(ParamsError, match=r"params is a list of values: \['ab'\]"):
            books.raw("select * from book where title = $1 or title = $2", "ab")
        for get in (books.get_or_create, books.update_or_create, books.all().get_or_create):
            with pytest.raises(ParamsError, match="defaults is a dict of values by field, not 'N"):
                get("Notes")


async def test_true_false_and_nothing_else(world: World) -> None:
    await fill()
    for flag in (True, 1):
        assert await Author.filter(mentor__isnull=flag).count() == 3
        assert await Book.filter(rating__isnull=flag).count() == 1
    for flag in (False, 0):
        assert await Author.filter(mentor__isnull=flag).count() == 1
        assert await Book.filter(rating__isnull=flag).count() == 3
    with world.counting(0):
        wrong: Any
        for wrong in ("false", None, 2, 1.0, []):
            with pytest.raises(InvalidQuery, match="it takes True or False, not "):
                Book.filter(rating__isnull=wrong)
        with pytest.raises(ValidationError, match="the greatest, not 1 values"):
            Book.filter(views__range=[1])


async def test_keys_of_several_columns_are_given_whole(world: World) -> None:
    seats: Any = Seat
    await Seat.create(row="A", number=7)
    assert await Seat.filter(pk=("A", 7)).count() == 1
    assert await Seat.filter(pk__in=[["A", 7]]).count() == 1
    with world.counting(0):
        for wrong in (7, "A7", ("A",), ("A", 7, 9)):
            for lookup in ({"pk": wrong}, {"pk__in": [wrong]}):
                with pytest.raises(InvalidQuery, match="its key: a tuple of row, number, not "):
                    seats.filter(**lookup)


async def test_a_row_and_the_key_of_another_one(world: World) -> None:
    ada, bob, _, _ = await fill()
    with world.counting(0):
        with pytest.raises(FieldError, match="author is not the row of author_id=2; give one"):
            Book(title="x", author=ada, author_id=bob.id)
        with pytest.raises(FieldError, match="mentor is not the row of mentor_id=1"):
            Author(name="x", mentor=None, mentor_id=ada.id)
    assert (await Book.create(title="x", author=ada, author_id=ada.id)).author is ada


async def test_rows_to_delete_have_keys_and_are_of_the_model(world: World) -> None:
    ada, *_ = await fill()
    with world.counting(0):
        with pytest.raises(ValidationError, match="row 1: a Tag without a key"):
            await Tag.bulk_delete([Tag(id=1, name="maths"), Tag(name="new")])
        with pytest.raises(ParamsError, match="is no Tag"):
            await Tag.bulk_delete([ada])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    assert await Tag.all().count() == 3


async def test_texts_that_are_no_values_are_shown(world: World) -> None:
    with world.counting(0):
        for values, message in (
            ({"day": "2020-13-02"}, r"Seat\.day: '2020-13-02': month"),
            ({"day": "soon"}, r"Seat\.day: Invalid isoformat string: 'soon'"),
            ({"code": "x"}, r"Seat\.code: 'x': badly formed"),
        ):
            with pytest.raises(ValidationError, match=message):
                await Seat.create(row="A", number=1, **values)


async def test_rows_that_are_not_loaded_are_compared_by_key(world: World) -> None:
    ada, bob, _, _ = await fill()
    notes, engine = await Book.filter(author=ada).order_by("id")
    ecole = await Book.get(title="École")
    with world.counting(0):
        assert notes.author == ada and ada == notes.author and notes.author != bob
        assert notes.author == engine.author and notes.author != ecole.author
        assert notes.author in [bob, ada] and {notes.author, engine.author, ada} == {ada}
        assert notes.author != notes and notes.author is not None and notes.author != "Ada"
        assert notes.author != Author(name="Ada")

    seat = await Seat.create(row="A", number=7, code="12345678123456781234567812345678")
    await Ticket.create(seat=seat, of=seat)
    ticket = await Ticket.get()
    with world.counting(0):
        assert ticket.seat == seat and hash(ticket.seat) == hash(seat) and ticket.of == seat
        # Which row it is, only the database knows.
        for unknown in (lambda: hash(ticket.of), lambda: ticket.stub == Stub(id=1)):  # type: ignore[attr-defined]  # pyright: ignore
            with pytest.raises(NotLoaded, match="is not loaded: `await row"):
                unknown()


async def test_urls_and_hooks(world: World) -> None:
    wrong: Any
    for wrong in (3, b"sqlite://:memory:"):
        with pytest.raises(ConfigurationError, match="a URL is a text .* was given"):
            YaraOrm.init(wrong)
        with pytest.raises(ConfigurationError, match="a URL is a text .* was given"):
            YaraOrm.add_connection("x", wrong)
    wrong = "print"
    with pytest.raises(ConfigurationError, match="a hook is a function, not 'print'"):
        register_query_hook(wrong)


async def test_locks_outside_of_a_transaction(world: World) -> None:
    with pytest.raises(TransactionManagementError, match="needs a transaction, .* run it in one$"):
        await Book.all().select_for_update()


async def test_a_query_is_no_list(world: World) -> None:
    await fill()
    with world.counting(0):
        for lazy in (
            Book.all(),
            Book.filter(views=5),
            Book.all().values("id"),
            Book.all().only("id"),
        ):
            query: Any = lazy
            with pytest.raises(
                TypeError, match=r"len\(await query\)`, or `await query\.count\(\)`"
            ):
                len(query)
            with pytest.raises(
                TypeError, match=r"neither true nor false .*await query\.exists\(\)"
            ):
                bool(query)
            with pytest.raises(TypeError, match="`row in await query`"):
                _ = Book(id=1) in query
            with pytest.raises(TypeError, match="`for row in await query`, or `async for row in"):
                list(query)
        rows: Any = Book.raw("select * from book")
        with pytest.raises(TypeError, match=r"length before it is awaited: `len\(await query\)`$"):
            len(rows)
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(rows)


async def test_a_call_that_is_not_awaited_is_no_answer(world: World) -> None:
    await fill()
    with world.counting(0):
        for call in (
            Book.all().exists(),
            Book.exists(id=1),
            Book.all().count(),
            Book.all().delete(),
        ):
            with pytest.raises(TypeError, match="neither true nor false before it is awaited"):
                bool(call)
            call.close()
        for single in (Book.first(), Book.get_or_none(id=99), Book.all()[0]):
            with pytest.raises(TypeError, match="<Single of Book.* is neither true nor false"):
                bool(single)
    assert await Book.exists(id=1) and not await Book.all().filter(id=99).exists()


async def test_classes_in_place_of_what_they_make(world: World) -> None:
    wrong: Any
    with world.counting(0):
        for wrong, message in (
            (Count, r"Count is a class, .* call it, Count\(…\)"),
            (Lower, r"Lower is a function, .* call it, Lower\(…\)"),
            (Author, r"Author\.id, and Author is a model"),
        ):
            with pytest.raises(FieldError, match=message):
                Author.annotate(n=wrong)
            with pytest.raises(FieldError, match=message):
                Author.all().aggregate(wrong)
            with pytest.raises(FieldError, match=message):
                Author.all().order_by(wrong)


async def test_the_far_side_of_a_key_has_no_list_of_pairs(world: World) -> None:
    ada, *_ = await fill()
    notes = await Book.get(title="Notes")
    books: Any = ada.books
    with world.counting(0):
        for name in ("add", "remove", "set", "clear"):
            with pytest.raises(AttributeError, match=r"Book\.author .*`await row\.books\.create\("):
                getattr(books, name)(notes)
        assert not hasattr(books, "added")
    assert len(await notes.tags) == 2


async def test_rows_in_bulk_are_told_apart(world: World) -> None:
    ada, bob, *_ = await fill()
    assert await Author.in_bulk(["Ada", "Nobody", None], "name") == {"Ada": ada}
    assert await Author.in_bulk([bob.id], "id") == await Author.in_bulk([bob.id]) == {bob.id: bob}
    seat = await Seat.create(row="A", number=7)
    assert await Seat.in_bulk([("A", 7), ("B", 1)]) == {("A", 7): seat}
    ticket = await Ticket.create(seat=seat)
    stub = await Stub.create(ticket=ticket)
    assert await Stub.in_bulk([ticket.id], "ticket_id") == {ticket.id: stub}
    with world.counting(0):
        for model, name in ((Book, "title"), (Author, "mentor_id"), (Seat, "row"), (Seat, "day")):
            with pytest.raises(
                FieldError, match=rf"several rows of {model.__name__} .*\({name}__in="
            ):
                model.in_bulk([1], field_name=name)
        with pytest.raises(FieldError, match="did you mean 'title'"):
            Book.in_bulk([1], "titel")


def test_signals_name_their_models() -> None:
    decorators: Any = (pre_save, post_save, pre_delete, post_delete)
    for decorator in decorators:
        with pytest.raises(ConfigurationError, match=r"none is named: @p\w+\(Book\)"):
            decorator()
        # Without parentheses the function would stand in the place of the model.
        with pytest.raises(ConfigurationError, match=r"is of a model, not of <function .*@p\w+"):

            @decorator
            def receive(sender: Any, instance: Any) -> None: ...
