//! Expressions as SQLite has them.

use super::super::{Level, Place, Transform, Writer};
use crate::error::Result;
use crate::tree::{InList, InRows, MatchKind, TextMatch};

/// `operand IN rarray(?1)`: the length of the list is no part of the statement.
pub(super) fn in_list(writer: &mut Writer<'_>, list: &InList) -> Result<Level> {
    writer.dialect.write_compared(writer, &list.operand, &list.operand, true)?;
    writer.push(" IN rarray(");
    writer.value(&list.list, Transform::None, Place::Free)?;
    writer.push(")");
    Ok(Level::Predicate)
}

/// Lists side by side as rows: the rows of `rarray` are numbered. All but the first are tables of
/// their own within the query, which SQLite makes an index for, so that no list is read once for
/// each item of another.
pub(super) fn in_rows(writer: &mut Writer<'_>, rows: &InRows) -> Result<Level> {
    writer.push("(");
    writer.list(&rows.operands, |writer, operand| writer.expr(operand))?;
    writer.push(") IN (WITH ");
    writer.list(rows.lists.iter().enumerate(), |writer, (at, list)| {
        writer.push(&format!("k{at}(n, v) AS MATERIALIZED (SELECT rowid, value FROM rarray("));
        writer.value(list, Transform::None, Place::Free)?;
        writer.push("))");
        Ok(())
    })?;
    writer.push(" SELECT ");
    writer.list(0..rows.lists.len(), |writer, at| {
        writer.push(&format!("k{at}.v"));
        Ok(())
    })?;
    writer.push(" FROM k0");
    for at in 1..rows.lists.len() {
        writer.push(&format!(" JOIN k{at} ON k{at}.n = k0.n"));
    }
    writer.push(")");
    Ok(Level::Predicate)
}

/// Whether a text matches, by functions that know all of Unicode.
pub(super) fn matches(writer: &mut Writer<'_>, text: &TextMatch) -> Result<Level> {
    let (operand, pattern) = (&text.operand, &text.pattern);
    let function = match text.kind {
        MatchKind::Exact if text.ignore_case => {
            writer.call("yara_fold", &[operand])?;
            writer.push(" = ");
            writer.call("yara_fold", &[pattern])?;
            return Ok(Level::Predicate);
        }
        MatchKind::Exact => {
            writer.operand(operand, Level::Concat)?;
            writer.push(" = ");
            writer.operand(pattern, Level::Concat)?;
            return Ok(Level::Predicate);
        }
        MatchKind::Contains => "yara_contains",
        MatchKind::StartsWith => "yara_starts_with",
        MatchKind::EndsWith => "yara_ends_with",
        MatchKind::Like => "yara_like",
    };
    writer.push(function);
    writer.push("(");
    writer.expr(operand)?;
    writer.push(", ");
    writer.expr(pattern)?;
    writer.push(if text.ignore_case { ", 1)" } else { ", 0)" });
    Ok(Level::Atom)
}
