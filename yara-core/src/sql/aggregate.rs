//! Aggregates.

use super::{Level, Writer};
use crate::error::Result;
use crate::tree::{Aggregate, AggregateFunction};

/// The standard's name of a function.
pub(super) fn name(function: AggregateFunction) -> &'static str {
    match function {
        AggregateFunction::Count => "count",
        AggregateFunction::Sum => "sum",
        AggregateFunction::Avg => "avg",
        AggregateFunction::Min => "min",
        AggregateFunction::Max => "max",
    }
}

/// An aggregate as the standard has it.
pub(super) fn aggregate(writer: &mut Writer<'_>, aggregate: &Aggregate) -> Result<Level> {
    named(writer, name(aggregate.function), aggregate)
}

/// An aggregate by a name of its own.
pub(super) fn named(writer: &mut Writer<'_>, name: &str, aggregate: &Aggregate) -> Result<Level> {
    writer.push(name);
    writer.push("(");
    match &aggregate.argument {
        None => writer.push("*"),
        Some(argument) => {
            writer.push(if aggregate.distinct { "DISTINCT " } else { "" });
            let compares = aggregate.distinct
                || matches!(aggregate.function, AggregateFunction::Min | AggregateFunction::Max);
            if compares {
                writer.dialect.write_key(writer, argument)?;
            } else {
                writer.expr(argument)?;
            }
        }
    }
    writer.push(")");
    if let Some(filter) = &aggregate.filter {
        writer.push(" FILTER (WHERE ");
        writer.expr(filter)?;
        writer.push(")");
    }
    Ok(Level::Atom)
}
