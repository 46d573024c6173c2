//! Groups: what a grouped query may read, and that a database sees it.

use super::expr::with_fields;
use super::invalid;
use super::planner::Planner;
use super::scope::Scope;
use crate::error::Result;
use crate::tree::{Alias, BinaryOperator, Case, ColumnRef, Expr, Output, Select, for_each_operand};
use crate::value::Type;

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
            // Of another value, and yet the same in each group.
            Some(group) if !same_values(&group, &planned) && is_fixed(&planned, scope) => planned,
            Some(group) => {
                self.unite(&group, &planned);
                group
            }
            None => match planned {
                Expr::Not(condition)
                    if scope.settled.iter().any(|(_, planned)| *planned == *condition) =>
                {
                    complement_of_group(condition)
                }
                planned => planned,
            },
        }
    }

    /// What was planned of an expression before, where it has to be the same again.
    pub(super) fn settled(&mut self, expr: &Expr) -> Option<Expr> {
        let scope = self.scopes.last().filter(|scope| scope.is_about_groups())?;
        let (spelled, planned) =
            same_as(expr, scope.settled.iter(), |(spelled, _)| spelled)?.clone();
        if !same_values(&spelled, expr) {
            return None;
        }
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
    /// would take any of them, PostgreSQL none. What the groups fix through a relation, such as the
    /// name of an author by whose key they are made, PostgreSQL has to be told.
    pub(super) fn settle_groups(&self, planned: &mut Select, sliced: bool) -> Result<()> {
        let Some(scope) = self.scopes.last() else { return Ok(()) };
        if !scope.aggregates && planned.group_by.is_empty() {
            return Ok(());
        }
        check_groups(&planned.group_by, scope)?;
        if planned.group_by.is_empty() {
            // The order of one row is dropped, and so is what it names.
            planned.order_by.clear();
            if sliced {
                return Err(invalid(format!(
                    "aggregates over all rows of {} are one row, of which a limit or an offset \
                     leaves nothing to choose; aggregate a slice by `.aggregate(…)`",
                    scope.table.model
                )));
            }
        }
        let mut fixed = Vec::new();
        for expr in asked(planned) {
            loose_columns(expr, &planned.group_by, scope, &mut |column| {
                if !fixed.contains(column) {
                    fixed.push(column.clone());
                }
            });
        }
        for column in fixed {
            let Some(more) = fixed_by(&column, &planned.group_by, scope) else {
                return Err(loose(&column, scope));
            };
            planned.group_by.extend(more);
        }
        Ok(())
    }
}

/// Whether an expression has one value in each group whatever its literals are.
fn is_fixed(expr: &Expr, scope: &Scope) -> bool {
    let groups: Vec<Expr> = scope.settled.iter().map(|(_, planned)| planned.clone()).collect();
    let mut fixed = true;
    for_each_operand(expr, &mut |operand| {
        loose_columns(operand, &groups, scope, &mut |_| fixed = false);
    });
    fixed
}

/// The complement of a condition that makes groups. Written as one condition, as in `x is not null`
/// for the complement of `x is null`, the group would not be seen in it.
fn complement_of_group(condition: Box<Expr>) -> Expr {
    use BinaryOperator::Equal;
    match *condition {
        Expr::Not(_) | Expr::IsNull(..) | Expr::Same(..) | Expr::Binary(Equal, ..) => {
            let (truth, falsehood) = (Expr::And(Vec::new()), Expr::Or(Vec::new()));
            let whens = vec![(*condition, falsehood)];
            Expr::Case(Box::new(Case { whens, otherwise: Some(truth) }))
        }
        _ => Expr::Not(condition),
    }
}

/// What a query asks of each group.
fn asked(planned: &Select) -> impl Iterator<Item = &Expr> {
    let ordered = planned.order_by.iter().map(|order| &order.expr);
    planned.columns.iter().chain(&planned.having).chain(ordered)
}

fn check_groups(groups: &[Expr], scope: &Scope) -> Result<()> {
    match groups.iter().any(|group| group.kind() == Some(Type::Json)) {
        true => Err(invalid(format!(
            "rows of {} are grouped by a JSON document, and documents are not told apart; group by \
             a text made of it",
            scope.table.model
        ))),
        false => Ok(()),
    }
}

