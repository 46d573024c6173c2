//! Aggregates: over the rows of a query or its groups, and over the rows of a relation.

use super::function::{argument, known_name};
use super::node::origin_of;
use super::window::{Ordering, orders_of};
use super::{Node, raise, refuse};
use crate::schema::Table;
use pyo3::prelude::*;
use yara_core::schema::TableRef;
use yara_core::tree::{Aggregate, AggregateFunction, Expr, Quantifier, Related};
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

/// An aggregate of the database that the engine does not know.
#[pyfunction]
#[pyo3(signature = (name, arguments, kind, distinct = false, filter = None, order = Vec::new()))]
fn custom_aggregate(
    name: &str,
    arguments: Vec<Bound<'_, PyAny>>,
    kind: &str,
    distinct: bool,
    filter: Option<&Node>,
    order: Vec<Ordering<'_>>,
) -> PyResult<Node> {
    let kind = crate::schema::kind(kind)?;
    let mut given: Vec<Expr> = arguments.iter().map(argument).collect::<PyResult<_>>()?;
    let argument = match (given.len(), given.pop()) {
        (0 | 1, only) => only,
        (_, last) => {
            given.extend(last);
            Some(Expr::Tuple(given))
        }
    };
    let function = AggregateFunction::Custom(known_name(name), kind);
    let aggregate = Aggregate {
        distinct,
        filter: filter.map(|filter| filter.node.clone()),
        order: orders_of(&order)?,
        ..Aggregate::new(function, argument)
    };
    Ok(Node::of(Expr::Aggregate(Box::new(aggregate)), Some(kind)))
}

/// What is aggregated, and how.
fn described(
    name: &str,
    argument: Option<&Node>,
    distinct: bool,
    filter: Option<&Node>,
    separator: Option<&str>,
    order: &[Ordering<'_>],
) -> PyResult<Aggregate> {
    Ok(Aggregate {
        order: orders_of(order)?,
        separator: separator.map(|text| Expr::literal(Value::Text(text.into()))),
        distinct,
        filter: filter.map(|filter| filter.node.clone()),
        ..Aggregate::new(function(name)?, argument.map(|argument| argument.node.clone()))
    })
}

/// An aggregate over rows, whose values are taken in an order.
#[pyfunction]
#[pyo3(signature = (name, argument = None, distinct = false, filter = None, separator = None, order = Vec::new()))]
fn aggregate(
    name: &str,
    argument: Option<&Node>,
    distinct: bool,
    filter: Option<&Node>,
    separator: Option<&str>,
    order: Vec<Ordering<'_>>,
) -> PyResult<Node> {
    let aggregate = described(name, argument, distinct, filter, separator, &order)?;
    let function = aggregate.function;
    Ok(result(Expr::Aggregate(Box::new(aggregate)), function, argument))
}

/// A question about the rows of the relation at the end of a path: `any`, `none`, `all`, `count`, or
/// an `aggregate` over them.
#[pyfunction]
#[pyo3(signature = (table, path, quantifier, aggregate = None, condition = None, origin = None))]
fn related(
    table: &Table,
    path: Vec<String>,
    quantifier: &str,
    aggregate: Option<&Node>,
    condition: Option<&Node>,
    origin: Option<&str>,
) -> PyResult<Node> {
    let mut steps = Vec::with_capacity(path.len());
    let mut place = table.inner;
    for step in &path {
        let relation = place.relation(step).map_err(raise)?;
        steps.push(relation.name);
        place = relation.target.table().map_err(raise)?;
    }
    let quantifier = match (quantifier, aggregate.map(|aggregate| &aggregate.node)) {
        ("any", None) => Quantifier::Any,
        ("none", None) => Quantifier::None,
        ("all", None) => Quantifier::All,
        ("count", None) => Quantifier::Count,
        ("aggregate", Some(Expr::Aggregate(aggregate))) => Quantifier::Aggregate(aggregate.clone()),
        _ => {
            return Err(refuse(format!(
                "the rows of `{}` are aggregated by an aggregate, such as Sum or StringAgg",
                path.join(".")
            )));
        }
    };
    let kind = match &quantifier {
        Quantifier::Count => Some(Type::I64),
        _ => Some(Type::Bool),
    };
    let node = Expr::Related(Box::new(Related {
        table: TableRef(table.inner),
        origin: origin_of(origin),
        path: steps,
        quantifier,
        condition: condition.map(|condition| condition.node.clone()),
    }));
    Ok(match aggregate {
        Some(aggregate) => aggregate.like(node),
        None => Node::of(node, kind),
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
    module.add_function(wrap_pyfunction!(custom_aggregate, module)?)?;
    module.add_function(wrap_pyfunction!(related, module)?)
}
