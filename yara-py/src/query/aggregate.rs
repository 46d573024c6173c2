//! Aggregates: over the rows of a query or its groups, and over the rows of a relation.

use super::{Node, raise, refuse};
use crate::schema::Table;
use pyo3::prelude::*;
use yara_core::schema::TableRef;
use yara_core::tree::{Aggregate, AggregateFunction, Expr, Quantifier, Related};
use yara_core::value::Type;

fn function(name: &str) -> PyResult<AggregateFunction> {
    Ok(match name {
        "count" => AggregateFunction::Count,
        "sum" => AggregateFunction::Sum,
        "avg" => AggregateFunction::Avg,
        "min" => AggregateFunction::Min,
        "max" => AggregateFunction::Max,
        _ => return Err(refuse(format!("there is no aggregate `{name}`"))),
    })
}

/// An aggregate over rows.
#[pyfunction]
#[pyo3(signature = (name, argument = None, distinct = false, filter = None))]
fn aggregate(
    name: &str,
    argument: Option<&Node>,
    distinct: bool,
    filter: Option<&Node>,
) -> PyResult<Node> {
    let function = function(name)?;
    let node = Expr::Aggregate(Box::new(Aggregate {
        function,
        argument: argument.map(|argument| argument.node.clone()),
        distinct,
        filter: filter.map(|filter| filter.node.clone()),
    }));
    Ok(result(node, function, argument))
}

/// A question about the rows of the relation at the end of a path.
#[pyfunction]
#[pyo3(signature = (table, path, quantifier, argument = None, condition = None, distinct = false))]
fn related(
    table: &Table,
    path: Vec<String>,
    quantifier: &str,
    argument: Option<&Node>,
    condition: Option<&Node>,
    distinct: bool,
) -> PyResult<Node> {
    let mut steps = Vec::with_capacity(path.len());
    let mut place = table.inner;
    for step in &path {
        let relation = place.relation(step).map_err(raise)?;
        steps.push(relation.name);
        place = relation.target.table().map_err(raise)?;
    }
    let (quantifier, aggregated) = match (quantifier, argument) {
        ("any", _) => (Quantifier::Any, None),
        ("none", _) => (Quantifier::None, None),
        ("all", _) => (Quantifier::All, None),
        ("count", None) => (Quantifier::Count, Some(AggregateFunction::Count)),
        (name, Some(argument)) => {
            if distinct {
                return Err(refuse(format!("{name} of a relation cannot be distinct here")));
            }
            let function = function(name)?;
            (Quantifier::Aggregate(function, argument.node.clone()), Some(function))
        }
        (name, None) => return Err(refuse(format!("{name} of a relation needs a column of it"))),
    };
    let node = Expr::Related(Box::new(Related {
        table: TableRef(table.inner),
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
    let kind = argument.and_then(|argument| argument.kind);
    match function {
        AggregateFunction::Count => Node::of(node, Some(Type::I64)),
        AggregateFunction::Min | AggregateFunction::Max => {
            let codec = argument.and_then(|argument| argument.codec.clone());
            Node { node, kind, codec }
        }
        AggregateFunction::Sum => Node::of(
            node,
            match kind {
                Some(Type::I16 | Type::I32) => Some(Type::I64),
                Some(Type::I64) => Some(Type::I64),
                Some(Type::F32) => Some(Type::F64),
                other => other,
            },
        ),
        AggregateFunction::Avg => Node::of(
            node,
            match kind {
                Some(Type::Numeric) => Some(Type::Numeric),
                Some(Type::Interval) => Some(Type::Interval),
                _ => Some(Type::F64),
            },
        ),
    }
}

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(aggregate, module)?)?;
    module.add_function(wrap_pyfunction!(related, module)?)
}
