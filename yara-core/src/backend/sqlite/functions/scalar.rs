//! Arguments and results of functions that take numbers of any kind.

use super::super::decimal::Decimal;
use super::failure::Failure;
use super::{failed, float};
use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

/// A number as SQLite holds it.
pub(super) enum Scalar {
    /// An integer.
    Integer(i64),
    /// A float that is a number.
    Float(f64),
    /// A decimal; a float that is not a number is one, too, because it is stored as a word.
    Decimal(Decimal),
}

/// An error of a function.
pub(super) fn refuse(failure: Failure) -> rusqlite::Error {
    failed(Box::new(failure))
}

/// An argument as a number; `None` for NULL.
pub(super) fn scalar(context: &Context<'_>, index: usize) -> Result<Option<Scalar>> {
    Ok(Some(match context.get_raw(index) {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(value) => Scalar::Integer(value),
        ValueRef::Real(value) if value.is_finite() => Scalar::Float(value),
        _ => match super::numeric(context, index)? {
            Some(number) => Scalar::Decimal(number),
            None => return Ok(None),
        },
    }))
}

/// An argument as a 64-bit float; `None` for NULL.
pub(super) fn as_float(context: &Context<'_>, index: usize) -> Result<Option<f64>> {
    Ok(scalar(context, index)?.map(|number| match number {
        Scalar::Integer(value) => value as f64,
        Scalar::Float(value) => value,
        Scalar::Decimal(number) => parsed(&number.to_string()),
    }))
}

/// An argument that is an integer of 32 bits; `None` for NULL.
pub(super) fn as_small(context: &Context<'_>, index: usize) -> Result<Option<i32>> {
    match context.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(value) => {
            i32::try_from(value).map(Some).map_err(|_| refuse(Failure::OutOfRange))
        }
        other => Err(refuse(Failure::BadText("an integer", format!("{other:?}")))),
    }
}

/// The digits of a number; infinities and NaN are among them.
pub(super) fn parsed(digits: &str) -> f64 {
    match digits {
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        digits => digits.parse().unwrap_or(f64::NAN),
    }
}

/// A float as a value. NaN is a word, because SQLite would make it NULL; zero has no sign.
pub(super) fn float_value(number: f64) -> Value {
    if number.is_nan() { Value::Text("NaN".into()) } else { Value::Real(number + 0.0) }
}

/// An integer that fits so many bits.
pub(super) fn integer_value(number: i64, bits: i64) -> std::result::Result<Value, Failure> {
    let fits = match bits {
        16 => i16::try_from(number).is_ok(),
        32 => i32::try_from(number).is_ok(),
        _ => true,
    };
    if fits { Ok(Value::Integer(number)) } else { Err(Failure::OutOfRange) }
}

/// A finite float as the decimal by which it is written.
pub(super) fn as_decimal(number: f64, bits: i64) -> Result<Decimal> {
    let digits = if bits == 32 { format!("{}", number as f32) } else { format!("{number}") };
    Decimal::parse(&digits).map_err(|error| failed(Box::new(error)))
}

/// A decimal as the float that it stands for, of so many bits.
pub(super) fn from_decimal(number: &Decimal, bits: i64) -> std::result::Result<f64, Failure> {
    let digits = number.to_string();
    let float = if bits == 32 {
        digits.parse::<f32>().map_or_else(|_| parsed(&digits), f64::from)
    } else {
        parsed(&digits)
    };
    let finite = !matches!(number, Decimal::Infinite(_) | Decimal::NaN);
    // Past the largest float, and below the least, which is not zero.
    if finite && (float.is_infinite() || (float == 0.0 && number.sign() != Some(0))) {
        return Err(Failure::OutOfRange);
    }
    Ok(float)
}

/// A number as it is written.
pub(super) fn written(number: &Scalar, bits: i64) -> String {
    match number {
        Scalar::Integer(value) => value.to_string(),
        Scalar::Float(value) => float::spelled(*value, bits),
        Scalar::Decimal(number) => number.to_string(),
    }
}
