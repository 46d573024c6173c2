//! Locks: which tables of a query they are about, and where they cannot be.

use super::invalid;
use super::planner::Planner;
use crate::error::Result;
use crate::tree::{Distinct, Expr, Lock, Select};

impl Planner {
    /// The lock of a query with its tables. Errs where a row of the result is not a row of a table.
    pub(super) fn lock(&mut self, select: &Select, planned: &Select) -> Result<Option<Lock>> {
        let Some(lock) = &select.lock else { return Ok(None) };
        let model = select.table.model;
        if let Some(reason) = no_rows_to_lock(select, planned) {
            return Err(invalid(format!(
                "a query of {model} that locks rows {reason}, so there is no row to lock; lock the \
                 rows in a query of their own first"
            )));
        }
        let own = [Vec::new()];
        let of = if lock.of.is_empty() { own.as_slice() } else { lock.of.as_slice() };
        let mut tables = Vec::with_capacity(of.len());
        for path in of {
            let (table, nullable) = self.table_at(path)?;
            if nullable {
                return Err(invalid(format!(
                    "{model}.{} may lead to no row, and what is not there cannot be locked; lock \
                     the related rows in a query of their own",
                    path.join(".")
                )));
            }
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        Ok(Some(Lock { tables, ..lock.clone() }))
    }
}

/// Why a row of the result stands for no single row of a table.
fn no_rows_to_lock(select: &Select, planned: &Select) -> Option<&'static str> {
    if select.distinct != Distinct::No {
        return Some("is distinct");
    }
    if !planned.group_by.is_empty() || !planned.having.is_empty() {
        return Some("gives groups");
    }
    if select.from.is_some() {
        return Some("reads from another query");
    }
    let read = || planned.columns.iter().chain(planned.order_by.iter().map(|order| &order.expr));
    if read().any(Expr::holds_aggregate) {
        return Some("aggregates");
    }
    read().any(Expr::holds_window).then_some("looks at the rows around each row")
}
