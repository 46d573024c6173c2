//! Cutting a text into its statements.
//!
//! The extended protocol takes one statement at a time, and only there do rows come in binary. A
//! text without parameters that runs once, such as a file of DDL, is cut at its semicolons, and
//! its statements go in one batch, which keeps them atomic.
//!
//! Source: the rules of psql, `src/fe_utils/psqlscan.l`: semicolons do not count in quotes,
//! comments, parentheses, nor in the body of a function that is written in SQL (`BEGIN ATOMIC`).

/// The statements of a text, without what stands between them. A text of none gives one, empty.
pub(super) fn split(sql: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let mut scanner = Scanner { sql: sql.as_bytes(), at: 0 };
    let mut start = 0;
    let (mut parentheses, mut blocks) = (0_u32, 0_u32);
    let mut words: Vec<&str> = Vec::new();
    // Whether the statement has anything but blanks and comments.
    let mut something = false;
    while let Some(token) = scanner.next() {
        match token {
            Token::Semicolon if parentheses == 0 && blocks == 0 => {
                if something {
                    statements.push(sql[start..scanner.at - 1].trim());
                }
                start = scanner.at;
                something = false;
                words.clear();
                continue;
            }
            Token::Blank => continue,
            Token::Open => parentheses += 1,
            Token::Close => parentheses = parentheses.saturating_sub(1),
            Token::Word(from) => {
                let word = &sql[from..scanner.at];
                if words.len() < 4 {
                    words.push(word);
                }
                let is = |keyword| word.eq_ignore_ascii_case(keyword);
                if defines_function(&words) && parentheses == 0 {
                    if is("begin") || (blocks > 0 && is("case")) {
                        blocks += 1;
                    } else if is("end") {
                        blocks = blocks.saturating_sub(1);
                    }
                }
            }
            Token::Semicolon | Token::Other => {}
        }
        something = true;
    }
    if something || statements.is_empty() {
        statements.push(sql[start..].trim());
    }
    statements
}

/// Whether a statement begins as `create [or replace] function` or `procedure` does.
fn defines_function(words: &[&str]) -> bool {
    let mut words = words.iter().map(|word| word.to_ascii_lowercase());
    words.next().as_deref() == Some("create")
        && words
            .find(|word| word != "or" && word != "replace")
            .is_some_and(|word| word == "function" || word == "procedure")
}

enum Token {
    Semicolon,
    /// White space or a comment.
    Blank,
    Open,
    Close,
    /// A name or keyword, from here on.
    Word(usize),
    /// A literal, an operator, anything.
    Other,
}

struct Scanner<'a> {
    sql: &'a [u8],
    at: usize,
}

fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn in_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit() || byte == b'$'
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.sql.get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<Token> {
        let from = self.at;
        let byte = self.peek(0)?;
        self.at += 1;
        Some(match (byte, self.peek(0)) {
            (b';', _) => Token::Semicolon,
            (b'(', _) => Token::Open,
            (b')', _) => Token::Close,
            (b'-', Some(b'-')) => {
                self.skip_while(|byte| byte != b'\n');
                Token::Blank
            }
            (b'/', Some(b'*')) => {
                self.comment();
                Token::Blank
            }
            (b'\'' | b'"', _) => {
                self.quoted(byte, false);
                Token::Other
            }
            (b'e' | b'E', Some(b'\'')) => {
                self.at += 1;
                self.quoted(b'\'', true);
                Token::Other
            }
            (b'$', _) => {
                self.dollar_quoted();
                Token::Other
            }
            (byte, _) if byte.is_ascii_whitespace() => Token::Blank,
            (byte, _) if starts_word(byte) => {
                self.skip_while(in_word);
                Token::Word(from)
            }
            (byte, _) if byte.is_ascii_digit() => {
                self.skip_while(in_word);
                Token::Other
            }
            _ => Token::Other,
        })
    }

    /// From within the opening `/*`; comments nest.
    fn comment(&mut self) {
        self.at += 1;
        let mut depth = 1;
        while depth > 0 {
            match (self.peek(0), self.peek(1)) {
                (None, _) => return,
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                }
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
    }

    /// From after the opening quote; a doubled one reads as two strings side by side.
    fn quoted(&mut self, quote: u8, backslashes: bool) {
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if byte == b'\\' && backslashes {
                self.at += 1;
            } else if byte == quote {
                if backslashes && self.peek(0) == Some(quote) {
                    self.at += 1;
                } else {
                    return;
                }
            }
        }
    }

    /// From after a dollar: `$tag$ … $tag$`, or a parameter, or nothing special.
    fn dollar_quoted(&mut self) {
        let start = self.at - 1;
        let mut end = self.at;
        if self.sql.get(end).copied().is_some_and(starts_word) {
            while self.sql.get(end).is_some_and(|byte| in_word(*byte) && *byte != b'$') {
                end += 1;
            }
        }
        if self.sql.get(end) != Some(&b'$') {
            return;
        }
        let tag = &self.sql[start..=end];
        let body = &self.sql[end + 1..];
        let length = body.windows(tag.len()).position(|window| window == tag);
        self.at = length.map_or(self.sql.len(), |length| end + 1 + length + tag.len());
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn statements_are_cut_at_semicolons() {
        assert_eq!(split("a; b ;; c"), ["a", "b", "c"]);
        assert_eq!(split("select 1;"), ["select 1"]);
        assert_eq!(split("select 1; -- done\n /* ; */ "), ["select 1"]);
        assert_eq!(split(" ; "), [""]);
        assert_eq!(split(""), [""]);
    }

    #[test]
    fn other_semicolons_are_left_alone() {
        for one in [
            "select ';', 'it''s;', \"a;\"\"b\"",
            r"select E'\';', e'a''\\;', '\'",
            "select $$;$$, $a_1$ ; $$ ; $a_1$, $1",
            "select 1 -- ; \n, 2",
            "select /* ; /* ; */ ; */ 1",
            "create rule r as on insert to t do also (insert into a values (1); delete from b)",
            "create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end",
            "select a$b, c from t where d = ';'",
            "select 'é;', é",
        ] {
            assert_eq!(split(one), [one]);
            let two = format!("{one}; select 2");
            assert_eq!(split(&two), [one, "select 2"]);
        }
        assert_eq!(split("begin; select 1; end"), ["begin", "select 1", "end"]);
    }
}
