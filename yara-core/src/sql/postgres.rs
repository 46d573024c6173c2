//! PostgreSQL's SQL.

use super::{BulkInsert, Capabilities, Dialect};
use crate::error::Result;
use crate::transaction::{Isolation, TransactionOptions};

/// PostgreSQL's SQL.
#[derive(Debug, Clone, Copy)]
pub struct Postgres;

impl Dialect for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &Capabilities {
            bulk_insert: BulkInsert::Unnest,
            alter_add_constraint: true,
            literal_limit: false,
        }
    }

    fn begin(&self, options: &TransactionOptions) -> Result<String> {
        let mut sql = String::from("BEGIN");
        if let Some(isolation) = options.isolation {
            sql.push_str(" ISOLATION LEVEL ");
            sql.push_str(match isolation {
                Isolation::ReadCommitted => "READ COMMITTED",
                Isolation::RepeatableRead => "REPEATABLE READ",
                Isolation::Serializable => "SERIALIZABLE",
            });
        }
        if options.read_only {
            sql.push_str(" READ ONLY");
        }
        if options.deferrable {
            sql.push_str(" DEFERRABLE");
        }
        Ok(sql)
    }
}
