//! Lists: `yara_array_contains` and its like. A list is JSON text, see
//! [`list`](crate::backend::sqlite::list).

use super::json::with;
use super::{FLAGS, failed, text};
use crate::backend::sqlite::document::{Document, Node};
use crate::backend::sqlite::list::write_string;
use crate::value::Numeric;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};
use std::fmt::Write;

/// Registers them. The last argument of those that compare or add items says what they are.
pub(super) fn register(database: &Connection) -> Result<()> {
    question(database, "yara_array_contains", |list, other, kind| {
        other.iter().all(|item| has(list, item, kind))
    })?;
    question(database, "yara_array_overlaps", |list, other, kind| {
        other.iter().any(|item| has(list, item, kind))
    })?;
    database.create_scalar_function("yara_array_has", 3, FLAGS, |context| {
        let (item, kind) = item(context)?;
        with(context, 0, |list| Ok(Some(has(items(list), &read(&item)?, &kind))))
    })?;
    database.create_scalar_function("yara_array_has_null", 1, FLAGS, |context| {
        let is_null = |item: &Document<'_>| matches!(item.node, Node::Null);
        with(context, 0, |list| Ok(Some(items(list).iter().any(is_null))))
    })?;
    database.create_scalar_function("yara_array_length", 1, FLAGS, |context| {
        with(context, 0, |list| Ok(i64::try_from(items(list).len()).ok()))
    })?;
    database.create_scalar_function("yara_array_get", 2, FLAGS, |context| {
        let ValueRef::Integer(index) = context.get_raw(1) else { return Ok(None) };
        let Ok(index) = usize::try_from(index) else { return Ok(None) };
        with(context, 0, |list| Ok(items(list).get(index).map(value)))
    })?;
    database.create_scalar_function("yara_array_append", 3, FLAGS, |context| {
        let (item, _) = item(context)?;
        let mut texts = texts(context, 0)?.unwrap_or_default();
        texts.push(item);
        Ok(joined(&texts))
    })?;
    database.create_scalar_function("yara_array_remove", 3, FLAGS, |context| {
        let (item, kind) = item(context)?;
        with(context, 0, |list| {
            let item = read(&item)?;
            let kept = items(list).iter().filter(|other| match (&item.node, &other.node) {
                (Node::Null, Node::Null) => false,
                _ => !same(&item, other, &kind),
            });
            Ok(Some(joined(&kept.map(|item| item.text.to_owned()).collect::<Vec<_>>())))
        })
    })?;
    database.create_scalar_function("yara_numeric_list", 1, FLAGS, |context| {
        with(context, 0, |list| {
            let texts = items(list).iter().map(|item| match &item.node {
                Node::String(digits) => {
                    let number = digits.parse::<Numeric>();
                    number.map_or(item.text.to_owned(), |it| format!("\"{}\"", it.shortest()))
                }
                _ => item.text.to_owned(),
            });
            Ok(Some(joined(&texts.collect::<Vec<_>>())))
        })
    })?;
    database.create_scalar_function("yara_array_concat", 2, FLAGS, |context| {
        let (one, two) = (texts(context, 0)?, texts(context, 1)?);
        if one.is_none() && two.is_none() {
            return Ok(None);
        }
        Ok(Some(joined(&one.into_iter().chain(two).flatten().collect::<Vec<_>>())))
    })
}

/// A question about two lists.
fn question(
    database: &Connection,
    name: &str,
    answer: fn(&[Document<'_>], &[Document<'_>], &str) -> bool,
) -> Result<()> {
    database.create_scalar_function(name, 3, FLAGS, move |context| {
        let kind = text(context, 2)?.unwrap_or_default();
        with(context, 0, |list| {
            with(context, 1, |other| Ok(Some(answer(items(list), items(other), &kind))))
        })
    })
}

fn items<'d, 't>(list: &'d Document<'t>) -> &'d [Document<'t>] {
    match &list.node {
        Node::Array(items) => items,
        _ => &[],
    }
}

fn has(list: &[Document<'_>], item: &Document<'_>, kind: &str) -> bool {
    list.iter().any(|other| same(item, other, kind))
}

/// Whether two items are equal; NULL is equal to nothing. Decimals are strings of digits.
fn same(left: &Document<'_>, right: &Document<'_>, kind: &str) -> bool {
    match (&left.node, &right.node) {
        (Node::Null, _) | (_, Node::Null) => false,
        (Node::String(left), Node::String(right)) if kind == "number" => {
            match (left.parse::<Numeric>(), right.parse::<Numeric>()) {
                (Ok(left), Ok(right)) => left == right,
                _ => left == right,
            }
        }
        _ => left.equals(right),
    }
}

fn read(text: &str) -> Result<Document<'_>> {
    Document::read(text).map_err(|error| failed(Box::new(error)))
}

/// The texts of the items of a list; nothing of NULL.
fn texts(context: &Context<'_>, index: usize) -> Result<Option<Vec<String>>> {
    with(context, index, |list| {
        Ok(Some(items(list).iter().map(|item| item.text.to_owned()).collect()))
    })
}

fn joined(texts: &[String]) -> String {
    format!("[{}]", texts.join(","))
}

/// The second argument as an item of a list, and the third, which says what it is.
fn item(context: &Context<'_>) -> Result<(String, String)> {
    let kind = text(context, 2)?.unwrap_or_default().into_owned();
    let mut out = String::new();
    match context.get_raw(1) {
        ValueRef::Null => out.push_str("null"),
        ValueRef::Integer(value) if kind == "boolean" => {
            out.push_str(if value == 0 { "false" } else { "true" });
        }
        ValueRef::Integer(value) => {
            let _ = write!(out, "{value}");
        }
        ValueRef::Real(value) if value.is_finite() => {
            let _ = write!(out, "{value:?}");
        }
        ValueRef::Real(value) => {
            out.push_str(if value > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" });
        }
        ValueRef::Text(_) | ValueRef::Blob(_) => {
            write_string(&mut out, &text(context, 1)?.unwrap_or_default());
        }
    }
    Ok((out, kind))
}

/// An item as the value that a column would hold.
fn value(item: &Document<'_>) -> Value {
    match &item.node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Integer(i64::from(*value)),
        Node::String(text) => Value::Text(text.to_string()),
        Node::Number => match (item.text.parse::<i64>(), item.text.parse::<f64>()) {
            (Ok(value), _) => Value::Integer(value),
            (_, Ok(value)) => Value::Real(value),
            _ => Value::Text(item.text.to_owned()),
        },
        Node::Array(_) | Node::Object(_) => Value::Text(item.text.to_owned()),
    }
}
