//! Aggregates.

use super::{Level, Writer, select};
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
        AggregateFunction::Text => "string_agg",
        AggregateFunction::Array => "array_agg",
        AggregateFunction::Json => "json_agg",
        AggregateFunction::All => "bool_and",
        AggregateFunction::Any => "bool_or",
        AggregateFunction::StdDev => "stddev_samp",
        AggregateFunction::StdDevAll => "stddev_pop",
        AggregateFunction::Variance => "var_samp",
        AggregateFunction::VarianceAll => "var_pop",
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
    if let Some(separator) = &aggregate.separator {
        writer.push(", ");
        writer.expr(separator)?;
    }
    if !aggregate.order.is_empty() {
        writer.push(" ");
        select::order_by(writer, &aggregate.order)?;
    }
    writer.push(")");
    if let Some(filter) = &aggregate.filter {
        writer.push(" FILTER (WHERE ");
        writer.expr(filter)?;
        writer.push(")");
    }
    Ok(Level::Atom)
}
