//! JSON documents.
//!
//! Columns are `json`, which keeps documents as they were written. What asks about meaning casts to
//! `jsonb`; what changes a document puts it together anew from its parts, because `jsonb` would
//! forget the order of keys.

use super::super::super::{Level, Writer, document};
use super::{json_edit, unsupported};
use crate::error::Result;
use crate::tree::{Expr, Function};
use crate::value::Type;

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    match (function, arguments) {
        (Function::JsonGet, [of, steps @ ..]) => get(writer, of, steps, " -> "),
        (Function::JsonText, [of]) => whole(writer, of).map(|()| Level::Raw),
        (Function::JsonText, [of, steps @ ..]) => get(writer, of, steps, " ->> "),
        (Function::JsonNumber, [of]) => only(writer, of, "number", "::numeric"),
        (Function::JsonString, [of]) => only(writer, of, "string", ""),
        (Function::JsonBool, [of]) => only(writer, of, "boolean", "::boolean"),
        (Function::JsonEquals, [of, other]) => compared(writer, of, " = ", other),
        (Function::JsonContains, [of, other]) => compared(writer, of, " @> ", other),
        (Function::JsonHasKey, [of, key]) => has(writer, of, " ? ", key),
        (Function::JsonHasAnyKey, [of, keys]) => has(writer, of, " ?| ", keys),
        (Function::JsonHasAllKeys, [of, keys]) => has(writer, of, " ?& ", keys),
        (Function::JsonLength, [of]) => guarded(writer, of, "array", "json_array_length(", ")"),
        (Function::JsonKeys, [of]) => {
            guarded(writer, of, "object", "ARRAY(SELECT json_object_keys(", "))")
        }
        (Function::JsonType, [of]) => kind(writer, of).map(|()| Level::Atom),
        (Function::JsonSet, [of, value, steps @ ..]) => {
            json_edit::rebuilt(writer, of, Some(value), steps)
        }
        (Function::JsonRemove, [of, steps @ ..]) => json_edit::rebuilt(writer, of, None, steps),
        (Function::JsonMerge, [of, other]) => json_edit::merged(writer, of, other),
        (Function::JsonArray, items) => {
            writer.push("(");
            document::array(writer, items, value_text)?;
            writer.push(")::json");
            Ok(Level::Atom)
        }
        (Function::JsonObject, entries) => {
            writer.push("(");
            document::object(writer, entries, value_text)?;
            writer.push(")::json");
            Ok(Level::Atom)
        }
        (function, _) => Err(unsupported(function)),
    }
}

/// A document as `json`, whatever a column of a foreign schema is.
pub(super) fn json(writer: &mut Writer<'_>, of: &Expr) -> Result<()> {
    writer.operand(of, Level::Atom)?;
    writer.push("::json");
    Ok(())
}

fn jsonb(writer: &mut Writer<'_>, of: &Expr) -> Result<()> {
    writer.operand(of, Level::Atom)?;
    writer.push("::jsonb");
    Ok(())
}

/// Any value as the text of a JSON document to build with: NULL is the document `null`.
pub(super) fn value_text(writer: &mut Writer<'_>, value: &Expr) -> Result<()> {
    writer.push("coalesce(");
    text_or_null(writer, value)?;
    writer.push(", 'null')");
    Ok(())
}

/// Any value as the text of a JSON document. Times are written as ISO 8601 has them, whatever the
/// session's settings.
pub(super) fn text_or_null(writer: &mut Writer<'_>, value: &Expr) -> Result<()> {
    document::check(writer.dialect.name(), value)?;
    let (before, after) = match value.kind() {
        Some(Type::Json) => ("(", ")::text"),
        Some(Type::Date) => ("to_json(to_char(", ", 'YYYY-MM-DD'))::text"),
        Some(Type::Time) => ("to_json(to_char(", ", 'HH24:MI:SS.US'))::text"),
        Some(Type::Timestamp) => ("to_json(to_char(", ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US'))::text"),
        Some(Type::TimestampTz) => (
            "to_json(to_char((",
            ") AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"'))::text",
        ),
        _ => ("to_json(", ")::text"),
    };
    writer.push(before);
    writer.expr(value)?;
    writer.push(after);
    Ok(())
}

/// `document -> step -> step`
fn get(writer: &mut Writer<'_>, of: &Expr, steps: &[Expr], last: &str) -> Result<Level> {
    writer.operand(of, Level::Atom)?;
    for (at, step) in steps.iter().enumerate() {
        writer.push(if at + 1 == steps.len() { last } else { " -> " });
        writer.operand(step, Level::Atom)?;
        writer.push(match document::is_index(step)? {
            true => "::integer",
            false => "::text",
        });
    }
    Ok(Level::Raw)
}

/// The whole document as text; the text in a string.
fn whole(writer: &mut Writer<'_>, of: &Expr) -> Result<()> {
    writer.operand(of, Level::Atom)?;
    writer.push(" #>> '{}'");
    Ok(())
}

/// `json_typeof(document)`
pub(super) fn kind(writer: &mut Writer<'_>, of: &Expr) -> Result<()> {
    writer.push("json_typeof(");
    json(writer, of)?;
    writer.push(")");
    Ok(())
}

/// A scalar of one JSON type as a value of SQL.
fn only(writer: &mut Writer<'_>, of: &Expr, name: &str, cast: &str) -> Result<Level> {
    writer.push("CASE ");
    kind(writer, of)?;
    writer.push(&format!(" WHEN '{name}' THEN ("));
    whole(writer, of)?;
    writer.push(&format!("){cast} END"));
    Ok(Level::Raw)
}

/// A function that fails on documents of another type.
fn guarded(
    writer: &mut Writer<'_>,
    of: &Expr,
    name: &str,
    before: &str,
    after: &str,
) -> Result<Level> {
    writer.push("CASE ");
    kind(writer, of)?;
    writer.push(&format!(" WHEN '{name}' THEN {before}"));
    json(writer, of)?;
    writer.push(after);
    writer.push(" END");
    Ok(Level::Raw)
}

fn compared(writer: &mut Writer<'_>, of: &Expr, operator: &str, other: &Expr) -> Result<Level> {
    jsonb(writer, of)?;
    writer.push(operator);
    writer.push("(");
    text_or_null(writer, other)?;
    writer.push(")::jsonb");
    Ok(Level::Raw)
}

fn has(writer: &mut Writer<'_>, of: &Expr, operator: &str, keys: &Expr) -> Result<Level> {
    jsonb(writer, of)?;
    writer.push(operator);
    writer.operand(keys, Level::Atom)?;
    Ok(Level::Raw)
}
