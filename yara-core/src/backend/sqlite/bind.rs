//! Values into SQLite's five kinds of storage.
//!
//! | value | stored as |
//! |---|---|
//! | `Bool` | INTEGER 0 or 1 |
//! | `I16`, `I32`, `I64` | INTEGER |
//! | `F32`, `F64` | REAL, infinities too; NaN, which SQLite would turn into NULL, as TEXT `NaN`, which sorts after every number as in PostgreSQL |
//! | `Numeric` | TEXT, its digits |
//! | `Text`, `Json` | TEXT |
//! | `Bytes` | BLOB |
//! | `Uuid` | TEXT, lower case with hyphens |
//! | `Date` | TEXT `YYYY-MM-DD` |
//! | `Time` | TEXT `HH:MM:SS.ffffff` |
//! | `Timestamp` | TEXT `YYYY-MM-DD HH:MM:SS.ffffff` |
//! | `TimestampTz` | TEXT, the same in UTC, with `+00:00` |
//! | `Interval` | INTEGER, microseconds |
//! | `Inet` | TEXT, such as `10.0.0.7` or `10.0.0.0/8` |
//! | `Foreign` | TEXT, as the program gives it |
//! | `Array` | TEXT, a JSON list; inside `rarray(…)` a table of one column |

use super::{format, list};
use crate::backend::Request;
use crate::error::{Error, ErrorKind, Result};
use crate::value::Value;
use rusqlite::Statement;
use std::fmt::Write;

/// Refuses values that SQLite cannot keep, before any statement of the batch runs.
pub(super) fn check(batch: &[Request]) -> Result<()> {
    for request in batch {
        for value in &request.values {
            check_value(value).map_err(|error| error.with_statement(&request.command.sql))?;
        }
    }
    Ok(())
}

fn check_value(value: &Value) -> Result<()> {
    match value {
        // SQLite would keep it, and its own functions would read up to there; PostgreSQL cannot.
        Value::Text(text) | Value::Json(text) if text.as_bytes().contains(&0) => Err(Error::new(
            ErrorKind::InvalidValue,
            "text must not hold a NUL character; bytes may",
        )),
        Value::Date(days) => format::check_day(i64::from(*days)),
        Value::Time(micros) => format::check_time(*micros),
        Value::Timestamp(micros) | Value::TimestampTz(micros) => format::check_moment(*micros),
        Value::Interval(interval) if interval.as_micros().is_none() => Err(Error::new(
            ErrorKind::InvalidValue,
            format!(
                "the interval has {} months and {} days, and SQLite stores microseconds alone; \
                 `Interval::from_micros` makes one that fits",
                interval.months, interval.days
            ),
        )),
        Value::Range(_) => Err(Error::new(
            ErrorKind::Unsupported,
            "SQLite has no ranges; keep the two bounds as fields of their own",
        )),
        Value::Foreign(value) if value.text.as_bytes().contains(&0) => Err(Error::new(
            ErrorKind::InvalidValue,
            "text must not hold a NUL character; bytes may",
        )),
        Value::Array(array) => array.items.iter().try_for_each(|item| match item {
            // A document becomes part of the list's text, and must not break it.
            Value::Json(document) => {
                serde_json::from_str::<serde::de::IgnoredAny>(document).map(drop).map_err(|error| {
                    Error::new(
                        ErrorKind::InvalidValue,
                        format!("an item of the list is not a JSON document: {error}"),
                    )
                })
            }
            item => check_value(item),
        }),
        _ => Ok(()),
    }
}

/// Binds the parameter `index`, from 1. `scratch` is memory to write text into.
pub(super) fn bind(
    statement: &mut Statement<'_>,
    index: usize,
    value: &Value,
    lists: &[usize],
    scratch: &mut String,
) -> rusqlite::Result<()> {
    match value {
        Value::Null(_) => statement.raw_bind_parameter(index, rusqlite::types::Null),
        Value::Bool(value) => statement.raw_bind_parameter(index, value),
        Value::I16(value) => statement.raw_bind_parameter(index, value),
        Value::I32(value) => statement.raw_bind_parameter(index, value),
        Value::I64(value) => statement.raw_bind_parameter(index, value),
        Value::F32(value) if !value.is_nan() => statement.raw_bind_parameter(index, value),
        Value::F64(value) if !value.is_nan() => statement.raw_bind_parameter(index, value),
        Value::Numeric(number) => statement.raw_bind_parameter(index, number.as_str()),
        Value::Text(text) | Value::Json(text) => statement.raw_bind_parameter(index, &**text),
        Value::Bytes(bytes) => statement.raw_bind_parameter(index, &**bytes),
        Value::Interval(interval) => statement.raw_bind_parameter(index, interval.micros),
        Value::Array(array) if lists.contains(&index) => {
            statement.raw_bind_parameter(index, list::table(array))
        }
        value => {
            scratch.clear();
            write_text(scratch, value);
            statement.raw_bind_parameter(index, scratch.as_str())
        }
    }
}

/// Writes the text that a value is stored as; nothing for those that are no text.
pub(super) fn write_text(out: &mut String, value: &Value) {
    match value {
        Value::Null(_)
        | Value::Bool(_)
        | Value::I16(_)
        | Value::I32(_)
        | Value::I64(_)
        | Value::Interval(_)
        | Value::Range(_) => {}
        Value::F32(value) => write_float(out, f64::from(*value)),
        Value::F64(value) => write_float(out, *value),
        Value::Numeric(number) => out.push_str(number.as_str()),
        Value::Text(text) | Value::Json(text) => out.push_str(text),
        Value::Bytes(bytes) => {
            for byte in bytes {
                let _ = write!(out, "{byte:02x}");
            }
        }
        Value::Uuid(uuid) => {
            out.push_str(uuid.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
        }
        Value::Date(days) => format::date(out, i64::from(*days)),
        Value::Time(micros) => format::time(out, *micros),
        Value::Timestamp(micros) => format::timestamp(out, *micros),
        Value::TimestampTz(micros) => format::timestamp_tz(out, *micros),
        Value::Inet(address) => {
            let _ = write!(out, "{address}");
        }
        Value::Foreign(value) => out.push_str(&value.text),
        Value::Array(array) => list::write_json(out, array),
    }
}

fn write_float(out: &mut String, value: f64) {
    let _ = match value {
        value if value.is_nan() => write!(out, "NaN"),
        value if value.is_infinite() => {
            write!(out, "{}", if value > 0.0 { "Infinity" } else { "-Infinity" })
        }
        value => write!(out, "{value:?}"),
    };
}
