//! Functions as PostgreSQL has them, a file for each family.

mod array;
mod choice;
mod json;
mod json_edit;
mod moment;
pub(super) mod number;
mod range;
mod regex;
mod search;
mod text;

pub(super) use search::create_fulltext;

use super::super::{Level, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::tree::{Expr, Family, Function};
use crate::value::Type;

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
        Family::Range => range::call(writer, function, arguments),
        Family::Regex => regex::call(writer, function, arguments),
        Family::Search => search::call(writer, function, arguments),
        Family::Text => text::call(writer, function, arguments),
    }
}

/// The error for what the database does not have.
fn unsupported(function: Function) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("PostgreSQL has no {function:?}; read the value and compute it in the program"),
    )
}

/// An argument that has to be an `integer`: PostgreSQL casts no wider one by itself.
pub(super) fn integer(writer: &mut Writer<'_>, argument: &Expr) -> Result<()> {
    if matches!(argument.kind(), Some(Type::I16 | Type::I32)) {
        return writer.operand(argument, Level::Atom);
    }
    writer.operand(argument, Level::Atom)?;
    writer.push("::integer");
    Ok(())
}
