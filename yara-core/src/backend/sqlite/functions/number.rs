//! Division as PostgreSQL has it: by zero it is an error, where SQLite's own gives NULL.

use super::super::decimal::DecimalError;
use rusqlite::types::{Value, ValueRef};

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
