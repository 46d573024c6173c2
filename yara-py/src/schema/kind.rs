//! The names by which Python speaks of kinds of values.

use crate::query::configuration;
use pyo3::PyResult;
use yara_core::value::Type;

/// The name of a kind, from which [`kind`] makes it.
pub(crate) fn code(kind: Type) -> String {
    match kind {
        Type::Bool => "bool".into(),
        Type::I16 => "i16".into(),
        Type::I32 => "i32".into(),
        Type::I64 => "i64".into(),
        Type::F32 => "f32".into(),
        Type::F64 => "f64".into(),
        Type::Numeric => "numeric".into(),
        Type::Text => "text".into(),
        Type::Bytes => "bytes".into(),
        Type::Uuid => "uuid".into(),
        Type::Date => "date".into(),
        Type::Time => "time".into(),
        Type::Timestamp => "timestamp".into(),
        Type::TimestampTz => "timestamptz".into(),
        Type::Interval => "interval".into(),
        Type::Json => "json".into(),
        Type::Array(element) => format!("array:{}", code(*element)),
    }
}

/// The kind of a name: `i32`, or `array:i32` for a list.
pub(crate) fn kind(name: &str) -> PyResult<Type> {
    if let Some(element) = name.strip_prefix("array:") {
        return Ok(kind(element)?.list());
    }
    Ok(match name {
        "bool" => Type::Bool,
        "i16" => Type::I16,
        "i32" => Type::I32,
        "i64" => Type::I64,
        "f32" => Type::F32,
        "f64" => Type::F64,
        "numeric" => Type::Numeric,
        "text" => Type::Text,
        "bytes" => Type::Bytes,
        "uuid" => Type::Uuid,
        "date" => Type::Date,
        "time" => Type::Time,
        "timestamp" => Type::Timestamp,
        "timestamptz" => Type::TimestampTz,
        "interval" => Type::Interval,
        "json" => Type::Json,
        other => return Err(configuration(format!("there is no kind of value `{other}`"))),
    })
}
