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

/// The text by which databases without an interval keep one, by ISO 8601: `P1M-2DT3.500000S`.
#[cfg(feature = "sqlite")]
impl Interval {
    /// Writes it as text.
    pub(crate) fn to_iso(self) -> String {
        let sign = if self.micros < 0 { "-" } else { "" };
        let (seconds, rest) =
            (self.micros.unsigned_abs() / 1_000_000, self.micros.unsigned_abs() % 1_000_000);
        format!("P{}M{}DT{sign}{seconds}.{rest:06}S", self.months, self.days)
    }
}

impl Interval {
    /// Reads what [`Interval::to_iso`] writes; `None` if it is something else.
    pub(crate) fn from_iso(text: &str) -> Option<Interval> {
        let (months, rest) = text.strip_prefix('P')?.split_once('M')?;
        let (days, rest) = rest.split_once("DT")?;
        let (seconds, micros) = rest.strip_suffix('S')?.split_once('.')?;
        let (negative, seconds) = match seconds.strip_prefix('-') {
            Some(seconds) => (true, seconds),
            None => (false, seconds),
        };
        let digits: String = [seconds, micros].concat();
        let whole = micros.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let micros: i128 = if whole { digits.parse().ok()? } else { return None };
        let micros = i64::try_from(if negative { -micros } else { micros }).ok()?;
        Some(Interval { months: months.parse().ok()?, days: days.parse().ok()?, micros })
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::Interval;

    #[test]
    fn text_and_back() {
        for (months, days, micros) in
            [(0, 0, 0), (14, -3, 4_500_000), (-1, 0, -1), (i32::MIN, i32::MAX, i64::MIN)]
        {
            let interval = Interval { months, days, micros };
            assert_eq!(Interval::from_iso(&interval.to_iso()), Some(interval));
        }
        assert_eq!(
            Interval { months: 1, days: 2, micros: -3_500_000 }.to_iso(),
            "P1M2DT-3.500000S"
        );
        for bad in ["", "P1M2DT3S", "P1M2DT3.5S", "PT1.000000S", "P1M2DT+3.000000S"] {
            assert_eq!(Interval::from_iso(bad), None, "{bad}");
        }
    }
}
