//! The tables there are after some migrations, or those that models ask for.

use crate::schema::definition::TableDefinition;

/// Tables, each name once, in the order in which they were created.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The tables.
    pub tables: Vec<TableDefinition>,
}
