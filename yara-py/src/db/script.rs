//! The calls that an engine and a transaction have in common.

use super::cursor::Cursor;
use super::sql::{statement, values};
use super::statement::{Asked, Wanted, fetch, run_statement, run_statements};
use super::{Runner, Target};
use crate::bridge::operation::Operation;
use crate::errors::raise;
use crate::rows::{PyRows, RowShape, Shape};
use pyo3::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;
use yara_core::backend::Request;
use yara_core::executor::request;
use yara_core::tree::Statement;
use yara_core::value::Value;

type Parameters<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// A statement whose rows become what `shape` says.
pub(super) fn run(
    target: Target,
    name: &'static str,
    sql: &str,
    parameters: Parameters<'_, '_>,
    shape: impl Into<Arc<RowShape>>,
) -> PyResult<Operation> {
    let statement = statement(sql, values(parameters)?)?;
    Ok(run_statement(target, name, Asked::of(statement), shape.into(), Wanted::All))
}

/// A statement that gives how many rows it wrote, or read, and the rows as dicts.
pub(super) fn run_counted(
    target: Target,
    sql: &str,
    parameters: Parameters<'_, '_>,
) -> PyResult<Operation> {
    let statement = statement(sql, values(parameters)?)?;
    Ok(target.operation("execute_query", move |runner| async move {
        let shape = Arc::new(RowShape::AnyDicts(HashMap::new()));
        let rows = fetch(&runner, statement, shape).await.map_err(raise)?;
        Python::attach(|py| rows.counted(py))
    }))
}

/// A statement of a batch: a shape, SQL text, and parameters.
pub(super) type Part<'py> = (Bound<'py, Shape>, String, Option<Bound<'py, PyAny>>);

/// Several statements in one round trip.
pub(super) fn run_parts(target: Target, parts: Vec<Part<'_>>) -> PyResult<Operation> {
    let mut statements = Vec::with_capacity(parts.len());
    for (shape, sql, parameters) in parts {
        let values = values(parameters.as_ref())?;
        statements.push((Asked::of(statement(&sql, values)?), shape.get().inner()));
    }
    Ok(run_statements(target, "fetch_batch", statements))
}

/// The same statement for many rows of values, in one round trip, as a whole or not at all.
pub(super) fn run_many(target: Target, sql: &str, rows: &Bound<'_, PyAny>) -> PyResult<Operation> {
    let mut statements = Vec::new();
    for row in rows.try_iter()? {
        statements.push(statement(sql, values(Some(&row?))?)?);
    }
    Ok(target.operation("execute_many", move |runner| async move {
        if statements.is_empty() {
            return Python::attach(|py| PyRows::new(Arc::new(RowShape::Count)).result(py));
        }
        let rows = run_batch(&runner, statements).await.map_err(raise)?;
        Python::attach(|py| rows.result(py))
    }))
}

async fn run_batch(
    runner: &Runner,
    statements: Vec<Statement>,
) -> yara_core::error::Result<PyRows> {
    let executor = runner.executor();
    let mut batch: Vec<Request> = Vec::new();
    for mut statement in statements {
        let next = request(executor, &mut statement)?;
        match batch.last_mut() {
            Some(last) if is_same(last, &next) => {
                last.values.extend(next.values);
                last.repeat += 1;
            }
            _ => batch.push(next),
        }
    }
    let batch = batch.into_iter().map(|request| runner.tag(request)).collect::<Result<_, _>>()?;
    PyRows::of(executor.run(batch, PyRows::new(Arc::new(RowShape::Count))).await?)
}

/// Whether a request is one more run of another one: the same text, and values of the same kinds.
fn is_same(one: &Request, next: &Request) -> bool {
    let kinds = |values: &[Value]| values.iter().map(Value::kind).collect::<Vec<_>>();
    Arc::ptr_eq(&one.command, &next.command)
        && next.repeat == 1
        && kinds(&one.values[..next.values.len()]) == kinds(&next.values)
}

/// Several statements in one text, without parameters.
pub(super) fn run_script(target: Target, sql: String) -> Operation {
    target.operation("execute_script", move |runner| async move {
        runner.executor().execute(&runner.tagged(sql).map_err(raise)?).await.map_err(raise)?;
        Ok(Python::attach(|py| py.None()))
    })
}

