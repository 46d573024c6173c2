"""Rows that belong together, inserted in one call."""

from __future__ import annotations

import pytest
from yara_orm import Graph
from yara_orm.exceptions import FieldError, IntegrityError, ParamsError, ValidationError

from .conftest import World
from .library import MODELS, Author, Book, Tag

__all__ = ["MODELS"]


async def test_rows_of_one_relation_are_inserted_together(world: World) -> None:
    rust = await Tag.create(name="rust")
    graph = Graph(
        Author(name="Eve"),
        mentor=Author(name="Ada"),
        books=[
            Graph(Book(title="Apples"), tags=[Tag(name="fruit"), rust]),
            Graph(Book(title="Pears", views=3), tags=[Tag(name="trees")]),
            Book(title="Plums"),
        ],
    )
    before = len(world.statements)
    (eve,) = await Author.insert_graph(graph)
    sent = [each for each in world.statements[before:] if each.lower().startswith("insert")]
    # Ada, Eve, the books, the new tags; and what relates tags to each of two books.
    assert len(sent) == 6
    with world.counting(0):
        assert [book.title for book in eve.books] == ["Apples", "Pears", "Plums"]
        assert [tag.name for tag in eve.books[0].tags] == ["fruit", "rust"]
        assert eve.mentor is not None
        assert (eve.mentor.name, eve.books[1].author) == ("Ada", eve)
    assert await Book.filter(author__name="Eve", author__mentor__name="Ada").count() == 3
    assert await Book.filter(tags__name="rust").values_list("title", flat=True) == ["Apples"]
    assert await Book.get(title="Apples").prefetch_related("tags") == eve.books[0]


async def test_several_graphs_and_rows_that_several_refer_to(world: World) -> None:
    ada = Author(name="Ada")
    books = await Book.insert_graph(
        Graph(Book(title="Notes"), author=ada), Graph(Book(title="Engine"), author=ada)
    )
    assert {book.author_id for book in books} == {ada.id}
    assert await Author.all().count() == 1
    assert await Author.insert_graph() == []


async def test_all_are_inserted_or_none(world: World) -> None:
    await Tag.create(name="rust")
    graph = Graph(Author(name="Eve"), books=[Graph(Book(title="A"), tags=[Tag(name="rust")])])
    with pytest.raises(IntegrityError):
        await Author.insert_graph(graph)
    assert (graph.row._saved_in_db, graph.row.pk) == (False, None)
    with pytest.raises(ValidationError, match="Book.title"):
        await Author.insert_graph(Graph(Author(name="Eve"), books=[Book(views=1)]))
    assert (await Author.all().count(), await Book.all().count()) == (0, 0)


async def test_mistakes_are_refused_at_the_call(world: World) -> None:
    with world.counting(0):
        with pytest.raises(FieldError, match="did you mean 'books'"):
            Graph(Author(name="Eve"), book=[Book(title="A")])
        with pytest.raises(FieldError, match="leads to many rows"):
            Graph(Author(name="Eve"), books=Book(title="A"))
        with pytest.raises(FieldError, match="leads to Book, not to"):
            Graph(Author(name="Eve"), books=[Tag(name="x")])
        with pytest.raises(FieldError, match="leads to one Author"):
            Graph(Book(title="A"), author=[Author(name="Eve")])
        with pytest.raises(ParamsError, match="takes graphs of its rows"):
            Author.insert_graph(Author(name="Eve"))  # type: ignore[arg-type]
        with pytest.raises(ParamsError, match="a row of a model"):
            Graph("x")  # type: ignore[type-var]
