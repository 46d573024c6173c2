//! Aggregates.

use super::{Level, Writer, select, window};
use crate::error::Result;
use crate::tree::{Aggregate, AggregateFunction, Expr, Order, Raw, RawPart, Window};

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
        AggregateFunction::Custom(name, _) => name,
    }
}

/// An aggregate as the standard has it.
pub(super) fn aggregate(
    writer: &mut Writer<'_>,
    aggregate: &Aggregate,
    over: Option<&Window>,
) -> Result<Level> {
    named(writer, name(aggregate.function), aggregate, over)
}

/// An aggregate by a name of its own.
pub(super) fn named(
    writer: &mut Writer<'_>,
    name: &str,
    aggregate: &Aggregate,
    over: Option<&Window>,
) -> Result<Level> {
    match aggregate.function {
        AggregateFunction::Custom(name, _) => writer.name(name),
        _ => writer.push(name),
    }
    writer.push("(");
    writer.push(if aggregate.distinct { "DISTINCT " } else { "" });
    argument(writer, aggregate)?;
    if let Some(separator) = &aggregate.separator {
        writer.push(", ");
        writer.expr(separator)?;
    }
    if !aggregate.order.is_empty() {
        writer.push(" ");
        select::order_by(writer, &aggregate.order)?;
    }
    writer.push(")");
    after(writer, aggregate, over)
}

/// What an aggregate is about.
fn argument(writer: &mut Writer<'_>, aggregate: &Aggregate) -> Result<()> {
    let compares = aggregate.distinct
        || matches!(aggregate.function, AggregateFunction::Min | AggregateFunction::Max);
    match &aggregate.argument {
        None => {
            writer.push("*");
            Ok(())
        }
        Some(Expr::Tuple(items)) => writer.list(items, |writer, item| writer.expr(item)),
        Some(argument) if compares => writer.dialect.write_key(writer, argument),
        Some(argument) => writer.expr(argument),
    }
}

/// The filter and the window of an aggregate.
pub(super) fn after(
    writer: &mut Writer<'_>,
    aggregate: &Aggregate,
    over: Option<&Window>,
) -> Result<Level> {
    if let Some(filter) = &aggregate.filter {
        writer.push(" FILTER (WHERE ");
        writer.expr(filter)?;
        writer.push(")");
    }
    if let Some(over) = over {
        window::over(writer, over)?;
    }
    Ok(Level::Atom)
}

/// The aggregate of another expression; where it stood in the order too.
pub(super) fn with_argument(aggregate: &Aggregate, argument: Expr) -> Aggregate {
    let old = aggregate.argument.as_ref();
    let order = aggregate.order.iter().map(|order| match old == Some(&order.expr) {
        true => Order { expr: argument.clone(), ..order.clone() },
        false => order.clone(),
    });
    let order = order.collect();
    Aggregate { argument: Some(argument), order, ..aggregate.clone() }
}

/// An expression within SQL text.
pub(super) fn wrapped(before: &'static str, expr: Expr, after: &'static str) -> Expr {
    let text = |text: &'static str| RawPart::Text(text.into());
    let parts = vec![text(before), RawPart::Expr(expr), text(after)];
    Expr::Raw(Box::new(Raw { parts, kind: None }))
}