/// Rows in portions.
pub(super) fn stream(
    target: Target,
    sql: &str,
    parameters: Parameters<'_, '_>,
    shape: RowShape,
) -> PyResult<Cursor> {
    let statement = statement(sql, values(parameters)?)?;
    Ok(Cursor::new(target, statement, Arc::new(shape)))
}

/// Defines the calls that an engine and a transaction have in common, on a class that gives its
/// `target()`. `#[pymethods]` takes no generics.
macro_rules! statement_methods {
    ($class:ty) => {
        #[pymethods]
        impl $class {
            /// Runs a statement and gives the number of rows that it wrote, or read. Parameters
            /// stand for `$1`, `$2`, …, or for each `?` in turn; they are always bound.
            #[pyo3(signature = (sql, params = None))]
            fn execute(
                &self,
                sql: &str,
                params: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<$crate::bridge::operation::Operation> {
                let shape = $crate::rows::RowShape::Count;
                $crate::db::script::run(self.target(), "execute", sql, params, shape)
            }

            /// All rows, as tuples.
            #[pyo3(signature = (sql, params = None))]
            fn fetch_rows(
                &self,
                sql: &str,
                params: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<$crate::bridge::operation::Operation> {
                let shape = $crate::rows::RowShape::AnyTuples;
                $crate::db::script::run(self.target(), "fetch_rows", sql, params, shape)
            }

            /// All rows, as dicts by the names of their columns; those that a table has hold
            /// values of its fields.
            #[pyo3(signature = (sql, params = None, table = None))]
            fn fetch_dicts(
                &self,
                py: Python<'_>,
                sql: &str,
                params: Option<&Bound<'_, PyAny>>,
                table: Option<&$crate::schema::Table>,
            ) -> PyResult<$crate::bridge::operation::Operation> {
                let known = table.map(|table| table.decoders(py)).unwrap_or_default();
                let shape = $crate::rows::RowShape::AnyDicts(known);
                $crate::db::script::run(self.target(), "fetch_dicts", sql, params, shape)
            }

            /// How many rows a statement wrote, or read, and those that it gave, as dicts.
            #[pyo3(signature = (sql, params = None))]
            fn execute_query(
                &self,
                sql: &str,
                params: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<$crate::bridge::operation::Operation> {
                $crate::db::script::run_counted(self.target(), sql, params)
            }

            /// All rows, as a `Shape` says.
            #[pyo3(signature = (shape, sql, params = None))]
            fn fetch_as(
                &self,
                shape: &$crate::rows::Shape,
                sql: &str,
                params: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<$crate::bridge::operation::Operation> {
                $crate::db::script::run(self.target(), "fetch_as", sql, params, shape.inner())
            }

            /// Runs several statements, each a tuple of a `Shape`, SQL text and parameters or
            /// `None`, in one round trip, as a whole or not at all. It gives a list of what each
            /// of them gave.
            fn fetch_batch(
                &self,
                statements: Vec<$crate::db::script::Part<'_>>,
            ) -> PyResult<$crate::bridge::operation::Operation> {
                $crate::db::script::run_parts(self.target(), statements)
            }

            /// Runs a statement once for each row of values, in one round trip, as a whole or not
            /// at all, and gives the number of rows that were written.
            fn execute_many(
                &self,
                sql: &str,
                rows: &Bound<'_, PyAny>,
            ) -> PyResult<$crate::bridge::operation::Operation> {
                $crate::db::script::run_many(self.target(), sql, rows)
            }

            /// Runs several statements that stand in one text, without parameters.
            fn execute_script(&self, sql: String) -> $crate::bridge::operation::Operation {
                $crate::db::script::run_script(self.target(), sql)
            }

            /// Reads rows in portions, as tuples: memory holds one portion.
            #[pyo3(signature = (sql, params = None))]
            fn stream(
                &self,
                sql: &str,
                params: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<$crate::db::cursor::Cursor> {
                let shape = $crate::rows::RowShape::AnyTuples;
                $crate::db::script::stream(self.target(), sql, params, shape)
            }

            /// Reads rows in portions, as dicts.
            #[pyo3(signature = (sql, params = None))]
            fn stream_dicts(
                &self,
                sql: &str,
                params: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<$crate::db::cursor::Cursor> {
                let shape = $crate::rows::RowShape::AnyDicts(Default::default());
                $crate::db::script::stream(self.target(), sql, params, shape)
            }
        }
    };
}
pub(super) use statement_methods;
