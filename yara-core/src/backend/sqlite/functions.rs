//! What SQL finds on every connection beyond SQLite's own: see the table in the
//! [module](super) above. The SQL writer relies on the names.

mod aggregate;
mod array;
mod cast;
mod choice;
mod collect;
mod failure;
mod float;
mod interval;
mod json;
mod moment;
mod number;
mod parts;
mod refuse;
mod regex;
mod rounding;
mod scalar;
mod spread;
mod text;
mod upsert;

use super::decimal::{Decimal, DecimalError};
use crate::value::{compare_addresses, compare_digits};
use collect::Items;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};
use spread::Answer;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

/// The same in, the same out, and no harm done: indexes and checks may use them.
const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// Registers everything. `clock` holds the time at which the transaction began.
pub(super) fn register(database: &Connection, clock: Arc<AtomicI64>) -> Result<()> {
    cast::register(database)?;
    choice::register(database)?;
    interval::register(database)?;
    moment::register(database, clock)?;
    parts::register(database)?;
    refuse::register(database)?;
    rounding::register(database)?;
    rusqlite::vtab::array::load_module(database)?;
    database.create_collation("yara_numeric", compare_digits)?;
    database.create_collation("yara_inet", compare_addresses)?;
    text_function(database, "yara_lower", text::lower)?;
    text_function(database, "yara_upper", text::upper)?;
    text_function(database, "yara_fold", text::fold)?;
    text_predicate(database, "yara_contains", text::contains)?;
    text_predicate(database, "yara_starts_with", text::starts_with)?;
    text_predicate(database, "yara_ends_with", text::ends_with)?;
    text_predicate(database, "yara_like", text::like)?;
    numeric_function(database, "yara_numeric_add", |left, right| Ok(left.add(&right)))?;
    numeric_function(database, "yara_numeric_sub", |left, right| Ok(left.add(&right.neg())))?;
    numeric_function(database, "yara_numeric_mul", |left, right| Ok(left.mul(&right)))?;
    numeric_function(database, "yara_numeric_div", |left, right| left.div(&right))?;
    numeric_function(database, "yara_numeric_rem", |left, right| left.rem(&right))?;
    database.create_scalar_function("yara_numeric_neg", 1, FLAGS, |context| {
        Ok(numeric(context, 0)?.map(|number| number.neg().to_string()))
    })?;
    database.create_scalar_function("yara_numeric_cmp", 2, FLAGS, |context| {
        let (Some(left), Some(right)) = (numeric(context, 0)?, numeric(context, 1)?) else {
            return Ok(None);
        };
        Ok(Some(compare_digits(&left.to_string(), &right.to_string()) as i32))
    })?;
    integer_function(database, "yara_add", i64::checked_add)?;
    integer_function(database, "yara_subtract", i64::checked_sub)?;
    integer_function(database, "yara_multiply", i64::checked_mul)?;
    upsert::register(database)?;
    number_function(database, "yara_divide", number::divide)?;
    number_function(database, "yara_remainder", number::remainder)?;
    json::register(database)?;
    array::register(database)?;
    regex::register(database)?;
    register_aggregates(database)
}

fn register_aggregates(database: &Connection) -> Result<()> {
    database.create_window_function("yara_numeric_sum", 1, FLAGS, aggregate::Sum)?;
    database.create_window_function("yara_numeric_avg", 1, FLAGS, aggregate::Average)?;
    database.create_window_function("yara_interval_avg", 1, FLAGS, aggregate::IntervalAverage)?;
    for (name, over, answer) in [
        ("yara_float_sum", "yara_float_sum_over", Answer::Sum),
        ("yara_float_avg", "yara_float_avg_over", Answer::Mean),
        ("yara_var_samp", "yara_var_samp_over", Answer::Variance),
        ("yara_var_pop", "yara_var_pop_over", Answer::VarianceAll),
        ("yara_stddev_samp", "yara_stddev_samp_over", Answer::Deviation),
        ("yara_stddev_pop", "yara_stddev_pop_over", Answer::DeviationAll),
    ] {
        database.create_aggregate_function(name, 1, FLAGS, answer)?;
        database.create_window_function(over, 1, FLAGS, spread::Over(answer))?;
    }
    for (name, items) in [
        ("yara_array_agg", Items::Stored),
        ("yara_array_agg_bool", Items::StoredBool),
        ("yara_json_agg", Items::Json),
        ("yara_json_agg_bool", Items::JsonBool),
        ("yara_json_agg_raw", Items::JsonRaw),
    ] {
        database.create_window_function(name, 1, FLAGS, items)?;
    }
    database.create_aggregate_function("yara_distinct_concat", 2, FLAGS, collect::DistinctConcat)
}

