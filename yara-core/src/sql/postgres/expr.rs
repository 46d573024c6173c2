//! Expressions as PostgreSQL has them.

use super::super::{Level, Place, Transform, Writer, aggregate as standard, predicate};
use super::types;
use crate::error::Result;
use crate::tree::{Aggregate, AggregateFunction, Expr, InList, InRows, Raw, RawPart};
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

/// `operand::type`
pub(super) fn cast(writer: &mut Writer<'_>, operand: &Expr, kind: Type) -> Result<Level> {
    writer.operand(operand, Level::Atom)?;
    // There is no cast from boolean to the other integers.
    if operand.kind() == Some(Type::Bool) && matches!(kind, Type::I16 | Type::I64) {
        writer.push("::integer");
    }
    writer.push("::");
    writer.push(&types::name(kind));
    Ok(Level::Atom)
}

/// The least or greatest value. Before 18, PostgreSQL has neither of bytes and UUIDs, though it
/// compares them; as texts of hexadecimal digits they have the same order. Of booleans it has them
/// by other names.
fn extreme(writer: &mut Writer<'_>, aggregate: &Aggregate, kind: Option<Type>) -> Result<Level> {
    let name = standard::name(aggregate.function);
    let (name, before, after, outer, cast) = match (kind, aggregate.function) {
        (Some(Type::Bool), AggregateFunction::Min) => ("bool_and", "", "", "", ""),
        (Some(Type::Bool), _) => ("bool_or", "", "", "", ""),
        (Some(Type::Uuid), _) => (name, "(", ")::text COLLATE \"C\"", "", "::uuid"),
        (Some(Type::Bytes), _) => {
            (name, "encode(", ", 'hex') COLLATE \"C\"", "decode(", ", 'hex')")
        }
        _ => (name, "", "", "", ""),
    };
    let argument = aggregate.argument.clone().map(|argument| {
        let text = |text: &str| RawPart::Text(text.into());
        match before {
            "" => argument,
            _ => Expr::Raw(Box::new(Raw {
                parts: vec![text(before), RawPart::Expr(argument), text(after)],
            })),
        }
    });
    writer.push(outer);
    standard::named(writer, name, &Aggregate { argument, ..aggregate.clone() })?;
    writer.push(cast);
    Ok(Level::Atom)
}

/// PostgreSQL's sums of integers are decimals, and its means too; both become the kind that they
/// have on every database.
pub(super) fn aggregate(writer: &mut Writer<'_>, aggregate: &Aggregate) -> Result<Level> {
    let kind = aggregate.argument.as_ref().and_then(Expr::kind);
    if let AggregateFunction::Min | AggregateFunction::Max = aggregate.function {
        return extreme(writer, aggregate, kind);
    }
    let cast = match (aggregate.function, kind) {
        (AggregateFunction::Sum, Some(Type::I16 | Type::I32 | Type::I64)) => "::bigint",
        (AggregateFunction::Sum, Some(Type::F32)) => "::double precision",
        (
            AggregateFunction::Avg,
            Some(Type::I16 | Type::I32 | Type::I64 | Type::F32 | Type::F64),
        ) => "::double precision",
        _ => "",
    };
    let wide = match (aggregate.function, &aggregate.argument) {
        // Floats of 32 bits would be added in 32 bits.
        (AggregateFunction::Sum, Some(argument)) if kind == Some(Type::F32) => {
            let argument = Expr::Cast(Box::new(argument.clone()), Type::F64);
            Some(Aggregate { argument: Some(argument), ..aggregate.clone() })
        }
        _ => None,
    };
    let level = standard::aggregate(writer, wide.as_ref().unwrap_or(aggregate))?;
    writer.push(if wide.is_some() { "" } else { cast });
    Ok(level)
}
