//! Text matches.

use super::super::{Level, Place, Transform, Writer};
use crate::error::Result;
use crate::tree::{Expr, MatchKind, TextMatch};

/// Folds case for all of Unicode, whatever the database's locale.
pub(super) const FOLDING: &str = " COLLATE \"und-x-icu\"";

/// What follows what was folded, so that it is compared as other texts are.
pub(super) const UNFOLDED: &str = " COLLATE \"default\"";

/// Whether a text matches. A pattern that is a value becomes one of LIKE when it is bound, so that
/// an index can find a prefix.
pub(super) fn matches(writer: &mut Writer<'_>, text: &TextMatch) -> Result<Level> {
    let (prefix, suffix) = match text.kind {
        MatchKind::Exact => return exact(writer, text),
        MatchKind::Like => return like(writer, text, Transform::None),
        MatchKind::Contains => ("%", "%"),
        MatchKind::StartsWith => ("", "%"),
        MatchKind::EndsWith => ("%", ""),
    };
    if matches!(text.pattern, Expr::Literal(_)) {
        return like(writer, text, Transform::EscapeLike { prefix, suffix });
    }
    computed(writer, text)
}

fn exact(writer: &mut Writer<'_>, text: &TextMatch) -> Result<Level> {
    if text.ignore_case {
        side(writer, text, &text.operand, Transform::None)?;
        writer.push(" = ");
        side(writer, text, &text.pattern, Transform::None)?;
    } else {
        writer.operand_beside(&text.operand, Level::Concat, &text.pattern)?;
        writer.push(" = ");
        writer.operand_beside(&text.pattern, Level::Concat, &text.operand)?;
    }
    Ok(Level::Predicate)
}

fn like(writer: &mut Writer<'_>, text: &TextMatch, transform: Transform) -> Result<Level> {
    side(writer, text, &text.operand, Transform::None)?;
    writer.push(" LIKE ");
    side(writer, text, &text.pattern, transform)?;
    Ok(Level::Predicate)
}

/// A pattern that the database computes is plain text.
fn computed(writer: &mut Writer<'_>, text: &TextMatch) -> Result<Level> {
    let (operand, pattern) = (&text.operand, &text.pattern);
    let side = |writer: &mut Writer<'_>, expr| side(writer, text, expr, Transform::None);
    match text.kind {
        MatchKind::StartsWith => {
            writer.push("starts_with(");
            side(writer, operand)?;
            writer.push(", ");
            side(writer, pattern)?;
            writer.push(")");
            return Ok(Level::Atom);
        }
        MatchKind::EndsWith => {
            // `right(x, 0)` is empty, as an empty ending is.
            writer.push("right(");
            side(writer, operand)?;
            writer.push(", length(");
            side(writer, pattern)?;
            writer.push(")) = ");
            side(writer, pattern)?;
        }
        _ => {
            writer.push("strpos(");
            side(writer, operand)?;
            writer.push(", ");
            side(writer, pattern)?;
            writer.push(") > 0");
        }
    }
    Ok(Level::Predicate)
}

/// One side of a match, folded where case does not count. ICU writes a sigma at the end of a word
/// differently, and a search for a part of the word would miss it.
fn side(
    writer: &mut Writer<'_>,
    text: &TextMatch,
    expr: &Expr,
    transform: Transform,
) -> Result<()> {
    if text.ignore_case {
        writer.push("translate(lower(");
    }
    let least = if text.ignore_case { Level::Atom } else { Level::Concat };
    match expr {
        Expr::Literal(literal) => {
            writer.value(literal, transform, Place::Free)?;
        }
        expr => writer.operand(expr, least)?,
    }
    if text.ignore_case {
        writer.push(FOLDING);
        writer.push("), 'ς', 'σ')");
    }
    Ok(())
}

/// `lower(x)`, for all of Unicode; the result is ordered as other texts of the database are.
pub(super) fn folded(writer: &mut Writer<'_>, function: &str, argument: &Expr) -> Result<Level> {
    writer.push(function);
    writer.push("(");
    writer.operand(argument, Level::Atom)?;
    writer.push(FOLDING);
    writer.push(")");
    writer.push(UNFOLDED);
    Ok(Level::Unary)
}
