//! Aggregates as SQLite has them, with functions of the connection for those that it lacks.

use super::super::aggregate::{aggregate as standard, named, with_argument, wrapped};
use super::super::{Level, Writer, select};
use super::moment::{exact, may_have_months};
use crate::error::{Error, ErrorKind, Result};
use crate::tree::{Aggregate, AggregateFunction, Frame, FrameBound, FrameUnit, Order, Window};
use crate::value::Type;

pub(super) fn aggregate(
    writer: &mut Writer<'_>,
    aggregate: &Aggregate,
    over: Option<&Window>,
) -> Result<Level> {
    use AggregateFunction::*;
    let kind = aggregate.argument.as_ref().and_then(|argument| argument.kind());
    let computed = aggregate.argument.as_ref().filter(|argument| may_have_months(argument));
    let measured = match (aggregate.function, computed) {
        (Sum | Avg | Min | Max, Some(argument)) => {
            Some(with_argument(aggregate, exact(argument.clone())))
        }
        _ => None,
    };
    let aggregate = measured.as_ref().unwrap_or(aggregate);
    // Over a window, sums of floats remember what they are made of.
    let sliding = over.is_some();
    let name = match (aggregate.function, kind) {
        (Sum, Some(Type::Numeric)) => "yara_numeric_sum",
        (Avg, Some(Type::Numeric)) => "yara_numeric_avg",
        (Sum, Some(Type::F32 | Type::F64)) if sliding => "yara_float_sum_over",
        (Sum, Some(Type::F32 | Type::F64)) => "yara_float_sum",
        (Avg, Some(Type::F32 | Type::F64)) if sliding => "yara_float_avg_over",
        (Avg, Some(Type::F32 | Type::F64)) => "yara_float_avg",
        (Avg, Some(Type::Interval)) => "yara_interval_avg",
        (Min | Max, Some(Type::Array(_))) => {
            return Err(unsupported("has no least or greatest list; compare numbers of them"));
        }
        (Text, _) if aggregate.distinct => return distinct_text(writer, aggregate),
        (Text, _) => "group_concat",
        (Array, Some(Type::Bool)) => "yara_array_agg_bool",
        (Array, _) => "yara_array_agg",
        (Json, Some(Type::Bool)) => "yara_json_agg_bool",
        (Json, Some(Type::Json | Type::Numeric | Type::Array(_))) => "yara_json_agg_raw",
        (Json, Some(Type::Timestamp | Type::TimestampTz)) => {
            return moments(writer, aggregate, over);
        }
        (Json, _) => "yara_json_agg",
        // Booleans are 0 and 1.
        (All, _) => "min",
        (Any, _) => "max",
        (StdDev, _) if sliding => "yara_stddev_samp_over",
        (StdDev, _) => "yara_stddev_samp",
        (StdDevAll, _) if sliding => "yara_stddev_pop_over",
        (StdDevAll, _) => "yara_stddev_pop",
        (Variance, _) if sliding => "yara_var_samp_over",
        (Variance, _) => "yara_var_samp",
        (VarianceAll, _) if sliding => "yara_var_pop_over",
        (VarianceAll, _) => "yara_var_pop",
        (Count | Sum | Avg | Min | Max | Custom(..), _) => {
            return standard(writer, aggregate, over);
        }
    };
    named(writer, name, aggregate, over)
}

/// SQLite tells arguments apart only where there is one; here it is the function that does, because
/// equal texts come one after the other.
fn distinct_text(writer: &mut Writer<'_>, aggregate: &Aggregate) -> Result<Level> {
    writer.push("yara_distinct_concat(");
    writer.list(aggregate.argument.iter().chain(&aggregate.separator), |writer, argument| {
        writer.expr(argument)
    })?;
    writer.push(" ");
    select::order_by(writer, &aggregate.order)?;
    writer.push(")");
    super::super::aggregate::after(writer, aggregate, None)
}

/// Times as JSON has them, with a `T` in the middle.
fn moments(writer: &mut Writer<'_>, aggregate: &Aggregate, over: Option<&Window>) -> Result<Level> {
    let argument = aggregate.argument.clone();
    let spelled = argument.map(|argument| wrapped("replace(", argument, ", ' ', 'T')"));
    match spelled {
        Some(spelled) => named(writer, "yara_json_agg", &with_argument(aggregate, spelled), over),
        None => standard(writer, aggregate, over),
    }
}

/// SQLite knows the distance of numbers alone, and stores other kinds as text.
pub(super) fn check_frame(frame: &Frame, order: &[Order]) -> Result<()> {
    let bounds = [&frame.start, &frame.end];
    let by_value = frame.unit == FrameUnit::Range
        && bounds
            .iter()
            .any(|bound| matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_)));
    let kind = order.first().and_then(|order| order.expr.kind());
    match kind {
        Some(Type::Numeric | Type::Date | Type::Time | Type::Timestamp | Type::TimestampTz)
            if by_value =>
        {
            Err(unsupported(
                "measures distances in a frame by integers, floats and durations alone; order the \
             window by such a number, or count rows",
            ))
        }
        _ => Ok(()),
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("SQLite {what}"))
}
