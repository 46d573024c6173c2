//! Calculating with dates and times, which are texts, and intervals, which are a number of
//! microseconds, or, where they have months or days, a text.

use super::super::aggregate::wrapped;
use super::super::moment::{Operation, Planned};
use super::super::{Level, Place, Transform, Writer};
use crate::error::Result;
use crate::tree::Expr;
use crate::value::Type;

/// An argument of a function that reads intervals in both forms.
pub(super) fn operand(writer: &mut Writer<'_>, argument: &Expr) -> Result<()> {
    match argument {
        Expr::Literal(literal) if literal.value.kind() == Type::Interval => {
            writer.value(literal, Transform::IntervalText, Place::Free).map(|_| ())
        }
        argument => writer.expr(argument),
    }
}

/// Writes what two operands make.
pub(super) fn arithmetic(writer: &mut Writer<'_>, planned: Planned<'_>) -> Result<Level> {
    let (operation, first, second) = planned;
    let function = match operation {
        Operation::Shift(_, false) => "yara_moment_add",
        Operation::Shift(_, true) => "yara_moment_sub",
        Operation::Days(false) => "yara_date_add",
        Operation::Days(true) => "yara_date_sub",
        Operation::Difference(_) => "yara_moment_diff",
        Operation::Intervals(false) => "yara_interval_add",
        Operation::Intervals(true) => "yara_interval_sub",
    };
    writer.push(function);
    writer.push("(");
    writer.list([first, second], operand)?;
    writer.push(")");
    Ok(Level::Atom)
}

/// Whether an interval may have months and days: then it is compared by a number in which a month
/// has 30 days and a day 24 hours, as PostgreSQL compares intervals. A stored one is a number
/// already, and so is the difference of two moments.
pub(super) fn may_have_months(expr: &Expr) -> bool {
    let any = |items: &[&Expr]| items.iter().any(|item| may_have_months(item));
    if expr.kind() != Some(Type::Interval) {
        return false;
    }
    match expr {
        Expr::Slot(_) | Expr::Column(_) => false,
        Expr::Binary(_, left, right) => any(&[left, right]),
        Expr::Negate(operand) => may_have_months(operand),
        _ => true,
    }
}

/// An interval as a number of microseconds, for aggregates; one of months or days is an error of
/// the statement, because its length is not exact.
pub(super) fn exact(interval: Expr) -> Expr {
    wrapped("yara_interval_exact(", interval, ")")
}

/// An interval as the number by which it is compared.
pub(super) fn comparable(writer: &mut Writer<'_>, interval: &Expr) -> Result<()> {
    writer.push("yara_interval_micros(");
    operand(writer, interval)?;
    writer.push(")");
    Ok(())
}

/// `-interval`
pub(super) fn negate(writer: &mut Writer<'_>, interval: &Expr) -> Result<Level> {
    writer.push("yara_interval_sub(0, ");
    operand(writer, interval)?;
    writer.push(")");
    Ok(Level::Atom)
}
