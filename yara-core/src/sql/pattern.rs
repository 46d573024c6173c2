//! Regular expressions as parameters.

use crate::error::{Error, ErrorKind, Result};
use crate::pattern::Pattern;
use crate::tree::{Expr, Literal};
use crate::value::Value;

/// A pattern must be a value: one that the database computes would be read by its own rules.
pub(super) fn literal(pattern: &Expr) -> Result<&Literal> {
    match pattern {
        Expr::Literal(literal) => Ok(literal),
        _ => Err(Error::new(
            ErrorKind::InvalidQuery,
            "a regular expression must be a text of the program, because databases read computed \
             ones differently; match in the program instead",
        )),
    }
}

/// A pattern in the database's own spelling.
pub(super) fn translated(value: Value, postgres: bool, replaces: bool) -> Result<Value> {
    let Value::Text(text) = value else { return Ok(value) };
    let pattern = Pattern::read(&text).and_then(|pattern| {
        if replaces {
            pattern.check_replaceable(&text)?;
        }
        Ok(pattern)
    });
    match pattern {
        Ok(pattern) if postgres => Ok(Value::Text(pattern.postgres.into())),
        // The function reads it again.
        Ok(_) => Ok(Value::Text(text)),
        Err(reason) => Err(Error::new(ErrorKind::InvalidQuery, reason)),
    }
}
