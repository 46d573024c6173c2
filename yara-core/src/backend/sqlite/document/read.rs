//! Reading a document.

use super::{Document, Malformed, Node};
use std::borrow::Cow;

/// Lists in lists end here, before the stack does. SQLite's own functions go as deep.
const DEEPEST: usize = 1000;

impl<'t> Document<'t> {
    /// Reads a document.
    pub(in crate::backend::sqlite) fn read(text: &'t str) -> Result<Document<'t>, Malformed> {
        let mut reader = Reader { text, at: 0, depth: 0 };
        reader.space();
        let document = reader.document()?;
        reader.space();
        if reader.at < text.len() {
            return Err(reader.wrong("something follows the document"));
        }
        Ok(document)
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn wrong(&self, reason: &'static str) -> Malformed {
        Malformed(self.at, reason)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Passes over a sign and what is blank around it, if it is there.
    fn sign(&mut self, sign: u8) -> bool {
        self.space();
        let found = self.peek() == Some(sign);
        if found {
            self.at += 1;
            self.space();
        }
        found
    }

    fn document(&mut self) -> Result<Document<'t>, Malformed> {
        let start = self.at;
        let node = match self.peek() {
            Some(b'{') => self.deeper(Reader::object)?,
            Some(b'[') => self.deeper(Reader::array)?,
            Some(b'"') => Node::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Document { text: &self.text[start..self.at], node })
    }

    fn deeper(
        &mut self,
        read: fn(&mut Reader<'t>) -> Result<Node<'t>, Malformed>,
    ) -> Result<Node<'t>, Malformed> {
        if self.depth == DEEPEST {
            return Err(self.wrong("it is nested too deep"));
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn object(&mut self) -> Result<Node<'t>, Malformed> {
        let mut entries = Vec::new();
        if self.end(b'}') {
            return Ok(Node::Object(entries));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key in quotes is expected"));
            }
            let key = self.string()?;
            if !self.sign(b':') {
                return Err(self.wrong("`:` is expected"));
            }
            entries.push((key, self.document()?));
            if !self.sign(b',') {
                return match self.end(b'}') {
                    true => Ok(Node::Object(entries)),
                    false => Err(self.wrong("`,` or `}` is expected")),
                };
            }
        }
    }

    fn array(&mut self) -> Result<Node<'t>, Malformed> {
        let mut items = Vec::new();
        if self.end(b']') {
            return Ok(Node::Array(items));
        }
        loop {
            items.push(self.document()?);
            if !self.sign(b',') {
                return match self.end(b']') {
                    true => Ok(Node::Array(items)),
                    false => Err(self.wrong("`,` or `]` is expected")),
                };
            }
        }
    }

    fn end(&mut self, sign: u8) -> bool {
        let found = self.peek() == Some(sign);
        self.at += usize::from(found);
        found
    }

    fn number(&mut self) -> Result<Node<'t>, Malformed> {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        match serde_json::from_str::<serde_json::Number>(&self.text[start..self.at]) {
            Ok(_) => Ok(Node::Number),
            // One that is no float is still a number.
            Err(error) if error.to_string().contains("out of range") => Ok(Node::Number),
            Err(_) => Err(Malformed(start, "it is no number")),
        }
    }

    fn word(&mut self) -> Result<Node<'t>, Malformed> {
        let words =
            [("null", Node::Null), ("true", Node::Bool(true)), ("false", Node::Bool(false))];
        for (word, node) in words {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(node);
            }
        }
        Err(self.wrong("a value is expected"))
    }

    fn string(&mut self) -> Result<Cow<'t, str>, Malformed> {
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += 1;
            match self.peek() {
                None => return Err(self.wrong("a string does not end")),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 1;
                }
                Some(_) => {}
            }
        }
        self.at += 1;
        if !escaped {
            return Ok(Cow::Borrowed(&self.text[start + 1..self.at - 1]));
        }
        let text: String = serde_json::from_str(&self.text[start..self.at])
            .map_err(|_| Malformed(start, "an escape in a string is wrong"))?;
        match text.contains('\0') {
            // PostgreSQL's texts cannot hold it either.
            true => Err(Malformed(start, "a string holds \\u0000, which no text can")),
            false => Ok(Cow::Owned(text)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::backend::sqlite::document::Step;

    #[test]
    fn parts_are_as_they_were_written() {
        let text = r#" {"a" : [1.50, {"b":  [ ]}], "a\u0062\n" : 123456789012345678901e5} "#;
        let document = Document::read(text).unwrap();
        let part = |path: &[Step<'_>]| document.at(path).map(|part| part.text);
        assert_eq!(part(&[Step::Key("a"), Step::Index(0)]), Some("1.50"));
        assert_eq!(part(&[Step::Key("a"), Step::Index(-1)]), Some(r#"{"b":  [ ]}"#));
        assert_eq!(part(&[Step::Key("ab\n")]), Some("123456789012345678901e5"));
        assert_eq!(part(&[Step::Key("a"), Step::Index(-3)]), None);
        assert_eq!(part(&[Step::Index(0)]), None);
        assert_eq!(part(&[Step::Key("b")]), None);
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in ["", "{", "[1,]", "[1 2]", r#"{"a"}"#, "nul", "01", "1 2", r#""a"#, r#""\x""#] {
            assert!(Document::read(text).is_err(), "{text}");
        }
        assert!(Document::read(&"[".repeat(2000)).is_err());
        assert!(Document::read(r#""\u0000""#).is_err());
    }
}
