//! SQLite's SQL.

use super::{BulkInsert, Capabilities, Dialect};
use crate::error::Result;
use crate::transaction::TransactionOptions;

/// SQLite's SQL.
#[derive(Debug, Clone, Copy)]
pub struct Sqlite;

impl Dialect for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &Capabilities {
            bulk_insert: BulkInsert::Repeat,
            alter_add_constraint: false,
            literal_limit: true,
        }
    }

    /// Every isolation level is met: SQLite's transactions are serializable. One that may write
    /// takes the lock at once, because a reader that becomes a writer can fail halfway
    /// (source: SQLite documentation, "Transactions", 2.2).
    fn begin(&self, options: &TransactionOptions) -> Result<String> {
        Ok(if options.read_only { "BEGIN" } else { "BEGIN IMMEDIATE" }.into())
    }
}
