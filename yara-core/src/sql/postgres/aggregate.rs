//! Aggregates as PostgreSQL has them.
//!
//! PostgreSQL's sums and means of integers are decimals; here they become the kind that they have on
//! every database.

use super::super::aggregate::{after, aggregate as standard, name, named, with_argument, wrapped};
use super::super::{Level, Writer};
use crate::error::Result;
use crate::tree::{Aggregate, AggregateFunction, Expr, Window};
use crate::value::Type;

type Over<'w> = Option<&'w Window>;

pub(super) fn aggregate(
    writer: &mut Writer<'_>,
    aggregate: &Aggregate,
    over: Over<'_>,
) -> Result<Level> {
    use AggregateFunction::*;
    let Some(argument) = aggregate.argument.clone() else {
        return standard(writer, aggregate, over);
    };
    let of = |argument: Expr| with_argument(aggregate, argument);
    let float = |argument: Expr| Expr::Cast(Box::new(argument), Type::F64);
    match (aggregate.function, argument.kind()) {
        (Min | Max, kind) => extreme(writer, aggregate, argument, kind, over),
        (Sum, Some(Type::I16 | Type::I32 | Type::I64)) => {
            standard(writer, aggregate, over)?;
            writer.push("::bigint");
            Ok(Level::Atom)
        }
        (Avg, Some(Type::I16 | Type::I32 | Type::I64)) => mean(writer, aggregate, over),
        // Floats of 32 bits would be added, and written, in 32 bits.
        (Sum | Avg | Json, Some(Type::F32)) => standard(writer, &of(float(argument)), over),
        (StdDev | StdDevAll | Variance | VarianceAll, Some(kind)) if kind != Type::F64 => {
            standard(writer, &of(float(argument)), over)
        }
        // A column of limited length is cast by itself, and then is not what the order names.
        (Text, Some(Type::Text)) if aggregate.distinct => {
            let argument = Expr::Cast(Box::new(argument), Type::Text);
            standard(writer, &of(argument), over)
        }
        (Json, Some(kind)) => match moment(kind) {
            Some((before, after)) => standard(writer, &of(wrapped(before, argument, after)), over),
            None => standard(writer, aggregate, over),
        },
        _ => standard(writer, aggregate, over),
    }
}

/// The mean of integers: a decimal of some digits, made a float, would be another float now and
/// then.
fn mean(writer: &mut Writer<'_>, aggregate: &Aggregate, over: Over<'_>) -> Result<Level> {
    named(writer, "sum", aggregate, over)?;
    writer.push("::double precision / ");
    named(writer, "count", aggregate, over)?;
    Ok(Level::Product)
}

/// How a time becomes the text that JSON has for it, in UTC whatever the session's time zone.
fn moment(kind: Type) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        Type::Time => ("to_char(", ", 'HH24:MI:SS.US')"),
        Type::Timestamp => ("to_char(", ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"),
        Type::TimestampTz => {
            ("to_char((", ") AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')")
        }
        _ => return None,
    })
}

/// The least or greatest value. Before 18, PostgreSQL has neither of bytes and UUIDs, though it
/// compares them; as texts of hexadecimal digits they have the same order. Of booleans it has them
/// by other names.
fn extreme(
    writer: &mut Writer<'_>,
    aggregate: &Aggregate,
    argument: Expr,
    kind: Option<Type>,
    over: Over<'_>,
) -> Result<Level> {
    let function = name(aggregate.function);
    let (function, argument, outer, cast) = match (kind, aggregate.function) {
        (Some(Type::Bool), AggregateFunction::Min) => ("bool_and", argument, "", ""),
        (Some(Type::Bool), _) => ("bool_or", argument, "", ""),
        (Some(Type::Uuid), _) => {
            (function, wrapped("(", argument, ")::text COLLATE \"C\""), "", "::uuid")
        }
        (Some(Type::Bytes), _) => {
            let digits = wrapped("encode(", argument, ", 'hex') COLLATE \"C\"");
            (function, digits, "decode(", ", 'hex')")
        }
        _ => (function, argument, "", ""),
    };
    writer.push(outer);
    writer.push(function);
    writer.push(if aggregate.distinct { "(DISTINCT " } else { "(" });
    writer.expr(&argument)?;
    writer.push(")");
    after(writer, aggregate, over)?;
    writer.push(cast);
    Ok(Level::Atom)
}
