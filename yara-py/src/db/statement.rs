//! Running trees: the entry of the query layer.

use super::{Runner, Target};
use crate::bridge::operation::{Begun, Operation, refuse_without_loop};
use crate::bridge::{Home, turn};
use crate::errors::raise;
use crate::rows::{PyBatch, PyRows, RowShape};
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::borrow::Cow;
use std::sync::Arc;
use yara_core::backend::Request;
use yara_core::error::Result;
use yara_core::executor::Prepared;
use yara_core::tree::Statement;
use yara_core::value::Value;

/// What is to be run.
#[derive(Clone)]
pub(crate) enum Asked {
    Tree(Box<Statement>),
    /// A shape and its values.
    Prepared(Arc<Prepared>, Vec<Value>),
}

impl Asked {
    /// A tree.
    pub(crate) fn of(statement: Statement) -> Asked {
        Asked::Tree(Box::new(statement))
    }

    /// The request that it becomes on a database.
    pub(crate) fn request(self, runner: &Runner) -> Result<Request> {
        match self {
            Asked::Tree(mut statement) => runner.request(&mut statement),
            Asked::Prepared(prepared, values) => {
                runner.tag(prepared.request(runner.executor(), values)?)
            }
        }
    }

    /// The tree of it.
    pub(crate) fn tree(&self) -> Cow<'_, Statement> {
        match self {
            Asked::Tree(statement) => Cow::Borrowed(statement),
            Asked::Prepared(prepared, values) => Cow::Owned(prepared.statement(values)),
        }
    }

    /// The same, for being changed.
    pub(crate) fn into_tree(self) -> Statement {
        match self {
            Asked::Tree(statement) => *statement,
            prepared => prepared.tree().into_owned(),
        }
    }
}

/// What is wanted of the rows of a statement.
pub(crate) enum Wanted {
    /// All of them.
    All,
    /// The one there is; where they are not one, what a function makes of them.
    One(Py<PyAny>),
}

impl Wanted {
    fn of(&self, py: Python<'_>, rows: PyRows) -> PyResult<Py<PyAny>> {
        let rows = rows.result(py)?;
        let Wanted::One(otherwise) = self else { return Ok(rows) };
        match rows.bind(py).cast::<PyList>() {
            Ok(list) if list.len() == 1 => Ok(list.get_item(0)?.unbind()),
            _ => otherwise.call1(py, (rows,)),
        }
    }
}

/// A statement where it runs, and what its rows become.
struct Fetch {
    runner: Runner,
    request: Request,
    rows: Box<PyRows>,
    wanted: Wanted,
}

impl Fetch {
    fn new(
        py: Python<'_>,
        target: &Target,
        home: &Home,
        asked: Asked,
        shape: Arc<RowShape>,
        wanted: Wanted,
    ) -> PyResult<Fetch> {
        let runner = target.runner(py, home)?.annotated(py)?;
        let request = asked.request(&runner).map_err(raise)?;
        let rows = PyRows::of_access(shape, request.command.access);
        Ok(Fetch { runner, request, rows, wanted })
    }

    /// Runs it at once where the database is inside the program and has it at hand; else it waits.
    fn begin(mut self, py: Python<'_>) -> PyResult<Begun> {
        let batch = std::slice::from_ref(&self.request);
        if let Some(done) = self.runner.executor().run_now(batch, &mut *self.rows) {
            done.map_err(raise)?;
            return self.wanted.of(py, *self.rows).map(Begun::Over);
        }
        Ok(Begun::Waiting(Box::pin(async move {
            let Fetch { runner, request, rows, wanted } = self;
            let rows = runner.executor().run(vec![request], rows).await.map_err(raise)?;
            let rows = PyRows::of(rows).map_err(raise)?;
            Python::attach(|py| wanted.of(py, rows))
        })))
    }
}

/// Runs a statement; its rows become what `shape` says. It begins when the operation is awaited,
/// or run.
pub(crate) fn run_statement(
    target: Target,
    name: &'static str,
    asked: Asked,
    shape: Arc<RowShape>,
    wanted: Wanted,
) -> Operation {
    Operation::begun_by(name, move |py, home| {
        Fetch::new(py, &target, home, asked, shape, wanted)?.begin(py)
    })
}

/// The same from within a task of an event loop, where it begins now: what it gives, or the
/// operation that has to be awaited for it.
pub(crate) fn fetch_now(
    py: Python<'_>,
    target: Target,
    name: &'static str,
    asked: Asked,
    shape: Arc<RowShape>,
    wanted: Wanted,
) -> PyResult<Py<PyAny>> {
    if !target.is_embedded() {
        return Ok(Py::new(py, run_statement(target, name, asked, shape, wanted))?.into_any());
    }
    refuse_without_loop(py, name)?;
    match Fetch::new(py, &target, &Home::Thread, asked, shape, wanted)?.begin(py)? {
        Begun::Over(result) if turn::is_over() => {
            Ok(Py::new(py, Operation::rests(name, result))?.into_any())
        }
        Begun::Over(result) => Ok(result),
        waiting => Ok(Py::new(py, Operation::begun_by(name, |_, _| Ok(waiting)))?.into_any()),
    }
}

/// Runs trees one after the other in one round trip, as a whole or not at all. It gives a list of
/// what each of them gave.
pub(crate) fn run_statements(
    target: Target,
    name: &'static str,
    statements: Vec<(Asked, Arc<RowShape>)>,
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
    statements: Vec<(Asked, Arc<RowShape>)>,
) -> Result<PyBatch> {
    let mut requests = Vec::with_capacity(statements.len());
    let mut shapes = Vec::with_capacity(statements.len());
    for (asked, shape) in statements {
        requests.push(asked.request(runner)?);
        shapes.push(shape);
    }
    PyBatch::of(runner.executor().run(requests, PyBatch::new(shapes)).await?)
}
