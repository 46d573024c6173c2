//! A migration: what one file says.

use super::change::{Change, changes};
use crate::query::raise;
use pyo3::prelude::*;
use std::path::PathBuf;
use yara_core::migrate::{self, Folder, NamedMigration, Operation};

/// The files of a folder, in order. Errs where their numbers are no sequence.
#[pyfunction]
pub(super) fn migration_files(folder: PathBuf) -> PyResult<Vec<PathBuf>> {
    let files = Folder::new(folder).list().map_err(raise)?;
    Ok(files.into_iter().map(|file| file.path).collect())
}

/// A migration, and what it is called.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Migration {
    pub(super) inner: NamedMigration,
}

#[pymethods]
impl Migration {
    #[new]
    #[pyo3(signature = (name, changes, atomic = true, note = None))]
    fn new(
        name: String,
        changes: Vec<PyRef<'_, Change>>,
        atomic: bool,
        note: Option<String>,
    ) -> Migration {
        let operations = changes.iter().map(|change| change.operation.clone()).collect();
        let migration = migrate::Migration { note, atomic, operations };
        Migration { inner: NamedMigration { name, migration } }
    }

    /// Reads the text of a file. Errs where it is none; the error names `file`, and the place.
    #[staticmethod]
    fn parse(name: String, file: &str, text: &str) -> PyResult<Migration> {
        let migration = migrate::Migration::parse(file, text).map_err(raise)?;
        Ok(Migration { inner: NamedMigration { name, migration } })
    }

    /// What it is called: its file without the ending.
    #[getter]
    fn name(&self) -> &str {
        &self.inner.name
    }

    /// What changes, in order.
    #[getter]
    fn changes(&self) -> Vec<Change> {
        changes(self.inner.migration.operations.clone())
    }

    /// The names of the steps that are code of the program.
    #[getter]
    fn steps(&self) -> Vec<String> {
        let step = |operation: &Operation| match operation {
            Operation::Step { name } => Some(name.clone()),
            _ => None,
        };
        self.inner.migration.operations.iter().filter_map(step).collect()
    }

    /// Writes a file in a folder that says this, below a comment; over none that is there. Gives
    /// its path.
    fn write(&self, folder: PathBuf, heading: &str) -> PyResult<PathBuf> {
        Folder::new(folder).write(&self.inner, heading).map_err(raise)
    }

    /// What the comment of a file says that was made after others.
    fn heading(&self, before: Vec<PyRef<'_, Migration>>) -> String {
        let before: Vec<NamedMigration> = before.iter().map(|one| one.inner.clone()).collect();
        migrate::heading(&before, &self.inner)
    }
}
