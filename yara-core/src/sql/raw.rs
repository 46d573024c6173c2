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
        "insert" | "update" | "delete" | "with" | "merge" => (Access::Write, true),
        "begin" | "commit" | "rollback" | "start" | "end" | "abort" | "savepoint" | "release"
        | "set" | "reset" | "prepare" => (Access::Control, false),
        _ => (Access::Write, false),
    }
}
