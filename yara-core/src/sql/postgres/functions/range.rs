//! Ranges.

use super::super::super::{Level, Writer};
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    let (operator, [one, other]) = match (function, arguments) {
        (Function::RangeContains, [one, other]) => (" @> ", [one, other]),
        (Function::RangeOverlaps, [one, other]) => (" && ", [one, other]),
        (function, _) => return Err(unsupported(function)),
    };
    writer.operand(one, Level::Atom)?;
    writer.push(operator);
    writer.operand(other, Level::Atom)?;
    Ok(Level::Raw)
}
