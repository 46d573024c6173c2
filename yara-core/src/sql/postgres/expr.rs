//! Expressions as PostgreSQL has them.

use super::super::{Level, Place, Transform, Writer, predicate};
use super::functions::number::as_decimal;
use super::moment::without_zone;
use super::types;
use crate::error::Result;
use crate::tree::{Expr, InList, InRows};
use crate::value::Type;

/// `operand = ANY($1::bigint[])`: the length of the list is no part of the statement.
pub(super) fn in_list(writer: &mut Writer<'_>, list: &InList) -> Result<Level> {
    compared(writer, &list.operand, &list.operand)?;
    writer.push(" = ANY(");
    writer.value(&list.list, Transform::None, Place::Free)?;
    if list.operand.kind() == Some(Type::Json) {
        writer.push("::text[]");
    }
    writer.push(")");
    Ok(Level::Predicate)
}

/// `(a, b) IN (SELECT * FROM unnest($1::bigint[], $2::text[]))`
pub(super) fn in_rows(writer: &mut Writer<'_>, rows: &InRows) -> Result<Level> {
    writer.push("(");
    writer.list(&rows.operands, |writer, operand| writer.expr(operand))?;
    writer.push(") IN (");
    predicate::unnest(writer, &rows.lists)?;
    writer.push(")");
    Ok(Level::Predicate)
}

/// An operand of a comparison. `json` has no equality; documents are compared as they are written,
/// as SQLite does.
pub(super) fn compared(writer: &mut Writer<'_>, operand: &Expr, other: &Expr) -> Result<()> {
    if operand.kind() == Some(Type::Json) {
        writer.operand(operand, Level::Atom)?;
        writer.push("::text");
        return Ok(());
    }
    writer.operand_beside(operand, Level::Concat, other)
}

/// `operand::type`, where that means the same on every database.
pub(super) fn cast(writer: &mut Writer<'_>, operand: &Expr, kind: Type) -> Result<Level> {
    use Type::{Bool, Date, F32, F64, I16, I32, I64, Numeric, Text, Time, Timestamp, TimestampTz};
    match (operand.kind(), kind) {
        // Rounded as decimals are, and not half to even.
        (Some(F32 | F64), I16 | I32 | I64) => {
            writer.push("round(");
            as_decimal(writer, operand)?;
            writer.push(")");
        }
        (Some(F32 | F64), Numeric) => {
            as_decimal(writer, operand)?;
            return Ok(Level::Atom);
        }
        // There is no cast from boolean to the other integers, nor back.
        (Some(Bool), I16 | I64) => {
            writer.operand(operand, Level::Atom)?;
            writer.push("::integer");
        }
        (Some(I16 | I32 | I64), Bool) => {
            writer.push("(");
            writer.operand(operand, Level::Concat)?;
            writer.push(" <> 0)");
            return Ok(Level::Atom);
        }
        (Some(TimestampTz), Date | Time | Timestamp) => without_zone(writer, operand)?,
        (Some(TimestampTz), Text) => {
            writer.push("(");
            without_zone(writer, operand)?;
            writer.push("::text || '+00')");
            return Ok(Level::Atom);
        }
        (Some(Date | Timestamp), TimestampTz) => {
            writer.push("(");
            writer.operand(operand, Level::Atom)?;
            writer.push("::timestamp AT TIME ZONE 'UTC')");
            return Ok(Level::Atom);
        }
        _ => writer.operand(operand, Level::Atom)?,
    }
    writer.push("::");
    writer.push(&types::name(kind));
    Ok(Level::Atom)
}

/// An expression whose values are told apart or put in order; `json` has neither, as in
/// [`compared`].
pub(super) fn key(writer: &mut Writer<'_>, expr: &Expr) -> Result<()> {
    compared(writer, expr, expr)
}
