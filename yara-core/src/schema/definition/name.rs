//! How tables are named in one text.

use super::TableName;
use crate::error::{Error, ErrorKind, Result};
use std::fmt;
use std::str::FromStr;

impl TableName {
    /// A table of the connection's default schema.
    pub fn new(name: impl Into<String>) -> TableName {
        TableName { schema: None, name: name.into() }
    }
}

/// `table`, or `schema.table`; in double quotes where a name holds a dot, a double quote or
/// nothing, with each of its double quotes twice.
impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", Part(schema))?;
        }
        write!(f, "{}", Part(&self.name))
    }
}

/// A part of a dotted name.
pub(crate) struct Part<'a>(pub(crate) &'a str);

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() || self.0.contains(['.', '"']) {
            return write!(f, "\"{}\"", self.0.replace('"', "\"\""));
        }
        f.write_str(self.0)
    }
}

impl FromStr for TableName {
    type Err = Error;

    /// Reads what [`Display`](fmt::Display) writes.
    fn from_str(text: &str) -> Result<TableName> {
        let mut parts = dotted(text)?;
        match (parts.pop(), parts.pop(), parts.len()) {
            (Some(name), schema, 0) => Ok(TableName { schema, name }),
            _ => Err(wrong(text, "a table is named by `table` or `schema.table`")),
        }
    }
}

/// The parts of a dotted name.
pub(crate) fn dotted(text: &str) -> Result<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => until_quote(quoted).ok_or_else(|| wrong(text, "a quote is open"))?,
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                if end == 0 || rest[..end].contains('"') {
                    return Err(wrong(text, "a part is empty, or has a quote within"));
                }
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        parts.push(part);
        rest = match after.strip_prefix('.') {
            Some(next) => next,
            None if after.is_empty() => return Ok(parts),
            None => return Err(wrong(text, "after a quoted part comes a dot or nothing")),
        };
    }
}

/// What stands before the quote that ends it, and what comes after.
fn until_quote(text: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        part.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                part.push('"');
                rest = next;
            }
            None => return Some((part, rest)),
        }
    }
}

fn wrong(name: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!(
            "`{name}` is no name: {why}; a name that holds a dot stands in double quotes, such as \
             `\"a.b\"`"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(schema: Option<&str>, name: &str) -> TableName {
        TableName { schema: schema.map(str::to_owned), name: name.to_owned() }
    }

    #[test]
    fn a_name_of_a_table_is_read_as_it_was_written() {
        for (name, text) in [
            (table(None, "book"), "book"),
            (table(Some("shop"), "book"), "shop.book"),
            (table(None, "a.b"), "\"a.b\""),
            (table(Some("a\"b"), ""), "\"a\"\"b\".\"\""),
            (table(Some("ä ö"), "."), "ä ö.\".\""),
        ] {
            assert_eq!(name.to_string(), text);
            assert_eq!(text.parse::<TableName>().unwrap(), name);
        }
        assert_eq!("\"book\"".parse::<TableName>().unwrap(), table(None, "book"));
    }

    #[test]
    fn what_is_no_name_of_a_table_is_told() {
        for (text, why) in [
            ("", "a part is empty"),
            ("a.", "a part is empty"),
            ("a\"b", "a quote within"),
            ("\"a", "a quote is open"),
            ("\"a\"b", "after a quoted part"),
            ("a.b.c", "`table` or `schema.table`"),
        ] {
            let error = text.parse::<TableName>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
