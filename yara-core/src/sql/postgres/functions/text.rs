//! Texts.

use super::super::super::{Level, Writer};
use super::super::text;
use super::{integer, unsupported};
use crate::error::Result;
use crate::tree::{Expr, Function};

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    // The positions of the arguments that are numbers of characters.
    let (name, numbers): (&str, &[usize]) = match function {
        Function::Lower => return text::folded(writer, "lower", &arguments[0]),
        Function::Upper => return text::folded(writer, "upper", &arguments[0]),
        Function::Length => ("length", &[]),
        Function::Trim => ("btrim", &[]),
        Function::TrimStart => ("ltrim", &[]),
        Function::TrimEnd => ("rtrim", &[]),
        Function::Substring => ("substr", &[1, 2]),
        Function::Replace => ("replace", &[]),
        Function::PadLeft => ("lpad", &[1]),
        Function::PadRight => ("rpad", &[1]),
        Function::Position => ("strpos", &[]),
        Function::Repeat => ("repeat", &[1]),
        Function::Reverse => ("reverse", &[]),
        function => return Err(unsupported(function)),
    };
    writer.push(name);
    writer.push("(");
    writer.list(arguments.iter().enumerate(), |writer, (at, argument)| {
        if numbers.contains(&at) { integer(writer, argument) } else { writer.expr(argument) }
    })?;
    writer.push(")");
    Ok(Level::Atom)
}
