//! `distinct` together with an order.

use super::group::{is_column, same_as, same_values};
use super::planner::Planner;
use super::{ascending, invalid};
use crate::error::Result;
use crate::tree::{Distinct, Expr, Select, Slot};

impl Planner {
    pub(super) fn distinct(&mut self, distinct: &Distinct) -> Result<Distinct> {
        Ok(match distinct {
            Distinct::No => Distinct::No,
            Distinct::Rows => Distinct::Rows,
            Distinct::On(keys) => {
                let planned = self.exprs(keys)?;
                self.settle(keys, &planned);
                let mut once: Vec<Expr> = Vec::with_capacity(planned.len());
                for key in planned {
                    match same_as(&key, once.iter(), |known| known).cloned() {
                        Some(known) if same_values(&known, &key) => self.unite(&known, &key),
                        _ => once.push(key),
                    }
                }
                Distinct::On(once)
            }
        })
    }

    /// Drops a `distinct` that cannot drop a row, and makes sure that the order of another one is
    /// an order of what is selected: PostgreSQL refuses any other, SQLite makes one up.
    pub(super) fn settle_distinct(&mut self, planned: &mut Select) -> Result<()> {
        match planned.distinct {
            Distinct::No => return Ok(()),
            Distinct::On(_) => return self.settle_distinct_on(planned),
            Distinct::Rows => {}
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

    /// Makes sure that the order of a query that keeps one of the rows alike in something begins
    /// with that, as PostgreSQL wants it, and that it leaves no two rows equal, so that both
    /// databases keep the same one.
    fn settle_distinct_on(&mut self, planned: &mut Select) -> Result<()> {
        let Select { distinct: Distinct::On(keys), order_by, table, .. } = planned else {
            return Ok(());
        };
        if order_by.is_empty() {
            order_by.extend(keys.iter().cloned().map(ascending));
        }
        let numbered: Vec<(usize, Expr)> = keys.iter().cloned().enumerate().collect();
        let mut seen = vec![false; keys.len()];
        for order in order_by.iter_mut() {
            if seen.iter().all(|seen| *seen) {
                break;
            }
            let Some((at, key)) = same_as(&order.expr, numbered.iter(), |(_, key)| key) else {
                break;
            };
            seen[*at] = true;
            let ordered = std::mem::replace(&mut order.expr, key.clone());
            self.unite(key, &ordered);
        }
        if keys.is_empty() || !seen.iter().all(|seen| *seen) {
            return Err(invalid(format!(
                "a query of {} keeps the first of rows that are alike in {}, so its order has to \
                 begin with that; what follows in the order says which row is the first",
                table.model,
                match keys.len() {
                    0 => "nothing".to_owned(),
                    1 => "one expression".to_owned(),
                    count => format!("{count} expressions"),
                }
            )));
        }
        let Some(scope) = self.scopes.last() else { return Ok(()) };
        if planned.group_by.is_empty() && scope.outputs.is_none() {
            for field in scope.root().key_fields() {
                let alias = Some(scope.alias);
                let key = Expr::Slot(Slot { alias, field, nullable: field.nullable });
                if !planned.order_by.iter().any(|order| order.expr == key) {
                    planned.order_by.push(ascending(key));
                }
            }
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
