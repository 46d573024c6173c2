//! Small changes of SQL that is written already, such as that of a condition in a migration.

use crate::schema::definition::Sql;
use std::ops::Range;

/// SQL in which a column has another name: databases follow a column that is renamed, and so does
/// what is kept of them. It is found where it stands in double quotes, as the
/// writer of SQL has it; what people write without may be a function or a word of SQL.
pub(crate) fn renamed(sql: &Sql, from: &str, to: &str) -> Sql {
    let text = |text: &String| {
        let mut renamed = String::with_capacity(text.len());
        let mut copied = 0;
        for place in places(text, from) {
            renamed.push_str(&text[copied..place.start]);
            renamed.push_str(&quoted(to));
            copied = place.end;
        }
        renamed + &text[copied..]
    };
    match sql {
        Sql::Same(same) => Sql::Same(text(same)),
        Sql::Each(each) => {
            Sql::Each(each.iter().map(|(name, sql)| (name.clone(), text(sql))).collect())
        }
    }
}

/// Whether SQL names a column, in double quotes.
pub(crate) fn mentions(sql: &Sql, column: &str) -> bool {
    match sql {
        Sql::Same(text) => !places(text, column).is_empty(),
        Sql::Each(each) => each.values().any(|text| !places(text, column).is_empty()),
    }
}

/// A column, and where it is NULL the value of other SQL.
pub(crate) fn instead_of_null(column: &str, other: &Sql) -> Sql {
    let text = |other: &String| format!("coalesce({}, {other})", quoted(column));
    match other {
        Sql::Same(other) => Sql::Same(text(other)),
        Sql::Each(each) => {
            Sql::Each(each.iter().map(|(name, other)| (name.clone(), text(other))).collect())
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Where a name stands in double quotes, outside of texts.
fn places(sql: &str, name: &str) -> Vec<Range<usize>> {
    let wanted = quoted(name);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = sql[at..].find(['\'', '"']) {
        let start = at + offset;
        let quote = sql.as_bytes()[start];
        // A text that begins with `E` has escapes of its own.
        let escapes = quote == b'\'' && is_escaped(&sql[..start]);
        at = end_of_quoted(sql, start, quote, escapes);
        if quote == b'"' && sql[start..at] == wanted {
            found.push(start..at);
        }
    }
    found
}

fn is_escaped(before: &str) -> bool {
    let mut back = before.chars().rev();
    matches!(back.next(), Some('e' | 'E'))
        && !back.next().is_some_and(|char| char.is_alphanumeric() || char == '_')
}

/// The end of what begins with a quote; a doubled quote does not end it.
fn end_of_quoted(sql: &str, start: usize, quote: u8, escapes: bool) -> usize {
    let bytes = sql.as_bytes();
    let mut at = start + 1;
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
    use super::*;

    fn one(sql: &str, from: &str, to: &str) -> String {
        match renamed(&Sql::Same(sql.into()), from, to) {
            Sql::Same(text) => text,
            Sql::Each(_) => panic!("one text"),
        }
    }

    #[test]
    fn a_column_in_quotes_gets_its_new_name() {
        assert_eq!(one(r#""a" > 0 AND "b" < "a""#, "a", "c"), r#""c" > 0 AND "b" < "c""#);
        assert_eq!(
            one(r#""a" = 'a "a" it''s "a"' || "a""#, "a", "c"),
            r#""c" = 'a "a" it''s "a"' || "c""#
        );
        assert_eq!(one(r#"E'\' "a"' || "a""#, "a", "c"), r#"E'\' "a"' || "c""#);
        assert_eq!(one(r#"type'\' || "a""#, "a", "c"), r#"type'\' || "c""#);
        assert_eq!(one(r#""a""b" + "ab""#, "a\"b", "q\"q"), r#""q""q" + "ab""#);
        assert_eq!(one(r#"a + "é" + "open"#, "é", "e"), r#"a + "e" + "open"#);
        assert_eq!(one(r#"'open "a""#, "a", "b"), r#"'open "a""#);
        assert_eq!(one(r"E'\", "a", "b"), r"E'\");
    }

    #[test]
    fn null_gives_way() {
        let other = Sql::Each([("sqlite".into(), "1".into())].into());
        let both = Sql::Each([("sqlite".into(), "coalesce(\"a\"\"b\", 1)".into())].into());
        assert_eq!(instead_of_null("a\"b", &other), both);
    }

    #[test]
    fn each_database_has_it() {
        let each = |name: &str| {
            Sql::Each([("sqlite".into(), format!("\"{name}\"")), ("x".into(), "'a'".into())].into())
        };
        assert_eq!(renamed(&each("a"), "a", "b"), each("b"));
        assert!(mentions(&each("a"), "a") && !mentions(&each("a"), "b"));
    }
}
