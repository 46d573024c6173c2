//! Running trees: the entry of the query layer.

use super::{Runner, Target};
use crate::bridge::operation::Operation;
use crate::errors::raise;
use crate::rows::{PyBatch, PyRows, RowShape};
use pyo3::prelude::*;
use std::sync::Arc;
use yara_core::error::Result;
use yara_core::tree::Statement;

/// Runs a tree; its rows become what `shape` says. It begins when the operation is awaited, or run.
pub(crate) fn run_statement(
    target: Target,
    name: &'static str,
    statement: Statement,
    shape: Arc<RowShape>,
) -> Operation {
    target.operation(name, move |runner| async move {
        let rows = fetch(&runner, statement, shape).await.map_err(raise)?;
        Python::attach(|py| rows.result(py))
    })
}

/// Runs trees one after the other in one round trip, as a whole or not at all. It gives a list of
/// what each of them gave.
pub(crate) fn run_statements(
    target: Target,
    name: &'static str,
    statements: Vec<(Statement, Arc<RowShape>)>,
) -> Operation {
    target.operation(name, move |runner| async move {
        let rows = fetch_all(&runner, statements).await.map_err(raise)?;
        Python::attach(|py| rows.result(py))
    })
}

/// The rows of a tree, for operations of several steps.
pub(crate) async fn fetch(
    runner: &Runner,
    mut statement: Statement,
    shape: Arc<RowShape>,
) -> Result<PyRows> {
    let request = runner.request(&mut statement)?;
    let sink = PyRows::of_access(shape, request.command.access);
    PyRows::of(runner.executor().run(vec![request], sink).await?)
}

/// The rows of several trees that run in one round trip.
pub(crate) async fn fetch_all(
    runner: &Runner,
    statements: Vec<(Statement, Arc<RowShape>)>,
) -> Result<PyBatch> {
    let mut requests = Vec::with_capacity(statements.len());
    let mut shapes = Vec::with_capacity(statements.len());
    for (mut statement, shape) in statements {
        requests.push(runner.request(&mut statement)?);
        shapes.push(shape);
    }
    PyBatch::of(runner.executor().run(requests, PyBatch::new(shapes)).await?)
}
