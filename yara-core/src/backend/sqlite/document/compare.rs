//! Documents by their meaning, as `jsonb` compares them.

use super::{Document, Node};
use crate::value::Numeric;

impl Document<'_> {
    /// Whether both are the same value.
    pub(in crate::backend::sqlite) fn equals(&self, other: &Document<'_>) -> bool {
        match (&self.node, &other.node) {
            (Node::Null, Node::Null) => true,
            (Node::Bool(left), Node::Bool(right)) => left == right,
            (Node::Number, Node::Number) => same_number(self.text, other.text),
            (Node::String(left), Node::String(right)) => left == right,
            (Node::Array(left), Node::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(a, b)| a.equals(b))
            }
            (Node::Object(_), Node::Object(_)) => {
                self.has_entries_of(other, |mine, wanted| mine.equals(wanted))
                    && other.has_entries_of(self, |_, _| true)
            }
            _ => false,
        }
    }

    /// Whether `part` is contained. An array contains a scalar that is one of its items
    /// (source: PostgreSQL documentation, "jsonb Containment and Existence").
    pub(in crate::backend::sqlite) fn contains(&self, part: &Document<'_>) -> bool {
        match (&self.node, &part.node) {
            (Node::Array(items), node) if !matches!(node, Node::Array(_) | Node::Object(_)) => {
                items.iter().any(|item| item.equals(part))
            }
            _ => self.holds(part),
        }
    }

    fn holds(&self, part: &Document<'_>) -> bool {
        match (&self.node, &part.node) {
            (Node::Array(items), Node::Array(wanted)) => {
                wanted.iter().all(|wanted| items.iter().any(|item| item.holds(wanted)))
            }
            (Node::Object(_), Node::Object(_)) => {
                self.has_entries_of(part, |mine, wanted| mine.holds(wanted))
            }
            _ => self.equals(part),
        }
    }

    /// Whether an object has every key of another one, with a value that fits. The last of repeated
    /// keys counts.
    fn has_entries_of(
        &self,
        other: &Document<'_>,
        fits: fn(&Document<'_>, &Document<'_>) -> bool,
    ) -> bool {
        let Node::Object(entries) = &other.node else { return false };
        entries.iter().all(|(key, _)| {
            let step = [super::Step::Key(key)];
            match (self.at(&step), other.at(&step)) {
                (Some(mine), Some(wanted)) => fits(mine, wanted),
                _ => false,
            }
        })
    }
}

fn same_number(left: &str, right: &str) -> bool {
    match (left.parse::<Numeric>(), right.parse::<Numeric>()) {
        (Ok(left), Ok(right)) => left == right,
        // Past what a database can calculate with.
        _ => left == right,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn equality_and_containment_follow_postgresql() {
        let of = |text| Document::read(text).unwrap();
        for (left, right) in [
            ("1", "1.0"),
            ("1e2", "100"),
            (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
        ] {
            assert!(of(left).equals(&of(right)), "{left} = {right}");
        }
        for (left, right) in
            [("[1,2]", "[2,1]"), ("1", "\"1\""), ("{}", r#"{"a":1}"#), ("0", "null")]
        {
            assert!(!of(left).equals(&of(right)), "{left} <> {right}");
        }
        for (whole, part) in [
            ("[1,2]", "[2,2,1]"),
            ("[1,2]", "2"),
            ("[[1,2],3]", "[[2]]"),
            (r#"{"a":{"b":[1,2]},"c":1}"#, r#"{"a":{"b":[1]}}"#),
            (r#"[{"a":1,"b":2}]"#, r#"[{"a":1}]"#),
            ("[]", "[]"),
        ] {
            assert!(of(whole).contains(&of(part)), "{whole} @> {part}");
        }
        for (whole, part) in [
            ("2", "[2]"),
            (r#"{"a":[1]}"#, r#"{"a":1}"#),
            ("[[1]]", "1"),
            ("[[1]]", "[1]"),
            (r#"[{"a":1}]"#, r#"{"a":1}"#),
        ] {
            assert!(!of(whole).contains(&of(part)), "{whole} not @> {part}");
        }
    }
}
