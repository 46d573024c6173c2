//! Aggregates: over the rows of a query or its groups, and over the rows of a relation.

use super::{Node, raise, refuse};
use crate::schema::Table;
use pyo3::prelude::*;
use yara_core::schema::TableRef;
use yara_core::tree::{Aggregate, AggregateFunction, Expr, Origin, Quantifier, Related};
use yara_core::value::{Type, Value};

fn function(name: &str) -> PyResult<AggregateFunction> {
    Ok(match name {
        "count" => AggregateFunction::Count,
        "sum" => AggregateFunction::Sum,
        "avg" => AggregateFunction::Avg,
        "min" => AggregateFunction::Min,
        "max" => AggregateFunction::Max,
        "text" => AggregateFunction::Text,
        "array" => AggregateFunction::Array,
        "json" => AggregateFunction::Json,
        "all" => AggregateFunction::All,
        "any" => AggregateFunction::Any,
        "stddev" => AggregateFunction::StdDev,
        "stddev_all" => AggregateFunction::StdDevAll,
        "variance" => AggregateFunction::Variance,
        "variance_all" => AggregateFunction::VarianceAll,
        _ => return Err(refuse(format!("there is no aggregate `{name}`"))),
    })
}

/// What is aggregated, and how.
fn described(
    name: &str,
    argument: Option<&Node>,
    distinct: bool,
    filter: Option<&Node>,
    separator: Option<&str>,
) -> PyResult<Aggregate> {
    Ok(Aggregate {
        separator: separator.map(|text| Expr::literal(Value::Text(text.into()))),
        distinct,
        filter: filter.map(|filter| filter.node.clone()),
        ..Aggregate::new(function(name)?, argument.map(|argument| argument.node.clone()))
    })
}

/// An aggregate over rows.
#[pyfunction]
#[pyo3(signature = (name, argument = None, distinct = false, filter = None, separator = None))]
fn aggregate(
    name: &str,
    argument: Option<&Node>,
    distinct: bool,
    filter: Option<&Node>,
    separator: Option<&str>,
) -> PyResult<Node> {
    let aggregate = described(name, argument, distinct, filter, separator)?;
    let function = aggregate.function;
    Ok(result(Expr::Aggregate(Box::new(aggregate)), function, argument))
}

/// A question about the rows of the relation at the end of a path: `any`, `none`, `all`, or an
/// aggregate.
#[pyfunction]
#[pyo3(signature = (table, path, quantifier, argument = None, condition = None, distinct = false, separator = None))]
fn related(
    table: &Table,
    path: Vec<String>,
    quantifier: &str,
    argument: Option<&Node>,
    condition: Option<&Node>,
    distinct: bool,
    separator: Option<&str>,
) -> PyResult<Node> {
    let mut steps = Vec::with_capacity(path.len());
    let mut place = table.inner;
    for step in &path {
        let relation = place.relation(step).map_err(raise)?;
        steps.push(relation.name);
        place = relation.target.table().map_err(raise)?;
    }
    let (quantifier, aggregated) = match (quantifier, argument) {
        ("any", None) => (Quantifier::Any, None),
        ("none", None) => (Quantifier::None, None),
        ("all", None) => (Quantifier::All, None),
        ("count", None) => (Quantifier::Count, Some(AggregateFunction::Count)),
        (name, argument) => {
            let aggregate = described(name, argument, distinct, None, separator)?;
            let function = aggregate.function;
            (Quantifier::Aggregate(Box::new(aggregate)), Some(function))
        }
    };
    let node = Expr::Related(Box::new(Related {
        table: TableRef(table.inner),
        origin: Origin::Query,
        path: steps,
        quantifier,
        condition: condition.map(|condition| condition.node.clone()),
    }));
    Ok(match aggregated {
        Some(function) => result(node, function, argument),
        None => Node::of(node, Some(Type::Bool)),
    })
}

/// What is known of the values of an aggregate.
fn result(node: Expr, function: AggregateFunction, argument: Option<&Node>) -> Node {
    use AggregateFunction::*;
    let kind = argument.and_then(|argument| argument.kind);
    let kind = match function {
        Min | Max => {
            let codec = argument.and_then(|argument| argument.codec.clone());
            return Node { node, kind, codec };
        }
        Count => Some(Type::I64),
        Sum => match kind {
            Some(Type::I16 | Type::I32) => Some(Type::I64),
            Some(Type::F32) => Some(Type::F64),
            other => other,
        },
        Avg => match kind {
            Some(Type::Numeric | Type::Interval) => kind,
            _ => Some(Type::F64),
        },
        Text => Some(Type::Text),
        Array => kind.map(Type::list),
        Json => Some(Type::Json),
        All | Any => Some(Type::Bool),
        StdDev | StdDevAll | Variance | VarianceAll => Some(Type::F64),
        Custom(_, kind) => Some(kind),
    };
    Node::of(node, kind)
}

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(aggregate, module)?)?;
    module.add_function(wrap_pyfunction!(related, module)?)
}
