//! Dates and times read from their texts, and calculated with as PostgreSQL does.

use super::format;
use crate::value::Interval;

pub(super) const SECOND: i64 = 1_000_000;
pub(super) const DAY: i64 = 86_400 * SECOND;

/// A date or time. The numbers count from 1970, or from midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Days.
    Date(i64),
    /// Microseconds of a day.
    Time(i64),
    /// Microseconds.
    Timestamp(i64),
    /// Microseconds, in UTC.
    Instant(i64),
}

/// Year, month and day.
pub(super) type Civil = (i64, i64, i64);

/// The day since 1970-01-01
/// (source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
pub(super) fn days_of((year, month, day): Civil) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The number of days of a month.
pub(super) fn month_length(year: i64, month: i64) -> i64 {
    let next = if month == 12 { (year + 1, 1, 1) } else { (year, month + 1, 1) };
    days_of(next) - days_of((year, month, 1))
}

/// The day of the week, 1 for Monday.
pub(super) fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// The number of the week of ISO 8601: the week belongs to the year of its Thursday.
pub(super) fn iso_week(days: i64) -> i64 {
    let thursday = days - weekday(days) + 4;
    let (year, ..) = format::civil(thursday);
    (thursday - days_of((year, 1, 1))) / 7 + 1
}

impl Moment {
    /// Reads a date, a time, or both with or without an offset; what follows the microseconds is
    /// refused. Spaces around it do not count.
    pub(super) fn parse(text: &str) -> Option<Moment> {
        let text = text.trim();
        if text.get(2..3) == Some(":") {
            return time(text).map(Moment::Time);
        }
        let days = date(text.get(..10)?)?;
        let Some(rest) = text.get(10..).filter(|rest| !rest.is_empty()) else {
            return Some(Moment::Date(days));
        };
        let rest = rest.strip_prefix(['T', ' '])?.trim_start();
        let (clock, offset) = match rest.find(['Z', 'z', '+', '-']) {
            Some(at) => (rest[..at].trim_end(), Some(offset(&rest[at..])?)),
            None => (rest, None),
        };
        let micros = days * DAY + time(clock)?;
        Some(match offset {
            Some(offset) => Moment::Instant(micros - offset),
            None => Moment::Timestamp(micros),
        })
    }

    /// As it is stored; `None` outside of the years that are.
    pub(super) fn text(self) -> Option<String> {
        let mut out = String::with_capacity(32);
        match self {
            Moment::Date(days) => {
                format::check_day(days).ok()?;
                format::date(&mut out, days);
            }
            Moment::Time(micros) => format::time(&mut out, micros),
            Moment::Timestamp(micros) => {
                format::check_moment(micros).ok()?;
                format::timestamp(&mut out, micros);
            }
            Moment::Instant(micros) => {
                format::check_moment(micros).ok()?;
                format::timestamp_tz(&mut out, micros);
            }
        }
        Some(out)
    }

    /// The microseconds since 1970, or of a time those of the day.
    pub(super) fn micros(self) -> i64 {
        match self {
            Moment::Date(days) => days * DAY,
            Moment::Time(micros) | Moment::Timestamp(micros) | Moment::Instant(micros) => micros,
        }
    }

    /// The moment of the same sort at so many microseconds.
    pub(super) fn at(self, micros: i64) -> Moment {
        match self {
            Moment::Date(_) => Moment::Date(micros.div_euclid(DAY)),
            Moment::Time(_) => Moment::Time(micros.rem_euclid(DAY)),
            Moment::Timestamp(_) => Moment::Timestamp(micros),
            Moment::Instant(_) => Moment::Instant(micros),
        }
    }

    /// An interval later: first its months, to the last day of the month at most, then its days,
    /// then its time. A time of day goes round; a date becomes a timestamp. `None` past all years.
    pub(super) fn later(self, by: Interval) -> Option<Moment> {
        if let Moment::Time(micros) = self {
            return Some(Moment::Time(
                (i128::from(micros) + i128::from(by.micros)).rem_euclid(DAY.into()) as i64,
            ));
        }
        let start = self.micros();
        let (year, month, day) = format::civil(start.div_euclid(DAY));
        let months = year * 12 + month - 1 + i64::from(by.months);
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let day = if by.months == 0 { day } else { day.min(month_length(year, month)) };
        let days = days_of((year, month, day)) + i64::from(by.days);
        let micros = days.checked_mul(DAY)?.checked_add(start.rem_euclid(DAY))?;
        let micros = micros.checked_add(by.micros)?;
        Some(match self {
            Moment::Date(_) => Moment::Timestamp(micros),
            other => other.at(micros),
        })
    }
}

