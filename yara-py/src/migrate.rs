//! Migrations, for Python: the engine's operations and tables, which Python makes of classes and of
//! files of its own, and the engine's runner, which hands out the steps that are Python's.

mod adopt;
mod change;
mod definition;
mod files;
mod run;
mod state;

use crate::query::raise;
use pyo3::prelude::*;
use yara_core::schema::definition::TableName;

/// Adds the classes and functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<change::Change>()?;
    module.add_class::<definition::Definition>()?;
    module.add_class::<definition::IndexDefinition>()?;
    module.add_class::<state::State>()?;
    module.add_class::<files::Migration>()?;
    module.add_class::<run::Migrations>()?;
    module.add_class::<run::MigrationRun>()?;
    module.add_class::<run::MigrationStep>()?;
    module.add_function(wrap_pyfunction!(files::migration_files, module)?)?;
    module.add_function(wrap_pyfunction!(definition::table_definition, module)?)
}

/// A table as text names it: `book`, or `shop.book`.
fn table_name(text: &str) -> PyResult<TableName> {
    text.parse().map_err(raise)
}
