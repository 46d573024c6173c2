//! Dates and times as text that sorts as they do.

use crate::error::{Error, ErrorKind, Result};
use std::fmt::Write;

const MICROS_PER_DAY: i64 = 86_400_000_000;
/// 0001-01-01 and 9999-12-31 as days since 1970-01-01.
const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;

/// Year, month and day of a day since 1970-01-01
/// (source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
pub(super) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Writes `YYYY-MM-DD`.
pub(super) fn date(out: &mut String, days: i64) {
    let (year, month, day) = civil(days);
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

/// Writes `HH:MM:SS.ffffff`: always six decimals, or the order of the texts would not be that of
/// the times.
pub(super) fn time(out: &mut String, micros: i64) {
    let seconds = micros / 1_000_000;
    let _ = write!(
        out,
        "{:02}:{:02}:{:02}.{:06}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        micros % 1_000_000
    );
}

/// Writes `YYYY-MM-DD HH:MM:SS.ffffff`.
pub(super) fn timestamp(out: &mut String, micros: i64) {
    date(out, micros.div_euclid(MICROS_PER_DAY));
    out.push(' ');
    time(out, micros.rem_euclid(MICROS_PER_DAY));
}

/// Writes `YYYY-MM-DD HH:MM:SS.ffffff+00:00`.
pub(super) fn timestamp_tz(out: &mut String, micros: i64) {
    timestamp(out, micros);
    out.push_str("+00:00");
}

fn refuse(what: String) -> Result<()> {
    Err(Error::new(ErrorKind::InvalidValue, what))
}

/// Refuses a day that four digits of a year do not hold, `infinity` among them.
pub(super) fn check_day(days: i64) -> Result<()> {
    if DAYS.contains(&days) {
        return Ok(());
    }
    refuse("the date is infinite or outside the years 0001 to 9999, which is what SQLite's text dates can hold".into())
}

/// Refuses a moment outside the years that [`check_day`] allows.
pub(super) fn check_moment(micros: i64) -> Result<()> {
    check_day(micros.div_euclid(MICROS_PER_DAY))
}

/// Refuses a time that no day has.
pub(super) fn check_time(micros: i64) -> Result<()> {
    if (0..MICROS_PER_DAY).contains(&micros) {
        return Ok(());
    }
    refuse(format!("{micros} microseconds after midnight are no time of a day"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn extremes_are_written_in_full() {
        let mut text = String::new();
        date(&mut text, *DAYS.start());
        text.push(' ');
        date(&mut text, *DAYS.end());
        assert_eq!(text, "0001-01-01 9999-12-31");
        text.clear();
        timestamp_tz(&mut text, -1);
        assert_eq!(text, "1969-12-31 23:59:59.999999+00:00");
        assert!(check_day(DAYS.start() - 1).is_err() && check_day(DAYS.end() + 1).is_err());
        assert!(check_moment(i64::MAX).is_err() && check_moment(i64::MIN).is_err());
    }

    #[test]
    fn every_day_of_two_eras_agrees_with_chrono() {
        let epoch = chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for days in (-719_162..2_932_896).step_by(97) {
            let mut text = String::new();
            date(&mut text, days);
            assert_eq!(text, (epoch + chrono::TimeDelta::days(days)).to_string());
        }
    }
}
