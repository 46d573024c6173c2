//! Lists: JSON text as the value of a column, and a table of values for `x in rarray(?1)`.

use super::bind::write_text;
use crate::value::{Array, Value};
use rusqlite::types::Value as Stored;
use std::fmt::Write;
use std::rc::Rc;

/// Writes a list as JSON: numbers and booleans as they are, everything else as a string. `with_array` in `value/json.rs` reads it.
pub(super) fn write_json(out: &mut String, array: &Array) {
    out.push('[');
    for (at, item) in array.items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_item(out, item);
    }
    out.push(']');
}

fn write_item(out: &mut String, item: &Value) {
    match item {
        Value::Null(_) => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::F32(value) if value.is_finite() => {
            let _ = write!(out, "{:?}", f64::from(*value));
        }
        Value::F64(value) if value.is_finite() => {
            let _ = write!(out, "{value:?}");
        }
        Value::I16(_) | Value::I32(_) | Value::I64(_) | Value::Interval(_) => {
            let _ = write!(out, "{}", integer(item));
        }
        Value::Array(array) => write_json(out, array),
        // A document is a string of its own, so that the document `null` is not NULL.
        Value::Text(text) | Value::Json(text) => write_string(out, text),
        Value::Foreign(value) => write_string(out, &value.text),
        item => {
            // The words of floats, digits, dates and hexadecimal digits need no escapes.
            out.push('"');
            write_text(out, item);
            out.push('"');
        }
    }
}

/// Writes a string of JSON.
pub(super) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for next in text.chars() {
        match next {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            next if (next as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", next as u32);
            }
            next => out.push(next),
        }
    }
    out.push('"');
}

fn integer(value: &Value) -> i64 {
    match value {
        Value::Bool(value) => i64::from(*value),
        Value::I16(value) => i64::from(*value),
        Value::I32(value) => i64::from(*value),
        Value::I64(value) => *value,
        Value::Interval(interval) => interval.micros,
        _ => 0,
    }
}

/// The values of a list as they would be stored, for `rarray`.
pub(super) fn table(array: &Array) -> Rc<Vec<Stored>> {
    Rc::new(array.items.iter().map(stored).collect())
}

fn stored(item: &Value) -> Stored {
    match item {
        Value::Null(_) => Stored::Null,
        Value::Bool(_) | Value::I16(_) | Value::I32(_) | Value::I64(_) | Value::Interval(_) => {
            Stored::Integer(integer(item))
        }
        Value::F32(value) if !value.is_nan() => Stored::Real(f64::from(*value)),
        Value::F64(value) if !value.is_nan() => Stored::Real(*value),
        Value::Bytes(bytes) => Stored::Blob(bytes.to_vec()),
        item => {
            let mut text = String::new();
            write_text(&mut text, item);
            Stored::Text(text)
        }
    }
}
