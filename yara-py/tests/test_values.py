"""Values go in and come back: exactly, or with an error that says what was given."""

from __future__ import annotations

import datetime as dt
import enum
import math
import uuid
from decimal import Decimal

import pytest
from conftest import Database, Run
from yara_orm import exceptions
from yara_orm._engine import Engine, Shape, set_time_zone

UTC = dt.timezone.utc

ROUND_TRIPS = [
    ("bool", "boolean", True),
    ("int", "bigint", -(2**63)),
    ("int", "bigint", 2**63 - 1),
    ("float", "double precision", 0.1),
    ("float", "double precision", -math.inf),
    ("str", "text", "École ☃ 𝄞 '; drop table"),
    ("str", "text", ""),
    ("bytes", "bytea", b"\0\xff"),
    ("uuid", "uuid", uuid.UUID("12345678-1234-5678-1234-567812345678")),
    ("date", "date", dt.date(1, 1, 1)),
    ("date", "date", dt.date(9999, 12, 31)),
    ("time", "time", dt.time(23, 59, 59, 999_999)),
    ("datetime", "timestamp", dt.datetime(1969, 12, 31, 23, 59, 59, 1)),
    ("datetime", "timestamp", dt.datetime(2024, 2, 29)),
    ("timedelta", "interval", dt.timedelta(days=-3, seconds=5, microseconds=7)),
    ("decimal", "numeric", Decimal("-12345678901234567890.123456789")),
    ("decimal", "numeric", Decimal("1.50")),
    ("json", "json", {"z": [1, 2.5, None, {"a": "É"}], "big": 2**70, "a": True}),
    ("json", "json", [[], {}, ""]),
    ("int[]", "bigint[]", [1, None, 3]),
    ("str[]", "text[]", ["a", "", None, 'q"\\']),
    ("uuid[]", "uuid[]", [uuid.UUID(int=7)]),
]


def parameter(kind: str, value: object) -> object:
    """A dict is a document by itself; a list has to be said to be one."""
    import json

    from yara_orm._engine import JsonDocument

    if kind == "json" and not isinstance(value, dict):
        del JsonDocument
        return json.dumps(value)
    return value


@pytest.mark.parametrize(("kind", "column", "value"), ROUND_TRIPS)
def test_round_trip(database: Database, run: Run, kind: str, column: str, value: object) -> None:
    engine = database.engine()
    sqlite_columns = {
        "bytea": "blob",
        "bigint": "integer",
        "boolean": "integer",
        "double precision": "real",
        "interval": "integer",
    }
    declared = column if database.is_postgres else sqlite_columns.get(column, "text")
    table = database.table(f"id integer, value {declared}")
    shape = Shape.tuples([(kind, None)])

    async def main() -> None:
        insert = f"insert into {table} values ($1, $2)"
        await engine.execute(insert, [1, parameter(kind, value)])
        await engine.execute(insert, [2, None])
        rows = await engine.fetch_as(shape, f"select value from {table} order by id")
        assert rows == [(value,), (None,)]
        assert type(rows[0][0]) is type(value)

    run(main)
    assert engine.fetch_as(shape, f"select value from {table} where id = 1").run() == [(value,)]


def test_instants_follow_the_setting(database: Database) -> None:
    engine = database.engine()
    table = database.table("at timestamptz" if database.is_postgres else "at text")
    berlin = dt.timezone(dt.timedelta(hours=2))
    moment = dt.datetime(2024, 7, 1, 12, 0, 0, 5, tzinfo=berlin)
    engine.execute(f"insert into {table} values ($1)", [moment]).run()

    def read() -> dt.datetime:
        shape = Shape.scalars(("instant", None))
        return engine.fetch_as(shape, f"select at from {table}").run()[0]

    try:
        set_time_zone(True)
        assert read() == moment and read().tzinfo is UTC
        set_time_zone(True, berlin)
        assert read() == moment and read().utcoffset() == dt.timedelta(hours=2)
        set_time_zone(False)
        assert read() == dt.datetime(2024, 7, 1, 10, 0, 0, 5)
    finally:
        set_time_zone(False)


def test_dates_on_sqlite_in_other_spellings(sqlite: Database) -> None:
    engine = sqlite.engine()
    moment = dt.datetime(2024, 2, 29, 1, 2, 3)

    def read(kind: str, text: str) -> object:
        return engine.fetch_as(Shape.scalars((kind, None)), "select ?", [text]).run()[0]

    assert read("datetime", "2024-02-29 01:02:03.000000") == moment
    assert read("datetime", "2024-02-29T01:02:03") == moment
    assert read("instant", "2024-02-29 01:02:03.000000+00:00") == moment
    assert read("instant", "2024-02-29T03:02:03+02:00") == moment
    assert read("instant", "2024-02-29 01:02:03") == moment
    for text in ("2024-02-30 01:02:03.000000", "2024-02-29 01:02:03.00000x", "0000-01-01 00:00:00"):
        with pytest.raises(exceptions.DataError):
            read("datetime", text)


