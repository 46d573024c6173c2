//! The names by which Python speaks of kinds of values.

use super::leak;
use crate::query::configuration;
use pyo3::prelude::*;
use std::sync::{PoisonError, RwLock};
use yara_core::value::{ForeignKind, Type};

/// The name of intervals that keep their months.
pub(super) const MONTHS: &str = "months";

/// The kinds that the program has registered, by the numbers in their names.
static FOREIGN: RwLock<Vec<&'static ForeignKind>> = RwLock::new(Vec::new());

/// Registers a kind of value, with the types that it has on each database; gives the name by which
/// fields have it, the same for the same kind.
#[pyfunction]
#[pyo3(signature = (name, postgres = None, sqlite = None, extension = None))]
pub(super) fn foreign_kind(
    name: String,
    postgres: Option<String>,
    sqlite: Option<String>,
    extension: Option<String>,
) -> String {
    let kind = ForeignKind {
        name: leak(name),
        postgres: postgres.map(leak),
        sqlite: sqlite.map(leak),
        extension: extension.map(leak),
    };
    let mut known = FOREIGN.write().unwrap_or_else(PoisonError::into_inner);
    let at = known.iter().position(|known| **known == kind).unwrap_or_else(|| {
        known.push(Box::leak(Box::new(kind)));
        known.len() - 1
    });
    format!("foreign:{at}")
}

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
        Type::Inet => "inet".into(),
        Type::Range(element) => format!("range:{}", code(*element)),
        Type::Foreign(kind) => {
            let known = FOREIGN.read().unwrap_or_else(PoisonError::into_inner);
            let at = known.iter().position(|known| *known == kind);
            format!("foreign:{}", at.unwrap_or(known.len()))
        }
        Type::Array(element) => format!("array:{}", code(*element)),
    }
}

/// The kind of a name: `i32`, or `array:i32` for a list.
pub(crate) fn kind(name: &str) -> PyResult<Type> {
    if let Some(element) = name.strip_prefix("array:") {
        return Ok(kind(element)?.list());
    }
    if let Some(element) = name.strip_prefix("range:") {
        let element = kind(element)?;
        return element.range().ok_or_else(|| {
            configuration(format!(
                "there are ranges of integers, decimals, dates and datetimes, not of {}",
                element.name()
            ))
        });
    }
    if let Some(at) = name.strip_prefix("foreign:") {
        let known = FOREIGN.read().unwrap_or_else(PoisonError::into_inner);
        let found = at.parse::<usize>().ok().and_then(|at| known.get(at).copied());
        return found
            .map(Type::Foreign)
            .ok_or_else(|| configuration(format!("there is no kind of value `{name}`")));
    }
    Ok(match name {
        "inet" => Type::Inet,
        MONTHS => Type::Interval,
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
