//! Dates and times.

use super::super::{Expr, Expression, Operand};
use super::{Of, call, unary};
use crate::tree::{self, BinaryOperator, DatePart, Function};
use crate::value::{Dated, FieldType, Interval, Moment, Nullability, Timed, Type};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

/// The time at which the transaction began: the same for all of its statements. Outside of a
/// transaction, the time at which the statement began.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let year = Author::query().select(func::now().year()).first(&db).await?;
/// assert!(year >= Some(2024));
/// # Ok(()) })
/// ```
pub fn now<M: 'static>() -> Expr<M, DateTime<Utc>> {
    call(Function::Now, [])
}

/// The date of [`now`] in UTC.
pub fn today<M: 'static>() -> Expr<M, NaiveDate> {
    call(Function::Today, [])
}

/// Parts of dates and times. An instant has those that a clock in UTC shows.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use chrono::NaiveDate;
/// let day = func::value(NaiveDate::from_ymd_opt(2024, 12, 30).unwrap());
/// let parts = (day.clone().year(), day.clone().week(), day.clone().weekday(), day.month());
/// assert_eq!(Tag::query().select(parts).first(&db).await?, Some((2024, 1, 1, 12)));
/// # Ok(()) })
/// ```
pub trait MomentFunctions: Expression {
    /// A part of a date, time, timestamp or interval as a number. A part that the value does not
    /// have is an error.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let month = func::today().extract(DatePart::Month);
    /// let quarter = func::today().extract(DatePart::Quarter);
    /// let (month, quarter) = Tag::query().select((month, quarter)).first(&db).await?.unwrap();
    /// assert_eq!(quarter, (month + 2) / 3);
    /// # Ok(()) })
    /// ```
    fn extract(self, part: DatePart) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Nullability,
    {
        if part == DatePart::Epoch {
            let reason = "the seconds since 1970 are a float; take them by `.epoch()`";
            return Expr::from_tree(tree::Expr::Invalid(reason.into()));
        }
        unary(Function::Extract(part), self)
    }

    /// The seconds since 1970, of a time those since midnight, and of an interval its length, in
    /// which a year has 365.25 days and a month beside it 30.
    fn epoch(self) -> Expr<Self::Model, Of<Self::Type, f64>>
    where
        Self::Type: Nullability,
    {
        unary(Function::Extract(DatePart::Epoch), self)
    }

    /// The year.
    fn year(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Dated,
    {
        unary(Function::Extract(DatePart::Year), self)
    }

    /// The quarter of the year, from 1 to 4.
    fn quarter(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Dated,
    {
        unary(Function::Extract(DatePart::Quarter), self)
    }

    /// The month, from 1.
    fn month(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Dated,
    {
        unary(Function::Extract(DatePart::Month), self)
    }

    /// The week of ISO 8601, from 1 to 53: the first has the year's first Thursday.
    fn week(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Dated,
    {
        unary(Function::Extract(DatePart::Week), self)
    }

    /// The day of the month, from 1.
    fn day(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Dated,
    {
        unary(Function::Extract(DatePart::Day), self)
    }

    /// The day of the week, from 1 for Monday to 7 for Sunday.
    fn weekday(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Dated,
    {
        unary(Function::Extract(DatePart::WeekDay), self)
    }

    /// The day of the year, from 1.
    fn ordinal(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Dated,
    {
        unary(Function::Extract(DatePart::YearDay), self)
    }

    /// The hour.
    fn hour(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Timed,
    {
        unary(Function::Extract(DatePart::Hour), self)
    }

    /// The minute.
    fn minute(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Timed,
    {
        unary(Function::Extract(DatePart::Minute), self)
    }

    /// The second, a whole number.
    fn second(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Timed,
    {
        unary(Function::Extract(DatePart::Second), self)
    }

    /// The microseconds after the second.
    fn microsecond(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Timed,
    {
        unary(Function::Extract(DatePart::Microsecond), self)
    }

    /// The start of the year, quarter, month, week (its Monday), day, hour, minute or second.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// use chrono::NaiveDate;
    /// let day = NaiveDate::from_ymd_opt(2024, 8, 15).unwrap();
    /// let quarter = func::value(day).truncate(DatePart::Quarter);
    /// let first = Tag::query().select(quarter).first(&db).await?;
    /// assert_eq!(first, NaiveDate::from_ymd_opt(2024, 7, 1));
    /// # Ok(()) })
    /// ```
    fn truncate(self, to: DatePart) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Dated,
    {
        unary(Function::Truncate(to), self)
    }

    /// The date of a timestamp, of an instant that in UTC.
    fn date(self) -> Expr<Self::Model, Of<Self::Type, NaiveDate>>
    where
        Self::Type: Dated,
    {
        Expr::from_tree(tree::Expr::Cast(Box::new(self.into_tree()), Type::Date))
    }

    /// The time of day of a timestamp, of an instant that in UTC.
    fn time(self) -> Expr<Self::Model, Of<Self::Type, NaiveTime>>
    where
        Self::Type: Dated + Timed,
    {
        Expr::from_tree(tree::Expr::Cast(Box::new(self.into_tree()), Type::Time))
    }

    /// The time since `earlier` as people count it: in months, days and time. The plain difference
    /// of two timestamps is `later - earlier`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// use chrono::NaiveDate;
    /// let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day).unwrap();
    /// let age = func::value(day(3, 31)).age(day(1, 30));
    /// let age = Tag::query().select(age).first(&db).await?;
    /// assert_eq!(age, Some(Interval { months: 2, days: 1, micros: 0 }));
    /// # Ok(()) })
    /// ```
    fn age(
        self,
        earlier: impl Operand<Self::Model, Self::Type>,
    ) -> Expr<Self::Model, Of<Self::Type, Interval>>
    where
        Self::Type: Dated,
    {
        call(Function::Age, [self.into_tree(), earlier.operand()])
    }
}

impl<E: Expression> MomentFunctions for E {}

/// Calculating with dates by whole days.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use chrono::NaiveDate;
/// let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day).unwrap();
/// let next = func::value(day(2, 28)).add_days(2);
/// assert_eq!(Tag::query().select(next).first(&db).await?, Some(day(3, 1)));
/// let days = func::value(day(3, 1)).days_since(day(2, 28));
/// assert_eq!(Tag::query().select(days).first(&db).await?, Some(2));
/// # Ok(()) })
/// ```
pub trait DateFunctions<T: FieldType>: Expression<Type = T> {
    /// So many days later.
    fn add_days(self, days: impl Operand<Self::Model, i32>) -> Expr<Self::Model, T> {
        Expr::from_tree(self.into_tree().binary(BinaryOperator::Add, days.operand()))
    }

    /// So many days earlier.
    fn sub_days(self, days: impl Operand<Self::Model, i32>) -> Expr<Self::Model, T> {
        Expr::from_tree(self.into_tree().binary(BinaryOperator::Subtract, days.operand()))
    }

    /// How many days after `earlier`.
    fn days_since(self, earlier: impl Operand<Self::Model, T>) -> Expr<Self::Model, Of<T, i32>>
    where
        T: Moment,
    {
        Expr::from_tree(self.into_tree().binary(BinaryOperator::Subtract, earlier.operand()))
    }
}

impl<E: Expression<Type = NaiveDate>> DateFunctions<NaiveDate> for E {}
impl<E: Expression<Type = Option<NaiveDate>>> DateFunctions<Option<NaiveDate>> for E {}
