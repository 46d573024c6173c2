//! The text of a migration: TOML, written by the program and read by people, or the other way
//! round.
//!
//! ```toml
//! [[operation]]
//! add_column = { table = "book", name = "views", type = "i64", default = "0" }
//!
//! [[operation]]
//! drop_table = "magazine"
//! ```
//!
//! Each operation has one key, its name. What is as it is by default is left out. The same
//! migration is written as the same bytes.

mod kind;
mod layout;
mod node;
mod read;
mod read_table;
mod source;
mod write;
mod write_table;

use super::Operation;
use crate::error::Result;

/// A migration: what one file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// What it is for.
    pub note: Option<String>,
    /// Whether all of it happens, or nothing: in one transaction. It cannot, where an index is
    /// built while rows are written.
    pub atomic: bool,
    /// What changes, in order.
    pub operations: Vec<Operation>,
}

/// A migration, and what it is called: the name of its file without the ending, the number first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedMigration {
    /// Its name, such as `0002_slugs`.
    pub name: String,
    /// What it does.
    pub migration: Migration,
}

impl Migration {
    /// A migration that happens as a whole.
    pub fn new(operations: Vec<Operation>) -> Migration {
        Migration { note: None, atomic: true, operations }
    }

    /// Reads the text of a file. `name` says in errors which one it is.
    ///
    /// # Errors
    ///
    /// With [`Configuration`](crate::error::ErrorKind::Configuration) where the text is not TOML or
    /// not a migration; the message names file, line and column.
    pub fn parse(name: &str, text: &str) -> Result<Migration> {
        read::migration(&source::Source { name, text })
    }

    /// The text of a file that says this.
    pub fn to_toml(&self) -> String {
        layout::document(&write::migration(self))
    }
}

#[cfg(test)]
mod tests;