/// `YYYY-MM-DD`
fn date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month) = (number(&text[..4])?, number(&text[5..7])?);
    let day = number(&text[8..])?;
    let valid =
        year >= 1 && (1..=12).contains(&month) && day >= 1 && day <= month_length(year, month);
    valid.then(|| days_of((year, month, day)))
}

/// `HH:MM`, `HH:MM:SS` or with up to six digits after the point.
fn time(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.split(':').map(|part| if part.len() == 2 { number(part) } else { None });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 || fraction.len() > 6 {
        return None;
    }
    let micros = number(&format!("{fraction:0<6}"))?;
    Some(((hour * 60 + minute) * 60 + second) * SECOND + micros)
}

/// `Z`, `+HH`, `+HHMM` or `+HH:MM`, as microseconds.
fn offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text[1..].replace(':', "");
    let (hours, minutes) = match digits.len() {
        2 => (number(&digits)?, 0),
        4 => (number(&digits[..2])?, number(&digits[2..])?),
        _ => return None,
    };
    Some(sign * (hours * 60 + minutes) * 60 * SECOND)
}

fn number(digits: &str) -> Option<i64> {
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if all { digits.parse().ok() } else { None }
}

/// The time between two moments in years, months, days and time
/// (source: `timestamp_age` in PostgreSQL's `src/backend/utils/adt/timestamp.c`).
pub(super) fn age(later: i64, earlier: i64) -> Interval {
    let backwards = later < earlier;
    let (first, second) = if backwards { (earlier, later) } else { (later, earlier) };
    let (first_day, second_day) = (first.div_euclid(DAY), second.div_euclid(DAY));
    let (a, b) = (format::civil(first_day), format::civil(second_day));
    let mut micros = first.rem_euclid(DAY) - second.rem_euclid(DAY);
    let mut days = a.2 - b.2;
    let mut months = (a.0 - b.0) * 12 + a.1 - b.1;
    if micros < 0 {
        micros += DAY;
        days -= 1;
    }
    while days < 0 {
        // The length of the month in which the earlier of the two stands.
        days += month_length(b.0, b.1);
        months -= 1;
    }
    let sign = if backwards { -1 } else { 1 };
    Interval { months: (sign * months) as i32, days: (sign * days) as i32, micros: sign * micros }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use chrono::{Datelike, NaiveDate, TimeDelta};

    #[test]
    fn the_calendar_is_that_of_chrono() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for days in (-719_162..2_932_896).step_by(89) {
            let day = epoch + TimeDelta::days(days);
            let civil = (i64::from(day.year()), i64::from(day.month()), i64::from(day.day()));
            assert_eq!(days_of(civil), days);
            assert_eq!(iso_week(days), i64::from(day.iso_week().week()), "{day}");
            assert_eq!(weekday(days), i64::from(day.weekday().number_from_monday()));
            assert_eq!(Moment::parse(&day.to_string()), Some(Moment::Date(days)));
        }
    }

    #[test]
    fn texts_are_read() {
        for (text, moment) in [
            ("1970-01-02", Moment::Date(1)),
            ("00:00:01.5", Moment::Time(1_500_000)),
            ("01:02", Moment::Time(3_720_000_000)),
            ("1970-01-01 00:00:01", Moment::Timestamp(SECOND)),
            ("1970-01-01T00:00:01.000001Z", Moment::Instant(1_000_001)),
            ("1970-01-01 01:00:00+01:00", Moment::Instant(0)),
            (" 1970-01-01 00:00:00-0030 ", Moment::Instant(1_800_000_000)),
        ] {
            assert_eq!(Moment::parse(text), Some(moment), "{text}");
        }
        for bad in ["", "1970-13-01", "1970-02-30", "24:00:00", "1970-01-01x", "1:2:3", "é"] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
    }

    /// Each line is what PostgreSQL 15 answers.
    #[test]
    fn ages_are_those_of_postgresql() {
        let micros = |text: &str| Moment::parse(text).unwrap().micros();
        for (later, earlier, months, days, rest) in [
            ("2024-03-01 00:00:00", "2024-02-28 00:00:00", 0, 2, 0),
            ("2024-03-31 00:00:00", "2024-02-29 12:00:00", 1, 1, DAY / 2),
            ("2024-01-31 00:00:00", "2023-12-31 00:00:00", 1, 0, 0),
            ("2024-02-28 00:00:00", "2024-03-01 00:00:00", 0, -2, 0),
            ("2024-01-01 00:00:00", "2024-01-01 00:00:01", 0, 0, -SECOND),
        ] {
            let expected = Interval { months, days, micros: rest };
            assert_eq!(age(micros(later), micros(earlier)), expected, "{later} {earlier}");
        }
    }
}
