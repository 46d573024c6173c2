//! Dates and times.

use super::{given, refuse};
use crate::{errors, settings};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use pyo3::prelude::*;
use pyo3::types::{
    PyDate, PyDateAccess, PyDateTime, PyDelta, PyDeltaAccess, PyString, PyTime, PyTimeAccess,
};
use yara_core::value::{FieldType, Interval, Value, ValueRef};

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// Days since 1970-01-01 (source: H. Hinnant, "chrono-compatible low-level date algorithms",
/// `days_from_civil`).
fn days(date: &impl PyDateAccess) -> i64 {
    let (month, day) = (i64::from(date.get_month()), i64::from(date.get_day()));
    let year = i64::from(date.get_year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn micros_of_day(time: &impl PyTimeAccess) -> i64 {
    let seconds = i64::from(time.get_hour()) * 3600
        + i64::from(time.get_minute()) * 60
        + i64::from(time.get_second());
    seconds * MICROS_PER_SECOND + i64::from(time.get_microsecond())
}

fn micros_of_delta(delta: &Bound<'_, PyDelta>) -> Option<i64> {
    let seconds = i64::from(delta.get_days()) * SECONDS_PER_DAY + i64::from(delta.get_seconds());
    seconds.checked_mul(MICROS_PER_SECOND)?.checked_add(i64::from(delta.get_microseconds()))
}

/// Microseconds since 1970-01-01, by what clock and calendar show.
fn micros(moment: &Bound<'_, PyDateTime>) -> i64 {
    days(moment) * SECONDS_PER_DAY * MICROS_PER_SECOND + micros_of_day(moment)
}

/// What a text says, in the spelling of ISO 8601.
fn parsed<T: FieldType>(object: &Bound<'_, PyAny>) -> Option<PyResult<Value>> {
    let text = object.cast::<PyString>().ok()?.to_str().ok()?;
    let value = T::decode(&ValueRef::Text(text)).ok()?.encode();
    Some(value.map_err(|error| errors::invalid_value(object.py(), &error.to_string())))
}

pub(super) fn date(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Some(value) = parsed::<NaiveDate>(object) {
        return value;
    }
    match object.cast::<PyDate>() {
        // A datetime is a date to Python; its time would be lost without a word.
        Ok(date) if !object.is_instance_of::<PyDateTime>() => Ok(Value::Date(days(date) as i32)),
        Ok(_) => Err(refuse(object, "a date without a time (`.date()` gives it)")),
        Err(_) => Err(refuse(object, "datetime.date")),
    }
}

pub(super) fn time(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Some(value) = parsed::<NaiveTime>(object) {
        return value;
    }
    let time = object.cast::<PyTime>().map_err(|_| refuse(object, "datetime.time"))?;
    if settings::is_aware(time) {
        return Err(refuse(object, "a time without a time zone"));
    }
    Ok(Value::Time(micros_of_day(time)))
}

pub(super) fn timestamp(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Some(value) = parsed::<NaiveDateTime>(object) {
        return value;
    }
    let moment = object.cast::<PyDateTime>().map_err(|_| refuse(object, "datetime.datetime"))?;
    if settings::is_aware(moment) {
        return Err(refuse(object, "a datetime without a time zone"));
    }
    Ok(Value::Timestamp(micros(moment)))
}

pub(super) fn instant(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = object.py();
    if let Some(value) = parsed::<DateTime<Utc>>(object) {
        return value;
    }
    let moment = object.cast::<PyDateTime>().map_err(|_| refuse(object, "datetime.datetime"))?;
    let offset = if settings::is_aware(moment) {
        moment.call_method0(pyo3::intern!(py, "utcoffset"))?
    } else {
        py.None().into_bound(py)
    };
    let offset = match offset.cast::<PyDelta>() {
        Ok(offset) => micros_of_delta(offset).unwrap_or_default(),
        // A zone that gives no offset is none, as Python has it.
        Err(_) if settings::use_tz() => {
            let message = format!(
                "{} has no time zone, and `use_tz` is on: say which moment is meant, for instance \
                 by `.replace(tzinfo=datetime.timezone.utc)` or `timezone.make_aware(…)`",
                given(object)
            );
            return Err(errors::invalid_value(py, &message));
        }
        Err(_) => 0,
    };
    let micros = micros(moment) - offset;
    let earliest = -62_135_596_800 * MICROS_PER_SECOND;
    let latest = 253_402_300_800 * MICROS_PER_SECOND;
    if !(earliest..latest).contains(&micros) {
        return Err(refuse(object, "a moment that is in the years 1 to 9999 in UTC, too,"));
    }
    Ok(Value::TimestampTz(micros))
}

pub(super) fn interval(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let Ok(delta) = object.cast::<PyDelta>() else {
        let given = super::special::interval(object)?;
        return given.ok_or_else(|| refuse(object, "datetime.timedelta"));
    };
    micros_of_delta(delta)
        .map(|micros| Value::Interval(Interval::from_micros(micros)))
        .ok_or_else(|| refuse(object, "a timedelta shorter than 2^63 microseconds"))
}
