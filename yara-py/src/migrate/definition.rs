//! What a database holds of a table, as Python is told of it.

use super::table_name;
use crate::query::{configuration, raise};
use crate::schema::{Table, on_delete};
use pyo3::prelude::*;
use yara_core::backend::DIALECTS;
use yara_core::schema::OnDelete;
use yara_core::schema::definition::{
    self, CheckDefinition, ForeignKeyDefinition, KeyDefinition, Sql, TableDefinition,
    UniqueDefinition,
};
use yara_core::sql::ddl;

/// Columns, table, columns there, and what happens when the row there is deleted.
pub(super) type ForeignKey = (Vec<String>, String, Vec<String>, String);

/// What a database holds of a table.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Definition {
    pub(super) inner: TableDefinition,
}

/// An index.
#[pyclass(frozen, module = "yara_orm._engine")]
#[derive(Clone)]
pub(crate) struct IndexDefinition {
    pub(super) inner: definition::IndexDefinition,
}

/// What databases hold of a described table, with what the description does not say.
#[pyfunction]
#[pyo3(signature = (
    table, *, primary_key = None, foreign_keys = Vec::new(), uniques = Vec::new(),
    checks = Vec::new(), indexes = Vec::new()
))]
pub(super) fn table_definition(
    table: &Table,
    primary_key: Option<Vec<String>>,
    foreign_keys: Vec<ForeignKey>,
    uniques: Vec<(Option<String>, Vec<String>)>,
    checks: Vec<(String, String)>,
    indexes: Vec<PyRef<'_, IndexDefinition>>,
) -> PyResult<Definition> {
    let mut inner = ddl::define(table.inner, &DIALECTS).map_err(raise)?;
    if let Some(columns) = primary_key {
        inner.primary_key = columns;
    }
    for key in foreign_keys {
        inner.foreign_keys.push(foreign_key(key)?);
    }
    let unique = |(name, columns)| UniqueDefinition { name, columns };
    inner.uniques.extend(uniques.into_iter().map(unique));
    inner.checks.extend(checks.into_iter().map(check));
    inner.indexes.extend(indexes.iter().map(|index| index.inner.clone()));
    Ok(Definition { inner })
}

pub(super) fn foreign_key(
    (columns, table, to, action): ForeignKey,
) -> PyResult<ForeignKeyDefinition> {
    Ok(ForeignKeyDefinition {
        columns,
        table: table_name(&table)?,
        to,
        on_delete: on_delete(Some(&action))?,
        on_update: OnDelete::NoAction,
    })
}

pub(super) fn check((name, condition): (String, String)) -> CheckDefinition {
    CheckDefinition { name, condition: Sql::Same(condition) }
}

fn action(of: OnDelete) -> &'static str {
    match of {
        OnDelete::NoAction => "NO ACTION",
        OnDelete::Restrict => "RESTRICT",
        OnDelete::Cascade => "CASCADE",
        OnDelete::SetNull => "SET NULL",
        OnDelete::SetDefault => "SET DEFAULT",
    }
}

#[pymethods]
impl IndexDefinition {
    #[new]
    #[pyo3(signature = (
        name, columns, condition = None, unique = false, using = None, include = None,
        opclass = None
    ))]
    fn new(
        name: String,
        columns: Vec<String>,
        condition: Option<String>,
        unique: bool,
        using: Option<String>,
        include: Option<Vec<String>>,
        opclass: Option<String>,
    ) -> IndexDefinition {
        let key =
            |column| KeyDefinition { class: opclass.clone(), ..KeyDefinition::column(column) };
        let inner = definition::IndexDefinition {
            name: Some(name),
            unique,
            keys: columns.into_iter().map(key).collect(),
            method: using.map(|method| method.to_ascii_lowercase()),
            include: include.unwrap_or_default(),
            condition: condition.map(Sql::Same),
        };
        IndexDefinition { inner }
    }

    /// Its name, if it was given one.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.inner.name.as_deref()
    }

    /// The columns among its parts.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.inner.columns().map(str::to_owned).collect()
    }

    /// The same under another name.
    fn renamed(&self, name: String) -> IndexDefinition {
        let mut inner = self.inner.clone();
        inner.name = Some(name);
        IndexDefinition { inner }
    }
}

#[pymethods]
impl Definition {
    /// The columns, in order.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.inner.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// The columns of the primary key.
    #[getter]
    fn primary_key(&self) -> Vec<String> {
        self.inner.primary_key.clone()
    }

    /// Names and columns of what is unique.
    #[getter]
    fn uniques(&self) -> Vec<(Option<String>, Vec<String>)> {
        let parts = |unique: &UniqueDefinition| (unique.name.clone(), unique.columns.clone());
        self.inner.uniques.iter().map(parts).collect()
    }

    /// The foreign keys.
    #[getter]
    fn foreign_keys(&self) -> Vec<ForeignKey> {
        let parts = |key: &ForeignKeyDefinition| {
            let action = action(key.on_delete).to_owned();
            (key.columns.clone(), key.table.to_string(), key.to.clone(), action)
        };
        self.inner.foreign_keys.iter().map(parts).collect()
    }

    /// The indexes.
    #[getter]
    fn indexes(&self) -> Vec<IndexDefinition> {
        let index = |inner: &definition::IndexDefinition| IndexDefinition { inner: inner.clone() };
        self.inner.indexes.iter().map(index).collect()
    }

    /// Names and texts of the conditions that every database has the same text of.
    #[getter]
    fn checks(&self) -> Vec<(String, String)> {
        let parts = |check: &CheckDefinition| match &check.condition {
            Sql::Same(text) => Some((check.name.clone(), text.clone())),
            Sql::Each(_) => None,
        };
        self.inner.checks.iter().filter_map(parts).collect()
    }

    /// Whether a column is the same here and there.
    fn has_same_column(&self, other: &Definition, name: &str) -> bool {
        self.inner.column(name) == other.inner.column(name)
    }

    fn __repr__(&self) -> String {
        format!("<definition of {}>", self.inner.name)
    }
}

impl Definition {
    /// The column of a name.
    pub(super) fn column(&self, name: &str) -> PyResult<definition::ColumnDefinition> {
        let found = self.inner.column(name).cloned();
        found.ok_or_else(|| configuration(format!("{} has no column `{name}`", self.inner.name)))
    }
}
