//! Lists, which are JSON text; functions know them.

use super::super::super::{Level, Writer, list};
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};
use crate::value::Type;

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    let item = list::item(function, arguments)?;
    let (name, by_kind) = match function {
        Function::ArrayContains => ("yara_array_contains", true),
        Function::ArrayOverlaps => ("yara_array_overlaps", true),
        Function::ArrayHas => ("yara_array_has", true),
        Function::ArrayHasNull => ("yara_array_has_null", false),
        Function::ArrayLength => ("yara_array_length", false),
        Function::ArrayGet => ("yara_array_get", false),
        Function::ArrayAppend => ("yara_array_append", true),
        Function::ArrayRemove => ("yara_array_remove", true),
        Function::ArrayConcat => ("yara_array_concat", false),
        function => return Err(unsupported(function)),
    };
    writer.push(name);
    writer.push("(");
    writer.list(arguments, |writer, argument| writer.expr(argument))?;
    if by_kind {
        writer.push(match item {
            Some(Type::Bool) => ", 'boolean'",
            Some(Type::Numeric) => ", 'number'",
            _ => ", 'plain'",
        });
    }
    writer.push(")");
    Ok(Level::Atom)
}
