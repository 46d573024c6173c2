//! JSON documents as PostgreSQL reads them: numbers of any size, keys in their order, and every part
//! as it was written.

mod compare;
mod edit;
mod read;

pub(super) use edit::{merged, removed, set};

use std::borrow::Cow;
use std::fmt;

/// A document, or a part of one.
#[derive(Debug, Clone)]
pub(super) struct Document<'t> {
    /// As it was written.
    pub(super) text: &'t str,
    /// What it is.
    pub(super) node: Node<'t>,
}

/// What a document is.
#[derive(Debug, Clone)]
pub(super) enum Node<'t> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number; its digits are the text.
    Number,
    /// A string, without quotes and escapes.
    String(Cow<'t, str>),
    /// Its items.
    Array(Vec<Document<'t>>),
    /// Keys and values, in the order in which they were written, repeated keys included.
    Object(Vec<(Cow<'t, str>, Document<'t>)>),
}

/// A text that is no JSON document: where, and what is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Malformed(usize, &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed JSON at byte {}: {}", self.0, self.1)
    }
}

impl std::error::Error for Malformed {}

/// A step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step<'s> {
    /// The value of a key.
    Key(&'s str),
    /// An item; from the end where it is below zero.
    Index(i64),
}

impl<'t> Document<'t> {
    /// What stands at the end of a path.
    pub(super) fn at(&self, path: &[Step<'_>]) -> Option<&Document<'t>> {
        path.iter().try_fold(self, |document, step| document.step(step))
    }

    fn step(&self, step: &Step<'_>) -> Option<&Document<'t>> {
        match (&self.node, step) {
            // The last of repeated keys counts.
            (Node::Object(entries), Step::Key(key)) => {
                entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            (Node::Array(items), Step::Index(index)) => {
                items.get(usize::try_from(place(*index, items.len())).ok()?)
            }
            _ => None,
        }
    }

    /// As text: a string without its quotes; nothing of `null`.
    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.node {
            Node::Null => None,
            Node::String(text) => Some(text),
            _ => Some(self.text),
        }
    }

    /// The name of its type.
    pub(super) fn type_name(&self) -> &'static str {
        match &self.node {
            Node::Null => "null",
            Node::Bool(_) => "boolean",
            Node::Number => "number",
            Node::String(_) => "string",
            Node::Array(_) => "array",
            Node::Object(_) => "object",
        }
    }

    /// Whether it is an object with the key, an array with the string, or the string.
    pub(super) fn has_key(&self, key: &str) -> bool {
        let is =
            |document: &Document<'_>| matches!(&document.node, Node::String(text) if text == key);
        match &self.node {
            Node::Object(entries) => entries.iter().any(|(name, _)| name == key),
            Node::Array(items) => items.iter().any(is),
            _ => is(self),
        }
    }
}

/// The place of an index in a list of `length` items; below zero where it is before the first.
fn place(index: i64, length: usize) -> i64 {
    match index {
        0.. => index,
        _ => index.saturating_add(i64::try_from(length).unwrap_or(i64::MAX)),
    }
}

/// Writes a string with quotes and escapes, as PostgreSQL does.
pub(super) fn write_string(out: &mut String, text: &str) {
    // Text is always JSON; its letters are written as they are.
    out.push_str(&serde_json::Value::from(text).to_string());
}
