//! Questions about a statement's text, answered without parsing SQL: which parameters are lists,
//! whether it is several statements, and what it does.

/// What the scanner meets outside strings, quoted names and comments.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn new(sql: &'a str) -> Scanner<'a> {
        Scanner { bytes: sql.as_bytes(), at: 0 }
    }

    /// Moves past a string, quoted name or comment that starts here.
    fn skip(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        let length = match rest {
            [quote @ (b'\'' | b'"' | b'`'), body @ ..] => {
                // A doubled quote ends one string and begins the next: the same to us.
                body.iter().position(|byte| byte == quote).map(|end| end + 2)
            }
            [b'[', body @ ..] => body.iter().position(|byte| *byte == b']').map(|end| end + 2),
            [b'-', b'-', body @ ..] => {
                body.iter().position(|byte| *byte == b'\n').map(|end| end + 3)
            }
            [b'/', b'*', body @ ..] => {
                body.windows(2).position(|pair| pair == b"*/").map(|end| end + 4)
            }
            _ => return false,
        };
        self.at += length.unwrap_or(rest.len());
        true
    }

    /// The next byte that is code.
    fn next(&mut self) -> Option<u8> {
        while self.at < self.bytes.len() {
            if !self.skip() {
                let byte = self.bytes[self.at];
                self.at += 1;
                return Some(byte);
            }
        }
        None
    }

    /// Moves past `word` if it starts here, in any case.
    fn take(&mut self, word: &[u8]) -> bool {
        let found = self
            .bytes
            .get(self.at..self.at + word.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(word));
        if found {
            self.at += word.len();
        }
        found
    }

    /// Whether `word`, in lower case, stands somewhere from here on.
    fn finds_word(&mut self, word: &[u8]) -> bool {
        let mut in_word = false;
        while let Some(byte) = self.next() {
            if !in_word && byte.eq_ignore_ascii_case(&word[0]) && self.take(&word[1..]) {
                return true;
            }
            in_word = is_of_word(byte);
        }
        false
    }

    fn spaces(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        std::str::from_utf8(&self.bytes[start..self.at]).ok()?.parse().ok()
    }
}

/// The numbers, from 1, of the parameters that stand in `rarray(?N)`.
pub(super) fn list_parameters(sql: &str) -> Vec<usize> {
    let mut scanner = Scanner::new(sql);
    let mut lists = Vec::new();
    let mut in_word = false;
    while let Some(byte) = scanner.next() {
        if !in_word && byte.eq_ignore_ascii_case(&b'r') && scanner.take(b"array") {
            scanner.spaces();
            if scanner.take(b"(") {
                scanner.spaces();
                if scanner.take(b"?")
                    && let Some(number) = scanner.number()
                {
                    lists.push(number);
                }
            }
        }
        in_word = is_of_word(byte);
    }
    lists
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Whether the text holds more than one statement. A trigger's body counts as several, which is
/// right enough: such a text may be run as a script as well.
pub(super) fn is_script(sql: &str) -> bool {
    let mut scanner = Scanner::new(sql);
    let mut ended = false;
    while let Some(byte) = scanner.next() {
        match byte {
            b';' => ended = true,
            byte if ended && !byte.is_ascii_whitespace() => return true,
            _ => {}
        }
    }
    false
}

/// Whether the text inserts, updates or deletes rows, one after the other. A `delete` of all rows
/// does not: SQLite throws the table's pages away then, in one operation that nothing stops.
pub(super) fn writes_rows(sql: &str) -> bool {
    let mut scanner = Scanner::new(sql);
    let first = loop {
        match scanner.next() {
            Some(byte) if byte.is_ascii_whitespace() => {}
            Some(byte) => break byte,
            None => return false,
        }
    };
    match first.to_ascii_lowercase() {
        b'i' => scanner.take(b"nsert"),
        b'r' => scanner.take(b"eplace"),
        b'u' => scanner.take(b"pdate"),
        b'd' => scanner.take(b"elete") && scanner.finds_word(b"where"),
        _ => false,
    }
}

/// Whether the first word of the text is `word`, in any case.
pub(super) fn starts_with_word(sql: &str, word: &str) -> bool {
    first_word(sql).eq_ignore_ascii_case(word)
}

fn first_word(sql: &str) -> &str {
    let sql = sql.trim_start();
    let end = sql.find(|next: char| !next.is_ascii_alphabetic()).unwrap_or(sql.len());
    &sql[..end]
}

/// Whether the text ends the transaction by a rollback, and not only to a savepoint.
pub(super) fn is_full_rollback(sql: &str) -> bool {
    starts_with_word(sql, "rollback")
        && !sql.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("to"))
}

/// Whether the text ends the transaction by a commit.
pub(super) fn is_commit(sql: &str) -> bool {
    starts_with_word(sql, "commit") || starts_with_word(sql, "end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_outside_of_quotes() {
        let found = list_parameters(
            r#"select 'rarray(?1)', "rarray(?2)", -- rarray(?3)
               /* rarray(?4) */ x in rarray(?5), RArray ( ?12 ), xrarray(?6), 'it''s rarray(?7)'"#,
        );
        assert_eq!(found, [5, 12]);
        assert!(list_parameters("select ?1 'unended rarray(?2)").is_empty());
    }

    #[test]
    fn scripts_have_a_statement_after_a_semicolon() {
        for script in ["select 1; select 2", "a;;b", "a;/* no */b"] {
            assert!(is_script(script), "{script}");
        }
        for single in ["select 1", "select 1;", "select ';' ; -- b\n", "select \";x\"", "; ", ""] {
            assert!(!is_script(single), "{single}");
        }
    }

    #[test]
    fn what_writes_rows_is_told_by_its_first_word() {
        for rows in [
            "insert into t values (1)",
            " /* tag */ INSERT INTO t SELECT 1",
            "replace into t values (1)",
            "-- a\nUpdate t set a = 1",
            "delete from t where a = 1",
            "DELETE FROM \"t\"WHERE a = 1",
        ] {
            assert!(writes_rows(rows), "{rows}");
        }
        for other in [
            "delete from t",
            "delete from \"where\" -- where",
            "delete from elsewhere",
            "with x as (select 1) insert into t select * from x",
            "create table t (a)",
            "pragma user_version = 1",
            "",
            "/* insert",
        ] {
            assert!(!writes_rows(other), "{other}");
        }
    }

    #[test]
    fn ends_of_transactions_are_recognised() {
        assert!(is_full_rollback(" rollback") && is_full_rollback("ROLLBACK TRANSACTION"));
        assert!(!is_full_rollback("ROLLBACK TO SAVEPOINT a") && !is_full_rollback("COMMIT"));
        assert!(is_commit("COMMIT") && is_commit("end transaction") && !is_commit("endless"));
    }
}
