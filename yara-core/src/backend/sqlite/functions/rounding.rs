//! Functions of integers, floats and decimals that give a number of the same kind.

use super::super::decimal::{Decimal, Rounding};
use super::failure::Failure;
use super::scalar::{
    Scalar, as_decimal, as_float, as_small, float_value, from_decimal, integer_value, refuse,
    scalar,
};
use super::{FLAGS, float};
use rusqlite::functions::Context;
use rusqlite::types::Value;
use rusqlite::{Connection, Result};

/// Registers the functions.
pub(super) fn register(database: &Connection) -> Result<()> {
    database.create_scalar_function("yara_abs", 2, FLAGS, abs)?;
    database.create_scalar_function("yara_sign", 1, FLAGS, |context| sign(context, Some(0)))?;
    database
        .create_scalar_function("yara_numeric_sign", 1, FLAGS, |context| sign(context, None))?;
    for (name, rounding) in [("yara_round", Rounding::Nearest), ("yara_trunc", Rounding::Zero)] {
        database.create_scalar_function(name, 3, FLAGS, move |context| {
            let (Some(digits), Some(bits)) = (as_small(context, 1)?, as_small(context, 2)?) else {
                return Ok(Value::Null);
            };
            rounded(context, digits.into(), rounding, bits.into())
        })?;
    }
    for (name, rounding) in [("yara_floor", Rounding::Down), ("yara_ceil", Rounding::Up)] {
        database.create_scalar_function(name, 1, FLAGS, move |context| {
            match scalar(context, 0)? {
                // Exactly, and without the way over digits.
                Some(Scalar::Float(value)) if rounding == Rounding::Up => {
                    Ok(float_value(value.ceil()))
                }
                Some(Scalar::Float(value)) => Ok(float_value(value.floor())),
                _ => rounded(context, 0, rounding, 64),
            }
        })?;
    }
    float_function(database, "yara_sqrt", float::sqrt)?;
    float_function(database, "yara_exp", float::exp)?;
    float_function(database, "yara_ln", float::ln)?;
    database.create_scalar_function("yara_power", 2, FLAGS, |context| {
        let (Some(base), Some(exponent)) = (as_float(context, 0)?, as_float(context, 1)?) else {
            return Ok(Value::Null);
        };
        float::power(base, exponent).map(float_value).map_err(refuse)
    })
}

fn float_function(
    database: &Connection,
    name: &str,
    function: fn(f64) -> std::result::Result<f64, Failure>,
) -> Result<()> {
    database.create_scalar_function(name, 1, FLAGS, move |context| match as_float(context, 0)? {
        Some(number) => function(number).map(float_value).map_err(refuse),
        None => Ok(Value::Null),
    })
}

/// `yara_abs(number, bits)`
fn abs(context: &Context<'_>) -> Result<Value> {
    let Some(bits) = as_small(context, 1)? else { return Ok(Value::Null) };
    Ok(match scalar(context, 0)? {
        None => Value::Null,
        Some(Scalar::Integer(value)) => {
            let value = value.checked_abs().ok_or(Failure::OutOfRange);
            value.and_then(|value| integer_value(value, bits.into())).map_err(refuse)?
        }
        Some(Scalar::Float(value)) => float_value(value.abs()),
        Some(Scalar::Decimal(number)) => from_stored(context, number.abs()),
    })
}

/// `yara_sign(number)`. As in PostgreSQL, that of a float that is not a number is zero, and that of
/// a decimal is refused.
fn sign(context: &Context<'_>, of_nan: Option<i64>) -> Result<Option<i64>> {
    match scalar(context, 0)? {
        None => Ok(None),
        Some(Scalar::Integer(value)) => Ok(Some(value.signum())),
        Some(Scalar::Float(value)) => {
            Ok(Some(if value == 0.0 { 0 } else { value.signum() as i64 }))
        }
        Some(Scalar::Decimal(number)) => {
            number.sign().or(of_nan).map(Some).ok_or_else(|| refuse(Failure::NotFinite))
        }
    }
}

/// `yara_round(number, digits, bits)` and its kin.
fn rounded(context: &Context<'_>, digits: i64, rounding: Rounding, bits: i64) -> Result<Value> {
    Ok(match scalar(context, 0)? {
        None => Value::Null,
        Some(Scalar::Integer(value)) => {
            let number = Decimal::from(value).rounded(digits, rounding);
            // The digits after the point of a whole number are zeros.
            let digits = number.to_string();
            let whole = digits.split('.').next().unwrap_or_default();
            let value = whole.parse().map_err(|_| refuse(Failure::OutOfRange))?;
            integer_value(value, bits).map_err(refuse)?
        }
        Some(Scalar::Float(value)) => {
            let number = as_decimal(value, bits)?.rounded(digits, rounding);
            from_decimal(&number, bits).map(float_value).map_err(refuse)?
        }
        Some(Scalar::Decimal(number)) => from_stored(context, number.rounded(digits, rounding)),
    })
}

/// A decimal as it is stored; an infinite float stays one.
fn from_stored(context: &Context<'_>, number: Decimal) -> Value {
    match (context.get_raw(0).data_type(), &number) {
        (rusqlite::types::Type::Real, Decimal::Infinite(false)) => Value::Real(f64::INFINITY),
        (rusqlite::types::Type::Real, Decimal::Infinite(true)) => Value::Real(f64::NEG_INFINITY),
        _ => Value::Text(number.to_string()),
    }
}
