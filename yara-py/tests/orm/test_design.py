"""The code of the design, as it is written there."""

from __future__ import annotations

from yara_orm import Model, YaraOrm, connections, fields, in_transaction

from .conftest import World


class Author(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100)


class Book(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=200)
    views = fields.IntField(default=0)
    author = fields.ForeignKeyField("Author", related_name="books")


async def test_the_code_of_the_design(world: World) -> None:
    ada = await Author.create(name="Ada")
    for title in ("Notes", "Engine"):
        await Book.create(title=title, views=20, author=ada)
    by_text = await Book.filter(author__name="Ada").order_by("-id").limit(10)
    typed = await Book.filter(Book.author.name == "Ada").order_by(Book.id.desc()).limit(10)
    assert by_text == typed
    assert [book.title for book in typed] == ["Engine", "Notes"]
    assert await Book.filter(Book.id == by_text[0].id).update(views=Book.views + 1) == 1
    async with in_transaction():
        await Book.create(title="Atomic", author=ada)
    assert await Book.all().count() == 3


def test_the_same_query_without_an_event_loop(world: World) -> None:
    connections.get().execute("insert into author (name) values ('Ada')").run()
    sql = "insert into book (title, views, author_id) values ('Notes', 20, 1), ('Engine', 3, 1)"
    connections.get().execute(sql).run()
    hot = Book.filter(Book.views > 10).run()
    assert [book.title for book in hot] == ["Notes"]
    with in_transaction():
        assert Book.filter(Book.id == 1).update(views=0).run() == 1
    assert Book.filter(Book.views > 10).count().run() == 0
    assert Book.get(title="Engine").prefetch_related("author").run().author.name == "Ada"


async def test_schema_sql_creates_what_generate_schemas_creates(world: World) -> None:
    text = YaraOrm.get_schema_sql(models=[Author, Book])
    assert text.count("CREATE TABLE") == 2
    await connections.get().execute_script(text)
