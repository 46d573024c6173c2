//! Which columns SQL text names.
//!
//! Databases know: they follow a column that gets another name, and some drop what is made of a
//! column along with it, without a word. So what names a column is found before something happens
//! to it.

use std::ops::Range;

/// What can stand in an expression as a bare word, and is no column there.
const RESERVED: [&str; 24] = [
    "all", "and", "as", "asc", "between", "case", "collate", "desc", "distinct", "else", "end",
    "exists", "false", "from", "in", "is", "like", "not", "null", "or", "select", "then", "true",
    "when",
];

/// Whether an expression names a column, see [`places`].
pub(super) fn mentions(sql: &str, column: &str) -> bool {
    !places(sql, column).is_empty()
}

/// Where an expression names a column: in double quotes, or as a word that is no call, no type, no
/// text and no word of SQL. A word that means something else still is taken for the column, too.
pub(super) fn places(sql: &str, column: &str) -> Vec<Range<usize>> {
    let quoted = format!("\"{}\"", column.replace('"', "\"\""));
    let bare = !RESERVED.contains(&column.to_ascii_lowercase().as_str());
    let mut found = Vec::new();
    // The last two that are no space.
    let (mut last, mut before) = ("", "");
    let mut at = 0;
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        let length = match first {
            '\'' => text(rest, sql[..at].ends_with(last) && last.eq_ignore_ascii_case("e")),
            '"' => text(rest, false),
            _ if is_word(first) => rest.find(|char| !is_word(char)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let token = &rest[..length];
        let is_name = match first {
            '"' => token == quoted,
            _ => {
                bare && token.eq_ignore_ascii_case(column)
                    && !is_type((before, last))
                    && !rest[length..].trim_start().starts_with(['(', '\''])
            }
        };
        if is_name {
            found.push(at..at + length);
        }
        if !first.is_whitespace() {
            (before, last) = (last, token);
        }
        at += length;
    }
    found
}

/// Whether a word is a type behind these two: as in `a::date` and `cast(a as date)`.
fn is_type(two: (&str, &str)) -> bool {
    two == (":", ":") || two.1.eq_ignore_ascii_case("as")
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// The length of what is in quotes; a doubled quote does not end it.
fn text(sql: &str, escapes: bool) -> usize {
    let bytes = sql.as_bytes();
    let quote = bytes[0];
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 2,
            byte if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{mentions, places};

    #[test]
    fn a_column_is_found_where_it_is_named() {
        for sql in ["\"a\" > 0", "length(\"a\")", "x+A", "coalesce(a, 0)", "'it''s' || a", "t.a"] {
            assert!(mentions(sql, "a"), "{sql}");
        }
        assert!(mentions("\"q\"\"q\" = 1", "q\"q"));
        assert!(mentions("\"é\" = 1", "é"));
        assert!(mentions(r"E'\'' || a", "a"));
        assert!(mentions(r"type'\' || a", "a"));
        assert!(mentions("case when \"end\" > 0 then 1 end", "end"));
        assert_eq!(places("a + \"a\" - ba + A", "a"), [0..1, 4..7, 15..16]);
    }

    #[test]
    fn texts_calls_types_and_parts_of_words_are_no_columns() {
        for sql in [
            "'a'",
            "'\"a\"'",
            "a(1)",
            "a (1)",
            "x::a",
            "x :: a",
            "cast(x AS a)",
            "a '1'",
            "ab > ba",
            "\"A\"",
            r"E'\' a'",
            r"E'\",
            "'open a",
            "",
        ] {
            assert!(!mentions(sql, "a"), "{sql}");
        }
        assert!(!mentions("case when x then 1 END", "end"));
    }
}
