//! Dates, times and intervals by Rust's own operators.

use super::super::{Column, Expr, Expression};
use super::case::CaseValue;
use crate::tree::BinaryOperator;
use crate::value::{FieldType, Interval};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use std::ops::{Add, Sub};
use std::time::Duration;

/// What is added to a `T`: a length of time.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use chrono::TimeDelta;
/// let soon = func::now() + TimeDelta::hours(1);
/// let month = func::now() + Interval { months: 1, ..Interval::default() };
/// assert_eq!(Tag::query().select(soon.lt(month).as_value()).first(&db).await?, Some(Some(true)));
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be added to a `{T}`",
    note = "a `TimeDelta`, `Duration` or `Interval` is added to a date or time; whole days are added to a date by `.add_days(…)`"
)]
pub trait Addend<T>: Sized {
    /// The type of the sum.
    type Output: FieldType;
}

/// What is subtracted from a `T`: a length of time, or a moment of the same type.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use chrono::TimeDelta;
/// let hour = func::now() - (func::now() - TimeDelta::hours(1));
/// assert_eq!(Tag::query().select(hour).first(&db).await?, Some(TimeDelta::hours(1)));
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be subtracted from a `{T}`",
    note = "a `TimeDelta`, `Duration` or `Interval`, or a moment of the same type, is subtracted; the days between two dates are `.days_since(…)`"
)]
pub trait Subtrahend<T>: Sized {
    /// The type of the difference.
    type Output: FieldType;
}

macro_rules! rule {
    ($operand:ident: $left:ty, $right:ty => $output:ty) => {
        impl $operand<$left> for $right {
            type Output = $output;
        }
        impl $operand<Option<$left>> for $right {
            type Output = Option<$output>;
        }
        impl $operand<$left> for Option<$right> {
            type Output = Option<$output>;
        }
        impl $operand<Option<$left>> for Option<$right> {
            type Output = Option<$output>;
        }
    };
}

/// Moments to which a length of time is added, and what that gives.
macro_rules! shifts {
    ($($moment:ty => $sum:ty),+) => {$(
        rule!(Addend: $moment, TimeDelta => $sum);
        rule!(Addend: $moment, Duration => $sum);
        rule!(Addend: $moment, Interval => $sum);
        rule!(Subtrahend: $moment, TimeDelta => $sum);
        rule!(Subtrahend: $moment, Duration => $sum);
        rule!(Subtrahend: $moment, Interval => $sum);
    )+};
}

shifts! {
    NaiveDateTime => NaiveDateTime,
    DateTime<Utc> => DateTime<Utc>,
    DateTime<FixedOffset> => DateTime<FixedOffset>,
    NaiveTime => NaiveTime,
    NaiveDate => NaiveDateTime,
    Interval => Interval
}

rule!(Addend: TimeDelta, TimeDelta => TimeDelta);
rule!(Addend: TimeDelta, Duration => TimeDelta);
rule!(Addend: TimeDelta, Interval => Interval);
rule!(Subtrahend: TimeDelta, TimeDelta => TimeDelta);
rule!(Subtrahend: TimeDelta, Duration => TimeDelta);
rule!(Subtrahend: TimeDelta, Interval => Interval);

rule!(Subtrahend: NaiveDateTime, NaiveDateTime => TimeDelta);
rule!(Subtrahend: DateTime<Utc>, DateTime<Utc> => TimeDelta);
rule!(Subtrahend: DateTime<FixedOffset>, DateTime<FixedOffset> => TimeDelta);
rule!(Subtrahend: NaiveTime, NaiveTime => TimeDelta);

macro_rules! operators {
    ($shell:ident: $($moment:ty),+) => {$(
        operators!(@one $shell, $moment);
        operators!(@one $shell, Option<$moment>);
    )+};
    (@one $shell:ident, $moment:ty) => {
        impl<M: 'static, V: CaseValue<M, Type: Addend<$moment>>> Add<V> for $shell<M, $moment> {
            type Output = Expr<M, <V::Type as Addend<$moment>>::Output>;

            fn add(self, other: V) -> Self::Output {
                Expr::from_tree(self.into_tree().binary(BinaryOperator::Add, other.node()))
            }
        }

        impl<M: 'static, V: CaseValue<M, Type: Subtrahend<$moment>>> Sub<V> for $shell<M, $moment> {
            type Output = Expr<M, <V::Type as Subtrahend<$moment>>::Output>;

            fn sub(self, other: V) -> Self::Output {
                Expr::from_tree(self.into_tree().binary(BinaryOperator::Subtract, other.node()))
            }
        }
    };
}

operators!(Column: NaiveDateTime, DateTime<Utc>, DateTime<FixedOffset>, NaiveTime, NaiveDate, TimeDelta, Interval);
operators!(Expr: NaiveDateTime, DateTime<Utc>, DateTime<FixedOffset>, NaiveTime, NaiveDate, TimeDelta, Interval);
