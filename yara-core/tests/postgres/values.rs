//! Every kind of value goes to the server and comes back as it was.

use crate::support::{Cell, connect, in_step, read, run, text};
use yara_core::backend::Connection;
use yara_core::value::{Array, Interval, Type, Value};

const I32_LIST: Type = Type::Array(&Type::I32);
const TEXT_LIST: Type = Type::Array(&Type::Text);

fn list(kind: Type, items: Vec<Value>) -> Value {
    Value::Array(Box::new(Array::new(kind, items)))
}

fn numeric(text: &str) -> Value {
    Value::Numeric(text.parse().unwrap())
}

async fn there_and_back(connection: &dyn Connection, value: &Value, sql_type: &str) -> Cell {
    let sql = format!("SELECT $1::{sql_type}");
    let answer = run(connection, vec![read(&sql, vec![value.clone()])]).await;
    answer.unwrap_or_else(|error| panic!("{value:?} as {sql_type}: {error}")).cell()
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn scalars_with_their_extremes() {
    let connection = connect().await;
    let long = "x".repeat(100_000);
    let digits = format!("-{}.{}", "9".repeat(1000), "1".repeat(1000));
    let days = |year_zero: i32| Value::Date(year_zero);
    for (value, sql_type) in [
        (Value::Bool(true), "bool"),
        (Value::Bool(false), "bool"),
        (Value::I16(i16::MIN), "int2"),
        (Value::I16(i16::MAX), "int2"),
        (Value::I32(i32::MIN), "int4"),
        (Value::I32(i32::MAX), "int4"),
        (Value::I64(i64::MIN), "int8"),
        (Value::I64(i64::MAX), "int8"),
        (Value::F32(f32::MIN_POSITIVE), "float4"),
        (Value::F32(f32::NEG_INFINITY), "float4"),
        (Value::F64(f64::MAX), "float8"),
        (Value::F64(-0.1), "float8"),
        (Value::F64(f64::INFINITY), "float8"),
        (numeric("0"), "numeric"),
        (numeric("-0.0001000"), "numeric"),
        (numeric("123456789012345678901234567890.50"), "numeric"),
        (numeric(&digits), "numeric"),
        (numeric("NaN"), "numeric"),
        (Value::Text("".into()), "text"),
        (Value::Text("Ünïcödé \u{1f980}\n\\'\"".into()), "text"),
        (Value::Text(long.into()), "text"),
        (Value::Bytes([].into()), "bytea"),
        (Value::Bytes([0, 255, b'\'', b'\\'].into()), "bytea"),
        (Value::Uuid(uuid::Uuid::nil()), "uuid"),
        (Value::Uuid(uuid::Uuid::max()), "uuid"),
        (days(0), "date"),
        (days(-719_162), "date"),
        (days(2_932_896), "date"),
        (days(i32::MAX), "date"),
        (days(i32::MIN), "date"),
        (Value::Time(0), "time"),
        (Value::Time(86_399_999_999), "time"),
        (Value::Time(86_400_000_000), "time"),
        (Value::Timestamp(0), "timestamp"),
        (Value::Timestamp(-62_135_596_800_000_000), "timestamp"),
        (Value::Timestamp(253_402_300_799_999_999), "timestamp"),
        (Value::Timestamp(i64::MAX), "timestamp"),
        (Value::TimestampTz(1), "timestamptz"),
        (Value::TimestampTz(i64::MIN), "timestamptz"),
        (Value::Interval(Interval { months: -14, days: 3, micros: -1 }), "interval"),
        (Value::Interval(Interval { months: 0, days: 0, micros: i64::MAX }), "interval"),
        (Value::Json(r#"{"b": 1,  "a": [1e400, null]}"#.into()), "json"),
    ] {
        let cell = there_and_back(&*connection, &value, sql_type).await;
        match (&value, &cell) {
            // Numbers that are equal may differ in scale: it is to be the same.
            (Value::Numeric(sent), Cell::Value(Value::Numeric(came))) => {
                assert_eq!(sent.as_str(), came.as_str());
            }
            _ => assert_eq!(cell, Cell::Value(value), "{sql_type}"),
        }
    }
    let nan = there_and_back(&*connection, &Value::F64(f64::NAN), "float8").await;
    assert!(matches!(nan, Cell::Value(Value::F64(value)) if value.is_nan()));
    let document = there_and_back(&*connection, &Value::Json("{\"b\":1}".into()), "jsonb").await;
    assert_eq!(document, Cell::Value(Value::Json("{\"b\": 1}".into())));
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn what_the_server_counts_is_what_was_meant() {
    let connection = connect().await;
    for (value, written) in [
        (Value::Date(0), "1970-01-01"),
        (Value::Date(i32::MAX), "infinity"),
        (Value::Time(1), "00:00:00.000001"),
        (Value::Timestamp(-1), "1969-12-31 23:59:59.999999"),
        (Value::Timestamp(i64::MIN), "-infinity"),
        (
            Value::Interval(Interval { months: 1, days: -2, micros: 3 }),
            "1 mon -2 days +00:00:00.000003",
        ),
        (numeric("10000.0010"), "10000.0010"),
        (Value::Bytes([1, 254].into()), "\\x01fe"),
        (list(I32_LIST, vec![Value::I32(1), Value::Null(Type::I32)]), "{1,NULL}"),
    ] {
        let answer = run(&*connection, vec![read("SELECT $1::text", vec![value])]).await;
        // The type of the parameter is the value's own, and the cast writes it.
        assert_eq!(answer.unwrap().cell(), text(written));
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn null_of_every_kind() {
    let connection = connect().await;
    for kind in [
        Type::Bool,
        Type::I16,
        Type::I32,
        Type::I64,
        Type::F32,
        Type::F64,
        Type::Numeric,
        Type::Text,
        Type::Bytes,
        Type::Uuid,
        Type::Date,
        Type::Time,
        Type::Timestamp,
        Type::TimestampTz,
        Type::Interval,
        Type::Json,
        I32_LIST,
        TEXT_LIST,
    ] {
        let answer = run(&*connection, vec![read("SELECT $1", vec![Value::Null(kind)])]).await;
        assert_eq!(answer.unwrap().cell(), Cell::Null, "{kind:?}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn arrays_of_any_depth() {
    let connection = connect().await;
    let cells = |items: &[i32]| {
        Cell::Array(items.iter().map(|item| Cell::Value(Value::I32(*item))).collect())
    };
    let ints = |items: &[i32]| list(I32_LIST, items.iter().map(|item| Value::I32(*item)).collect());
    const NESTED: Type = Type::Array(&I32_LIST);

    let cell = there_and_back(&*connection, &ints(&[]), "int4[]").await;
    assert_eq!(cell, cells(&[]));
    let nested = list(NESTED, vec![ints(&[1, 2]), ints(&[3, 4]), ints(&[5, 6])]);
    let cell = there_and_back(&*connection, &nested, "int4[]").await;
    assert_eq!(cell, Cell::Array(vec![cells(&[1, 2]), cells(&[3, 4]), cells(&[5, 6])]));
    let deep = list(Type::Array(&NESTED), vec![nested.clone()]);
    let cell = there_and_back(&*connection, &deep, "int4[]").await;
    assert!(
        matches!(cell, Cell::Array(outer) if matches!(&outer[0], Cell::Array(inner) if inner.len() == 3))
    );

    for (kind, item, sql_type) in [
        (Type::Array(&Type::Bool), Value::Bool(true), "bool[]"),
        (Type::Array(&Type::I16), Value::I16(1), "int2[]"),
        (Type::Array(&Type::I64), Value::I64(1), "int8[]"),
        (Type::Array(&Type::F32), Value::F32(0.5), "float4[]"),
        (Type::Array(&Type::F64), Value::F64(0.5), "float8[]"),
        (Type::Array(&Type::Numeric), numeric("1.50"), "numeric[]"),
        (TEXT_LIST, Value::Text("a,\"b\"".into()), "text[]"),
        (TEXT_LIST, Value::Text("a".into()), "varchar[]"),
        (Type::Array(&Type::Bytes), Value::Bytes([0].into()), "bytea[]"),
        (Type::Array(&Type::Uuid), Value::Uuid(uuid::Uuid::max()), "uuid[]"),
        (Type::Array(&Type::Date), Value::Date(3), "date[]"),
        (Type::Array(&Type::Time), Value::Time(3), "time[]"),
        (Type::Array(&Type::Timestamp), Value::Timestamp(3), "timestamp[]"),
        (Type::Array(&Type::TimestampTz), Value::TimestampTz(3), "timestamptz[]"),
        (Type::Array(&Type::Interval), Value::Interval(Interval::from_micros(3)), "interval[]"),
        (Type::Array(&Type::Json), Value::Json("{}".into()), "json[]"),
        (Type::Array(&Type::Json), Value::Json("{}".into()), "jsonb[]"),
    ] {
        let null = Value::Null(item.kind());
        let cell =
            there_and_back(&*connection, &list(kind, vec![item.clone(), null]), sql_type).await;
        assert_eq!(cell, Cell::Array(vec![Cell::Value(item), Cell::Null]), "{sql_type}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn what_cannot_be_stored_is_refused_before_anything_is_sent() {
    let connection = connect().await;
    for value in [
        Value::Text("a\0b".into()),
        Value::Date(i32::MAX - 1),
        Value::Time(-1),
        list(Type::Array(&I32_LIST), vec![list(I32_LIST, vec![])]),
    ] {
        // The first request of the batch is not run either.
        let batch = vec![
            read("SELECT set_config('yara.sent', 'yes', false)", vec![]),
            read("SELECT $1", vec![value]),
        ];
        let error = run(&*connection, batch).await.unwrap_err();
        assert!(error.is_invalid_value(), "{error}");
        assert!(error.to_string().starts_with("parameter $1: "), "{error}");
        assert_eq!(error.statement(), Some("SELECT $1"));
    }
    let sent =
        run(&*connection, vec![read("SELECT current_setting('yara.sent', true)", vec![])]).await;
    assert_eq!(sent.unwrap().cell(), Cell::Null);
    in_step(&*connection).await;
}
