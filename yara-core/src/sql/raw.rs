//! Statements that are SQL text already.

use super::{Level, Writer};
use crate::backend::Access;
use crate::error::Result;
use crate::tree::{Raw, RawPart};

/// Writes SQL text with its expressions in it.
pub(super) fn raw(writer: &mut Writer<'_>, raw: &Raw) -> Result<()> {
    for part in &raw.parts {
        match part {
            RawPart::Text(text) => writer.push(text),
            RawPart::Expr(expr) => writer.operand(expr, Level::Atom)?,
        }
    }
    Ok(())
}

/// Whether a word of a statement that writes stands anywhere in it, be it in a name.
fn writes(raw: &Raw) -> bool {
    let text = raw.parts.iter().filter_map(|part| match part {
        RawPart::Text(text) => Some(text.to_ascii_lowercase()),
        RawPart::Expr(_) => None,
    });
    text.into_iter()
        .any(|text| ["insert", "update", "delete", "merge"].iter().any(|word| text.contains(word)))
}

/// What a statement does, and whether it is worth keeping prepared, by its first word. `with` may
/// stand before a statement that writes.
pub(super) fn nature(raw: &Raw) -> (Access, bool) {
    let text = match raw.parts.first() {
        Some(RawPart::Text(text)) => text.trim_start(),
        _ => "",
    };
    let word: String = text.chars().take_while(|letter| letter.is_ascii_alphabetic()).collect();
    match word.to_ascii_lowercase().as_str() {
        "select" | "values" => (Access::Read, true),
        "with" if !writes(raw) => (Access::Read, true),
        "insert" | "update" | "delete" | "with" | "merge" => (Access::Write, true),
        "begin" | "commit" | "rollback" | "start" | "end" | "abort" | "savepoint" | "release"
        | "set" | "reset" | "prepare" => (Access::Control, false),
        _ => (Access::Write, false),
    }
}
