//! The names by which Python speaks of kinds of values.

use crate::query::configuration;
use pyo3::PyResult;
use yara_core::value::Type;

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
