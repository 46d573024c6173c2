//! The tables there are after some migrations, or those that models ask for.

mod apply;
mod check;
mod find;
mod table;
mod undo;

use crate::schema::definition::{TableDefinition, TableName};

/// Tables, each name once, in the order in which they were created.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The tables.
    pub tables: Vec<TableDefinition>,
}

impl State {
    /// The table of a name.
    pub fn table(&self, name: &TableName) -> Option<&TableDefinition> {
        self.tables.iter().find(|table| table.name == *name)
    }
}

#[cfg(test)]
mod tests;
