//! `distinct` together with an order.

use super::group::{is_column, same_as};
use super::invalid;
use super::planner::Planner;
use crate::error::Result;
use crate::tree::{Distinct, Expr, Select};

impl Planner {
    pub(super) fn distinct(&mut self, distinct: &Distinct) -> Result<Distinct> {
        Ok(match distinct {
            Distinct::No => Distinct::No,
            Distinct::Rows => Distinct::Rows,
            Distinct::On(keys) => Distinct::On(self.exprs(keys)?),
        })
    }

    /// Drops a `distinct` that cannot drop a row, and makes sure that the order of another one is
    /// an order of what is selected: PostgreSQL refuses any other, SQLite makes one up.
    pub(super) fn settle_distinct(&mut self, planned: &mut Select) -> Result<()> {
        if planned.distinct != Distinct::Rows {
            return Ok(());
        }
        if self.rows_differ(planned) {
            planned.distinct = Distinct::No;
            return Ok(());
        }
        let Select { columns, order_by, table, .. } = planned;
        for order in order_by {
            let Some(column) = same_as(&order.expr, columns.iter(), |column| column) else {
                return Err(invalid(format!(
                    "a distinct query of {} is ordered by what it does not select, so equal rows \
                     could stand in several places; select it too, or drop `distinct`",
                    table.model
                )));
            };
            let ordered = std::mem::replace(&mut order.expr, column.clone());
            self.unite(column, &ordered);
        }
        Ok(())
    }

    /// Whether no two rows are alike, because each holds the primary key: joins to one row never
    /// repeat it.
    fn rows_differ(&self, planned: &Select) -> bool {
        let Some(scope) = self.scopes.last() else { return false };
        scope.via.is_none()
            && !scope.is_joined()
            && scope.outputs.is_none()
            && planned.group_by.is_empty()
            && scope.table.key_fields().all(|key| {
                let holds = |column: &Expr| is_column(column, scope.alias, key.name);
                planned.columns.iter().any(holds)
            })
    }
}
