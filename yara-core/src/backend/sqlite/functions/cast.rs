//! Values as other kinds, refused where PostgreSQL refuses them.

use super::super::calendar::{DAY, Moment};
use super::super::decimal::{Decimal, Rounding};
use super::failure::Failure;
use super::moment::{moment, stored};
use super::scalar::{
    Scalar, as_decimal, as_small, float_value, from_decimal, integer_value, refuse, scalar, written,
};
use super::{FLAGS, failed, text};
use crate::value::Numeric;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

/// Registers the functions.
pub(super) fn register(database: &Connection) -> Result<()> {
    database.create_scalar_function("yara_to_integer", 2, FLAGS, to_integer)?;
    database.create_scalar_function("yara_text_to_integer", 2, FLAGS, |context| {
        let Some(text) = text(context, 0)? else { return Ok(Value::Null) };
        let bits = i64::from(as_small(context, 1)?.unwrap_or(64));
        whole_number(&text).and_then(|value| integer_value(value, bits)).map_err(refuse)
    })?;
    database.create_scalar_function("yara_to_float", 2, FLAGS, to_float)?;
    database.create_scalar_function("yara_to_numeric", 2, FLAGS, to_numeric)?;
    database.create_scalar_function("yara_to_text", 2, FLAGS, |context| {
        if let ValueRef::Text(_) = context.get_raw(0) {
            return Ok(text(context, 0)?.map(std::borrow::Cow::into_owned));
        }
        let bits = as_small(context, 1)?.unwrap_or(64);
        Ok(scalar(context, 0)?.map(|number| written(&number, bits.into())))
    })?;
    database.create_scalar_function("yara_to_bool", 1, FLAGS, to_bool)?;
    text_cast(database, "yara_to_uuid", |text| {
        let uuid = uuid::Uuid::parse_str(text.trim());
        uuid.map(|uuid| uuid.to_string()).map_err(|_| Failure::BadText("a UUID", text.to_owned()))
    })?;
    text_cast(database, "yara_to_json", |text| {
        match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => Err(Failure::BadText("JSON", text.to_owned())),
        }
    })?;
    moment_cast(database, "yara_to_date", |moment| match moment {
        Moment::Time(_) => None,
        moment => Some(Moment::Date(moment.micros().div_euclid(DAY))),
    })?;
    moment_cast(database, "yara_to_time", |moment| match moment {
        Moment::Date(_) => None,
        moment => Some(Moment::Time(moment.micros().rem_euclid(DAY))),
    })?;
    moment_cast(database, "yara_to_timestamp", |moment| match moment {
        Moment::Time(_) => None,
        moment => Some(Moment::Timestamp(moment.micros())),
    })?;
    moment_cast(database, "yara_to_timestamptz", |moment| match moment {
        Moment::Time(_) => None,
        moment => Some(Moment::Instant(moment.micros())),
    })?;
    database.create_scalar_function("yara_moment_text", 1, FLAGS, |context| {
        let Some(moment) = moment(context, 0)? else { return Ok(None) };
        Ok(Some(shown(&stored(Some(moment))?)))
    })
}

fn text_cast(
    database: &Connection,
    name: &str,
    cast: fn(&str) -> std::result::Result<String, Failure>,
) -> Result<()> {
    database.create_scalar_function(name, 1, FLAGS, move |context| match text(context, 0)? {
        Some(text) => cast(&text).map(Some).map_err(refuse),
        None => Ok(None),
    })
}

fn moment_cast(
    database: &Connection,
    name: &str,
    cast: fn(Moment) -> Option<Moment>,
) -> Result<()> {
    database.create_scalar_function(name, 1, FLAGS, move |context| {
        let Some(given) = moment(context, 0)? else { return Ok(None) };
        match cast(given) {
            Some(moment) => stored(Some(moment)).map(Some),
            None => {
                let text = text(context, 0)?.unwrap_or_default().into_owned();
                Err(refuse(Failure::BadText("a date or time of this kind", text)))
            }
        }
    })
}

/// A moment as PostgreSQL writes it: no zeros at the end of a fraction, and a short offset.
fn shown(stored: &str) -> String {
    let (clock, zone) = match stored.strip_suffix("+00:00") {
        Some(clock) => (clock, "+00"),
        None => (stored, ""),
    };
    let clock =
        if clock.contains('.') { clock.trim_end_matches('0').trim_end_matches('.') } else { clock };
    format!("{clock}{zone}")
}

