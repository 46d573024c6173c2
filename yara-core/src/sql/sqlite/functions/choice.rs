//! Which of several values.

use super::super::super::{Level, Writer};
use super::super::moment;
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};
use crate::value::Type;

/// SQLite's own `max(…)` is NULL where one argument is, and decimals and intervals have an order
/// of their own.
pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    let kind = function.kind(arguments);
    let name = match (function, kind) {
        (Function::Coalesce, _) => "coalesce",
        (Function::NullIf, Some(Type::Numeric)) => "yara_numeric_nullif",
        (Function::NullIf, Some(Type::Interval)) => "yara_interval_nullif",
        (Function::NullIf, _) => "nullif",
        (Function::Greatest, Some(Type::Numeric)) => "yara_numeric_greatest",
        (Function::Greatest, Some(Type::Interval)) => "yara_interval_greatest",
        (Function::Greatest, _) => "yara_greatest",
        (Function::Least, Some(Type::Numeric)) => "yara_numeric_least",
        (Function::Least, Some(Type::Interval)) => "yara_interval_least",
        (Function::Least, _) => "yara_least",
        (function, _) => return Err(unsupported(function)),
    };
    writer.push(name);
    writer.push("(");
    writer.list(arguments, moment::operand)?;
    writer.push(")");
    Ok(Level::Atom)
}
