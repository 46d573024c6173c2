"""Relations: awaited, prefetched, joined, written."""

from __future__ import annotations

import pytest
from yara_orm import Prefetch
from yara_orm.exceptions import FieldError, NoValuesFetched, ValidationError

from .conftest import World
from .library import MODELS, Author, Book, Tag, fill

__all__ = ["MODELS"]


async def test_a_relation_is_awaited_or_told_to_be_missing(world: World) -> None:
    await fill()
    book = await Book.get(title="École")
    with pytest.raises(NoValuesFetched, match=r"Book.author is not loaded: `await row.author`"):
        book.author.name  # noqa: B018
    with world.counting(1):
        author = await book.author
        assert author.name == "Bob"
        assert book.author.name == "Bob"
        assert (await book.author) is author
    mentor = await author.mentor
    assert mentor is not None and mentor.name == "Ada"
    assert await mentor.mentor is None
    assert not mentor.mentor


async def test_reverse_relations_are_awaited_and_queried(world: World) -> None:
    ada, *_ = await fill()
    with pytest.raises(NoValuesFetched, match="is not loaded"):
        len(ada.books)
    assert [book.title for book in await ada.books.order_by("views")] == ["Notes", "Engine"]
    assert [book.title for book in await ada.books.filter(Book.views > 100)] == ["Engine"]
    assert [book.title async for book in ada.books] == ["Notes", "Engine"]
    assert len(ada.books) in (0, 2) if ada.books._loaded else True  # type: ignore[attr-defined]
    assert await ada.books.all().count() == 2
    new = await ada.books.create(title="New")
    assert new.author_id == ada.id and await ada.books.count() == 3  # type: ignore[attr-defined]
    assert await ada.books.filter(title="New").exists()
    unsaved = Author(name="x")
    with pytest.raises(NoValuesFetched, match="has not been saved"):
        unsaved.books.all()


async def test_prefetching_takes_a_statement_for_each_relation(world: World) -> None:
    await fill()
    with world.counting(4):
        authors = await Author.all().order_by("id").prefetch_related("books__tags", "mentor")
    with world.counting(0):
        assert [[book.title for book in author.books] for author in authors] == [
            ["Notes", "Engine"],
            ["École"],
            ["100% sure"],
            [],
        ]
        assert [tag.name for tag in authors[0].books[0].tags] == ["maths", "poetry"]
        assert authors[1].mentor is not None and authors[1].mentor.name == "Ada"
        assert authors[0].mentor is None
        assert authors[0].books[0].author is authors[0]
        assert len(authors[0].books) == 2 and authors[0].books[0] in authors[0].books
        assert not authors[3].books
    with world.counting(2):
        await Book.all().prefetch_related(Book.author)
    with world.counting(1):
        assert await Book.filter(title="x").prefetch_related("author") == []


async def test_prefetching_by_a_query_of_its_own(world: World) -> None:
    await fill()
    best = Book.all().order_by("-views").limit(1)
    with world.counting(2):
        authors = await Author.all().order_by("id").prefetch_related(Prefetch("books", best))
    assert [[book.title for book in author.books] for author in authors] == [
        ["Engine"],
        ["École"],
        ["100% sure"],
        [],
    ]
    hot = Prefetch("books", Book.filter(views__gt=100).prefetch_related("tags"), to_attr="hot")
    with world.counting(4):
        authors = await Author.all().order_by("id").prefetch_related(hot, "books")
    assert [len(author.hot) for author in authors] == [1, 0, 1, 0]  # type: ignore[attr-defined]
    assert [len(author.books) for author in authors] == [2, 1, 1, 0]
    joined = Prefetch("books", Book.all().select_related("author__mentor"))
    bob = await Author.get(name="Bob").prefetch_related(joined)
    with pytest.raises(FieldError, match="the query to load it with is about Tag"):
        await Author.all().prefetch_related(Prefetch("books", Tag.all()))
    assert bob.books[0].author.name == "Bob"


async def test_many_owners_of_one_row_share_it(world: World) -> None:
    await fill()
    books = await Book.filter(author__name="Ada").prefetch_related("author")
    assert books[0].author is books[1].author
    tagged = await Book.all().order_by("id").prefetch_related("tags")
    assert [[tag.name for tag in book.tags] for book in tagged] == [
        ["maths", "poetry"],
        ["maths"],
        [],
        ["rust"],
    ]
    tags = await Tag.all().order_by("id").prefetch_related("books")
    assert [[book.title for book in tag.books] for tag in tags] == [
        ["Notes", "Engine"],
        ["Notes"],
        ["100% sure"],
    ]


