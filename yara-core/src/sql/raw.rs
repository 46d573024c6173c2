//! Statements that are SQL text already.

use super::writer::Place;
use super::{Access, Level, Transform, Writer};
use crate::error::Result;
use crate::tree::{Expr, Raw, RawPart};

/// Writes SQL text with its expressions in it.
pub(super) fn raw(writer: &mut Writer<'_>, raw: &Raw) -> Result<()> {
    for part in &raw.parts {
        match part {
            RawPart::Text(text) => writer.push(text),
            // Without a cast, as who writes SQL expects: the database makes of a text, or of a NULL,
            // what the place wants, be it a date, an enum or a UUID.
            RawPart::Expr(Expr::Literal(literal)) => {
                writer.value(literal, Transform::None, Place::Column)?;
            }
            RawPart::Expr(expr) => writer.operand(expr, Level::Atom)?,
        }
    }
    Ok(())
}

/// The text without its expressions.
pub(super) fn text(raw: &Raw) -> String {
    let texts = raw.parts.iter().filter_map(|part| match part {
        RawPart::Text(text) => Some(text.as_str()),
        RawPart::Expr(_) => None,
    });
    texts.collect()
}

/// What a statement does, and whether it is worth keeping prepared, by its first word. `with` may
/// stand before a statement that writes.
pub(crate) fn nature(text: &str) -> (Access, bool) {
    let text = text.trim_start();
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    match word.to_ascii_lowercase().as_str() {
        "select" | "values" => (Access::Read, true),
        "with" if !writes(text) => (Access::Read, true),
        "insert" | "update" | "delete" | "with" | "merge" => (Access::Write, true),
        "begin" | "start" | "commit" | "end" | "rollback" | "abort" | "savepoint" | "release"
        | "set" | "reset" | "pragma" | "discard" | "listen" | "unlisten" | "lock" | "prepare"
        | "deallocate" | "attach" | "detach" => (Access::Control, false),
        _ => (Access::Write, false),
    }
}

/// Whether a statement sets something of the session that stays when its transaction is over.
pub(crate) fn outlives_transaction(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace().map(str::to_ascii_lowercase);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match first.as_str() {
        "set" => !matches!(second.as_str(), "local" | "transaction" | "constraints"),
        "reset" | "pragma" | "discard" | "listen" | "unlisten" | "prepare" | "deallocate"
        | "attach" | "detach" => true,
        _ => false,
    }
}

/// Whether a word of a statement that writes stands anywhere in it, be it in a name.
fn writes(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["insert", "update", "delete", "merge"].iter().any(|word| text.contains(word))
}
