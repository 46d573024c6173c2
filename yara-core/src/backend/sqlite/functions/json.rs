//! JSON documents: `yara_json_get` and its like, see [`document`](crate::backend::sqlite::document).

use super::{FLAGS, failed, text};
use crate::backend::sqlite::document::{self, Document, Node, Step, write_string};
use crate::value::Numeric;
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};
use std::fmt::Write;

type Answer<T> = Result<Option<T>>;

/// Registers them.
pub(super) fn register(database: &Connection) -> Result<()> {
    scalar(database, "yara_json_get", -1, |context, document| {
        let path = path(context, 1)?;
        Ok(path.and_then(|path| Some(document.at(&path)?.text.to_owned())))
    })?;
    scalar(database, "yara_json_text", -1, |context, document| {
        let path = path(context, 1)?;
        Ok(path.and_then(|path| Some(document.at(&path)?.as_text()?.to_owned())))
    })?;
    scalar(database, "yara_json_number", 1, |_, document| match document.node {
        Node::Number => match document.text.parse::<Numeric>() {
            Ok(number) => Ok(Some(number.to_string())),
            Err(_) => Err(refused("integer overflow: the number has too many digits")),
        },
        _ => Ok(None),
    })?;
    scalar(database, "yara_json_string", 1, |_, document| match &document.node {
        Node::String(text) => Ok(Some(text.to_string())),
        _ => Ok(None),
    })?;
    scalar(database, "yara_json_bool", 1, |_, document| match document.node {
        Node::Bool(value) => Ok(Some(value)),
        _ => Ok(None),
    })?;
    scalar(database, "yara_json_length", 1, |_, document| match &document.node {
        Node::Array(items) => Ok(i64::try_from(items.len()).ok()),
        _ => Ok(None),
    })?;
    scalar(database, "yara_json_keys", 1, |_, document| match &document.node {
        Node::Object(entries) => Ok(Some(keys(entries))),
        _ => Ok(None),
    })?;
    scalar(database, "yara_json_type", 1, |_, document| Ok(Some(document.type_name())))?;
    register_questions(database)?;
    register_changes(database)
}

fn register_questions(database: &Connection) -> Result<()> {
    scalar(database, "yara_json_equal", 2, |context, document| {
        with(context, 1, |other| Ok(Some(document.equals(other))))
    })?;
    scalar(database, "yara_json_contains", 2, |context, document| {
        with(context, 1, |part| Ok(Some(document.contains(part))))
    })?;
    scalar(database, "yara_json_has_key", 2, |context, document| {
        Ok(text(context, 1)?.map(|key| document.has_key(&key)))
    })?;
    scalar(database, "yara_json_has_any_key", 2, |context, document| {
        with(context, 1, |keys| Ok(Some(strings(keys).any(|key| document.has_key(key)))))
    })?;
    scalar(database, "yara_json_has_all_keys", 2, |context, document| {
        with(context, 1, |keys| Ok(Some(strings(keys).all(|key| document.has_key(key)))))
    })
}

fn register_changes(database: &Connection) -> Result<()> {
    scalar(database, "yara_json_set", -1, |context, document| {
        let (path, value) = (path(context, 2)?, text(context, 1)?);
        Ok(path.zip(value).map(|(path, value)| document::set(document, &path, &value)))
    })?;
    scalar(database, "yara_json_remove", -1, |context, document| {
        Ok(path(context, 1)?.map(|path| document::removed(document, &path)))
    })?;
    scalar(database, "yara_json_merge", 2, |context, document| {
        let merged = with(context, 1, |other| Ok(Some(document::merged(document, other))))?;
        Ok(Some(merged.unwrap_or_else(|| document.text.to_owned())))
    })?;
    database.create_scalar_function("yara_to_json", 2, FLAGS, to_json)?;
    database.create_scalar_function("yara_json_or_null", 2, FLAGS, |context| {
        match context.get_raw(0) {
            ValueRef::Null => Ok(None),
            _ => to_json(context).map(Some),
        }
    })
}

/// The first argument as JSON, by what the second says of it.
fn to_json(context: &Context<'_>) -> Result<String> {
    let kind = text(context, 1)?.unwrap_or_default();
    let mut out = String::new();
    match kind.strip_prefix("list ") {
        Some(item) if context.get_raw(0) != ValueRef::Null => {
            with(context, 0, |list| {
                write_list(&mut out, list, item);
                Ok(Some(()))
            })?;
        }
        _ => write_value(&mut out, context.get_raw(0), &kind)?,
    }
    Ok(out)
}

/// A function of a document, which gives NULL where that is NULL.
fn scalar<T: rusqlite::ToSql + 'static>(
    database: &Connection,
    name: &str,
    arguments: i32,
    answer: fn(&Context<'_>, &Document<'_>) -> Answer<T>,
) -> Result<()> {
    database.create_scalar_function(name, arguments, FLAGS, move |context| {
        with(context, 0, |document| answer(context, document))
    })
}