def test_what_a_database_says_without_a_declaration(postgres: Database) -> None:
    engine = postgres.engine()
    rows = engine.fetch_rows(
        "select true, 1::int2, 2::int4, 3::int8, 1.5::float4, 0.1::float4, 2.5::float8, 'x'::text,"
        " '\\x01'::bytea, 1.10::numeric, '2024-01-02'::date, '03:04:05'::time,"
        " '2024-01-02 03:04:05'::timestamp, '2024-01-02 03:04:05+02'::timestamptz,"
        " '1 day 02:00'::interval, '{\"a\": [1]}'::jsonb, array[[1,2],[3,4]], null"
    ).run()
    assert rows == [
        (
            True,
            1,
            2,
            3,
            1.5,
            0.1,
            2.5,
            "x",
            b"\x01",
            Decimal("1.10"),
            dt.date(2024, 1, 2),
            dt.time(3, 4, 5),
            dt.datetime(2024, 1, 2, 3, 4, 5),
            dt.datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC),
            dt.timedelta(days=1, hours=2),
            {"a": [1]},
            [[1, 2], [3, 4]],
            None,
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "'infinity'::timestamptz",
        "'infinity'::date",
        "'1 month'::interval",
        "'20000-01-01'::date",
        "'24:00'::time",
    ],
)
def test_what_python_cannot_hold_is_refused(postgres: Database, text: str) -> None:
    engine = postgres.engine()
    with pytest.raises(exceptions.DataError) as raised:
        engine.fetch_rows(f"select {text} as odd").run()
    assert "column `odd`" in str(raised.value)
    # The connection stays in step.
    assert engine.fetch_rows("select 1").run() == [(1,)]


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


def test_functions_make_something_of_values(database: Database) -> None:
    engine = database.engine()
    shape = Shape.tuples([("str", Colour), ("int", Level)])
    assert engine.fetch_as(shape, "select $1, 3", [Colour.RED]).run() == [(Colour.RED, Level.HIGH)]
    # NULL is not asked about; what the function raises comes as it is.
    assert engine.fetch_as(shape, "select null, null").run() == [(None, None)]
    with pytest.raises(ValueError, match="'blue' is not a valid Colour"):
        engine.fetch_as(shape, "select 'blue', 3").run()
    assert engine.fetch_rows("select 1").run() == [(1,)]


class Odd:
    def __repr__(self) -> str:
        return "<an odd thing>"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\0b", "NUL"),
        ("\ud800", "lone surrogates"),
        (Odd(), "Odd <an odd thing>"),
        ({"a": math.nan}, "cannot be written as JSON"),
        ({"a": Odd()}, "cannot be written as JSON"),
        ([1, "x"], "str 'x' was given, and int is wanted"),
        (Decimal("NaN"), "finite"),
        (dt.time(1, tzinfo=UTC), "without a time zone"),
        (dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=1))), "years 1 to 9999"),
    ],
)
def test_refused_values(database: Database, value: object, text: str) -> None:
    engine = database.engine()
    told: list[str] = []
    engine.on_statement = lambda sql, seconds, error: told.append(sql)
    with pytest.raises(exceptions.ValidationError) as raised:
        engine.execute("select $2, $1", [value, 1])
    assert str(raised.value).startswith("the value of $1: ")
    assert text in str(raised.value)
    assert isinstance(raised.value, exceptions.DataError) and isinstance(raised.value, ValueError)
    assert told == []


def test_integers_past_64_bits_are_numbers(postgres: Database) -> None:
    engine = postgres.engine()
    assert engine.fetch_rows("select $1", [2**70]).run() == [(Decimal(2**70),)]


class Plain:
    id: int
    name: str


class Slotted:
    __slots__ = ("__weakref__", "id", "name", "tag")


def test_instances_are_made_without_init(database: Database) -> None:
    class Strict(Plain):
        def __init__(self) -> None:
            raise AssertionError

        def __setattr__(self, name: str, value: object) -> None:
            raise AssertionError

    engine = database.engine()
    columns = [("id", ("int", None)), ("name", ("str", None))]
    for kind in (Plain, Strict, Slotted):
        shape = Shape.instances(kind, columns)
        one, other = engine.fetch_as(
            shape, "select 1, 'a' union all select 2, null order by 1"
        ).run()
        assert type(one) is kind
        assert (one.id, one.name, other.id, other.name) == (1, "a", 2, None)
    assert vars(engine.fetch_as(Shape.instances(Plain, columns), "select 1, 'a'").run()[0]) == {
        "id": 1,
        "name": "a",
    }


def test_related_instances_and_constants(database: Database) -> None:
    engine = database.engine()
    tag = object()
    inner = Shape.instances(
        Slotted, [("id", ("int", None)), ("name", ("str", None))], [], [("tag", tag)]
    )
    outer = Shape.instances(Plain, [("id", ("int", None))], [("author", inner, True)])
    rows = engine.fetch_as(
        outer, "select 1, 7, 'Ada' union all select 2, null, null order by 1"
    ).run()
    assert rows[0].author.name == "Ada" and rows[0].author.tag is tag
    assert rows[1].author is None


def test_shapes_are_checked() -> None:
    with pytest.raises(TypeError):
        Shape.instances(int, [])
    with pytest.raises(TypeError, match="set twice"):
        Shape.instances(Plain, [("id", ("int", None)), ("id", ("int", None))])
    with pytest.raises(exceptions.ConfigurationError, match="no kind of a column"):
        Shape.scalars(("integer", None))


def test_rows_must_fit_their_shape(database: Database) -> None:
    engine: Engine = database.engine()
    with pytest.raises(exceptions.DataError, match="have 2 columns, and 1"):
        engine.fetch_as(Shape.scalars(("int", None)), "select 1, 2").run()
    with pytest.raises(exceptions.DataError, match="holds text, not 64-bit integer"):
        engine.fetch_as(Shape.scalars(("int", None)), "select 'x'").run()


def test_batches(database: Database) -> None:
    engine = database.engine()
    table = database.table("a integer")
    count = Shape.tuples([("int", None)])
    results = engine.fetch_batch(
        [
            (Shape.tuples([]), f"insert into {table} values ($1), ($2)", [1, 2]),
            (count, f"select count(*) from {table}", None),
            (Shape.scalars(("int", None)), f"select a from {table} order by a", None),
        ]
    ).run()
    assert results == [[], [(2,)], [1, 2]]
