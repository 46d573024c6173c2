//! Statements that write many rows, and tell what became of each.

use super::{Conflict, Statement, positions};
use crate::db::statement::Asked;
use crate::query::literal::literal_of;
use crate::query::select::{OutputColumn, column_of};
use crate::query::{Node, raise, refuse};
use crate::schema::Table;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use yara_core::schema::TableRef;
use yara_core::tree::{self, Expr, Insert, InsertSource, Literal, UpdateEach};
use yara_core::typed::declare::{check_upsert, check_value, touch};
use yara_core::value::{Array, Type, Value};

#[pymethods]
impl Statement {
    /// Inserts rows that all give these fields. Where `first`, the number of the first of them, is
    /// given, each row that comes back has two more cells: its number, and whether it is new. With
    /// `load` the database's way for many rows is taken, if it has one.
    #[staticmethod]
    #[pyo3(signature = (table, fields, rows, conflict, returning, first = None, load = false))]
    fn insert_many(
        table: &Table,
        fields: Vec<String>,
        rows: Vec<Bound<'_, PyTuple>>,
        conflict: &Conflict,
        returning: Vec<PyRef<'_, Node>>,
        first: Option<i64>,
        load: bool,
    ) -> PyResult<Statement> {
        let fields = positions(table, &fields)?;
        let columns = lists(table, &fields, &rows, first.unwrap_or(0))?;
        let insert = Insert::new(table.inner, fields, InsertSource::Columns(columns));
        let mut cells: Vec<OutputColumn> = returning.iter().map(|node| column_of(node)).collect();
        if first.is_some() {
            cells.extend([plain(Type::I64), plain(Type::Bool)]);
        }
        Ok(Statement {
            asked: Asked::of(tree::Statement::Insert(Insert {
                conflict: conflict.inner.clone(),
                returning: returning.iter().map(|node| node.node.clone()).collect(),
                told: first.map(|first| numbers(first, rows.len())),
                load,
                ..insert
            })),
            columns: cells.into(),
        })
    }

    /// Sets fields of rows that are told by their key, each to values of its own, and what every
    /// update sets. A row gives its key, then its values. The number of each row that was there
    /// comes back, behind these fields of it.
    #[staticmethod]
    fn update_each(
        table: &Table,
        key: Vec<String>,
        fields: Vec<String>,
        rows: Vec<Bound<'_, PyTuple>>,
        returning: Vec<PyRef<'_, Node>>,
    ) -> PyResult<Statement> {
        let key = positions(table, &key)?;
        let fields = positions(table, &fields)?;
        if fields.is_empty() {
            return Err(refuse(format!("an update of {} sets nothing", table.inner.model)));
        }
        let all: Vec<usize> = key.iter().chain(&fields).copied().collect();
        let mut columns = lists(table, &all, &rows, 0)?;
        let each = columns.split_off(key.len());
        // What is there for the fields keeps `touch` from setting them once more.
        let mut set: Vec<(usize, Expr)> =
            fields.iter().map(|at| (*at, Expr::And(Vec::new()))).collect();
        touch(table.inner, &mut set).map_err(raise)?;
        let mut cells: Vec<OutputColumn> = returning.iter().map(|node| column_of(node)).collect();
        cells.push(plain(Type::I64));
        Ok(Statement {
            asked: Asked::of(tree::Statement::UpdateEach(UpdateEach {
                table: TableRef(table.inner),
                key: key.into_iter().zip(columns).collect(),
                set: set.split_off(fields.len()),
                each: fields.into_iter().zip(each).collect(),
                returning: returning.iter().map(|node| node.node.clone()).collect(),
                told: numbers(0, rows.len()),
            })),
            columns: cells.into(),
        })
    }
}

/// Refuses inserts whose conflict the database could not tell, or of which two rows would be the
/// same one.
#[pyfunction]
fn check_conflict(
    table: &Table,
    conflict: &Conflict,
    statements: Vec<PyRef<'_, Statement>>,
) -> PyResult<()> {
    let Some(conflict) = &conflict.inner else { return Ok(()) };
    let inserts: Vec<tree::Statement> = match conflict {
        tree::Conflict::Update { .. } => {
            statements.iter().map(|each| each.asked.tree().into_owned()).collect()
        }
        tree::Conflict::Ignore { .. } => Vec::new(),
    };
    check_upsert(table.inner, conflict, &inserts).map_err(raise)
}

/// The values of rows by field; errors name a row by its number, counted from `first`.
fn lists(
    table: &Table,
    fields: &[usize],
    rows: &[Bound<'_, PyTuple>],
    first: i64,
) -> PyResult<Vec<Literal>> {
    let mut columns: Vec<Vec<Value>> =
        fields.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for (number, row) in (first..).zip(rows) {
        for ((at, column), value) in fields.iter().zip(&mut columns).zip(row.iter()) {
            let value =
                field_value(table, *at, &value).map_err(|error| in_row(row.py(), number, error))?;
            column.push(value);
        }
    }
    let kinds = fields.iter().map(|at| table.inner.fields[*at].kind);
    Ok(kinds.zip(columns).map(|(kind, items)| list(kind, items)).collect())
}

/// Values of one kind as one.
fn list(kind: Type, items: Vec<Value>) -> Literal {
    Literal::new(Value::Array(Box::new(Array::new(kind.list(), items))))
}

/// The numbers of so many rows.
fn numbers(first: i64, rows: usize) -> Literal {
    list(Type::I64, (first..).take(rows).map(Value::I64).collect())
}

/// A column that is no field's.
fn plain(kind: Type) -> OutputColumn {
    OutputColumn { kind: Some(kind), codec: None }
}

/// A value that fits a field.
fn field_value(table: &Table, at: usize, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let kind = table.inner.fields[at].kind;
    let value = literal_of(value, kind, table.codec(at).map(AsRef::as_ref))?;
    let literal = Expr::literal(value);
    check_value(table.inner, at, &literal).map_err(raise)?;
    match literal {
        Expr::Literal(literal) => Ok(literal.value),
        _ => Ok(Value::Null(kind)),
    }
}

/// An error about a row of many, with its number before it.
fn in_row(py: Python<'_>, number: i64, error: PyErr) -> PyErr {
    let message = format!("row {number}: {}", error.value(py));
    match error.get_type(py).call1((message,)) {
        Ok(named) => PyErr::from_value(named),
        Err(_) => error,
    }
}

/// Adds the function to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(check_conflict, module)?)
}
