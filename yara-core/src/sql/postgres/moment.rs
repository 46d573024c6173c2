//! Calculating with dates and times.

use super::super::moment::{Operation, Planned};
use super::super::{Level, Writer};
use crate::error::Result;
use crate::tree::Expr;
use crate::value::Type;

/// Writes a moment; an instant as what a clock in UTC shows, so that nothing depends on the time
/// zone of the session.
pub(super) fn without_zone(writer: &mut Writer<'_>, moment: &Expr) -> Result<()> {
    if moment.kind() != Some(Type::TimestampTz) {
        return writer.operand(moment, Level::Atom);
    }
    writer.push("(");
    writer.operand(moment, Level::Atom)?;
    writer.push(" AT TIME ZONE 'UTC')");
    Ok(())
}

/// Writes what two operands make.
pub(super) fn arithmetic(writer: &mut Writer<'_>, planned: Planned<'_>) -> Result<Level> {
    let (operation, first, second) = planned;
    let sign = |earlier| if earlier { " - " } else { " + " };
    match operation {
        Operation::Shift(Type::TimestampTz, earlier) => {
            writer.push("((");
            without_zone(writer, first)?;
            writer.push(sign(earlier));
            writer.operand(second, Level::Product)?;
            writer.push(") AT TIME ZONE 'UTC')");
            Ok(Level::Atom)
        }
        Operation::Shift(_, earlier) | Operation::Intervals(earlier) => {
            two(writer, first, sign(earlier), second)
        }
        Operation::Days(earlier) => {
            writer.operand(first, Level::Sum)?;
            writer.push(sign(earlier));
            super::functions::integer(writer, second)?;
            Ok(Level::Sum)
        }
        Operation::Difference(Type::Timestamp | Type::TimestampTz) => {
            difference(writer, first, second)
        }
        Operation::Difference(_) => two(writer, first, " - ", second),
    }
}

fn two(writer: &mut Writer<'_>, left: &Expr, sign: &str, right: &Expr) -> Result<Level> {
    writer.operand(left, Level::Sum)?;
    writer.push(sign);
    writer.operand(right, Level::Product)?;
    Ok(Level::Sum)
}

/// The difference of two timestamps. PostgreSQL's own has days beside the microseconds, and a day
/// is no length of time.
fn difference(writer: &mut Writer<'_>, left: &Expr, right: &Expr) -> Result<Level> {
    let mut both = |before: &str, cast: &str| -> Result<()> {
        writer.push(before);
        without_zone(writer, left)?;
        writer.push(cast);
        writer.push(" - ");
        without_zone(writer, right)?;
        writer.push(cast);
        writer.push(")");
        Ok(())
    };
    both("(make_interval(hours => 24 * (", "::date")?;
    both(") + (", "::time")?;
    writer.push(")");
    Ok(Level::Atom)
}
