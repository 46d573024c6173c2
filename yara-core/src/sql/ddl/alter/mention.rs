//! Which columns SQL text names.
//!
//! Databases know, and some drop what is made of a column along with it, without a word. So what
//! still names a column is found before it goes.

/// Whether an expression names a column: in double quotes, or as a word that is no call, no type
/// and no text. A word that means something else is taken for the column, too.
pub(super) fn mentions(sql: &str, column: &str) -> bool {
    let quoted = format!("\"{}\"", column.replace('"', "\"\""));
    let mut rest = sql;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => text(rest, matches!(before, 'e' | 'E')),
            '"' => text(rest, false),
            _ if is_word(first) => rest.find(|char| !is_word(char)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        let is_name = match first {
            '"' => token == quoted,
            _ => {
                is_word(first)
                    && before != ':'
                    && token.eq_ignore_ascii_case(column)
                    && !after.trim_start().starts_with('(')
            }
        };
        if is_name {
            return true;
        }
        before = token.chars().next_back().unwrap_or(' ');
        rest = after;
    }
    false
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
    use super::mentions;

    #[test]
    fn a_column_is_found_where_it_is_named() {
        for sql in ["\"a\" > 0", "length(\"a\")", "x+A", "coalesce(a, 0)", "'it''s' || a", "t.a"] {
            assert!(mentions(sql, "a"), "{sql}");
        }
        assert!(mentions("\"q\"\"q\" = 1", "q\"q"));
        assert!(mentions("\"é\" = 1", "é"));
        assert!(mentions(r"E'\'' || a", "a"));
    }

    #[test]
    fn texts_calls_types_and_parts_of_words_are_no_columns() {
        for sql in ["'a'", "'\"a\"'", "a(1)", "a (1)", "x::a", "ab > ba", "\"A\"", "E'\\' a'", ""] {
            assert!(!mentions(sql, "a"), "{sql}");
        }
    }
}
