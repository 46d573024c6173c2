"""Habits of code that was written for Tortoise ORM or yara-orm."""

from __future__ import annotations

import asyncio
import copy
import functools
import operator
import pickle
from typing import Any

import pytest
from yara_orm import (
    BaseDBAsyncClient,
    Concat,
    Count,
    F,
    Manager,
    Model,
    Prefetch,
    Q,
    QuerySet,
    RawSQL,
    Signals,
    Subquery,
    Value,
    connections,
    fields,
    in_transaction,
    post_delete,
    post_save,
    pre_save,
    registry,
    sql,
)
from yara_orm.exceptions import (
    ConfigurationError,
    FieldError,
    InvalidQuery,
    NoValuesFetched,
    ParamsError,
    TransactionManagementError,
    UniqueViolation,
    ValidationError,
)

from .conftest import World
from .library import Author, Book, Tag, fill


class Visible(Manager["Article"]):
    def get_queryset(self) -> QuerySet[Article]:
        return super().get_queryset().filter(hidden=False)


class Article(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=50)
    hidden = fields.BooleanField(default=False)

    everything = Manager["Article"]()
    visible = Visible()

    class Meta:
        manager = Visible()


class Special(Article):
    """A model of its own, with the managers of the one that it is made of."""


class Trimmed(Model):
    name = fields.CharField(max_length=20, unique=True)

    async def save(self) -> None:  # type: ignore[override]
        self.name = self.name.strip()
        await super().save()


class Audited(Model):
    name = fields.CharField(max_length=20, unique=True)
    by = fields.CharField(max_length=20)

    @classmethod
    async def create(cls, **values: Any) -> Audited:  # type: ignore[override]
        return await super().create(**{"by": "somebody", **values})


MODELS = (Author, Tag, Book, Article, Special, Trimmed, Audited)


async def test_a_condition_is_begun_with_an_empty_one(world: World) -> None:
    await fill()
    titles = ["Notes", "École"]
    either = functools.reduce(operator.or_, [Q(title=title) for title in titles], Q())
    assert await Book.filter(either).count() == 2
    both = Q()
    for lookup in ({"views__gte": 10}, {"author__name": "Ada"}):
        both &= Q(**lookup)
    assert await Book.filter(both).count() == 2
    assert await Book.filter(Q()).count() == await Book.filter(~Q()).count() == 4
    assert await Book.exclude(Q()).count() == 4
    assert await Book.filter(Q(Q(), title="Notes", join_type="OR")).count() == 1
    assert await Book.filter((Book.title == "Notes") | Q()).count() == 1
    assert await Book.filter(Q() | (Book.title == "Notes")).count() == 1
    assert not Q() and not ~Q() and not Q(Q()) and Q(title="x") and Q(Book.views > 1)


async def test_save_and_the_like_give_the_instance(world: World) -> None:
    author = Author(name="Ada")
    assert await author.save() is author
    assert await (await author.save()).refresh_from_db() is author
    assert await author.fetch_related("books") is author
    assert await Author.fetch_for_list([author], "books") == [author]
    author.name = "Ava"
    await author.save(["name"])
    author.name = "Eve"
    async with in_transaction() as connection:
        # Where Tortoise has it.
        await author.save(connection)  # type: ignore[arg-type]
    assert (await Author.get(id=author.id)).name == "Eve"
    with pytest.raises(FieldError, match=r"update_fields=\['name'\]"):
        await author.save(update_fields="name")


async def test_class_methods_take_a_connection(world: World) -> None:
    await fill()
    connection = connections.get()
    assert await Author.filter(name="Ada", using_db=connection).count() == 1
    assert await Author.exclude(name="Ada", using_db="default").count() == 3
    assert (await Author.get(name="Ada", using_db=connection)).name == "Ada"
    with pytest.raises(ConfigurationError, match="no connection 'defaul'; did you mean 'default'"):
        await Author.filter(name="Ada", using_db="defaul")
    async with in_transaction() as transaction:
        await Author.create(name="Eve", using_db=transaction)
        assert await Author.filter(using_db=transaction).count() == 5
        await transaction.rollback()
    assert await Author.all().count() == 4


