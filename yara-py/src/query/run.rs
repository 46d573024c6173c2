//! Running what has been built.

use super::select::Select;
use super::shape::RowPlan;
use super::write::Statement;
use super::{raise, refuse};
use crate::bridge::Home;
use crate::bridge::operation::Operation;
use crate::db::Target;
use crate::db::cursor::Cursor;
use crate::db::statement::{Asked, Wanted, fetch_now, run_statement, run_statements};
use crate::rows::decoder::Decoder;
use crate::rows::{PyRows, RowShape};
use crate::schema::Table;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use std::sync::Arc;
use yara_core::backend::{Access, Command, Request};
use yara_core::executor::request;
use yara_core::schema;
use yara_core::sql::{Dialect, ExplainFormat, ExplainOptions, ddl};
use yara_core::value::Value;

/// What is run: a query, or a statement.
enum Given<'py> {
    Select(Bound<'py, Select>),
    Statement(Bound<'py, Statement>),
}

impl<'py> FromPyObject<'_, 'py> for Given<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Given<'py>> {
        if let Ok(select) = object.cast::<Select>() {
            return Ok(Given::Select(select.to_owned()));
        }
        Ok(Given::Statement(object.cast::<Statement>()?.to_owned()))
    }
}

impl Given<'_> {
    /// What is run.
    fn asked(&self) -> Asked {
        match self {
            Given::Select(select) => select.get().asked(),
            Given::Statement(statement) => statement.get().asked.clone(),
        }
    }

    /// What the rows become; without a shape they are counted.
    fn shape(&self, py: Python<'_>, shape: Option<&RowPlan>) -> PyResult<Arc<RowShape>> {
        let columns = match self {
            Given::Select(select) => &select.get().columns,
            Given::Statement(statement) => &statement.get().columns,
        };
        match shape {
            Some(shape) => shape.decide(py, columns),
            None => Ok(Arc::new(RowShape::Count)),
        }
    }
}

/// Runs a statement.
#[pyfunction]
#[pyo3(signature = (target, statement, shape = None))]
fn run(
    py: Python<'_>,
    target: Target,
    statement: Given<'_>,
    shape: Option<&RowPlan>,
) -> PyResult<Operation> {
    let shape = statement.shape(py, shape)?;
    Ok(run_statement(target, "query", statement.asked(), shape, Wanted::All))
}

/// The rows of a statement, or the operation to be awaited for them; within an `await`. With
/// `otherwise` the one row, and where they are not one what that function makes of them.
#[pyfunction]
#[pyo3(signature = (target, statement, shape, otherwise = None))]
fn fetch(
    py: Python<'_>,
    target: Target,
    statement: Given<'_>,
    shape: &RowPlan,
    otherwise: Option<Py<PyAny>>,
) -> PyResult<Py<PyAny>> {
    let shape = statement.shape(py, Some(shape))?;
    let wanted = otherwise.map_or(Wanted::All, Wanted::One);
    fetch_now(py, target, "query", statement.asked(), shape, wanted)
}

/// Runs statements in one round trip: all of them, or none. It gives a list of what each gave.
///
/// Each has a shape for its rows, or `None` where they are counted.
#[pyfunction]
fn run_all(
    py: Python<'_>,
    target: Target,
    statements: Vec<(Given<'_>, Option<PyRef<'_, RowPlan>>)>,
) -> PyResult<Operation> {
    let mut batch = Vec::with_capacity(statements.len());
    for (statement, shape) in &statements {
        batch.push((statement.asked(), statement.shape(py, shape.as_deref())?));
    }
    Ok(run_statements(target, "queries", batch))
}

/// Reads the rows of a statement in portions.
#[pyfunction]
fn open(py: Python<'_>, target: Target, statement: Given<'_>, shape: &RowPlan) -> PyResult<Cursor> {
    let shape = statement.shape(py, Some(shape))?;
    Ok(Cursor::new(target, statement.asked().into_tree(), shape))
}

/// The SQL text of a statement on a database, and the values of its parameters.
#[pyfunction]
fn text<'py>(
    py: Python<'py>,
    target: Target,
    statement: Given<'_>,
) -> PyResult<(String, Vec<Bound<'py, PyAny>>)> {
    let runner = target.runner(py, &Home::Thread)?;
    let request = request(runner.executor(), &mut statement.asked().into_tree()).map_err(raise)?;
    let object = |value: &Value| {
        let decoded = Decoder::of(py, value.kind()).decode(py, &value.as_cell());
        decoded.map_err(|fault| raise(fault.named("a parameter")))
    };
    let values = request.values.iter().map(object).collect::<PyResult<_>>()?;
    Ok((request.command.sql.to_string(), values))
}

