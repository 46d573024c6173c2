//! Dates and times: their parts, and calculating with them.

use super::super::calendar::{DAY, Moment, SECOND, age, days_of, iso_week, weekday};
use super::super::format::civil;
use super::failure::Failure;
use super::interval::{interval, negated, value};
use super::scalar::{as_small, refuse};
use super::{FLAGS, text};
use crate::value::Interval;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Registers the functions. `clock` is the time at which the transaction began.
pub(super) fn register(database: &Connection, clock: Arc<AtomicI64>) -> Result<()> {
    let unsteady = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS;
    database.create_scalar_function("yara_now", 0, unsteady, move |_| {
        stored(Some(Moment::Instant(clock.load(Ordering::Relaxed))))
    })?;
    database.create_scalar_function("yara_extract", 2, FLAGS, extract)?;
    database.create_scalar_function("yara_truncate", 2, FLAGS, |context| {
        let (Some(unit), Some(moment)) = (text(context, 0)?, moment(context, 1)?) else {
            return Ok(None);
        };
        stored(Some(truncated(&unit, moment))).map(Some)
    })?;
    for (name, earlier) in [("yara_moment_add", false), ("yara_moment_sub", true)] {
        database.create_scalar_function(name, 2, FLAGS, move |context| {
            let (Some(moment), Some(by)) = (moment(context, 0)?, interval(context, 1)?) else {
                return Ok(None);
            };
            let by = if earlier { negated(by) } else { Some(by) };
            stored(by.and_then(|by| moment.later(by))).map(Some)
        })?;
    }
    for (name, sign) in [("yara_date_add", 1), ("yara_date_sub", -1)] {
        database.create_scalar_function(name, 2, FLAGS, move |context| {
            let (Some(moment), Some(days)) = (moment(context, 0)?, as_small(context, 1)?) else {
                return Ok(None);
            };
            let days = moment.micros().div_euclid(DAY) + sign * i64::from(days);
            stored(Some(Moment::Date(days))).map(Some)
        })?;
    }
    database.create_scalar_function("yara_moment_diff", 2, FLAGS, |context| {
        let (Some(left), Some(right)) = (moment(context, 0)?, moment(context, 1)?) else {
            return Ok(None);
        };
        Ok(Some(match (left, right) {
            (Moment::Date(left), Moment::Date(right)) => left - right,
            (left, right) => left.micros() - right.micros(),
        }))
    })?;
    database.create_scalar_function("yara_age", 2, FLAGS, |context| {
        let (Some(later), Some(earlier)) = (moment(context, 0)?, moment(context, 1)?) else {
            return Ok(Value::Null);
        };
        Ok(value(age(later.micros(), earlier.micros())))
    })
}

/// An argument as a moment; `None` for NULL.
pub(super) fn moment(context: &Context<'_>, index: usize) -> Result<Option<Moment>> {
    let Some(text) = text(context, index)? else { return Ok(None) };
    match Moment::parse(&text) {
        Some(moment) => Ok(Some(moment)),
        None => Err(refuse(Failure::BadText("a date or time", text.into_owned()))),
    }
}

/// A moment as it is stored.
pub(super) fn stored(moment: Option<Moment>) -> Result<String> {
    moment.and_then(Moment::text).ok_or_else(|| refuse(Failure::MomentOutOfRange))
}

/// `yara_extract(part, moment or interval)`
fn extract(context: &Context<'_>) -> Result<Value> {
    let Some(part) = text(context, 0)? else { return Ok(Value::Null) };
    let is_interval = match context.get_raw(1) {
        ValueRef::Null => return Ok(Value::Null),
        ValueRef::Integer(_) => true,
        other => other.as_str().is_ok_and(|text| text.starts_with('P')),
    };
    let found = if is_interval {
        interval(context, 1)?.and_then(|interval| of_interval(&part, interval))
    } else {
        moment(context, 1)?.and_then(|moment| of_moment(&part, moment))
    };
    match found {
        Some(Value::Integer(number)) if i32::try_from(number).is_err() => {
            Err(refuse(Failure::OutOfRange))
        }
        Some(value) => Ok(value),
        None => Err(refuse(Failure::BadText("a part of this date or time", part.into_owned()))),
    }
}

fn of_moment(part: &str, moment: Moment) -> Option<Value> {
    let micros = moment.micros();
    let (days, clock) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    Some(Value::Integer(match part {
        "epoch" => return Some(Value::Real(seconds(micros.into()))),
        "hour" => clock / (3600 * SECOND),
        "minute" => clock / (60 * SECOND) % 60,
        "second" => clock / SECOND % 60,
        "microseconds" => clock % SECOND,
        _ if matches!(moment, Moment::Time(_)) => return None,
        "year" => year,
        "quarter" => (month + 2) / 3,
        "month" => month,
        "week" => iso_week(days),
        "day" => day,
        "weekday" => weekday(days),
        "yearday" => days - days_of((year, 1, 1)) + 1,
        _ => return None,
    }))
}

/// The parts of an interval, each with its sign. A year of the seconds since 1970 has 365.25 days,
/// and a month beside it 30.
fn of_interval(part: &str, interval: Interval) -> Option<Value> {
    let Interval { months, days, micros } = interval;
    Some(Value::Integer(match part {
        "year" => i64::from(months / 12),
        "month" => i64::from(months % 12),
        "day" => i64::from(days),
        "hour" => micros / (3600 * SECOND),
        "minute" => micros / (60 * SECOND) % 60,
        "second" => micros / SECOND % 60,
        "microseconds" => micros % SECOND,
        "epoch" => {
            let whole = i128::from(months / 12) * 31_557_600
                + i128::from(months % 12) * 2_592_000
                + i128::from(days) * 86_400;
            return Some(Value::Real(seconds(whole * i128::from(SECOND) + i128::from(micros))));
        }
        _ => return None,
    }))
}

/// Microseconds as seconds, rounded once.
fn seconds(micros: i128) -> f64 {
    let sign = if micros < 0 { "-" } else { "" };
    let (whole, rest) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    format!("{sign}{whole}.{rest:06}").parse::<f64>().unwrap_or(f64::NAN) + 0.0
}

/// The start of the unit in which a moment stands.
fn truncated(unit: &str, moment: Moment) -> Moment {
    let micros = moment.micros();
    let days = micros.div_euclid(DAY);
    let (year, month, _) = civil(days);
    moment.at(match unit {
        "year" => days_of((year, 1, 1)) * DAY,
        "quarter" => days_of((year, (month - 1) / 3 * 3 + 1, 1)) * DAY,
        "month" => days_of((year, month, 1)) * DAY,
        "week" => (days - weekday(days) + 1) * DAY,
        "day" => days * DAY,
        "hour" => micros - micros.rem_euclid(3600 * SECOND),
        "minute" => micros - micros.rem_euclid(60 * SECOND),
        "second" => micros - micros.rem_euclid(SECOND),
        _ => micros,
    })
}
