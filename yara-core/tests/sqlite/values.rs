//! What goes in comes out, extremes included.

use crate::support::*;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use std::fmt::Debug;
use std::sync::Arc;
use uuid::Uuid;
use yara_core::backend::{Access, Connection};
use yara_core::value::{FieldType, Interval, Json, Numeric, Type, Value};

fn store() -> Arc<dyn Connection> {
    let connection = memory();
    run(&connection, vec![once("create table store (v); insert into store values (null)")])
        .unwrap();
    connection
}

fn round<T: FieldType + PartialEq + Debug>(values: &[T]) {
    let connection = store();
    for value in values {
        let bound = value.encode().unwrap();
        let back = typed::<T>(&connection, "select ?1", vec![bound.clone()]).unwrap();
        assert_eq!(&back[0], value);
        run(&connection, vec![with(Access::Write, "update store set v = ?1", vec![bound])])
            .unwrap();
        let back = typed::<T>(&connection, "select v from store", vec![]).unwrap();
        assert_eq!(&back[0], value);
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn numbers() {
    round(&[true, false]);
    round(&[i16::MIN, -1, 0, i16::MAX]);
    round(&[i32::MIN, i32::MAX]);
    round(&[i64::MIN, i64::MAX]);
    round(&[0u64, i64::MAX as u64]);
    round(&[0.0, -0.0, 0.1, f64::MIN, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e15, 1e300]);
    round(&[f64::INFINITY, f64::NEG_INFINITY]);
    round(&[0.1f32, f32::MAX, f32::MIN_POSITIVE, f32::INFINITY, f32::NEG_INFINITY]);
    let connection = memory();
    for nan in [Value::F64(f64::NAN), Value::F32(f32::NAN)] {
        assert!(typed::<f64>(&connection, "select ?1", vec![nan]).unwrap()[0].is_nan());
    }
}

#[test]
fn decimals_keep_every_digit() {
    let large = format!("-{}.{}", "123456789".repeat(20), "0123456789".repeat(10));
    for text in ["0", "1.50", "-0.000000000000000000000001", &large, "NaN", "Infinity", "-Infinity"]
    {
        let number: Numeric = text.parse().unwrap();
        let back =
            typed::<Numeric>(&memory(), "select ?1", vec![number.encode().unwrap()]).unwrap();
        assert_eq!(back[0].as_str(), text);
    }
}

#[test]
fn text_bytes_and_uuid() {
    round(&[String::new(), "Ærøskøbing 🦀 'quoted' \"x\" \\ % _".into(), "a".repeat(1 << 20)]);
    round(&[vec![], vec![0u8, 255, 0], vec![7; 1 << 20]]);
    round(&[Uuid::nil(), Uuid::max(), Uuid::from_u128(0x0123_4567_89ab_cdef)]);
    let stored = typed::<String>(&memory(), "select ?1", vec![Value::Uuid(Uuid::max())]).unwrap();
    assert_eq!(stored[0], "ffffffff-ffff-ffff-ffff-ffffffffffff");
}

#[test]
fn dates_and_times() {
    round(&[day("0001-01-01"), day("1969-12-31"), day("2024-02-29"), day("9999-12-31")]);
    let last = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap();
    round(&[NaiveTime::MIN, NaiveTime::from_hms_opt(12, 0, 0).unwrap(), last]);
    let moments: Vec<NaiveDateTime> =
        [("0001-01-01", NaiveTime::MIN), ("1969-12-31", last), ("9999-12-31", last)]
            .map(|(date, time)| day(date).and_time(time))
            .into();
    round(&moments);
    round(&moments.iter().map(|moment| moment.and_utc()).collect::<Vec<DateTime<Utc>>>());
    let (micro, us) = (TimeDelta::microseconds(1), TimeDelta::microseconds(i64::MAX));
    round(&[TimeDelta::zero(), micro, -micro, us, TimeDelta::days(-400)]);
}

#[test]
fn the_order_of_stored_times_is_that_of_the_times() {
    let connection = memory();
    let times = [0, 1, 999_999, 1_000_000, 86_399_999_999i64];
    let values = times.iter().rev().map(|micros| Value::Time(*micros)).collect();
    let sql = "select v from (select ?1 v union all select ?2 union all select ?3 union all select ?4 union all select ?5) order by v";
    let back = typed::<String>(&connection, sql, values).unwrap();
    assert_eq!(
        back,
        [
            "00:00:00.000000",
            "00:00:00.000001",
            "00:00:00.999999",
            "00:00:01.000000",
            "23:59:59.999999"
        ]
    );
    let sql = "select ?1 || ' ' || ?2";
    let back = typed::<String>(&connection, sql, vec![Value::Timestamp(0), Value::TimestampTz(-1)]);
    assert_eq!(back.unwrap(), ["1970-01-01 00:00:00.000000 1969-12-31 23:59:59.999999+00:00"]);
}

#[test]
fn json_keeps_its_text() {
    round(&[Json(vec![vec![1i64], vec![]])]);
    let text = r#"{"z":1, "a":18446744073709551616}"#;
    let back = typed::<String>(&memory(), "select ?1", vec![Value::Json(text.into())]).unwrap();
    assert_eq!(back, [text]);
}

#[test]
fn null_of_every_kind() {
    let connection = memory();
    for kind in [Type::Bool, Type::I64, Type::Text, Type::Interval, Type::Array(&Type::I64)] {
        let back = typed::<Option<String>>(&connection, "select ?1", vec![Value::Null(kind)]);
        assert_eq!(back.unwrap(), [None]);
    }
    round(&[None::<i64>, Some(1)]);
}

#[test]
fn what_cannot_be_stored_is_refused_before_anything_runs() {
    let connection = memory();
    let bad = [
        Value::Interval(Interval { months: 1, days: 0, micros: 0 }),
        Value::Interval(Interval { months: 0, days: -1, micros: 0 }),
        Value::Date(i32::MAX),
        Value::Date(i32::MIN),
        Value::Timestamp(i64::MAX),
        Value::TimestampTz(i64::MIN),
        Value::Time(-1),
        Value::Time(86_400_000_000),
        Value::Text("a\0b".into()),
    ];
    for value in bad {
        let batch = vec![
            write("insert into t values (1)"),
            with(Access::Write, "insert into t values (?1)", vec![value.clone()]),
        ];
        let error = run(&connection, batch).unwrap_err();
        assert!(error.is_invalid_value(), "{value:?}: {error}");
        assert_eq!(error.statement(), Some("insert into t values (?1)"));
    }
    assert_eq!(ints(&connection, "select count(*) from t"), [0]);
}

#[test]
fn text_that_is_not_utf8_is_an_error() {
    let error = typed::<String>(&memory(), "select cast(x'ff' as text) as name", vec![]);
    let error = error.unwrap_err();
    assert!(error.is_decode_error() && error.to_string().contains("`name`"), "{error}");
}

#[test]
fn wide_rows() {
    let connection = memory();
    for columns in [1, 4, 5, 8, 9, 16, 17, 64, 65, 2000] {
        let list: Vec<String> = (0..columns).map(|at| format!("{at} as c{at}")).collect();
        let answer = run(&connection, vec![read(&format!("select {}", list.join(", ")))]).unwrap();
        assert_eq!(answer.rows[0].1, (0..columns).map(Cell::Int).collect::<Vec<_>>());
        assert_eq!(answer.columns[0].1.len(), columns as usize);
    }
}