async def test_an_instance_that_is_constructed_is_new_or_not(world: World) -> None:
    new = Author.construct(name="Ada")
    await new.save()
    known = Author.construct(_saved_in_db=True, id=new.id, name="Ada")
    known.name = "Ava"
    with world.counting(1):
        await known.save()
    assert await Author.all().values_list("name", flat=True) == ["Ava"]
    assert Author.construct(_from_db=True, id=1)._saved_in_db


async def test_a_query_is_not_iterated_before_it_is_awaited(world: World) -> None:
    query: Any = Book.all()
    with pytest.raises(TypeError, match="for row in await query"):
        list(query)
    with pytest.raises(TypeError, match="for row in await query"):
        for _ in query:
            pass
    with pytest.raises(TypeError, match="exists"):
        _ = Book(title="x") in query
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(query)


async def test_a_query_is_used_again_after_it_was_awaited(world: World) -> None:
    ada, *_ = await fill()
    query = Book.filter(author=ada).order_by("title")
    assert [book.title for book in await query] == ["Engine", "Notes"]
    await Book.create(title="Letters", author=ada)
    assert [book.title for book in await query] == ["Engine", "Letters", "Notes"]
    assert [book.title async for book in query] == ["Engine", "Letters", "Notes"]
    assert await query.count() == 3 and await query.exists()
    assert (await query[0]).title == "Engine"
    assert [book.title for book in await query[1:]] == ["Letters", "Notes"]
    with pytest.raises(IndexError):
        await query[3]
    single = Book.get(title="Letters")
    assert await single == await single


async def test_managers_are_members_of_a_model(world: World) -> None:
    await Article.create(title="a")
    await Article.create(title="b", hidden=True)
    await Special.create(title="c", hidden=True)
    assert await Article.all().values_list("title", flat=True) == ["a"]
    assert await Article.everything.all().order_by("id").values_list("title", flat=True) == [
        "a",
        "b",
    ]
    assert await Article.everything.filter(hidden=True).count() == 1
    assert await Article.everything.count() == 2
    assert await Article.visible.values_list("title", flat=True) == ["a"]
    found = await Article.everything.get(title="b")
    assert found.hidden
    assert await Special.everything.values_list("title", flat=True) == ["c"]
    assert await Special.all() == []
    with pytest.raises(AttributeError, match="asked of the model"):
        _ = found.everything
    with pytest.raises(ConfigurationError, match="a manager of no model"):
        Manager().get_queryset()


async def test_related_rows_are_asked_for_like_a_query(world: World) -> None:
    ada, *_, dan = await fill()
    with world.counting(1):
        first = await ada.books.first()
    assert first is not None and first.title == "Notes"
    assert await dan.books.first() is None
    assert (await ada.books.get(title="Engine")).views == 500
    assert await ada.books.get_or_none(title="École") is None
    assert await ada.books.all().order_by("-views").values_list("title", flat=True) == [
        "Engine",
        "Notes",
    ]
    assert await ada.books.values_list(Book.title, flat=True) == ["Notes", "Engine"]
    assert await ada.books.order_by("title").offset(1).limit(1).values("title") == [
        {"title": "Notes"}
    ]
    assert await ada.books.filter(views__gt=100).update(views=1) == 1
    assert await ada.books.filter(views=1).delete() == 1
    notes = await Book.get(title="Notes")
    assert [tag.name async for tag in notes.tags.order_by("-name")] == ["poetry", "maths"]
    last = await notes.tags.order_by("name").last()
    assert last is not None and last.name == "poetry"
    with world.counting(4):  # two inserts, between BEGIN and COMMIT
        fresh = await notes.tags.create(name="fresh")
    assert await notes.tags.count() == 3
    assert await fresh.books.all() == [notes]


