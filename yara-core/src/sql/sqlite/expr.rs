//! Expressions as SQLite has them.

use super::super::{Level, Place, Transform, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::tree::{Expr, InList, InRows, MatchKind, TextMatch};
use crate::value::Type;

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

/// The value as another kind, as far as SQLite's casts mean what PostgreSQL's do.
pub(super) fn cast(writer: &mut Writer<'_>, operand: &Expr, kind: Type) -> Result<Level> {
    let from = operand.kind();
    let is_text = |kind: Type| {
        matches!(
            kind,
            Type::Text
                | Type::Uuid
                | Type::Date
                | Type::Time
                | Type::Timestamp
                | Type::TimestampTz
                | Type::Json
        )
    };
    match (from, kind) {
        // Floats round, as they do in PostgreSQL; SQLite's cast would cut.
        (Some(Type::F32 | Type::F64 | Type::Numeric), Type::I16 | Type::I32 | Type::I64) => {
            writer.push("CAST(round(");
            writer.expr(operand)?;
            writer.push(") AS INTEGER)");
        }
        (Some(Type::Bool), Type::Text) => {
            writer.push("CASE ");
            writer.operand(operand, Level::Atom)?;
            writer.push(" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
            return Ok(Level::Raw);
        }
        (Some(Type::Timestamp), Type::Date) => {
            writer.push("substr(");
            writer.expr(operand)?;
            writer.push(", 1, 10)");
        }
        (Some(from), kind) if is_text(from) && is_text(kind) && from != kind => {
            if from != Type::Text && kind != Type::Text {
                return Err(unsupported(from, kind));
            }
            return writer_expr(writer, operand);
        }
        (_, Type::Array(_) | Type::Interval | Type::Bytes) if from != Some(kind) => {
            return Err(unsupported(from.unwrap_or(Type::Text), kind));
        }
        (_, kind) => {
            writer.push("CAST(");
            writer.expr(operand)?;
            writer.push(match kind {
                Type::Bool | Type::I16 | Type::I32 | Type::I64 | Type::Interval => " AS INTEGER)",
                Type::F32 | Type::F64 => " AS REAL)",
                Type::Bytes => " AS BLOB)",
                _ => " AS TEXT)",
            });
        }
    }
    Ok(Level::Atom)
}

fn writer_expr(writer: &mut Writer<'_>, operand: &Expr) -> Result<Level> {
    writer.operand(operand, Level::Atom)?;
    Ok(Level::Atom)
}

fn unsupported(from: Type, to: Type) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "SQLite cannot cast {} to {}; read the value as it is and convert it in the program",
            from.name(),
            to.name()
        ),
    )
}
