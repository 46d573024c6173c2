//! What SQLite cannot read of rows while it writes them.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Table, TableRef};
use crate::tree::{Alias, Expr};

/// SQLite computes what is returned of a row right after that row is written, and with it the rows
/// that went because they referred to it. Queries in it would see some of the changes, where other
/// databases show the tables as they were before the statement. Nor does it know there what an
/// update reads from (source: SQLite documentation, "RETURNING", limitations).
pub(super) fn check(
    table: &'static Table,
    from: Option<Alias>,
    deletes: bool,
    exprs: &[Expr],
) -> Result<()> {
    let changes = |read: TableRef| read == TableRef(table) || deletes && refers(read, table);
    for expr in exprs {
        if from.is_some_and(|from| expr.has_output_of(from)) {
            return Err(unsupported(table, "what the query joins to them"));
        }
        if expr.reads(&changes) {
            return Err(unsupported(table, "what is read of other rows that it changes"));
        }
    }
    Ok(())
}

/// Whether rows of the table have a foreign key to the other one.
fn refers(read: TableRef, table: &'static Table) -> bool {
    let to_table = |target: crate::schema::Target| {
        target.table().is_ok_and(|target| TableRef(target) == TableRef(table))
    };
    read.0.relations.iter().any(|relation| relation.is_owning() && to_table(relation.target))
}

fn unsupported(table: &Table, what: &str) -> Error {
    let model = table.model;
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "a statement that writes rows of {model} cannot return {what} on SQLite; return \
             columns of {model}, and read the rest by a query of its own in the same transaction"
        ),
    )
}