async def test_related_rows_are_read_anew_unless_they_were_loaded(world: World) -> None:
    ada, *_ = await fill()
    books = ada.books
    assert len(await books) == 2
    await Book.create(title="Letters", author=ada)
    assert len(await books) == 3
    with pytest.raises(NoValuesFetched, match="is not loaded"):
        len(books)
    with world.counting(1):
        await ada.fetch_related("books")
        assert len(ada.books) == len(await ada.books) == 3
        assert [book.title async for book in ada.books] == [book.title for book in ada.books]


async def test_options_are_inherited_by_a_meta_of_a_meta(world: World) -> None:
    class Dated(Model):
        day = fields.DateField()
        name = fields.CharField(max_length=10)

        class Meta:
            abstract = True
            ordering = ("-day",)
            unique_together = ("day", "name")

    class Holiday(Dated):
        class Meta(Dated.Meta):
            table = "holiday"

    class Birthday(Dated):
        class Meta:
            table = "birthday"

    for model in (Holiday, Birthday):
        registry.forget(model)
        assert not model._meta.abstract
    assert Holiday._meta.ordering == ("-day",) and Birthday._meta.ordering == ()
    assert (Holiday._meta.db_table, Holiday._meta.unique_together) == ("holiday", [("day", "name")])
    assert Birthday._meta.unique_together == []


async def test_many_are_gotten_or_created(world: World) -> None:
    ada, *_ = await fill()
    records = [{"name": "Ada"}, {"name": "Eve"}, {"name": "Eve"}, {"name": "Bob"}]
    with world.counting(2):
        found = await Author.bulk_get_or_create(records, ["name"], defaults={"mentor": ada})
    assert [(author.name, created) for author, created in found] == [
        ("Ada", False),
        ("Eve", True),
        ("Eve", False),
        ("Bob", False),
    ]
    assert found[0][0] == ada and found[1][0] is found[2][0]
    assert (await Author.get(name="Eve")).mentor_id == ada.id  # type: ignore[attr-defined]
    with world.counting(1):
        again = await Author.bulk_get_or_create(iter(records), key_fields=[Author.name])
    assert not any(created for _, created in again)
    with world.counting(0):
        assert await Author.bulk_get_or_create([], ["name"]) == []
    with pytest.raises(FieldError, match="no field 'nam'; did you mean 'name'"):
        await Author.bulk_get_or_create(records, ["nam"])
    with pytest.raises(FieldError, match="row 1: the record has no 'name', which is a key field"):
        await Author.bulk_get_or_create([{"name": "x"}, {}], ["name"])
    with pytest.raises(ParamsError, match="row 0: a record is a mapping"):
        await Author.bulk_get_or_create(["x"], ["name"])  # type: ignore[list-item]
    with pytest.raises(UniqueViolation, match="has the same key or unique values"):
        await Author.bulk_get_or_create([{"id": 99, "name": "Ada"}], ["id"])
    await Book.create(title="Notes", author=ada)
    with pytest.raises(Book.MultipleObjectsReturned, match="title 'Notes'"):
        await Book.bulk_get_or_create([{"title": "Notes"}], ["title"])


async def test_many_are_updated_or_created(world: World) -> None:
    ada, bob, *_ = await fill()
    records = [
        {"title": "Notes", "author": ada, "views": 11, "rating": 1.0},
        {"title": "Engine", "author": bob, "views": 12},
        {"title": "École", "author_id": bob.id, "views": 13},
    ]
    with world.counting(7):  # a query, an insert and an update, in BEGIN, a savepoint, COMMIT
        found = await Book.bulk_update_or_create(
            records, key_fields=("title", "author"), update_fields=["views"]
        )
    assert [created for _, created in found] == [False, True, False]
    rows = await Book.all().order_by("id").values_list("title", "views", "rating", "author__name")
    assert rows == [
        ("Notes", 11, 4.5, "Ada"),
        ("Engine", 500, 3.0, "Ada"),
        ("École", 13, None, "Bob"),
        ("100% sure", 1000, 5.0, "Cy"),
        ("Engine", 12, None, "Bob"),
    ]
    twice = [{"name": "Eve", "mentor": ada}, {"name": "Eve", "mentor": bob}]
    pairs = await Author.bulk_update_or_create(twice, ["name"])
    assert [created for _, created in pairs] == [True, False]
    eve = await Author.get(name="Eve").prefetch_related("mentor")
    assert eve.mentor == bob
    with pytest.raises(ValidationError):
        await Book.bulk_update_or_create(
            [{"title": "New", "author": ada}, {"title": "x" * 201, "author": ada}], ["title"]
        )
    assert not await Book.filter(title="New").exists()


