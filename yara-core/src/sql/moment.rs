//! What can be done with dates, times and intervals, the same on every database.

use crate::error::{Error, ErrorKind, Result};
use crate::tree::{BinaryOperator, DatePart, Expr};
use crate::value::Type;

/// What two operands make, where one is a date, a time or an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// A moment of a kind, so much later or (`true`) earlier.
    Shift(Type, bool),
    /// A date, so many days later or (`true`) earlier.
    Days(bool),
    /// What lies between two moments of a kind: whole days of dates, else an interval of
    /// microseconds alone.
    Difference(Type),
    /// Two intervals as one; `true`: the first without the second.
    Intervals(bool),
}

/// An operation, and its operands with the moment first.
pub(super) type Planned<'e> = (Operation, &'e Expr, &'e Expr);

fn is_moment(kind: Type) -> bool {
    matches!(kind, Type::Date | Type::Time | Type::Timestamp | Type::TimestampTz)
}

/// What an operator means for these operands; `None` where neither is a date, a time or an
/// interval. Errs where it means nothing.
pub(super) fn operation<'e>(
    operator: BinaryOperator,
    left: &'e Expr,
    right: &'e Expr,
) -> Result<Option<Planned<'e>>> {
    use BinaryOperator::{Add, Subtract};
    let kinds = (left.kind(), right.kind());
    let temporal =
        |kind: Option<Type>| kind.is_some_and(|kind| is_moment(kind) || kind == Type::Interval);
    if operator == BinaryOperator::Concat || !(temporal(kinds.0) || temporal(kinds.1)) {
        return Ok(None);
    }
    let earlier = operator == Subtract;
    let whole = |kind| matches!(kind, Type::I16 | Type::I32 | Type::I64);
    let (operation, swapped) = match (operator, kinds.0, kinds.1) {
        (Add | Subtract, Some(Type::Interval), Some(Type::Interval)) => {
            (Operation::Intervals(earlier), false)
        }
        (Add | Subtract, Some(moment), Some(Type::Interval)) if is_moment(moment) => {
            (Operation::Shift(moment, earlier), false)
        }
        (Add, Some(Type::Interval), Some(moment)) if is_moment(moment) => {
            (Operation::Shift(moment, false), true)
        }
        (Add | Subtract, Some(Type::Date), Some(days)) if whole(days) => {
            (Operation::Days(earlier), false)
        }
        (Add, Some(days), Some(Type::Date)) if whole(days) => (Operation::Days(false), true),
        (Subtract, Some(first), Some(second)) if first == second && is_moment(first) => {
            (Operation::Difference(first), false)
        }
        _ => return Err(meaningless(operator, kinds)),
    };
    let (first, second) = if swapped { (right, left) } else { (left, right) };
    Ok(Some((operation, first, second)))
}

fn meaningless(operator: BinaryOperator, kinds: (Option<Type>, Option<Type>)) -> Error {
    let name = |kind: Option<Type>| kind.map_or("SQL text of no known type", Type::name);
    Error::new(
        ErrorKind::InvalidQuery,
        format!(
            "`{operator:?}` of {} and {} means nothing; an interval is added to or subtracted from \
             a moment, days are added to a date, and moments of one type are subtracted from each \
             other",
            name(kinds.0),
            name(kinds.1)
        ),
    )
}

/// Refuses a part that values of the kind do not have.
pub(super) fn check_part(part: DatePart, argument: &Expr) -> Result<Option<Type>> {
    use DatePart::*;
    let kind = argument.kind();
    let has = match kind {
        None | Some(Type::Timestamp | Type::TimestampTz) => true,
        Some(Type::Date) => !matches!(part, Hour | Minute | Second | Microsecond),
        Some(Type::Time) => matches!(part, Hour | Minute | Second | Microsecond | Epoch),
        Some(Type::Interval) => !matches!(part, Quarter | Week | WeekDay | YearDay),
        Some(_) => false,
    };
    if has {
        return Ok(kind);
    }
    Err(Error::new(
        ErrorKind::InvalidQuery,
        format!("a {} has no {part:?} to extract", kind.map_or("value", Type::name)),
    ))
}

/// The name of the unit to which a value of the kind is cut down. Errs where there is none.
pub(super) fn unit(part: DatePart, argument: &Expr) -> Result<&'static str> {
    use DatePart::*;
    let kind = argument.kind();
    let cut = matches!(kind, None | Some(Type::Date | Type::Timestamp | Type::TimestampTz));
    let unit = match part {
        Year => "year",
        Quarter => "quarter",
        Month => "month",
        Week => "week",
        Day => "day",
        Hour => "hour",
        Minute => "minute",
        Second => "second",
        Microsecond => "microseconds",
        WeekDay | YearDay | Epoch => "",
    };
    if cut && !unit.is_empty() {
        return Ok(unit);
    }
    Err(Error::new(
        ErrorKind::InvalidQuery,
        format!(
            "a {} cannot be cut down to its {part:?}; dates and timestamps are cut down to the \
             start of their year, quarter, month, week, day, hour, minute, second or microsecond",
            kind.map_or("value", Type::name)
        ),
    ))
}
