//! Which of several values: of numbers and texts as they are stored, of decimals as numbers, of
//! intervals by their length.

use super::interval::length;
use super::{FLAGS, failed, numeric};
use crate::value::compare_digits;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};
use std::cmp::Ordering;

/// How two arguments, by position and neither of them NULL, are compared.
type Compare = fn(&Context<'_>, usize, usize) -> Result<Ordering>;

/// Registers the functions.
pub(super) fn register(database: &Connection) -> Result<()> {
    let families: [(&str, Compare); 3] =
        [("yara_", stored), ("yara_numeric_", by_number), ("yara_interval_", by_length)];
    for (prefix, compare) in families {
        for (name, wanted) in [("greatest", Ordering::Greater), ("least", Ordering::Less)] {
            let name = format!("{prefix}{name}");
            database.create_scalar_function(name.as_str(), -1, FLAGS, move |context| {
                extreme(context, compare, wanted)
            })?;
        }
        if prefix != "yara_" {
            let name = format!("{prefix}nullif");
            database.create_scalar_function(name.as_str(), 2, FLAGS, move |context| {
                null_if(context, compare)
            })?;
        }
    }
    Ok(())
}

fn is_null(context: &Context<'_>, at: usize) -> bool {
    matches!(context.get_raw(at), ValueRef::Null)
}

fn value(context: &Context<'_>, at: usize) -> Result<Value> {
    Value::try_from(context.get_raw(at)).map_err(|cause| failed(Box::new(cause)))
}

/// The argument that is greater, or less, than all others; NULLs are passed over.
fn extreme(context: &Context<'_>, compare: Compare, wanted: Ordering) -> Result<Value> {
    let mut found: Option<usize> = None;
    for at in 0..context.len() {
        if is_null(context, at) {
            continue;
        }
        found = match found {
            Some(best) if compare(context, at, best)? != wanted => Some(best),
            _ => Some(at),
        };
    }
    found.map_or(Ok(Value::Null), |at| value(context, at))
}

fn null_if(context: &Context<'_>, compare: Compare) -> Result<Value> {
    if is_null(context, 0) || is_null(context, 1) {
        return value(context, 0);
    }
    match compare(context, 0, 1)? {
        Ordering::Equal => Ok(Value::Null),
        _ => value(context, 0),
    }
}

/// In SQLite's own order, in which the word NaN stands after every number.
fn stored(context: &Context<'_>, left: usize, right: usize) -> Result<Ordering> {
    use ValueRef::{Blob, Integer, Null, Real, Text};
    let class = |value: &ValueRef<'_>| match value {
        Null => 0,
        Integer(_) | Real(_) => 1,
        Text(_) => 2,
        Blob(_) => 3,
    };
    let (left, right) = (context.get_raw(left), context.get_raw(right));
    Ok(match (left, right) {
        (Integer(left), Integer(right)) => left.cmp(&right),
        (Real(left), Real(right)) => left.total_cmp(&right),
        (Integer(left), Real(right)) => (left as f64).total_cmp(&right),
        (Real(left), Integer(right)) => left.total_cmp(&(right as f64)),
        (Text(left), Text(right)) | (Blob(left), Blob(right)) => left.cmp(right),
        (left, right) => class(&left).cmp(&class(&right)),
    })
}

fn by_number(context: &Context<'_>, left: usize, right: usize) -> Result<Ordering> {
    let (Some(left), Some(right)) = (numeric(context, left)?, numeric(context, right)?) else {
        return Ok(Ordering::Equal);
    };
    Ok(compare_digits(&left.to_string(), &right.to_string()))
}

fn by_length(context: &Context<'_>, left: usize, right: usize) -> Result<Ordering> {
    Ok(length(context, left)?.cmp(&length(context, right)?))
}