async def test_two_who_make_the_same_rows_make_them_once(world: World) -> None:
    records = [{"name": f"author {at}"} for at in range(20)]
    several = await asyncio.gather(
        *(Author.bulk_get_or_create(records, ["name"]) for _ in range(5))
    )
    assert await Author.all().count() == 20
    made = [author.id for pairs in several for author, created in pairs if created]
    assert sorted(made) == sorted(set(made)) and len(made) == 20


@pytest.fixture
def receivers() -> Any:
    """Receivers of `Author`, which are gone after the test."""
    before = {signal: list(found) for signal, found in Author._meta.receivers.items()}
    yield
    Author._meta.receivers.clear()
    Author._meta.receivers.update(before)


async def test_receivers_are_given_the_connection(world: World, receivers: Any) -> None:
    calls: list[tuple[Any, ...]] = []

    @pre_save(Author)
    async def before(
        sender: type[Author],
        instance: Author,
        using_db: BaseDBAsyncClient,
        update_fields: list[str] | None,
    ) -> None:
        calls.append(("pre_save", instance.name, update_fields))

    @post_save(Author)
    async def after(
        sender: type[Author],
        instance: Author,
        created: bool,
        using_db: BaseDBAsyncClient,
        update_fields: list[str] | None,
    ) -> None:
        assert sender is Author
        (row,) = await using_db.execute_query_dict("select count(*) as n from author")
        calls.append(("post_save", created, row["n"], update_fields))

    async def gone(sender: type[Author], instance: Author, using_db: BaseDBAsyncClient) -> None:
        calls.append(("post_delete", using_db.connection_name))

    Author.register_listener(Signals.post_delete, gone)
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            ada = await Author.create(name="Ada")
            1 / 0  # noqa: B018
    assert calls == [("pre_save", "Ada", None), ("post_save", True, 1, None)]
    ada = await Author.create(name="Ada")
    ada.name = "Ava"
    await ada.save(update_fields=(Author.name, "mentor"))
    assert calls[-1] == ("post_save", False, 1, ["name", "mentor"])
    await ada.delete()
    assert calls[-1] == ("post_delete", "default")
    _, created = await Author.get_or_create(name="Bob")
    assert created and calls[-1] == ("post_save", True, 1, None)
    await Author.get_or_create(name="Bob")
    assert len([call for call in calls if call[0] == "post_save"]) == 4
    with pytest.raises(ConfigurationError, match="one of Signals"):
        Author.register_listener("post_save", gone)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="is of a model"):
        post_delete(int)(gone)


async def test_savepoints_have_names(world: World) -> None:
    async with in_transaction() as transaction:
        await Author.create(name="Ada")
        await transaction.savepoint("first")
        await Author.create(name="Bob")
        await transaction.savepoint("second")
        await Author.create(name="Cy")
        await transaction.rollback_to("second")
        assert await Author.all().count() == 2
        await Author.create(name="Dan")
        await transaction.rollback_to("first")
        assert await Author.all().count() == 1
        await Author.create(name="Eve")
        # The savepoint is there still.
        await transaction.rollback_to("first")
        await Author.create(name="Fay")
        await transaction.release("first")
        with pytest.raises(TransactionManagementError, match="no savepoint has been begun"):
            await transaction.release("first")
        await transaction.savepoint()
        await Author.create(name="Gus")
        with pytest.raises(TransactionManagementError, match="there is no savepoint 'other'"):
            await transaction.rollback_to("other")
        # One that is open at the end is part of what is committed.
    assert await Author.all().order_by("id").values_list("name", flat=True) == [
        "Ada",
        "Fay",
        "Gus",
    ]


