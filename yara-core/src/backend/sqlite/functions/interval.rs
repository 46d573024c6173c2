//! Intervals: a number of microseconds, or where they have months or days a text.

use super::FLAGS;
use super::failure::Failure;
use super::scalar::refuse;
use crate::value::Interval;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

/// Microseconds of a day.
const DAY: i128 = 86_400_000_000;

/// Registers the functions.
pub(super) fn register(database: &Connection) -> Result<()> {
    for (name, sign) in [("yara_interval_add", 1), ("yara_interval_sub", -1)] {
        database.create_scalar_function(name, 2, FLAGS, move |context| {
            let (Some(left), Some(right)) = (interval(context, 0)?, interval(context, 1)?) else {
                return Ok(Value::Null);
            };
            let right = if sign < 0 { negated(right) } else { Some(right) };
            let sum = right.and_then(|right| {
                Some(Interval {
                    months: left.months.checked_add(right.months)?,
                    days: left.days.checked_add(right.days)?,
                    micros: left.micros.checked_add(right.micros)?,
                })
            });
            sum.map(value).ok_or_else(|| refuse(Failure::OutOfRange))
        })?;
    }
    database.create_scalar_function("yara_interval_exact", 1, FLAGS, |context| {
        let Some(interval) = interval(context, 0)? else { return Ok(None) };
        interval.as_micros().map(Some).ok_or_else(|| refuse(Failure::NoExactLength))
    })?;
    database.create_scalar_function("yara_interval_micros", 1, FLAGS, |context| {
        let Some(length) = length(context, 0)? else { return Ok(None) };
        i64::try_from(length).map(Some).map_err(|_| refuse(Failure::OutOfRange))
    })
}

/// An argument as an interval; `None` for NULL.
pub(super) fn interval(context: &Context<'_>, index: usize) -> Result<Option<Interval>> {
    match context.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(micros) => Ok(Some(Interval::from_micros(micros))),
        other => {
            let text = other.as_str().unwrap_or_default();
            let read = Interval::from_iso(text).map(Some);
            read.ok_or_else(|| refuse(Failure::BadText("an interval", text.to_owned())))
        }
    }
}

/// The length by which intervals are compared: a month has 30 days, and a day 24 hours.
pub(super) fn length(context: &Context<'_>, index: usize) -> Result<Option<i128>> {
    Ok(interval(context, index)?.map(|interval| {
        let days = i128::from(interval.months) * 30 + i128::from(interval.days);
        days * DAY + i128::from(interval.micros)
    }))
}

/// An interval of the other sign; `None` where it has no room.
pub(super) fn negated(interval: Interval) -> Option<Interval> {
    Some(Interval {
        months: interval.months.checked_neg()?,
        days: interval.days.checked_neg()?,
        micros: interval.micros.checked_neg()?,
    })
}

/// An interval as it is kept.
pub(super) fn value(interval: Interval) -> Value {
    match interval.as_micros() {
        Some(micros) => Value::Integer(micros),
        None => Value::Text(interval.to_iso()),
    }
}