/// Hands an argument to `read` as a document; NULL gives nothing.
pub(super) fn with<T>(
    context: &Context<'_>,
    index: usize,
    read: impl FnOnce(&Document<'_>) -> Answer<T>,
) -> Answer<T> {
    let Some(text) = text(context, index)? else { return Ok(None) };
    let document = Document::read(&text).map_err(|error| failed(Box::new(error)))?;
    read(&document)
}

pub(super) fn refused(message: &str) -> Error {
    failed(message.into())
}

/// The steps that begin at an argument; nothing where one is NULL.
fn path<'c>(context: &'c Context<'_>, from: usize) -> Answer<Vec<Step<'c>>> {
    let mut steps = Vec::with_capacity(context.len().saturating_sub(from));
    for at in from..context.len() {
        steps.push(match context.get_raw(at) {
            ValueRef::Integer(index) => Step::Index(index),
            ValueRef::Text(key) => {
                Step::Key(std::str::from_utf8(key).map_err(|cause| failed(Box::new(cause)))?)
            }
            _ => return Ok(None),
        });
    }
    Ok(Some(steps))
}

/// The strings of a list.
fn strings<'d>(list: &'d Document<'_>) -> impl Iterator<Item = &'d str> {
    let items = match &list.node {
        Node::Array(items) => items.as_slice(),
        _ => &[],
    };
    items.iter().filter_map(|item| match &item.node {
        Node::String(text) => Some(&**text),
        _ => None,
    })
}

/// Keys as a list of texts.
fn keys(entries: &[(std::borrow::Cow<'_, str>, Document<'_>)]) -> String {
    let mut out = String::from("[");
    for (at, (key, _)) in entries.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        write_string(&mut out, key);
    }
    out.push(']');
    out
}

/// Writes a stored value as JSON, as PostgreSQL's `to_json` does.
fn write_value(out: &mut String, value: ValueRef<'_>, kind: &str) -> Result<()> {
    let utf8 = |bytes| std::str::from_utf8(bytes).map_err(|cause| failed(Box::new(cause)));
    match (value, kind) {
        (ValueRef::Null, _) => out.push_str("null"),
        (ValueRef::Integer(value), "boolean") => {
            out.push_str(if value == 0 { "false" } else { "true" });
        }
        (ValueRef::Integer(value), _) => {
            let _ = write!(out, "{value}");
        }
        (ValueRef::Real(value), "real") => write_float(out, &format!("{:e}", value as f32), 6),
        (ValueRef::Real(value), _) => write_float(out, &format!("{value:e}"), 15),
        (ValueRef::Text(bytes) | ValueRef::Blob(bytes), kind) => match (utf8(bytes)?, kind) {
            (text, "document") => out.push_str(text),
            (text, "number") if !matches!(text, "NaN" | "Infinity" | "-Infinity") => {
                out.push_str(text);
            }
            (text, "moment") => write_string(out, &text.replacen(' ', "T", 1)),
            (text, _) => write_string(out, text),
        },
    }
    Ok(())
}

/// Writes digits with an exponent (`1.5e-7`) as PostgreSQL writes floats: an exponent below -4, or
/// from `digits` on (source: `float8out`).
fn write_float(out: &mut String, spelled: &str, digits: i32) {
    let Some((mantissa, exponent)) = spelled.split_once('e') else {
        let word = if spelled.starts_with('-') { "\"-Infinity\"" } else { "\"Infinity\"" };
        out.push_str(if spelled == "NaN" { "\"NaN\"" } else { word });
        return;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if exponent < -4 || exponent >= digits {
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "{mantissa}e{sign}{:02}", exponent.abs());
    } else if let Ok(number) = spelled.parse::<f64>() {
        let _ = write!(out, "{number}");
    }
}

/// Writes the items of a stored list, see [`list`](crate::backend::sqlite::list).
fn write_list(out: &mut String, list: &Document<'_>, item: &str) {
    let Node::Array(items) = &list.node else { return };
    out.push('[');
    for (at, part) in items.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        match (&part.node, item.strip_prefix("list ")) {
            (Node::Array(_), Some(inner)) => write_list(out, part, inner),
            (Node::String(text), _) => {
                // A list writes numbers of any size, and documents, as strings.
                let _ = write_value(out, ValueRef::Text(text.as_bytes()), item);
            }
            (Node::Number, _) if part.text.contains(['.', 'e', 'E']) => {
                if let Ok(number) = part.text.parse::<f64>() {
                    let _ = write_value(out, ValueRef::Real(number), item);
                }
            }
            _ => out.push_str(part.text),
        }
    }
    out.push(']');
}
