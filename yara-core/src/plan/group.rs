//! Groups: what a grouped query may read, and that a database sees it.

use super::expr::with_fields;
use super::invalid;
use super::planner::Planner;
use super::scope::Scope;
use crate::error::Result;
use crate::tree::{Alias, Expr, Select, Slot, for_each_operand};
use crate::value::Value;

impl Planner {
    /// An expression, or the group of its shape.
    ///
    /// `select views / $1 … group by views / $2` means nothing to PostgreSQL, so both become
    /// `views / $1`; that the values are equal is checked when they are bound.
    pub(super) fn as_group(&mut self, planned: Expr) -> Expr {
        let Some(scope) = self.scopes.last().filter(|scope| scope.is_about_groups()) else {
            return planned;
        };
        match same_as(&planned, scope.groups.iter(), |group| group).cloned() {
            Some(group) => {
                self.unite(&group, &planned);
                group
            }
            None => planned,
        }
    }

    /// What was planned of an expression before, where it has to be the same again.
    pub(super) fn settled(&mut self, expr: &Expr) -> Option<Expr> {
        let scope = self.scopes.last().filter(|scope| scope.is_about_groups())?;
        let (spelled, planned) =
            same_as(expr, scope.settled.iter(), |(spelled, _)| spelled)?.clone();
        self.unite(&spelled, expr);
        Some(planned)
    }

    /// Keeps what was planned of expressions for [`Planner::settled`].
    pub(super) fn settle(&mut self, spelled: &[Expr], planned: &[Expr]) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.settled.extend(with_fields(spelled).into_iter().zip(planned.iter().cloned()));
        }
    }

    /// Notes that the literals of two expressions of one shape have to be equal.
    pub(super) fn unite(&mut self, kept: &Expr, replaced: &Expr) {
        let pairs = kept.literals().into_iter().zip(replaced.literals());
        self.same.extend(
            pairs.map(|(kept, replaced)| (kept.slot, replaced.slot)).filter(|(a, b)| a != b),
        );
    }

    /// Errs if a query of groups reads a column that differs between the rows of a group: SQLite
    /// would take any of them, PostgreSQL none.
    pub(super) fn check_grouped(&self, planned: &Select) -> Result<()> {
        let Some(scope) = self.scopes.last() else { return Ok(()) };
        if !scope.aggregates && planned.group_by.is_empty() {
            return Ok(());
        }
        let ordered = planned.order_by.iter().map(|order| &order.expr);
        // The order of one row is dropped, and so is what it names.
        let ordered = ordered.filter(|_| !planned.group_by.is_empty());
        for expr in planned.columns.iter().chain(&planned.having).chain(ordered) {
            if let Some(slot) = loose_column(expr, &planned.group_by, scope) {
                let name = slot.field.name;
                return Err(invalid(format!(
                    "`{name}` of {} is neither grouped by nor inside an aggregate, so it has no \
                     single value here; add it to `group_by`, or aggregate it",
                    slot.alias.and_then(|alias| scope.table_of(alias)).unwrap_or(scope.table).model
                )));
            }
        }
        Ok(())
    }
}

/// Of several expressions the one of the same shape; where there are several of them, the one that
/// has the same values too.
pub(super) fn same_as<'k, K>(
    expr: &Expr,
    known: impl Iterator<Item = &'k K>,
    spelled: fn(&K) -> &Expr,
) -> Option<&'k K> {
    let mut alike = known.filter(|known| spelled(known) == expr).peekable();
    let first = *alike.peek()?;
    let values = |expr: &Expr| -> Vec<Value> {
        expr.literals().into_iter().map(|literal| literal.value.clone()).collect()
    };
    let wanted = values(expr);
    Some(alike.find(|known| values(spelled(known)) == wanted).unwrap_or(first))
}

/// A column of the query itself that is neither aggregated nor fixed by the groups.
fn loose_column<'e>(expr: &'e Expr, groups: &[Expr], scope: &Scope) -> Option<&'e Slot> {
    if groups.contains(expr) || matches!(expr, Expr::Aggregate(_)) {
        return None;
    }
    if let Expr::Slot(slot) = expr {
        let alias = slot.alias.filter(|alias| scope.has(*alias))?;
        return (!key_is_grouped(alias, groups, scope)).then_some(slot);
    }
    let mut loose = None;
    for_each_operand(expr, &mut |operand| {
        loose = loose.or_else(|| loose_column(operand, groups, scope));
    });
    loose
}

/// Whether a group holds one row of the table, because it is grouped by its primary key.
fn key_is_grouped(alias: Alias, groups: &[Expr], scope: &Scope) -> bool {
    scope.table_of(alias).is_some_and(|table| {
        table.key_fields().all(|key| groups.iter().any(|group| is_column(group, alias, key.name)))
    })
}

/// Whether an expression is this very column.
pub(super) fn is_column(expr: &Expr, alias: Alias, name: &str) -> bool {
    matches!(expr, Expr::Slot(slot) if slot.alias == Some(alias) && slot.field.name == name)
}
