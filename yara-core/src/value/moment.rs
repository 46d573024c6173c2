//! Which types have a date, or a time of day.

use super::Moment;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

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
