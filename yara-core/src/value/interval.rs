//! A span of time as SQL has it.

/// Months, days and microseconds, each with its own sign, as in SQL's `interval`.
///
/// They do not convert into each other: a month has no fixed number of days, nor a day of hours
/// where clocks are put forward. A [`chrono::TimeDelta`] is an interval of microseconds alone.
///
/// ```
/// use yara_core::value::Interval;
///
/// let hour = Interval::from_micros(3_600_000_000);
/// assert_eq!(hour.as_micros(), Some(3_600_000_000));
/// let month = Interval { months: 1, ..Interval::default() };
/// assert_eq!(month.as_micros(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Interval {
    /// Months; twelve of them are a year.
    pub months: i32,
    /// Days.
    pub days: i32,
    /// Microseconds.
    pub micros: i64,
}

impl Interval {
    /// An interval of microseconds alone.
    pub const fn from_micros(micros: i64) -> Interval {
        Interval { months: 0, days: 0, micros }
    }

    /// The length in microseconds, if it is one: months have none, and days only where every day
    /// has 24 hours, which this type does not assume.
    pub const fn as_micros(self) -> Option<i64> {
        if self.months == 0 && self.days == 0 { Some(self.micros) } else { None }
    }
}