/// The error for a column that has several values in a group.
fn loose(column: &Expr, scope: &Scope) -> crate::error::Error {
    let (name, table) = match column {
        Expr::Slot(slot) => {
            (Some(slot.field.name.to_owned()), slot.alias.and_then(|alias| scope.table_of(alias)))
        }
        Expr::Output(output) => {
            (output.alias.map(|alias| scope.output_name(alias, output.column)), None)
        }
        _ => (None, None),
    };
    let name = name.map_or("an expression".to_owned(), |name| format!("`{name}`"));
    invalid(format!(
        "{name} of {} is neither grouped by nor inside an aggregate, so it has no single value \
         here; add it to `group_by`, or aggregate it",
        table.unwrap_or(scope.table).model
    ))
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
    Some(alike.find(|known| same_values(spelled(known), expr)).unwrap_or(first))
}

/// Whether the literals of two expressions of one shape have the same values.
pub(super) fn same_values(one: &Expr, two: &Expr) -> bool {
    let (one, two) = (one.literals(), two.literals());
    one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.value == two.value)
}

/// Calls `visit` with columns of the query itself that are neither aggregated nor fixed by the
/// groups in a way that every database sees.
fn loose_columns(expr: &Expr, groups: &[Expr], scope: &Scope, visit: &mut dyn FnMut(&Expr)) {
    if groups.contains(expr) || matches!(expr, Expr::Aggregate(_)) {
        return;
    }
    match expr {
        Expr::Slot(slot) => {
            let own = slot.alias.filter(|alias| scope.has(*alias));
            if own.is_some_and(|alias| !key_is_grouped(alias, groups, scope)) {
                visit(expr);
            }
        }
        Expr::Output(output) if output.alias.is_some_and(|alias| scope.has(alias)) => visit(expr),
        expr => {
            for_each_operand(expr, &mut |operand| loose_columns(operand, groups, scope, visit));
        }
    }
}

/// Groups to add for a column that has one value in each group already: a row is the only one of
/// its key, and so is the row that it leads to.
fn fixed_by(column: &Expr, groups: &[Expr], scope: &Scope) -> Option<Vec<Expr>> {
    let slot = match column {
        Expr::Slot(slot) => slot,
        // To a database, columns of a query have nothing to do with each other.
        Expr::Output(output) => {
            return is_fixed_output(output, groups, scope).then(|| vec![column.clone()]);
        }
        _ => return None,
    };
    let alias = slot.alias?;
    if groups.contains(column) || key_is_grouped(alias, groups, scope) {
        return Some(Vec::new());
    }
    let joined = scope.joins.iter().find(|joined| joined.join.alias == alias)?;
    joined.relation?;
    let pairs = match &joined.join.on {
        Expr::And(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut more = Vec::new();
    for pair in pairs {
        let Expr::Binary(_, far, near) = pair else { return None };
        more.extend(fixed_by(near, groups, scope)?);
        more.push((**far).clone());
    }
    let (known, table) = ([groups, &more].concat(), scope.table_of(alias)?);
    let whole =
        table.key_fields().all(|key| known.iter().any(|group| is_column(group, alias, key.name)));
    if !whole {
        more.push(column.clone());
    }
    Some(more)
}

/// Whether a column of the query that is read from has one value in each group, because the groups
/// hold the key of a row on its way.
fn is_fixed_output(output: &Output, groups: &[Expr], scope: &Scope) -> bool {
    let Some(outputs) = &scope.outputs else { return false };
    let spelled = |output: &Output| match outputs.get(output.column).map(|known| &known.expr) {
        Some(Expr::Column(column)) => Some(column),
        _ => None,
    };
    let Some(column) = spelled(output) else { return false };
    let grouped: Vec<&ColumnRef> = groups
        .iter()
        .filter_map(|group| match group {
            Expr::Output(group) if group.alias == output.alias => spelled(group),
            _ => None,
        })
        .collect();
    let mut table = column.table.0;
    (0..=column.path.len()).any(|steps| {
        if let Some(step) = steps.checked_sub(1).and_then(|at| column.path.get(at)) {
            match table.relation(step).and_then(|relation| relation.target.table()) {
                Ok(target) => table = target,
                Err(_) => return false,
            }
        }
        table.key_fields().all(|key| {
            grouped.iter().any(|group| {
                group.table == column.table
                    && group.origin == column.origin
                    && group.path == column.path[..steps]
                    && group.field == key.name
            })
        })
    })
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
