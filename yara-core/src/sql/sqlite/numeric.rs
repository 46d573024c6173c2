//! Decimals, which SQLite stores as text: compared by a collation, calculated with by functions.

use super::super::{Level, Writer, expr, moment as moments};
use super::moment;
use crate::error::Result;
use crate::tree::{BinaryOperator, Expr};
use crate::value::Type;

/// Compares texts as the numbers that they spell.
const BY_NUMBER: &str = " COLLATE yara_numeric";
/// Compares texts as the addresses that they spell.
const BY_ADDRESS: &str = " COLLATE yara_inet";

fn is_numeric(expr: &Expr) -> bool {
    expr.kind() == Some(Type::Numeric)
}

fn is_list(expr: &Expr) -> bool {
    matches!(expr.kind(), Some(Type::Array(Type::Numeric)))
}

/// A list of decimals as a text that is the same for lists of the same numbers.
fn list(writer: &mut Writer<'_>, operand: &Expr) -> Result<()> {
    writer.call("yara_numeric_list", &[operand]).map(|_| ())
}

/// By which rule texts of a kind are compared that are not compared as texts.
fn collation(expr: &Expr) -> Option<&'static str> {
    match expr.kind() {
        Some(Type::Numeric) => Some(BY_NUMBER),
        Some(Type::Inet) => Some(BY_ADDRESS),
        _ => None,
    }
}

/// Writes an expression whose text is compared by a rule. A column is declared so.
fn by_rule(writer: &mut Writer<'_>, operand: &Expr, rule: &str) -> Result<()> {
    if matches!(operand, Expr::Slot(_) | Expr::Column(_)) {
        return writer.expr(operand);
    }
    writer.operand(operand, Level::Atom)?;
    writer.push(rule);
    Ok(())
}

/// An operand of a comparison; the left one brings the collation, and a number that is no decimal
/// becomes text, or SQLite would make floats of both.
pub(super) fn compared(
    writer: &mut Writer<'_>,
    operand: &Expr,
    other: &Expr,
    first: bool,
) -> Result<()> {
    if is_list(operand) {
        return list(writer, operand);
    }
    if let Some(rule) = collation(operand) {
        if first {
            return by_rule(writer, operand, rule);
        }
        return writer.operand(operand, Level::Concat);
    }
    if is_numeric(other) && operand.kind().is_some() {
        writer.push("CAST(");
        writer.expr(operand)?;
        writer.push(" AS TEXT)");
        writer.push(if first { BY_NUMBER } else { "" });
        return Ok(());
    }
    if moment::may_have_months(operand) {
        return moment::comparable(writer, operand);
    }
    writer.operand_beside(operand, Level::Concat, other)
}

/// An expression to group, sort or tell apart by.
pub(super) fn key(writer: &mut Writer<'_>, expr: &Expr) -> Result<()> {
    if moment::may_have_months(expr) {
        return moment::comparable(writer, expr);
    }
    if is_list(expr) {
        return list(writer, expr);
    }
    match collation(expr) {
        Some(rule) => by_rule(writer, expr, rule),
        None => writer.expr(expr),
    }
}

pub(super) fn arithmetic(
    writer: &mut Writer<'_>,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
) -> Result<Level> {
    if let Some(planned) = moments::operation(operator, left, right)? {
        return moment::arithmetic(writer, planned);
    }
    let kinds = [left.kind(), right.kind()];
    let floats = kinds.iter().any(|kind| matches!(kind, Some(Type::F32 | Type::F64)));
    if !kinds.contains(&Some(Type::Numeric)) || operator == BinaryOperator::Concat || floats {
        return match (operator, integer_bits(kinds)) {
            (BinaryOperator::Divide, _) => writer.call("yara_divide", &[left, right]),
            (BinaryOperator::Remainder, _) if floats => {
                expr::arithmetic(writer, operator, left, right)
            }
            (BinaryOperator::Remainder, _) => writer.call("yara_remainder", &[left, right]),
            (BinaryOperator::Add, Some(bits)) => checked(writer, "yara_add", left, right, bits),
            (BinaryOperator::Subtract, Some(bits)) => {
                checked(writer, "yara_subtract", left, right, bits)
            }
            (BinaryOperator::Multiply, Some(bits)) => {
                checked(writer, "yara_multiply", left, right, bits)
            }
            _ => expr::arithmetic(writer, operator, left, right),
        };
    }
    let function = match operator {
        BinaryOperator::Add => "yara_numeric_add",
        BinaryOperator::Subtract => "yara_numeric_sub",
        BinaryOperator::Multiply => "yara_numeric_mul",
        BinaryOperator::Divide => "yara_numeric_div",
        _ => "yara_numeric_rem",
    };
    writer.call(function, &[left, right])
}

/// The width of the result where both operands are integers.
fn integer_bits(kinds: [Option<Type>; 2]) -> Option<u8> {
    let bits = |kind| match kind {
        Some(Type::I16) => Some(16),
        Some(Type::I32) => Some(32),
        Some(Type::I64) => Some(64),
        _ => None,
    };
    Some(bits(kinds[0])?.max(bits(kinds[1])?))
}

/// Arithmetic that errs past the range of the type; SQLite's own would go on with floats.
fn checked(
    writer: &mut Writer<'_>,
    function: &str,
    left: &Expr,
    right: &Expr,
    bits: u8,
) -> Result<Level> {
    writer.push(function);
    writer.push("(");
    writer.list([left, right], |writer, operand| writer.expr(operand))?;
    writer.push(&format!(", {bits})"));
    Ok(Level::Atom)
}

pub(super) fn negate(writer: &mut Writer<'_>, operand: &Expr) -> Result<Level> {
    if is_numeric(operand) {
        return writer.call("yara_numeric_neg", &[operand]);
    }
    if operand.kind() == Some(Type::Interval) {
        return moment::negate(writer, operand);
    }
    writer.push("-");
    writer.operand(operand, Level::Atom)?;
    Ok(Level::Unary)
}

/// The width of numbers of a kind, for functions that err past it.
pub(super) fn bits(kind: Option<Type>) -> u8 {
    match kind {
        Some(Type::I16) => 16,
        Some(Type::I32 | Type::F32) => 32,
        _ => 64,
    }
}
