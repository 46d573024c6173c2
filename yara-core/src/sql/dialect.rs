//! What differs between databases, as data and a few methods.

use crate::error::Result;
use crate::transaction::TransactionOptions;

/// How many rows reach the database in one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkInsert {
    /// One array parameter for each column: `insert … select … from unnest($1, $2)`.
    Unnest,
    /// One prepared insert of a row, run once for each row within one request.
    Repeat,
}

/// What a database can do. Code asks here, never for a database by name.
#[derive(Debug, Clone, Copy)]
pub struct Capabilities {
    /// How many rows are inserted at once.
    pub bulk_insert: BulkInsert,
    /// Whether a foreign key can be added to a table that exists (`alter table … add constraint`).
    pub alter_add_constraint: bool,
    /// Whether `limit` must be written as a number: SQLite prepares a statement anew for each run
    /// in which it is bound.
    pub literal_limit: bool,
}

/// A database's SQL.
pub trait Dialect: Send + Sync + 'static {
    /// The name of the database, for messages: `PostgreSQL`.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// The statement that begins a transaction. Errs where an option is not to be had.
    fn begin(&self, options: &TransactionOptions) -> Result<String>;
}
