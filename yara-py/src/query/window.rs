//! Functions over the rows around a row.

use super::operand::comparable;
use super::{Node, frame, refuse};
use pyo3::prelude::*;
use yara_core::tree::{Expr, Nulls, Order, Window, WindowFunction};
use yara_core::value::{Type, Value};

/// An order as Python gives it: a node, whether descending, where NULL stands.
pub(super) type Ordering<'py> = (PyRef<'py, Node>, bool, Option<String>);

/// The order of a node; `nulls` is `first`, `last` or `None`.
pub(super) fn order_of(node: &Node, descending: bool, nulls: Option<&str>) -> PyResult<Order> {
    let nulls = match nulls {
        None => Nulls::Greatest,
        Some("first") => Nulls::First,
        Some("last") => Nulls::Last,
        Some(other) => return Err(refuse(format!("NULL stands first or last, not {other}"))),
    };
    Ok(Order { expr: node.node.clone(), descending, nulls })
}

/// Orders as Python gives them.
pub(super) fn orders_of(order: &[Ordering<'_>]) -> PyResult<Vec<Order>> {
    let order =
        order.iter().map(|(node, descending, nulls)| order_of(node, *descending, nulls.as_deref()));
    order.collect()
}

/// A function over a partition of the rows, in an order, and of those the ones in a frame.
#[pyfunction]
#[pyo3(signature = (name, arguments, partition, order, frame = None))]
fn window(
    name: &str,
    arguments: Vec<Bound<'_, PyAny>>,
    partition: Vec<PyRef<'_, Node>>,
    order: Vec<Ordering<'_>>,
    frame: Option<frame::Given<'_>>,
) -> PyResult<Node> {
    let first = arguments.first().and_then(|argument| argument.cast::<Node>().ok());
    let first = first.map(|node| node.get());
    let function = function(name, first, &arguments)?;
    let kind = match (&function, first) {
        (WindowFunction::PercentRank | WindowFunction::CumeDist, _) => Some(Type::F64),
        (WindowFunction::Ntile(_), _) => Some(Type::I32),
        (WindowFunction::Aggregate(_), Some(first)) => first.kind,
        (_, Some(first)) => first.kind,
        (_, None) => Some(Type::I64),
    };
    let codec = first.and_then(|first| first.codec.clone());
    let node = Expr::Window(Box::new(Window {
        function,
        partition: partition.iter().map(|node| node.node.clone()).collect(),
        order: orders_of(&order)?,
        frame: frame.as_ref().map(frame::frame_of).transpose()?,
    }));
    Ok(Node { node, kind, codec })
}

fn function(
    name: &str,
    first: Option<&Node>,
    arguments: &[Bound<'_, PyAny>],
) -> PyResult<WindowFunction> {
    let value = || {
        let node = first.map(|node| node.node.clone());
        node.ok_or_else(|| refuse(format!("`{name}` needs an expression")))
    };
    let count = |at: usize, least: i32| -> PyResult<Expr> {
        let given = match arguments.get(at) {
            Some(number) => number.extract::<i32>(),
            None => Ok(1),
        };
        match given {
            Ok(number) if number >= least => Ok(Expr::literal(Value::I32(number))),
            _ => Err(refuse(format!(
                "`{name}` takes a number from {least} to {}, not {}",
                i32::MAX,
                arguments[at].repr()?
            ))),
        }
    };
    let missing = || match (arguments.get(2), first) {
        (Some(value), Some(first)) if !value.is_none() => comparable(value, first).map(Some),
        _ => Ok(None),
    };
    Ok(match name {
        "row_number" => WindowFunction::RowNumber,
        "rank" => WindowFunction::Rank,
        "dense_rank" => WindowFunction::DenseRank,
        "percent_rank" => WindowFunction::PercentRank,
        "cume_dist" => WindowFunction::CumeDist,
        "ntile" => WindowFunction::Ntile(count(0, 1)?),
        "lag" => WindowFunction::Lag(value()?, count(1, 0)?, missing()?),
        "lead" => WindowFunction::Lead(value()?, count(1, 0)?, missing()?),
        "first_value" => WindowFunction::FirstValue(value()?),
        "last_value" => WindowFunction::LastValue(value()?),
        "nth_value" => WindowFunction::NthValue(value()?, count(1, 1)?),
        "aggregate" => match value()? {
            Expr::Aggregate(aggregate) => WindowFunction::Aggregate(*aggregate),
            _ => return Err(refuse("only aggregates of the query's own rows have a window")),
        },
        other => return Err(refuse(format!("there is no window function `{other}`"))),
    })
}

/// Adds the function to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(window, module)?)
}
