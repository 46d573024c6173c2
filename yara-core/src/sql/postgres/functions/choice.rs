//! Which of several values.

use super::super::super::{Level, Writer};
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};
use crate::value::Type;

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    let name = match function {
        Function::Coalesce => "coalesce",
        Function::NullIf => return null_if(writer, arguments),
        Function::Greatest => "greatest",
        Function::Least => "least",
        function => return Err(unsupported(function)),
    };
    writer.call(name, &arguments.iter().collect::<Vec<_>>())
}

/// `json` has no equality; documents are compared as they are written.
fn null_if(writer: &mut Writer<'_>, arguments: &[Expr]) -> Result<Level> {
    if arguments[0].kind() != Some(Type::Json) {
        return writer.call("nullif", &arguments.iter().collect::<Vec<_>>());
    }
    writer.push("nullif(");
    writer.list(arguments, |writer, argument| {
        writer.operand(argument, Level::Atom)?;
        writer.push("::text");
        Ok(())
    })?;
    writer.push(")::json");
    Ok(Level::Atom)
}