async def test_a_statement_that_fails_in_a_savepoint_fails_alone(world: World) -> None:
    async with in_transaction() as transaction:
        await Author.create(name="Ada")
        await transaction.savepoint("try")
        with pytest.raises(Exception, match="(?i)unique"):
            await Author.create(name="Ada")
        await transaction.rollback_to("try")
        await Author.create(name="Bob")
    assert await Author.all().count() == 2
    with pytest.raises(TransactionManagementError):
        async with in_transaction() as transaction:
            await transaction.savepoint("try")
            with pytest.raises(Exception, match="(?i)unique"):
                await Author.create(name="Ada")
            # Nobody took the failure back.
    assert await Author.all().count() == 2


async def test_an_expression_may_be_saved(world: World) -> None:
    await fill()
    book = await Book.get(title="Notes")
    book.views = F("views") + 5  # type: ignore[assignment]
    book.title = Concat("title", Value("!"))  # type: ignore[assignment]
    await Book.filter(id=book.id).update(views=100)
    with world.counting(1):
        await book.save()
    assert (book.views, book.title) == (105, "Notes!")
    book.views = Book.views * 2  # type: ignore[assignment]
    await book.save(update_fields=["views"])
    assert book.views == 210 and (await Book.get(id=book.id)).views == 210
    with world.counting(0):
        await book.save()
    book.title = None  # type: ignore[assignment]
    with world.counting(0), pytest.raises(ValidationError, match=r"Book.title must have a value"):
        await book.save()


async def test_subqueries_stand_where_a_query_does(world: World) -> None:
    await fill()
    writers = Book.filter(views__gte=500).values("author_id")
    with world.counting(3):
        assert await Author.filter(id__in=Subquery(writers)).count() == 2
        assert await Author.filter(id__not_in=Subquery(writers)).count() == 2
        assert await Author.filter(Author.id.in_(Subquery(writers))).count() == 2
    most = Subquery(Book.all().order_by("-views").limit(1).values("id"))
    best = await Book.get(id=most)
    assert best.title == "100% sure"
    assert await Author.annotate(top=most).values_list("top", flat=True) == [best.id] * 4
    with pytest.raises(ParamsError, match="made of a query"):
        Subquery("select 1")


async def test_text_of_sql_takes_parameters_in_turn_or_by_number(world: World) -> None:
    await fill()
    rows = Book.all().order_by("id")
    for text, params in (
        ("views + ?", [1]),
        ("$1 + views", [1]),
        ("views + ? + ? - ?", [1, Book.views, F("views")]),
        ("views + $1 + $2 - $2", [1, Book.views]),
        ("views + length('?')", []),
        ("views + length('{}') - ?", [1]),
    ):
        found = await rows.annotate(n=RawSQL(text, params)).values_list("n", flat=True)
        assert found == [11, 501, 6, 1001], text
    assert await rows.annotate(n=RawSQL("'{}'")).values_list("n", flat=True) == ["{}"] * 4
    assert await Book.filter(sql("views > ? and title <> ?", 5, "Notes", kind=bool)).count() == 2
    assert await Book.annotate(n=RawSQL("views * ?", [2])).filter(n__gt=900).count() == 2
    for text, params in (("views + ?", [1, 2]), ("views + $2", [1]), ("views", [1])):
        with pytest.raises(InvalidQuery):
            RawSQL(text, params)
    with pytest.raises(ParamsError, match="are a list"):
        RawSQL("views + ?", "x")


async def test_a_row_of_another_model_is_no_related_row(world: World) -> None:
    ada, *_ = await fill()
    tag = await Tag.get(id=ada.id)
    assert await Book.filter(author=ada).count() == 2
    assert await Book.filter(author__in=[ada]).count() == 2
    for lookups in ({"author": tag}, {"author__in": [ada, tag]}, {"author__not": tag}):
        with pytest.raises(InvalidQuery, match=r"a Author is wanted, and <Tag: 1> is a Tag"):
            await Book.filter(**lookups)
    with pytest.raises(InvalidQuery, match="has not been saved"):
        await Book.filter(author=Author(name="x"))