/// How a database would run a statement, in its own words or as JSON; with `analyze`, how it ran it.
#[pyfunction]
fn explain(
    target: Target,
    statement: Given<'_>,
    json: bool,
    analyze: bool,
    verbose: bool,
) -> Operation {
    let mut statement = statement.asked().into_tree();
    let format = if json { ExplainFormat::Json } else { ExplainFormat::Text };
    let options = ExplainOptions { format, analyze, verbose };
    target.operation("explain", move |runner| async move {
        let executor = runner.executor();
        let Request { command, values, .. } = request(executor, &mut statement).map_err(raise)?;
        let before = executor.dialect().explain(&options).map_err(raise)?;
        // Only a statement that is run takes locks.
        let access = if analyze { command.access } else { Access::Read };
        let command = Command::once(format!("{before}{}", command.sql), access);
        let batch = vec![Request::new(Arc::new(command), values)];
        let sink = PyRows::new(Arc::new(RowShape::AnyTuples));
        let rows = PyRows::of(executor.run(batch, sink).await.map_err(raise)?).map_err(raise)?;
        Python::attach(|py| {
            let mut texts = Vec::new();
            let json = py.import("json")?;
            for row in rows.result(py)?.bind(py).try_iter()? {
                let text = |cell: Bound<'_, PyAny>| match cell.is_instance_of::<PyList>() {
                    // The database gives JSON as what it is.
                    true => json.call_method1("dumps", (cell,))?.extract::<String>(),
                    false => Ok(cell.str()?.to_string()),
                };
                let cells = row?.try_iter()?.map(|cell| text(cell?));
                texts.push(cells.collect::<PyResult<Vec<String>>>()?);
            }
            let text = executor.dialect().explained(&options, &texts);
            Ok(PyString::new(py, &text).into_any().unbind())
        })
    })
}

fn descriptions(tables: &[PyRef<'_, Table>]) -> Vec<&'static schema::Table> {
    tables.iter().map(|table| table.inner).collect()
}

fn definitions(
    tables: &[&'static schema::Table],
    safe: bool,
    dialect: &dyn Dialect,
) -> yara_core::error::Result<Vec<String>> {
    ddl::create_tables(tables, ddl::CreateOptions { if_not_exists: safe }, dialect)
}

/// The statements that create the tables of models; `safe` leaves alone what is there.
#[pyfunction]
fn schema_sql(
    py: Python<'_>,
    target: Target,
    tables: Vec<PyRef<'_, Table>>,
    safe: bool,
) -> PyResult<Vec<String>> {
    let runner = target.runner(py, &Home::Thread)?;
    definitions(&descriptions(&tables), safe, runner.executor().dialect()).map_err(raise)
}

/// Creates the tables of models, all of them or none; or drops them.
#[pyfunction]
fn define(target: Target, tables: Vec<PyRef<'_, Table>>, how: String) -> PyResult<Operation> {
    let tables = descriptions(&tables);
    if !["safe", "new", "drop"].contains(&how.as_str()) {
        return Err(refuse(format!("tables are not defined by `{how}`")));
    }
    Ok(target.operation("define", move |runner| async move {
        let executor = runner.executor();
        let statements = match how.as_str() {
            "drop" => ddl::drop_tables(&tables, executor.dialect()),
            how => definitions(&tables, how == "safe", executor.dialect()),
        };
        let request = |sql| Request::new(Arc::new(Command::once(sql, Access::Write)), Vec::new());
        let batch: Vec<Request> = statements.map_err(raise)?.into_iter().map(request).collect();
        if !batch.is_empty() {
            let sink = PyRows::new(Arc::new(RowShape::Count));
            executor.run(batch, sink).await.map_err(raise)?;
        }
        Ok(Python::attach(|py| py.None()))
    }))
}

/// Adds the classes and functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<RowPlan>()?;
    module.add_function(wrap_pyfunction!(run, module)?)?;
    module.add_function(wrap_pyfunction!(fetch, module)?)?;
    module.add_function(wrap_pyfunction!(run_all, module)?)?;
    module.add_function(wrap_pyfunction!(open, module)?)?;
    module.add_function(wrap_pyfunction!(text, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)?;
    module.add_function(wrap_pyfunction!(schema_sql, module)?)?;
    module.add_function(wrap_pyfunction!(define, module)?)
}
