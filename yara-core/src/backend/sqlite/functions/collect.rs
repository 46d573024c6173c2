//! Values of many rows as one list, as JSON, or as a text.

use super::super::list::write_string;
use super::text;
use rusqlite::Result;
use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::ValueRef;
use std::collections::VecDeque;
use std::fmt::Write;

/// How values become items.
#[derive(Debug, Clone, Copy)]
pub(super) enum Items {
    /// Those of a list, as the backend stores it.
    Stored,
    /// Those of a list of booleans, which are stored as 0 and 1.
    StoredBool,
    /// Those of a JSON array.
    Json,
    /// Booleans of a JSON array.
    JsonBool,
    /// Texts that are JSON already; decimals too, unless they are words.
    JsonRaw,
}

impl Items {
    fn item(self, value: ValueRef<'_>) -> String {
        let mut item = String::new();
        match (self, value) {
            (_, ValueRef::Null) => item.push_str("null"),
            (Items::StoredBool | Items::JsonBool, ValueRef::Integer(value)) => {
                item.push_str(if value == 0 { "false" } else { "true" });
            }
            (_, ValueRef::Integer(value)) => {
                let _ = write!(item, "{value}");
            }
            (Items::Stored | Items::StoredBool, ValueRef::Real(value)) => {
                let _ = if value.is_finite() {
                    write!(item, "{value:?}")
                } else {
                    write!(item, "\"{}Infinity\"", if value < 0.0 { "-" } else { "" })
                };
            }
            (_, ValueRef::Real(value)) => write_float(&mut item, value),
            (Items::JsonRaw, ValueRef::Text(text)) => match text {
                b"NaN" | b"Infinity" | b"-Infinity" => {
                    write_string(&mut item, &String::from_utf8_lossy(text));
                }
                text => item.push_str(&String::from_utf8_lossy(text)),
            },
            (Items::Stored | Items::StoredBool, ValueRef::Text(text)) => {
                write_string(&mut item, &String::from_utf8_lossy(text));
            }
            (_, ValueRef::Text(text)) => {
                write_json_string(&mut item, &String::from_utf8_lossy(text))
            }
            (of, ValueRef::Blob(bytes)) => {
                let stored = matches!(of, Items::Stored | Items::StoredBool);
                item.push_str(if stored { "\"" } else { "\"\\\\x" });
                for byte in bytes {
                    let _ = write!(item, "{byte:02x}");
                }
                item.push('"');
            }
        }
        item
    }

    fn list(self, items: Option<&VecDeque<String>>) -> Option<String> {
        let items = items.filter(|items| !items.is_empty())?;
        let between = match self {
            Items::Stored | Items::StoredBool => ",",
            Items::Json | Items::JsonBool | Items::JsonRaw => ", ",
        };
        let mut list = String::from("[");
        for (at, item) in items.iter().enumerate() {
            list.push_str(if at > 0 { between } else { "" });
            list.push_str(item);
        }
        list.push(']');
        Some(list)
    }
}

/// A float as PostgreSQL writes it: the shortest digits, with an exponent from 1e15 on and below
/// 1e-4 (source: `double_to_shortest_decimal_buf` in `src/common/d2s.c`).
fn write_float(out: &mut String, value: f64) {
    let magnitude = value.abs();
    let _ = match value {
        value if value.is_infinite() => {
            write!(out, "\"{}Infinity\"", if value < 0.0 { "-" } else { "" })
        }
        value if magnitude == 0.0 || (1e-4..1e15).contains(&magnitude) => write!(out, "{value}"),
        value => {
            let text = format!("{value:e}");
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            write!(out, "{digits}e{sign}{exponent:0>2}")
        }
    };
}

/// A string of JSON with the short escapes that PostgreSQL writes.
fn write_json_string(out: &mut String, text: &str) {
    out.push('"');
    for next in text.chars() {
        match next {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            next if (next as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", next as u32);
            }
            next => out.push(next),
        }
    }
    out.push('"');
}

impl Aggregate<VecDeque<String>, Option<String>> for Items {
    fn init(&self, _: &mut Context<'_>) -> Result<VecDeque<String>> {
        Ok(VecDeque::new())
    }

    fn step(&self, context: &mut Context<'_>, items: &mut VecDeque<String>) -> Result<()> {
        items.push_back(self.item(context.get_raw(0)));
        Ok(())
    }

    fn finalize(
        &self,
        _: &mut Context<'_>,
        items: Option<VecDeque<String>>,
    ) -> Result<Option<String>> {
        Ok(self.list(items.as_ref()))
    }
}

impl WindowAggregate<VecDeque<String>, Option<String>> for Items {
    fn value(&self, items: Option<&mut VecDeque<String>>) -> Result<Option<String>> {
        Ok(self.list(items.as_deref()))
    }

    fn inverse(&self, _: &mut Context<'_>, items: &mut VecDeque<String>) -> Result<()> {
        items.pop_front();
        Ok(())
    }
}

/// `yara_distinct_concat(text, separator)`: texts that come in order, each once.
pub(super) struct DistinctConcat;

/// What there is so far, and the last text.
type Joined = Option<(String, String)>;

impl Aggregate<Joined, Option<String>> for DistinctConcat {
    fn init(&self, _: &mut Context<'_>) -> Result<Joined> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, joined: &mut Joined) -> Result<()> {
        let Some(next) = text(context, 0)? else { return Ok(()) };
        match joined {
            None => *joined = Some((next.to_string(), next.to_string())),
            Some((_, last)) if *last == next => {}
            Some((whole, last)) => {
                whole.push_str(&text(context, 1)?.unwrap_or_default());
                whole.push_str(&next);
                *last = next.to_string();
            }
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, joined: Option<Joined>) -> Result<Option<String>> {
        Ok(joined.flatten().map(|(whole, _)| whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each is what PostgreSQL 15 answers for `to_json(x::float8)`.
    #[test]
    fn floats_are_written_as_by_postgresql() {
        for (value, text) in [
            (1.0, "1"),
            (-0.5, "-0.5"),
            (0.1, "0.1"),
            (1e15, "1e+15"),
            (123456789012345.6, "123456789012345.6"),
            (999999999999999.0, "999999999999999"),
            (1.5e20, "1.5e+20"),
            (1e-4, "0.0001"),
            (1.25e-5, "1.25e-05"),
            (1e300, "1e+300"),
            (f64::NEG_INFINITY, "\"-Infinity\""),
        ] {
            let mut out = String::new();
            write_float(&mut out, value);
            assert_eq!(out, text);
        }
    }
}