/// A number in a text, which may have spaces around it and a plus sign.
fn number_in(text: &str, what: &'static str) -> Result<Numeric> {
    let trimmed = text.trim();
    let wrong = || refuse(Failure::BadText(what, text.to_owned()));
    match trimmed.to_ascii_lowercase().as_str() {
        "nan" => "NaN",
        "inf" | "+inf" | "infinity" | "+infinity" => "Infinity",
        "-inf" | "-infinity" => "-Infinity",
        _ => trimmed,
    }
    .parse()
    .map_err(|_| wrong())
}

fn decimal(digits: &Numeric) -> Result<Decimal> {
    Decimal::parse(digits.as_str()).map_err(|error| failed(Box::new(error)))
}

/// Whether the argument is a text, and then which; a stored decimal is one, too.
fn as_text<'c>(context: &'c Context<'_>) -> Result<Option<std::borrow::Cow<'c, str>>> {
    match context.get_raw(0) {
        ValueRef::Text(_) => text(context, 0),
        _ => Ok(None),
    }
}

/// The whole number in a text.
fn whole_number(text: &str) -> std::result::Result<i64, Failure> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    text.trim().parse::<i64>().map_err(|cause| match cause.kind() {
        PosOverflow | NegOverflow => Failure::OutOfRange,
        _ => Failure::BadText("an integer", text.to_owned()),
    })
}

/// `yara_to_integer(value, bits)`: rounded, half away from zero.
fn to_integer(context: &Context<'_>) -> Result<Value> {
    let bits = i64::from(as_small(context, 1)?.unwrap_or(64));
    let number = match as_text(context)? {
        Some(text) => decimal(&number_in(&text, "an integer")?)?,
        None => match scalar(context, 0)? {
            None => return Ok(Value::Null),
            Some(Scalar::Integer(value)) => return integer_value(value, bits).map_err(refuse),
            Some(Scalar::Float(value)) => as_decimal(value, 64)?,
            Some(Scalar::Decimal(number)) => number,
        },
    };
    if matches!(number, Decimal::NaN | Decimal::Infinite(_)) {
        return Err(refuse(Failure::NotFinite));
    }
    let digits = number.rounded(0, Rounding::Nearest).to_string();
    let value = digits.parse().map_err(|_| refuse(Failure::OutOfRange))?;
    integer_value(value, bits).map_err(refuse)
}

/// `yara_to_float(value, bits)`
fn to_float(context: &Context<'_>) -> Result<Value> {
    let bits = i64::from(as_small(context, 1)?.unwrap_or(64));
    let number = match as_text(context)? {
        Some(text) => decimal(&number_in(&text, "a float")?)?,
        None => match scalar(context, 0)? {
            None => return Ok(Value::Null),
            Some(Scalar::Integer(value)) => Decimal::from(value),
            Some(Scalar::Float(value)) if bits == 64 => return Ok(Value::Real(value)),
            Some(Scalar::Float(value)) => {
                let narrow = value as f32;
                if narrow.is_infinite() || (narrow == 0.0 && value != 0.0) {
                    return Err(refuse(Failure::OutOfRange));
                }
                return Ok(Value::Real(narrow.into()));
            }
            Some(Scalar::Decimal(number)) => number,
        },
    };
    from_decimal(&number, bits).map(float_value).map_err(refuse)
}

/// `yara_to_numeric(value, bits of a float)`
fn to_numeric(context: &Context<'_>) -> Result<Option<String>> {
    let bits = i64::from(as_small(context, 1)?.unwrap_or(64));
    if let Some(text) = as_text(context)? {
        return number_in(&text, "a decimal number").map(|number| Some(number.to_string()));
    }
    Ok(match scalar(context, 0)? {
        None => None,
        Some(Scalar::Integer(value)) => Some(value.to_string()),
        Some(Scalar::Float(value)) => Some(as_decimal(value, bits)?.to_string()),
        Some(Scalar::Decimal(number)) => Some(number.to_string()),
    })
}

/// `yara_to_bool(value)`: a number other than zero, or one of PostgreSQL's words
/// (source: `parse_bool_with_len` in `src/backend/utils/adt/bool.c`).
fn to_bool(context: &Context<'_>) -> Result<Option<bool>> {
    let Some(text) = as_text(context)? else {
        return Ok(scalar(context, 0)?.map(|number| match number {
            Scalar::Integer(value) => value != 0,
            Scalar::Float(value) => value != 0.0,
            Scalar::Decimal(number) => number.sign() != Some(0),
        }));
    };
    let word = text.trim().to_ascii_lowercase();
    let begins = |whole: &str, least: usize| word.len() >= least && whole.starts_with(&word);
    if begins("true", 1) || begins("yes", 1) || word == "on" || word == "1" {
        return Ok(Some(true));
    }
    if begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0" {
        return Ok(Some(false));
    }
    Err(refuse(Failure::BadText("true or false", text.into_owned())))
}
