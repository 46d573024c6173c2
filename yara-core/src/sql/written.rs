//! What the writer gives.

use super::{Access, BulkInsert};
use crate::error::{Error, ErrorKind, Result};
use crate::value::Value;
use std::fmt::Write;
use std::ops::Range;

/// A statement's text and what has to be bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text, without the numbers of the holes.
    pub sql: String,
    /// Where numbers belong into the text, in its order.
    pub holes: Vec<Hole>,
    /// The parameters, in the order of their placeholders.
    pub parameters: Vec<Parameter>,
    /// What the statement does.
    pub access: Access,
    /// Whether it is worth keeping prepared.
    pub prepare: bool,
    /// How the parameters are bound.
    pub binding: Binding,
}

/// A place in the text for a number that a database does not take as a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// The byte of the text before which the number goes.
    pub at: usize,
    /// The literal that holds the number.
    pub slot: usize,
    /// What the number is, for messages.
    pub what: &'static str,
}

/// A value to bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// The literal, see [`Literal::slot`](crate::tree::Literal::slot).
    pub slot: usize,
    /// What is done to its value first.
    pub transform: Transform,
}

/// What is done to a value before it is bound, so that the statement does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transform {
    /// Nothing.
    None,
    /// Plain text becomes a pattern of LIKE that matches it, which lets an index find a prefix.
    EscapeLike {
        /// Put before it: `%` or nothing.
        prefix: &'static str,
        /// Put after it: `%` or nothing.
        suffix: &'static str,
    },
    /// An interval of months or days becomes text that has room for them.
    IntervalText,
    /// A number of rows: refused where it is negative.
    RowCount(&'static str),
    /// A regular expression: refused where databases would read it differently.
    Pattern {
        /// In PostgreSQL's spelling; as it was given otherwise.
        postgres: bool,
        /// Whether matches are replaced, so that their length counts.
        replaces: bool,
    },
    /// A query of a full-text search in the language of SQLite's FTS5; with `true` words that
    /// English searches pass over are left out.
    Search(bool),
}

/// How parameters are bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// One value for each.
    Once,
    /// Some are lists with a value for each row.
    Rows {
        /// Whether the statement takes the lists, or is run once for each row.
        how: BulkInsert,
        /// The positions of the lists among the parameters.
        columns: Vec<usize>,
        /// Where the text has the values of one row, if it may have those of several.
        row: Option<Range<usize>>,
    },
}

impl Written {
    /// The text, if there are no holes in it.
    pub fn text(&self) -> Option<&str> {
        self.holes.is_empty().then_some(&self.sql)
    }

    /// The text for several rows at once; `None` where each row has to be a statement.
    pub fn for_rows(&self, rows: usize, placeholder: &str) -> Option<String> {
        let Binding::Rows { columns, row: Some(row), .. } = &self.binding else { return None };
        let text = self.text()?;
        let mut wide = text[..row.start].to_owned();
        for at in 0..rows {
            wide.push_str(if at == 0 { "(" } else { ", (" });
            for column in 1..=columns.len() {
                let comma = if column == 1 { "" } else { ", " };
                let number = at * columns.len() + column;
                let _ = write!(wide, "{comma}{placeholder}{number}");
            }
            wide.push(')');
        }
        wide.push_str(&text[row.end..]);
        Some(wide)
    }

    /// The text with numbers in its holes.
    pub fn render(&self, numbers: &[i64]) -> String {
        let mut text = String::with_capacity(self.sql.len() + 8 * numbers.len());
        let mut from = 0;
        for (hole, number) in self.holes.iter().zip(numbers) {
            text.push_str(&self.sql[from..hole.at]);
            text.push_str(&number.to_string());
            from = hole.at;
        }
        text.push_str(&self.sql[from..]);
        text
    }
}

impl Transform {
    /// The value to bind.
    pub fn apply(self, value: Value) -> Result<Value> {
        match (self, value) {
            (Transform::EscapeLike { prefix, suffix }, Value::Text(text)) => {
                let mut pattern = String::with_capacity(text.len() + 2);
                pattern.push_str(prefix);
                for character in text.chars() {
                    if matches!(character, '%' | '_' | '\\') {
                        pattern.push('\\');
                    }
                    pattern.push(character);
                }
                pattern.push_str(suffix);
                Ok(Value::Text(pattern.into()))
            }
            (Transform::RowCount(what), value) => {
                row_count(&value, what)?;
                Ok(value)
            }
            #[cfg(feature = "sqlite")]
            (Transform::IntervalText, Value::Interval(interval))
                if interval.as_micros().is_none() =>
            {
                Ok(Value::Text(interval.to_iso().into()))
            }
            (Transform::Pattern { postgres, replaces }, value) => {
                super::pattern::translated(value, postgres, replaces)
            }
            (Transform::Search(english), Value::Text(text)) => {
                Ok(Value::Text(super::fulltext::query(&text, english).into()))
            }
            (_, value) => Ok(value),
        }
    }
}

/// A number of rows; `what` says of what, for the message.
pub(crate) fn row_count(value: &Value, what: &str) -> Result<i64> {
    let count = match value {
        Value::I64(count) => Some(*count),
        Value::I32(count) => Some((*count).into()),
        Value::I16(count) => Some((*count).into()),
        _ => None,
    };
    count.filter(|count| *count >= 0).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidQuery,
            format!("{what} must be a whole number that is not negative, not {value:?}"),
        )
    })
}