/// An argument as text, as SQLite's own text functions take it; `None` for NULL.
fn text<'c>(context: &'c Context<'_>, index: usize) -> Result<Option<Cow<'c, str>>> {
    Ok(match context.get_raw(index) {
        ValueRef::Null => None,
        ValueRef::Integer(value) => Some(value.to_string().into()),
        ValueRef::Real(value) => Some(value.to_string().into()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(std::str::from_utf8(bytes).map_err(|cause| failed(Box::new(cause)))?.into())
        }
    })
}

fn failed(cause: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::UserFunctionError(cause)
}

/// An argument as a decimal number; `None` for NULL.
fn numeric(context: &Context<'_>, index: usize) -> Result<Option<Decimal>> {
    let parsed = match context.get_raw(index) {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(value) => Ok(Decimal::from(value)),
        ValueRef::Real(value) => match value {
            f64::INFINITY => Decimal::parse("Infinity"),
            f64::NEG_INFINITY => Decimal::parse("-Infinity"),
            value => Decimal::parse(&value.to_string()),
        },
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Decimal::parse(text),
            Err(_) => Err(DecimalError::NotANumber("bytes".into())),
        },
    };
    parsed.map(Some).map_err(|error| failed(Box::new(error)))
}

fn text_function(database: &Connection, name: &str, function: fn(&str) -> String) -> Result<()> {
    database.create_scalar_function(name, 1, FLAGS, move |context| {
        Ok(text(context, 0)?.map(|text| function(&text)))
    })
}

fn text_predicate(
    database: &Connection,
    name: &str,
    predicate: fn(&str, &str, bool) -> bool,
) -> Result<()> {
    database.create_scalar_function(name, 3, FLAGS, move |context| {
        let (Some(text), Some(part)) = (text(context, 0)?, text(context, 1)?) else {
            return Ok(None);
        };
        Ok(match context.get_raw(2) {
            ValueRef::Null => None,
            ignore_case => Some(predicate(&text, &part, ignore_case != ValueRef::Integer(0))),
        })
    })
}

fn numeric_function(
    database: &Connection,
    name: &str,
    function: fn(Decimal, Decimal) -> std::result::Result<Decimal, DecimalError>,
) -> Result<()> {
    database.create_scalar_function(name, 2, FLAGS, move |context| {
        let (Some(left), Some(right)) = (numeric(context, 0)?, numeric(context, 1)?) else {
            return Ok(None);
        };
        function(left, right)
            .map(|result| Some(result.to_string()))
            .map_err(|error| failed(Box::new(error)))
    })
}

/// A function of two integers or floats.
fn number_function(
    database: &Connection,
    name: &str,
    function: fn(ValueRef<'_>, ValueRef<'_>) -> std::result::Result<Value, DecimalError>,
) -> Result<()> {
    database.create_scalar_function(name, 2, FLAGS, move |context| {
        function(context.get_raw(0), context.get_raw(1)).map_err(|error| failed(Box::new(error)))
    })
}

/// A function of two integers whose result must fit a number of bits, the third argument.
fn integer_function(
    database: &Connection,
    name: &str,
    function: fn(i64, i64) -> Option<i64>,
) -> Result<()> {
    database.create_scalar_function(name, 3, FLAGS, move |context| {
        number::within(context.get_raw(0), context.get_raw(1), context.get_raw(2), function)
            .map_err(|error| failed(Box::new(error)))
    })
}
