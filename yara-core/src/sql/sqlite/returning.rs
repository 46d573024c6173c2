//! What SQLite cannot read of rows while it writes them.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{OnDelete, RelationKind, Table, TableRef};
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
    if let Some(relation) = changes_itself(table).filter(|_| deletes && !exprs.is_empty()) {
        let model = table.model;
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "a statement that deletes rows of {model} cannot return them on SQLite, because by \
                 `{relation}` they go or change with each other before their turn comes; read \
                 them by a query of its own in the same transaction"
            ),
        ));
    }
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

/// The foreign key by which rows of the table are deleted or changed where others of them are
/// deleted, perhaps by way of other tables, as far as models tell of each other.
fn changes_itself(table: &'static Table) -> Option<&'static str> {
    let mut deleted = vec![table];
    let mut at = 0;
    while let Some(gone) = deleted.get(at).copied() {
        at += 1;
        let near = gone.relations.iter().filter_map(|relation| match &relation.kind {
            RelationKind::Reverse { inverse, .. } => {
                let other = relation.target.table().ok()?;
                Some((other, other.relation(inverse).ok()?))
            }
            RelationKind::ToOne { .. } => Some((gone, relation)),
            RelationKind::Through { .. } => None,
        });
        for (owner, key) in near.filter(|(_, key)| key.is_owning() && key.db_constraint) {
            if !key.target.table().is_ok_and(|target| std::ptr::eq(target, gone)) {
                continue;
            }
            match key.on_delete {
                OnDelete::NoAction | OnDelete::Restrict => {}
                _ if std::ptr::eq(owner, table) => return Some(key.name),
                OnDelete::Cascade if !deleted.iter().any(|known| std::ptr::eq(*known, owner)) => {
                    deleted.push(owner);
                }
                _ => {}
            }
        }
    }
    None
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
