//! chrono's dates and times as fields.
//!
//! Databases count microseconds: a finer time is truncated when it is sent, so that `Utc::now()`
//! can be stored. On SQLite, dates and times are text that sorts as they do, which bounds the year
//! to 0001–9999; both backends refuse a year past that, so that one program means one thing.

use super::decode::wanted;
use super::{
    Comparable, DecodeError, EncodeError, FieldType, Interval, Moment, Summable, Type, Value,
    ValueRef,
};
use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc,
};

/// Days from 0001-01-01, which chrono counts from, to 1970-01-01.
const EPOCH_FROM_CE: i32 = 719_163;
const MICROS_PER_DAY: i64 = 86_400_000_000;

fn check_year(year: i32) -> Result<(), EncodeError> {
    if (1..=9999).contains(&year) {
        Ok(())
    } else {
        Err(EncodeError::new(format!("the year {year} is outside 0001 to 9999")))
    }
}

fn out_of_range(wanted: &str) -> DecodeError {
    DecodeError::bad_value(format!("the {wanted} is infinite or past what chrono can hold"))
}

impl FieldType for NaiveDate {
    const TYPE: Type = Type::Date;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        check_year(self.year())?;
        Ok(Value::Date(self.num_days_from_ce() - EPOCH_FROM_CE))
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Date(days) => days
                .checked_add(EPOCH_FROM_CE)
                .and_then(NaiveDate::from_num_days_from_ce_opt)
                .ok_or_else(|| out_of_range("date")),
            ValueRef::Text(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
                DecodeError::bad_value(format!("`{text}` is not a date (YYYY-MM-DD)"))
            }),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

/// Microseconds since midnight; a leap second (nanoseconds past 10⁹) is refused.
fn micros_of_day(time: NaiveTime) -> Result<i64, EncodeError> {
    if time.nanosecond() >= 1_000_000_000 {
        return Err(EncodeError::new(format!(
            "{time} is a leap second, which databases do not store"
        )));
    }
    Ok(i64::from(time.num_seconds_from_midnight()) * 1_000_000
        + i64::from(time.nanosecond() / 1000))
}

impl FieldType for NaiveTime {
    const TYPE: Type = Type::Time;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        micros_of_day(*self).map(Value::Time)
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Time(micros) if (0..MICROS_PER_DAY).contains(micros) => {
                NaiveTime::from_num_seconds_from_midnight_opt(
                    (micros / 1_000_000) as u32,
                    (micros % 1_000_000) as u32 * 1000,
                )
                .ok_or_else(|| out_of_range("time"))
            }
            ValueRef::Time(_) => {
                Err(DecodeError::bad_value("the time is 24:00, which chrono cannot hold"))
            }
            ValueRef::Text(text) => NaiveTime::parse_from_str(text, "%H:%M:%S%.f")
                .map_err(|_| DecodeError::bad_value(format!("`{text}` is not a time (HH:MM:SS)"))),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

fn micros(moment: NaiveDateTime) -> Result<i64, EncodeError> {
    check_year(moment.year())?;
    micros_of_day(moment.time())?;
    Ok(moment.and_utc().timestamp_micros())
}

impl FieldType for NaiveDateTime {
    const TYPE: Type = Type::Timestamp;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        micros(*self).map(Value::Timestamp)
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Timestamp(micros) => DateTime::from_timestamp_micros(*micros)
                .map(|moment| moment.naive_utc())
                .ok_or_else(|| out_of_range("timestamp")),
            ValueRef::Text(text) => parse_timestamp(text).ok_or_else(|| {
                DecodeError::bad_value(format!("`{text}` is not a timestamp without a zone"))
            }),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

fn parse_timestamp(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
}

impl FieldType for DateTime<Utc> {
    const TYPE: Type = Type::TimestampTz;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        micros(self.naive_utc()).map(Value::TimestampTz)
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::TimestampTz(micros) => {
                DateTime::from_timestamp_micros(*micros).ok_or_else(|| out_of_range("timestamp"))
            }
            ValueRef::Text(text) => DateTime::parse_from_rfc3339(text)
                .map(|moment| moment.to_utc())
                .ok()
                // SQLite's own functions write UTC without saying so.
                .or_else(|| parse_timestamp(text).map(|moment| moment.and_utc()))
                .ok_or_else(|| DecodeError::bad_value(format!("`{text}` is not a timestamp"))),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

/// An instant with the offset it was written in. Databases keep the instant alone, so it comes back
/// in UTC; two of them are equal where the instants are.
impl FieldType for DateTime<FixedOffset> {
    const TYPE: Type = Type::TimestampTz;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        self.to_utc().encode()
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        DateTime::<Utc>::decode(cell).map(|moment| moment.fixed_offset())
    }
}

impl FieldType for TimeDelta {
    const TYPE: Type = Type::Interval;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        self.num_microseconds()
            .map(|micros| Value::Interval(Interval::from_micros(micros)))
            .ok_or_else(|| EncodeError::new(format!("{self} is longer than 2^63 microseconds")))
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        let interval = Interval::decode(cell)?;
        interval.as_micros().map(TimeDelta::microseconds).ok_or_else(|| {
            DecodeError::bad_value(format!(
                "the interval has {} months and {} days, which are no fixed length; `Interval` would hold it",
                interval.months, interval.days
            ))
        })
    }
}

impl FieldType for std::time::Duration {
    const TYPE: Type = Type::Interval;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        i64::try_from(self.as_micros())
            .map(|micros| Value::Interval(Interval::from_micros(micros)))
            .map_err(|_| EncodeError::new(format!("{self:?} is longer than 2^63 microseconds")))
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        let delta = TimeDelta::decode(cell)?;
        delta.to_std().map_err(|_| {
            DecodeError::bad_value(format!(
                "the interval {delta} is negative; chrono's `TimeDelta` would hold it"
            ))
        })
    }
}

impl FieldType for Interval {
    const TYPE: Type = Type::Interval;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::Interval(*self))
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Interval(interval) => Ok(*interval),
            // Stored as a number of microseconds where the database has no interval.
            ValueRef::I64(micros) => Ok(Interval::from_micros(*micros)),
            ValueRef::Text(text) => Interval::from_iso(text)
                .ok_or_else(|| DecodeError::bad_value(format!("`{text}` is not an interval"))),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

impl Summable for TimeDelta {
    type Sum = Option<TimeDelta>;
    type Mean = Option<TimeDelta>;
}
impl Summable for std::time::Duration {
    type Sum = Option<std::time::Duration>;
    type Mean = Option<std::time::Duration>;
}
impl Summable for Interval {
    type Sum = Option<Interval>;
    type Mean = Option<Interval>;
}
impl Moment for NaiveDate {}
impl Moment for NaiveTime {}
impl Moment for NaiveDateTime {}
impl Moment for DateTime<Utc> {}
impl Moment for DateTime<FixedOffset> {}
impl Comparable for NaiveDate {}
impl Comparable for NaiveTime {}
impl Comparable for NaiveDateTime {}
impl Comparable for DateTime<Utc> {}
impl Comparable for DateTime<FixedOffset> {}
/// A month has 30 days here and a day 24 hours, as in PostgreSQL.
impl Comparable for Interval {}
impl Comparable for TimeDelta {}
impl Comparable for std::time::Duration {}
