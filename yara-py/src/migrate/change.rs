//! One change, made by Python.

use super::definition::{self, Definition, ForeignKey, IndexDefinition};
use super::table_name;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use yara_core::backend::DIALECTS;
use yara_core::migrate::Operation;
use yara_core::schema::definition::{Sql, UniqueDefinition};
use yara_core::sql::ddl;

/// A change of tables, or of their rows.
#[pyclass(frozen, eq, module = "yara_orm._engine")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(super) operation: Operation,
}

fn change(operation: Operation) -> PyResult<Change> {
    Ok(Change { operation })
}

#[pymethods]
impl Change {
    #[staticmethod]
    fn create_table(table: &Definition) -> PyResult<Change> {
        change(Operation::CreateTable(table.inner.clone()))
    }

    #[staticmethod]
    fn drop_table(table: &str) -> PyResult<Change> {
        change(Operation::DropTable(table_name(table)?))
    }

    #[staticmethod]
    fn rename_table(old: &str, new: &str) -> PyResult<Change> {
        change(Operation::RenameTable { from: table_name(old)?, to: table_name(new)? })
    }

    /// The column of this name of a definition.
    #[staticmethod]
    fn add_column(table: &str, made: &Definition, column: &str) -> PyResult<Change> {
        let (table, column) = (table_name(table)?, made.column(column)?);
        change(Operation::AddColumn { table, column, fill: None })
    }

    #[staticmethod]
    fn drop_column(table: &str, column: String) -> PyResult<Change> {
        change(Operation::DropColumn { table: table_name(table)?, column })
    }

    #[staticmethod]
    fn rename_column(table: &str, old: String, new: String) -> PyResult<Change> {
        change(Operation::RenameColumn { table: table_name(table)?, from: old, to: new })
    }

    /// The column of this name becomes that of a definition.
    #[staticmethod]
    fn alter_column(table: &str, made: &Definition, column: &str) -> PyResult<Change> {
        let (table, column) = (table_name(table)?, made.column(column)?);
        change(Operation::AlterColumn { table, column, fill: None })
    }

    #[staticmethod]
    fn set_primary_key(table: &str, columns: Vec<String>) -> PyResult<Change> {
        change(Operation::SetPrimaryKey { table: table_name(table)?, columns })
    }

    #[staticmethod]
    fn add_unique(table: &str, name: Option<String>, columns: Vec<String>) -> PyResult<Change> {
        let unique = UniqueDefinition { name, columns };
        change(Operation::AddUnique { table: table_name(table)?, unique })
    }

    #[staticmethod]
    fn drop_unique(table: &str, name: Option<String>, columns: Vec<String>) -> PyResult<Change> {
        let unique = UniqueDefinition { name, columns };
        change(Operation::DropUnique { table: table_name(table)?, unique })
    }

    #[staticmethod]
    fn add_check(table: &str, name: String, condition: String) -> PyResult<Change> {
        let check = definition::check((name, condition));
        change(Operation::AddCheck { table: table_name(table)?, check })
    }

    #[staticmethod]
    fn drop_check(table: &str, name: String) -> PyResult<Change> {
        change(Operation::DropCheck { table: table_name(table)?, name })
    }

    #[staticmethod]
    fn add_foreign_key(table: &str, key: ForeignKey) -> PyResult<Change> {
        let foreign_key = definition::foreign_key(key)?;
        change(Operation::AddForeignKey { table: table_name(table)?, foreign_key })
    }

    #[staticmethod]
    fn drop_foreign_key(table: &str, columns: Vec<String>) -> PyResult<Change> {
        change(Operation::DropForeignKey { table: table_name(table)?, columns })
    }

    #[staticmethod]
    fn add_index(table: &str, index: &IndexDefinition, concurrently: bool) -> PyResult<Change> {
        let (table, index) = (table_name(table)?, index.inner.clone());
        change(Operation::AddIndex { table, index, concurrently })
    }

    #[staticmethod]
    fn drop_index(table: &str, index: &IndexDefinition, concurrently: bool) -> PyResult<Change> {
        let (table, index) = (table_name(table)?, index.inner.clone());
        change(Operation::DropIndex { table, index, concurrently })
    }

    /// Statements of the user's own, and those that undo them.
    #[staticmethod]
    fn sql(up: String, down: Option<String>) -> PyResult<Change> {
        change(Operation::Sql { up: Sql::Same(up), down: down.map(Sql::Same) })
    }

    /// An extension, on databases that have such a thing.
    #[staticmethod]
    fn extension(name: &str) -> PyResult<Change> {
        let mut up = BTreeMap::new();
        for dialect in DIALECTS {
            let text = ddl::create_extension(name, dialect);
            up.insert(dialect.name().to_ascii_lowercase(), text.unwrap_or_default());
        }
        change(Operation::Sql { up: Sql::Each(up), down: Some(Sql::Same(String::new())) })
    }

    /// Code of the program, by its name.
    #[staticmethod]
    fn step(name: String) -> PyResult<Change> {
        change(Operation::Step { name })
    }

    /// What it does, as files call it.
    #[getter]
    fn name(&self) -> &'static str {
        self.operation.name()
    }

    fn __str__(&self) -> String {
        self.operation.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<change: {}>", self.operation)
    }
}

impl Change {
    /// What an operation is to Python.
    pub(super) fn of(operation: Operation) -> Change {
        Change { operation }
    }
}

/// The changes of operations.
pub(super) fn changes(operations: Vec<Operation>) -> Vec<Change> {
    operations.into_iter().map(Change::of).collect()
}
