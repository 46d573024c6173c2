"""The tree of errors."""

from __future__ import annotations

import copy
import pickle

import pytest
from conftest import Database, Run
from yara_orm import exceptions
from yara_orm._engine import Engine


def test_the_tree() -> None:
    e = exceptions
    assert issubclass(e.InterfaceError, e.Error) and issubclass(e.DatabaseError, e.Error)
    for kind in (
        e.DataError,
        e.OperationalError,
        e.IntegrityError,
        e.InternalError,
        e.ProgrammingError,
        e.NotSupportedError,
    ):
        assert issubclass(kind, e.DatabaseError)
    assert issubclass(e.DoesNotExist, e.NotExistOrMultiple)
    assert e.ORMError is e.BaseORMException is e.Error
    assert set(e.__all__) <= set(vars(e))


def test_constraints(database: Database, run: Run) -> None:
    engine = database.engine()
    parent = database.table("id integer primary key")
    table = database.table(
        "id integer primary key, name text not null constraint filled check (name <> ''),"
        f" parent integer references {parent} (id)"
    )
    insert = f"insert into {table} values ($1, $2, $3)"

    async def main() -> None:
        await engine.execute(insert, [1, "a", None])
        with pytest.raises(exceptions.UniqueViolation) as raised:
            await engine.execute(insert, [1, "b", None])
        error = raised.value
        assert error.sqlstate == "23505" and error.table == table and not error.retryable
        assert error.statement == f"insert into {table} values ($1, $2, $3)" or "?1" in (
            error.statement or ""
        )
        with pytest.raises(exceptions.NotNullViolation) as raised:
            await engine.execute(insert, [2, None, None])
        assert raised.value.column == "name"
        with pytest.raises(exceptions.CheckViolation) as raised:
            await engine.execute(insert, [2, "", None])
        assert raised.value.constraint == "filled"
        with pytest.raises(exceptions.ForeignKeyViolation):
            await engine.execute(insert, [2, "b", 7])
        for kind in (exceptions.IntegrityError, exceptions.DatabaseError, exceptions.Error):
            with pytest.raises(kind):
                await engine.execute(insert, [1, "b", None])

    run(main)


def test_they_can_be_pickled_and_copied(database: Database) -> None:
    engine = database.engine()
    with pytest.raises(exceptions.ProgrammingError) as raised:
        engine.fetch_rows("select * from missing_table").run()
    error = raised.value
    error.extra = 1  # type: ignore[attr-defined]
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(same) is type(error) and str(same) == str(error)
        assert vars(same) == vars(error)
    for kind in {getattr(exceptions, name) for name in exceptions.__all__}:
        again = pickle.loads(pickle.dumps(kind("text")))
        assert type(again) is kind and again.args == ("text",)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("postgers://localhost/app", "did you mean `postgres`"),
        ("app.db", "no scheme"),
        ("sqlite://x.db?max_szie=2", "did you mean `max_size`"),
        ("postgres://localhost/app?sslmode=maybe", "sslmode"),
    ],
)
def test_wrong_urls(url: str, text: str) -> None:
    with pytest.raises(exceptions.ConfigurationError) as raised:
        Engine(url)
    assert text in str(raised.value)
    assert isinstance(raised.value, exceptions.InterfaceError)


def test_no_password_is_told() -> None:
    engine = Engine("postgres://user:secret@127.0.0.1:1/app?connect_timeout=1")
    assert "secret" not in repr(engine) and "secret" not in engine.location
    with pytest.raises(exceptions.DBConnectionError) as raised:
        engine.check().run()
    assert "secret" not in str(raised.value)


def test_drivers_in_urls_are_passed_over() -> None:
    assert Engine("postgresql+asyncpg://someone@localhost/app").dialect == "PostgreSQL"


@pytest.mark.parametrize(
    ("sql", "params", "text"),
    [
        ("select $2", [1], "placeholder $2"),
        ("select 1", [1], "bound for $1"),
        ("select ?, ?", [1], "bound for $1"),
        ("", None, "empty"),
        ("select $1", "x", "list or tuple"),
        ("select $1", {"a": 1}, "list or tuple"),
    ],
)
def test_parameters_must_match(database: Database, sql: str, params: object, text: str) -> None:
    engine = database.engine()
    with pytest.raises(exceptions.InvalidQuery) as raised:
        engine.fetch_rows(sql, params)
    assert text in str(raised.value)


def test_question_marks(database: Database) -> None:
    engine = database.engine()
    assert engine.fetch_rows("select ?, '?' /* ? */, ? -- ?", [1, 2]).run() == [(1, "?", 2)]
    if database.is_postgres:
        rows = engine.fetch_rows("select '{\"a\": 1}'::jsonb ? $1", ["a"]).run()
        assert rows == [(True,)]


def test_scripts_and_many_rows(database: Database, run: Run) -> None:
    engine = database.engine()
    table = database.table("a integer primary key, b text")

    async def main() -> None:
        await engine.execute_script(
            f"insert into {table} values (1, 'a;b'); insert into {table} values (2, null);"
        )
        insert = f"insert into {table} values (?, ?)"
        rows = [(n, str(n) if n % 2 else None) for n in range(3, 300)]
        assert await engine.execute_many(insert, rows) == len(rows)
        assert await engine.execute_many(insert, []) == 0
        with pytest.raises(exceptions.UniqueViolation):
            await engine.execute_many(insert, [(500, "x"), (1, "y")])
        assert await engine.fetch_rows(f"select count(*), max(a) from {table}") == [(299, 299)]

    run(main)


def test_retryable_errors(postgres: Database, run: Run) -> None:
    engine = postgres.engine()
    table = postgres.table("a integer")

    async def main() -> None:
        await engine.execute(f"insert into {table} values (1)")
        one = await engine.begin("serializable")
        other = await engine.begin("SERIALIZABLE")
        for transaction in (one, other):
            await transaction.fetch_rows(f"select * from {table}")
        await one.execute(f"update {table} set a = 2")
        await one.commit()
        with pytest.raises(exceptions.SerializationFailure) as raised:
            await other.execute(f"update {table} set a = 3")
        assert raised.value.retryable and raised.value.sqlstate == "40001"
        await other.rollback()

    run(main)
    with pytest.raises(exceptions.InvalidQuery, match="isolation"):
        engine.begin("chaos")


def test_read_only(database: Database) -> None:
    engine = database.engine()
    table = database.table("a integer")
    transaction = engine.begin(read_only=True).run()
    with pytest.raises(exceptions.TransactionManagementError):
        transaction.execute(f"insert into {table} values (1)").run()
    transaction.rollback().run()
