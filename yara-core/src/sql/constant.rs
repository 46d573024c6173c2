//! Values as constants of SQL text: for DDL, which has no parameters.

use crate::error::{Error, ErrorKind, Result};
use crate::value::{Interval, Value};

/// Text in quotes. NUL is refused: no database stores it, and some would end the text there.
pub(super) fn quoted(text: &str) -> Result<String> {
    if text.contains('\0') {
        return Err(Error::new(
            ErrorKind::InvalidValue,
            "text must not hold a NUL character, and a constant of a table does",
        ));
    }
    Ok(format!("'{}'", text.replace('\'', "''")))
}

/// The constants that are spelled alike everywhere. A negative number is in parentheses, so that
/// it can follow any operator.
pub(super) fn standard(value: &Value) -> Result<String> {
    Ok(match value {
        Value::Null(_) => "NULL".into(),
        Value::Bool(true) => "TRUE".into(),
        Value::Bool(false) => "FALSE".into(),
        Value::I16(number) => signed(i64::from(*number)),
        Value::I32(number) => signed(i64::from(*number)),
        // Read as the negation of a number that is one too large.
        Value::I64(i64::MIN) => "(-9223372036854775807 - 1)".into(),
        Value::I64(number) => signed(*number),
        Value::F64(number) if number.is_finite() => float(*number),
        Value::F32(number) if number.is_finite() => float(f64::from(*number)),
        Value::Text(text) => quoted(text)?,
        Value::Uuid(uuid) => quoted(&uuid.to_string())?,
        value => {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!(
                    "a {} cannot be written into a table's condition; compare with a number or a \
                     text, or write the condition as SQL",
                    value.kind().name()
                ),
            ));
        }
    })
}

/// The text of a date, a time or an interval; `None` of what is neither. SQLite keeps moments as
/// these texts, and PostgreSQL reads them whatever the settings of the session.
pub(super) fn moment(value: &Value) -> Option<Result<String>> {
    let stamp = |micros: i64| chrono::DateTime::from_timestamp_micros(micros);
    let text = match value {
        Value::Date(days) => stamp(i64::from(*days) * 86_400_000_000)
            .map(|moment| moment.format("%Y-%m-%d").to_string()),
        Value::Time(micros) => {
            stamp(*micros).map(|moment| moment.format("%H:%M:%S%.6f").to_string())
        }
        Value::Timestamp(micros) => {
            stamp(*micros).map(|moment| moment.format("%Y-%m-%d %H:%M:%S%.6f").to_string())
        }
        Value::TimestampTz(micros) => {
            stamp(*micros).map(|moment| moment.format("%Y-%m-%d %H:%M:%S%.6f+00:00").to_string())
        }
        Value::Interval(Interval { months, days, micros }) => {
            Some(format!("{months} months {days} days {micros} microseconds"))
        }
        _ => return None,
    };
    Some(text.ok_or_else(|| {
        Error::new(ErrorKind::Configuration, "a moment in a table's condition is infinite")
    }))
}

fn signed(number: i64) -> String {
    if number < 0 { format!("({number})") } else { number.to_string() }
}

/// With an exponent, which makes it a float and not a decimal number or an integer.
fn float(number: f64) -> String {
    if number < 0.0 { format!("({number:e})") } else { format!("{number:e}") }
}
