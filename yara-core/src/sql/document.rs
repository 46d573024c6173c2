//! What all dialects share about JSON: steps of paths, and documents made of values.

use super::Writer;
use crate::error::{Error, ErrorKind, Result};
use crate::tree::Expr;
use crate::value::Type;

/// Whether a step is an index of an array; else it is a key of an object.
pub(super) fn is_index(step: &Expr) -> Result<bool> {
    match step.kind() {
        Some(Type::I16 | Type::I32 | Type::I64) => Ok(true),
        Some(Type::Text) => Ok(false),
        kind => Err(Error::new(
            ErrorKind::InvalidQuery,
            format!(
                "a step of a JSON path is a text (a key) or a whole number (an index), and this is \
                 {}",
                kind.map_or("of no known type", Type::name)
            ),
        )),
    }
}

/// Refuses a value that has no agreed form in JSON.
pub(super) fn check(database: &str, value: &Expr) -> Result<()> {
    let refused = match value.kind() {
        Some(
            kind @ (Type::Bytes | Type::Interval | Type::Inet | Type::Range(_) | Type::Foreign(_)),
        ) => kind.name(),
        Some(Type::Array(item)) if !plain(*item) => "array of such items",
        _ => return Ok(()),
    };
    Err(Error::new(
        ErrorKind::Unsupported,
        format!(
            "{database} has no common form in JSON for a {refused}; cast it to text, or build the \
             document in the program"
        ),
    ))
}

fn plain(item: Type) -> bool {
    match item {
        Type::Array(inner) => plain(*inner),
        Type::Bytes
        | Type::Interval
        | Type::Inet
        | Type::Range(_)
        | Type::Foreign(_)
        | Type::Date
        | Type::Time
        | Type::Timestamp
        | Type::TimestampTz => false,
        _ => true,
    }
}

/// The text of an array, by what writes the text of an item.
pub(super) fn array(
    writer: &mut Writer<'_>,
    items: &[Expr],
    value_text: fn(&mut Writer<'_>, &Expr) -> Result<()>,
) -> Result<()> {
    writer.push("'['");
    for (at, item) in items.iter().enumerate() {
        writer.push(if at > 0 { " || ',' || " } else { " || " });
        value_text(writer, item)?;
    }
    writer.push(" || ']'");
    Ok(())
}

/// The text of an object of keys and values in turn.
pub(super) fn object(
    writer: &mut Writer<'_>,
    entries: &[Expr],
    value_text: fn(&mut Writer<'_>, &Expr) -> Result<()>,
) -> Result<()> {
    writer.push("'{'");
    for (at, pair) in entries.chunks(2).enumerate() {
        let [key, value] = pair else {
            return Err(Error::new(
                ErrorKind::InvalidQuery,
                "a JSON object is built of keys and values in turn, and the last key has no value",
            ));
        };
        if key.kind() != Some(Type::Text) {
            return Err(Error::new(ErrorKind::InvalidQuery, "a key of a JSON object is a text"));
        }
        writer.push(if at > 0 { " || ',' || " } else { " || " });
        value_text(writer, key)?;
        writer.push(" || ':' || ");
        value_text(writer, value)?;
    }
    writer.push(" || '}'");
    Ok(())
}