async def test_a_connection_tells_how_many_rows_it_wrote(world: World) -> None:
    await fill()
    connection = connections.get()
    for target in (connection, None):
        async with in_transaction() as transaction:
            run = target or transaction
            assert await run.execute_query("update book set views = 1 where views > ?", [100]) == (
                2,
                [],
            )
            assert await run.execute_query("delete from book_tag where 1 = 0") == (0, [])
            count, rows = await run.execute_query("select title from book where views = $1", [1])
            assert count == 2 and {row["title"] for row in rows} == {"Engine", "100% sure"}
            await transaction.rollback()
    with pytest.raises(InvalidQuery, match="a list of values is wanted, not 5"):
        await Book.filter(views__in=5)


async def test_relations_to_load_are_checked_at_the_call(world: World) -> None:
    ada, *_ = await fill()
    with pytest.raises(FieldError, match="no field 'tgas'; did you mean 'tags'"):
        Author.all().prefetch_related("books__tgas")
    with pytest.raises(FieldError, match=r"Author.books leads to Book.*is about Tag"):
        Author.filter(name="nobody").prefetch_related(Prefetch("books", Tag.all()))
    with pytest.raises(FieldError, match="a query such as Book.all"):
        Prefetch("books", Book)  # type: ignore[arg-type]
    with pytest.raises(FieldError, match="'name' is a field|Author.name is a field"):
        ada.fetch_related("name")
    with pytest.raises(FieldError, match="is about Author"):
        Author.fetch_for_list([ada], Prefetch("books__tags", Author.all()))


async def test_rows_are_made_in_the_way_of_the_model(world: World) -> None:
    assert (await Trimmed.create(name=" a ")).name == "a"
    row, created = await Trimmed.get_or_create(name=" b ")
    assert created and row.name == "b" and await Trimmed.filter(name="b").exists()
    audited, created = await Audited.get_or_create(name="x")
    assert created and audited.by == "somebody"
    audited, created = await Audited.update_or_create(name="x", defaults={"by": "me"})
    assert not created and (await Audited.get(name="x")).by == "me"
    several = await asyncio.gather(*(Audited.get_or_create(name="y") for _ in range(8)))
    assert sum(created for _, created in several) == 1
    assert len({row.pk for row, _ in several}) == 1
    with pytest.raises(UniqueViolation, match="does not match what was looked for"):
        await Trimmed.get_or_create(name=" a")


async def test_queries_are_copied_and_not_pickled(world: World) -> None:
    await fill()
    query = Book.filter(Q(title="Notes") | Q(views=500)).order_by("id")
    for copied in (
        copy.copy(query),
        copy.deepcopy(query),
        copy.deepcopy({"query": query})["query"],
    ):
        assert await copied == await query
    condition = pickle.loads(pickle.dumps(Q(title="Notes") | ~Q(views__gt=5)))
    assert await Book.filter(copy.deepcopy(condition)).count() == 2
    name = pickle.loads(pickle.dumps(F("title")))
    assert await Book.all().order_by(name).first() == await Book.all().order_by("title").first()
    with world.counting(0):
        for query in (
            Book.filter(views=5),
            Book.all().values("id"),
            Book.first(),
            Book.raw("select * from book"),
            Book.create(title="x"),
            Book.all().delete(),
        ):
            with pytest.raises(TypeError, match="cannot be pickled: pickle what it gives, or"):
                pickle.dumps(query)
            getattr(query, "close", lambda: None)()
        for expression in (
            Book.title,
            Book.views + 1,
            Book.author.name == "Ada",
            Author.books,
            F("views") + 1,
            Count("books"),
            Q(Book.views > 1),
        ):
            with pytest.raises(TypeError, match=r"cannot be pickled: pickle what it is made of, "):
                pickle.dumps(expression)
    expression = copy.deepcopy({"by": Book.views + 1})["by"]
    assert await Book.filter(copy.copy(expression) == 11).count() == 1
