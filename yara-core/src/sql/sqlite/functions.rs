//! Functions as SQLite has them, a file for each family.

mod array;
mod choice;
mod json;
mod moment;
mod number;
mod regex;
mod search;
mod text;

use super::super::{Level, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::tree::{Expr, Family, Function, SetOperator};

/// A function and its arguments, whose number is right.
pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    match function.family() {
        Family::Array => array::call(writer, function, arguments),
        Family::Choice => choice::call(writer, function, arguments),
        Family::Json => json::call(writer, function, arguments),
        Family::Moment => moment::call(writer, function, arguments),
        Family::Number => number::call(writer, function, arguments),
        Family::Range => Err(super::types::no_ranges()),
        Family::Regex => regex::call(writer, function, arguments),
        Family::Search => search::call(writer, function, arguments),
        Family::Text => text::call(writer, function, arguments),
    }
}

/// The error for what the database does not have.
fn unsupported(function: Function) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("SQLite has no {function:?}; read the value and compute it in the program"),
    )
}

/// What stands between two queries that are combined.
pub(super) fn set_operator(operator: SetOperator) -> Result<&'static str> {
    Ok(match operator {
        SetOperator::Union => " UNION ",
        SetOperator::UnionAll => " UNION ALL ",
        SetOperator::Intersect => " INTERSECT ",
        SetOperator::Except => " EXCEPT ",
        SetOperator::IntersectAll | SetOperator::ExceptAll => {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "SQLite has no INTERSECT ALL and EXCEPT ALL; number equal rows by `row_number` to \
                 tell them apart, and leave out `all`",
            ));
        }
    })
}