async def test_joined_relations_take_no_statement(world: World) -> None:
    await fill()
    with world.counting(1):
        books = await Book.all().order_by("id").select_related("author__mentor")
        assert [book.author.name for book in books] == ["Ada", "Ada", "Bob", "Cy"]
        assert books[2].author.mentor is not None and books[2].author.mentor.name == "Ada"
        assert books[0].author.mentor is None
    with world.counting(1):
        typed = await Book.get(title="École").select_related(Book.author.mentor)
        assert typed.author.mentor == books[0].author
    with pytest.raises(FieldError, match="cannot be joined; load it with .prefetch_related"):
        Author.all().select_related("books")
    with pytest.raises(FieldError, match="did you mean 'author'"):
        Book.all().select_related("auhtor")


async def test_fetch_related_of_one_row_and_of_several(world: World) -> None:
    ada, bob, *_ = await fill()
    with world.counting(2):
        await ada.fetch_related("books__tags")
    assert [tag.name for tag in ada.books[0].tags] == ["maths", "poetry"]
    with world.counting(1):
        await Author.fetch_for_list([ada, bob], "mentor")
    assert bob.mentor is not None and bob.mentor.name == "Ada"


async def test_many_to_many_rows_are_added_removed_set_and_cleared(world: World) -> None:
    await fill()
    book = await Book.get(title="École")
    maths, poetry, rust = await Tag.all().order_by("id")
    with world.counting(1):
        assert await book.tags.add(maths, rust, rust) == 2
    assert await book.tags.add(maths) == 0
    assert [tag.name for tag in await book.tags.order_by("name")] == ["maths", "rust"]
    assert await book.tags.remove(rust) == 1
    await book.tags.set([poetry, rust])
    assert [tag.name for tag in await book.tags.order_by("name")] == ["poetry", "rust"]
    assert [each.title for each in await rust.books.order_by("id")] == ["École", "100% sure"]
    assert await rust.books.add(await Book.get(title="Notes")) == 1
    assert await book.tags.clear() == 2
    assert await book.tags.all() == []
    new = await book.tags.create(name="new")
    assert await book.tags.all() == [new]
    assert await Book.filter(tags=new).count() == 1
    assert await Book.filter(tags__name__in=["new", "rust"]).count() == 3
    with pytest.raises(FieldError, match="relates rows of Tag, not of Author"):
        await book.tags.add(await Author.first())  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="has not been saved"):
        await book.tags.add(Tag(name="unsaved"))
    with pytest.raises(FieldError, match=r"any number of rows"):
        book.tags = [maths]  # type: ignore[assignment]
    with pytest.raises(FieldError, match=r"Tag.books has any number of rows: .*books.set"):
        maths.books = [book]  # type: ignore[assignment]


async def test_assigning_a_row_a_key_or_nothing(world: World) -> None:
    ada, bob, cy, dan = await fill()
    book = await Book.get(title="Notes")
    book.author = bob
    assert book.author_id == bob.id and book.author is bob  # type: ignore[attr-defined]
    with world.counting(1):
        await book.save()
    book.author_id = cy.id  # type: ignore[attr-defined]
    assert (await book.author).name == "Cy"
    await book.save()
    assert await cy.books.count() == 2
    dan.mentor = ada
    await dan.save()
    dan.mentor = None
    await dan.save()
    assert await Author.filter(mentor=None).count() == 3
    with pytest.raises(ValidationError, match="is a Author, not a Tag"):
        book.author = await Tag.first()  # type: ignore[assignment]
    with pytest.raises(ValidationError, match="has not been saved yet"):
        book.author = Author(name="new")
    with pytest.raises(FieldError, match=r"Author.books has any number of rows: set Book.author"):
        ada.books = [book]  # type: ignore[assignment]


async def test_deleting_follows_on_delete(world: World) -> None:
    ada, *_ = await fill()
    await Author.filter(mentor=ada).update(mentor=None)
    await ada.delete()
    assert await Book.all().count() == 2
    with pytest.raises(Author.DoesNotExist, match="is gone"):
        await ada.delete()
