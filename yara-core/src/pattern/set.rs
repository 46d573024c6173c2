//! Sets of characters: `[a-z_]`.

use super::{Reader, Step, escaped};

impl Reader<'_> {
    /// What follows `[`.
    pub(super) fn set(&mut self) -> Step {
        let not = self.takes("^");
        self.out.both(if not { "[^" } else { "[" });
        let mut empty = true;
        loop {
            match self.next() {
                None => return Err("has a `[` that is not closed".into()),
                Some(']') if empty => {
                    return Err("has an empty set, or one that is not closed".into());
                }
                Some(']') => break,
                Some('[') => return Err("has a `[` in a set; write `\\[`".into()),
                Some('\\') if self.rest.starts_with(['d', 'w', 's']) => {
                    let name = self.next().unwrap_or('s');
                    self.out.class(name, true);
                    if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                        return Err(format!("has a range that begins with `\\{name}`"));
                    }
                }
                Some(first) => self.range(first)?,
            }
            empty = false;
        }
        self.out.both("]");
        Ok(())
    }

    /// A character, or a range that begins with it.
    fn range(&mut self, first: char) -> Step {
        let first = self.member(first)?;
        if self.rest.starts_with("-]") || !self.takes("-") {
            self.out.literal(first, true);
            return Ok(());
        }
        let wrong = |last: &str| format!("has a range from `{first}` to `{last}`");
        let last = match self.next() {
            Some('\\') if self.rest.starts_with(['d', 'w', 's', 'D', 'W', 'S']) => {
                return Err(wrong("\\"));
            }
            Some(last) => self.member(last)?,
            None => return Err("has a `[` that is not closed".into()),
        };
        if last < first {
            return Err(wrong(&last.to_string()));
        }
        self.out.range(first, last);
        Ok(())
    }

    fn member(&mut self, character: char) -> Step<char> {
        match character {
            '\\' => {
                let next = self.next();
                escaped(next)
            }
            '[' => Err("has a `[` in a set; write `\\[`".into()),
            other => Ok(other),
        }
    }
}
