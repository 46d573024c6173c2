//! Numbers: by functions that know integers, floats and decimals, and the errors of PostgreSQL.

use super::super::super::{Level, Writer};
use super::super::numeric::bits;
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};
use crate::value::Type;

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    let kind = arguments.first().and_then(Expr::kind);
    let whole = matches!(kind, Some(Type::I16 | Type::I32 | Type::I64));
    let name = match function {
        Function::Floor | Function::Ceil | Function::Round | Function::Trunc
            if whole && arguments.len() == 1 =>
        {
            writer.operand(&arguments[0], Level::Atom)?;
            return Ok(Level::Atom);
        }
        Function::Abs => "yara_abs",
        Function::Round => "yara_round",
        Function::Trunc => "yara_trunc",
        Function::Sign if kind == Some(Type::Numeric) => {
            return writer.call("yara_numeric_sign", &[&arguments[0]]);
        }
        Function::Sign => return writer.call("yara_sign", &[&arguments[0]]),
        Function::Floor => return writer.call("yara_floor", &[&arguments[0]]),
        Function::Ceil => return writer.call("yara_ceil", &[&arguments[0]]),
        Function::Power => return writer.call("yara_power", &[&arguments[0], &arguments[1]]),
        Function::Sqrt => return writer.call("yara_sqrt", &[&arguments[0]]),
        Function::Exp => return writer.call("yara_exp", &[&arguments[0]]),
        Function::Ln => return writer.call("yara_ln", &[&arguments[0]]),
        // 53 random bits: what a float holds.
        Function::Random => {
            writer.push("((random() & 9007199254740991) / 9007199254740992.0)");
            return Ok(Level::Atom);
        }
        function => return Err(unsupported(function)),
    };
    writer.push(name);
    writer.push("(");
    writer.expr(&arguments[0])?;
    if function != Function::Abs {
        writer.push(", ");
        match arguments.get(1) {
            Some(digits) => writer.expr(digits)?,
            None => writer.push("0"),
        }
    }
    writer.push(&format!(", {})", bits(kind)));
    Ok(Level::Atom)
}
