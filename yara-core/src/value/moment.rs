//! Which types have a date, a time of day, or a length in time.

use super::{Interval, Moment, Nullability};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use std::time::Duration;

/// Types that have a date, for `year`, `month`, `truncate` and so on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no date",
    note = "a date is in `NaiveDate`, `NaiveDateTime`, `DateTime<Utc>`, and an Option of one"
)]
pub trait Dated: Moment {}

impl Dated for NaiveDate {}
impl Dated for NaiveDateTime {}
impl Dated for DateTime<Utc> {}
impl Dated for DateTime<FixedOffset> {}
#[diagnostic::do_not_recommend]
impl<T: Dated> Dated for Option<T> {}

/// Types that have a time of day, for `hour`, `minute` and so on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no time of day",
    note = "a time is in `NaiveTime`, `NaiveDateTime`, `DateTime<Utc>`, and an Option of one"
)]
pub trait Timed: Moment {}

impl Timed for NaiveTime {}
impl Timed for NaiveDateTime {}
impl Timed for DateTime<Utc> {}
impl Timed for DateTime<FixedOffset> {}
#[diagnostic::do_not_recommend]
impl<T: Timed> Timed for Option<T> {}

/// Lengths in time, which are added to moments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a length of time",
    note = "lengths of time are chrono's `TimeDelta`, `std::time::Duration` and `Interval`, which has months"
)]
pub trait TimeSpan: Nullability {}

impl TimeSpan for TimeDelta {}
impl TimeSpan for Duration {}
impl TimeSpan for Interval {}
#[diagnostic::do_not_recommend]
impl<T: TimeSpan> TimeSpan for Option<T> {}
