//! Numbers.
//!
//! PostgreSQL rounds floats half to even and decimals half away from zero; here all are rounded
//! like decimals, a float by the digits with which it is written.

use super::super::super::{Level, Writer};
use super::super::types;
use super::{integer, unsupported};
use crate::error::Result;
use crate::tree::{Expr, Function};
use crate::value::Type;

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    match function {
        Function::Abs => writer.call("abs", &[&arguments[0]]),
        Function::Sign => {
            writer.call("sign", &[&arguments[0]])?;
            writer.push("::integer");
            Ok(Level::Atom)
        }
        Function::Round => cut(writer, "round", arguments),
        Function::Trunc => cut(writer, "trunc", arguments),
        Function::Floor => whole(writer, "floor", &arguments[0]),
        Function::Ceil => whole(writer, "ceil", &arguments[0]),
        Function::Power => float(writer, "power", arguments),
        Function::Sqrt => float(writer, "sqrt", arguments),
        Function::Exp => float(writer, "exp", arguments),
        Function::Ln => float(writer, "ln", arguments),
        Function::Random => writer.call("random", &[]),
        function => Err(unsupported(function)),
    }
}

fn is_integer(kind: Option<Type>) -> bool {
    matches!(kind, Some(Type::I16 | Type::I32 | Type::I64))
}

/// The number with so many digits after the point, in its own kind.
fn cut(writer: &mut Writer<'_>, name: &str, arguments: &[Expr]) -> Result<Level> {
    let kind = arguments[0].kind();
    let digits = arguments.get(1);
    if digits.is_none() && is_integer(kind) {
        writer.operand(&arguments[0], Level::Atom)?;
        return Ok(Level::Atom);
    }
    writer.push(name);
    writer.push("(");
    as_decimal(writer, &arguments[0])?;
    if let Some(digits) = digits {
        writer.push(", ");
        integer(writer, digits)?;
    }
    writer.push(")");
    back(writer, kind);
    Ok(Level::Atom)
}

/// A number as a decimal. A float becomes the shortest digits that stand for it; the direct cast
/// would keep 15 of them.
pub(in crate::sql::postgres) fn as_decimal(writer: &mut Writer<'_>, number: &Expr) -> Result<()> {
    writer.operand(number, Level::Atom)?;
    let float = matches!(number.kind(), Some(Type::F32 | Type::F64));
    writer.push(match (float, number.kind()) {
        (true, _) => "::text::numeric",
        (false, Some(Type::Numeric)) => "",
        (false, _) => "::numeric",
    });
    Ok(())
}

/// What a function of decimals or floats gave, as the kind that it was given.
fn back(writer: &mut Writer<'_>, kind: Option<Type>) {
    if let Some(kind) = kind.filter(|kind| *kind != Type::Numeric) {
        writer.push("::");
        writer.push(&types::name(kind));
    }
}

/// The nearest whole number on one side, in its own kind. Integers are whole already, and as a
/// float they would lose digits.
fn whole(writer: &mut Writer<'_>, name: &str, number: &Expr) -> Result<Level> {
    let kind = number.kind();
    if is_integer(kind) {
        writer.operand(number, Level::Atom)?;
        return Ok(Level::Atom);
    }
    writer.call(name, &[number])?;
    back(writer, kind.filter(|kind| *kind == Type::F32));
    Ok(Level::Atom)
}

/// A function of 64-bit floats.
fn float(writer: &mut Writer<'_>, name: &str, arguments: &[Expr]) -> Result<Level> {
    writer.push(name);
    writer.push("(");
    writer.list(arguments, |writer, argument| {
        writer.operand(argument, Level::Atom)?;
        if argument.kind() != Some(Type::F64) {
            writer.push("::double precision");
        }
        Ok(())
    })?;
    writer.push(")");
    Ok(Level::Atom)
}
