//! The tables there are after some migrations, or those that models ask for.

mod apply;
mod check;
mod find;
mod table;
mod undo;

use super::NamedMigration;
use crate::backend::DIALECTS;
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::schema::definition::{TableDefinition, TableName};
use crate::sql::ddl::define_all;

/// Tables, each name once, in the order in which they were created.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The tables.
    pub tables: Vec<TableDefinition>,
}

impl State {
    /// What models ask for, on all databases.
    ///
    /// Errs where a model contradicts itself, where two have one table, and where a foreign key
    /// leads to one that is not among them.
    pub fn of_models(models: &[&'static Table]) -> Result<State> {
        Ok(State { tables: define_all(models, true, &DIALECTS)? })
    }

    /// What there is after migrations, from nothing.
    ///
    /// Errs where an operation cannot be, naming it and its migration.
    pub fn after(migrations: &[NamedMigration]) -> Result<State> {
        let mut state = State::default();
        for one in migrations {
            for (at, operation) in one.migration.operations.iter().enumerate() {
                let place = |error: Error| {
                    error.context(format!("{}, operation {} ({operation})", one.name, at + 1))
                };
                state.apply(operation).map_err(place)?;
            }
        }
        Ok(state)
    }

    /// The table of a name.
    pub fn table(&self, name: &TableName) -> Option<&TableDefinition> {
        self.tables.iter().find(|table| table.name == *name)
    }
}

#[cfg(test)]
mod tests;
