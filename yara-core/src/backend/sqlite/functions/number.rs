//! Arithmetic as PostgreSQL has it: past the range of the type, and by zero, it is an error, where
//! SQLite's own goes on with floats, and gives NULL.

use super::super::decimal::DecimalError;
use rusqlite::types::{Value, ValueRef};

/// The result of integers, which must fit so many bits.
pub(super) fn within(
    left: ValueRef<'_>,
    right: ValueRef<'_>,
    bits: ValueRef<'_>,
    function: fn(i64, i64) -> Option<i64>,
) -> Result<Value, DecimalError> {
    let (left, right) = match (left, right) {
        (ValueRef::Null, _) | (_, ValueRef::Null) => return Ok(Value::Null),
        (ValueRef::Integer(left), ValueRef::Integer(right)) => (left, right),
        (left, right) => return Err(DecimalError::NotANumber(format!("{left:?}, {right:?}"))),
    };
    let result = function(left, right).ok_or(DecimalError::Overflow)?;
    let fits = match bits {
        ValueRef::Integer(16) => i16::try_from(result).is_ok(),
        ValueRef::Integer(32) => i32::try_from(result).is_ok(),
        _ => true,
    };
    if fits { Ok(Value::Integer(result)) } else { Err(DecimalError::Overflow) }
}

/// The quotient; of integers towards zero.
pub(super) fn divide(left: ValueRef<'_>, right: ValueRef<'_>) -> Result<Value, DecimalError> {
    match (left, right) {
        (ValueRef::Null, _) | (_, ValueRef::Null) => Ok(Value::Null),
        (_, ValueRef::Integer(0) | ValueRef::Real(0.0)) => Err(DecimalError::DivisionByZero),
        (ValueRef::Integer(left), ValueRef::Integer(right)) => {
            left.checked_div(right).map(Value::Integer).ok_or(DecimalError::Overflow)
        }
        (left, right) => Ok(Value::Real(float(left)? / float(right)?)),
    }
}

/// What an integer division leaves, with the sign of the dividend.
pub(super) fn remainder(left: ValueRef<'_>, right: ValueRef<'_>) -> Result<Value, DecimalError> {
    match (left, right) {
        (ValueRef::Null, _) | (_, ValueRef::Null) => Ok(Value::Null),
        (_, ValueRef::Integer(0)) => Err(DecimalError::DivisionByZero),
        // The least integer by -1 leaves nothing, though the quotient itself has no room.
        (ValueRef::Integer(left), ValueRef::Integer(right)) => {
            Ok(Value::Integer(left.checked_rem(right).unwrap_or(0)))
        }
        (left, _) => Err(DecimalError::NotANumber(format!("{left:?}"))),
    }
}

fn float(value: ValueRef<'_>) -> Result<f64, DecimalError> {
    match value {
        ValueRef::Integer(value) => Ok(value as f64),
        ValueRef::Real(value) => Ok(value),
        // NaN is stored as a word.
        ValueRef::Text(b"NaN") => Ok(f64::NAN),
        other => Err(DecimalError::NotANumber(format!("{other:?}"))),
    }
}
