//! SQL text with parameters, as Python gives it.

use crate::encode::guess;
use crate::errors::{self, raise};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::borrow::Cow;
use yara_core::error::{Error, ErrorKind};
use yara_core::tree::{Expr, RawPart, Statement};
use yara_core::typed;
use yara_core::value::Value;

/// The values of a sequence of parameters; an error says which of them is wrong.
pub(super) fn values(parameters: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Value>> {
    let Some(parameters) = parameters.filter(|parameters| !parameters.is_none()) else {
        return Ok(Vec::new());
    };
    let py = parameters.py();
    if parameters.is_instance_of::<PyString>() || parameters.is_instance_of::<PyDict>() {
        let message = "the parameters are a list or tuple, one for each placeholder `$1`, `$2`, …";
        return Err(raise(Error::new(ErrorKind::InvalidQuery, message)));
    }
    let mut values = Vec::new();
    for (at, parameter) in parameters.try_iter()?.enumerate() {
        let value = guess(&parameter?).map_err(|error| {
            let message = format!("the value of ${}: {}", at + 1, error.value(py));
            errors::invalid_value(py, &message)
        })?;
        values.push(value);
    }
    Ok(values)
}

/// A statement of SQL text: its placeholders are `$1`, `$2`, …, or `?` for each value in turn.
pub(super) fn statement(text: &str, values: Vec<Value>) -> PyResult<Statement> {
    let text = numbered(text, values.len());
    let query = values.into_iter().fold(typed::sql(text), typed::RawQuery::bind_value);
    query.into_statement().map_err(raise)
}

/// SQL text with expressions in the place of its placeholders.
pub(crate) fn raw_parts(text: &str, operands: Vec<Expr>) -> PyResult<Vec<RawPart>> {
    let text = numbered(text, operands.len());
    if operands.is_empty() {
        return Ok(vec![RawPart::Text(text.into_owned())]);
    }
    let query = operands.into_iter().fold(typed::sql(text), typed::RawQuery::bind_tree);
    match query.into_statement().map_err(raise)? {
        Statement::Raw(raw) => Ok(raw.parts),
        _ => Ok(Vec::new()),
    }
}

/// Numbers the placeholders `?`, where there are as many as values, and no `$1`. So the operators
/// `?`, `?|` and `?&` of PostgreSQL can be used beside `$1`.
fn numbered(text: &str, values: usize) -> Cow<'_, str> {
    if values == 0 || !text.contains('?') {
        return Cow::Borrowed(text);
    }
    let (marks, has_numbers) = marks(text);
    if has_numbers || marks.len() != values {
        return Cow::Borrowed(text);
    }
    let mut numbered = String::with_capacity(text.len() + 2 * marks.len());
    let mut start = 0;
    for (index, at) in marks.into_iter().enumerate() {
        numbered.push_str(&text[start..at]);
        numbered.push_str(&format!("${}", index + 1));
        start = at + 1;
    }
    numbered.push_str(&text[start..]);
    Cow::Owned(numbered)
}

/// Where question marks stand outside of quotes and comments, and whether `$1` does.
fn marks(text: &str) -> (Vec<usize>, bool) {
    let bytes = text.as_bytes();
    let (mut marks, mut has_numbers, mut at) = (Vec::new(), false, 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let passed = match bytes[at] {
            quote @ (b'\'' | b'"') => through(rest, 1, &[quote]),
            b'-' if rest.starts_with(b"--") => through(rest, 2, b"\n"),
            b'/' if rest.starts_with(b"/*") => through(rest, 2, b"*/"),
            b'?' => {
                marks.push(at);
                1
            }
            b'$' => {
                has_numbers |= rest.get(1).is_some_and(u8::is_ascii_digit);
                1
            }
            _ => 1,
        };
        at += passed;
    }
    (marks, has_numbers)
}

/// How long a piece is that begins with `start` bytes and ends with `end`.
fn through(bytes: &[u8], start: usize, end: &[u8]) -> usize {
    let inner = &bytes[start..];
    let found = inner.windows(end.len()).position(|window| window == end);
    found.map_or(bytes.len(), |at| start + at + end.len())
}
