//! Filters by windows, of rows and of groups, and groups made by subqueries.
//!
//! SQL numbers rows after it has filtered them, so a query that filters by such a number reads from
//! one that gives it: `select … from (select …, row_number() over (…) as c0 from …) where c0 <= 3`.
//! The inner query has the conditions without a window; everything that the outer one asks for
//! becomes a column of it. Windows that are selected or sorted by count the same rows as those of
//! the filter.
//!
//! Groups that are made by a question about related rows are made of a column of such an inner query
//! too: to a database two subqueries are never the same expression.

use super::expr::with_fields;
use super::group::same_values;
use super::planner::check_depth;
use super::write::keys_of;
use super::{ascending, invalid};
use crate::error::Result;
use crate::tree::{Distinct, Expr, Order, Output, Select, Source, map_exprs, map_orders};

/// The query as one that reads from another, if it filters rows or groups by a window, or groups by
/// a subquery.
pub(super) fn layered(select: &Select) -> Result<Option<Select>> {
    let of_groups = select.having.iter().any(Expr::holds_window);
    let by_window = of_groups || select.filter.iter().any(Expr::holds_window);
    if !by_window && !select.group_by.iter().any(|group| group.holds(&is_subquery)) {
        return Ok(None);
    }
    if by_window && select.lock.is_some() {
        return Err(invalid(format!(
            "a query of {} that filters by a window cannot lock rows; read the keys of the rows, \
             and lock them by these",
            select.table.model
        )));
    }
    check_depth(asked(select).chain(&select.filter).chain(&select.group_by))?;
    if of_groups { below_groups(select) } else { below_rows(select) }.map(Some)
}

/// What a query gives, sorts by and asks of groups.
fn asked(select: &Select) -> impl Iterator<Item = &Expr> {
    let ordered = select.order_by.iter().map(|order| &order.expr);
    select.columns.iter().chain(&select.having).chain(ordered)
}

/// The inner query gives rows; groups are made outside.
fn below_rows(select: &Select) -> Result<Select> {
    let (of_windows, of_rows) = parted(&select.filter);
    let inner = Select {
        via: select.via,
        name: select.name.clone(),
        named: select.named.clone(),
        filter: of_rows,
        from: select.from.clone(),
        ..Select::new(select.table.0)
    };
    let mut layer = Layer { inner, level: Level::Rows, groups: 0 };
    let groups = layer.read_all(&with_fields(&select.group_by))?;
    layer.groups = layer.inner.columns.len();
    let filter = layer.read_all(&of_windows)?;
    if !select.group_by.is_empty() || asked(select).any(Expr::holds_aggregate) {
        layer.level = Level::RowsOfGroups;
    }
    let having = layer.read_all(&select.having)?;
    let outer = match decided(select) {
        Some(order_by) => layer.outer(&Select { order_by, ..select.clone() }, filter)?,
        None => layer.outer(select, filter)?,
    };
    Ok(Select { group_by: groups, having, ..outer })
}

/// The order of a query that keeps the first of rows that are alike in something, with the key at
/// its end: so that no two rows are equal in it. Above the layer the key is one column of many.
fn decided(select: &Select) -> Option<Vec<Order>> {
    let Distinct::On(keys) = &select.distinct else { return None };
    if !select.group_by.is_empty() || select.from.is_some() {
        return None;
    }
    let mut order = select.order_by.clone();
    if order.is_empty() {
        order.extend(keys.iter().cloned().map(ascending));
    }
    let root = select.via.map_or(select.table, |via| via.table);
    order.extend(keys_of(root.0).map(ascending));
    Some(order)
}

/// The inner query gives groups.
fn below_groups(select: &Select) -> Result<Select> {
    let (of_windows, of_groups) = parted(&select.having);
    let inner = Select {
        via: select.via,
        named: select.named.clone(),
        filter: select.filter.clone(),
        group_by: select.group_by.clone(),
        having: of_groups,
        from: select.from.clone(),
        ..Select::new(select.table.0)
    };
    let mut layer = Layer { inner, level: Level::Groups, groups: 0 };
    let filter = layer.read_all(&of_windows)?;
    layer.outer(select, filter)
}

/// Conditions with a window, and those without; nested conjunctions are taken apart.
fn parted(conditions: &[Expr]) -> (Vec<Expr>, Vec<Expr>) {
    let each = conditions.iter().flat_map(|condition| match condition {
        Expr::And(items) => items.clone(),
        condition => vec![condition.clone()],
    });
    each.partition(Expr::holds_window)
}

fn is_subquery(expr: &Expr) -> bool {
    matches!(expr, Expr::Related(_) | Expr::Exists(_) | Expr::Scalar(_) | Expr::InSelect(..))
}

/// What is read of the inner query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Values of its rows.
    Rows,
    /// What makes values of groups of its rows: aggregates and windows are computed outside.
    RowsOfGroups,
    /// Values of its groups.
    Groups,
}

/// A query that is to be read from.
struct Layer {
    inner: Select,
    level: Level,
    /// How many columns the groups outside are made of; they come first.
    groups: usize,
}

impl Layer {
    /// The query that reads from this one what `select` asks for.
    fn outer(mut self, select: &Select, filter: Vec<Expr>) -> Result<Select> {
        let columns = self.read_all(&with_fields(&select.columns))?;
        let order_by = map_orders(&select.order_by, &mut |expr| self.read(expr))?;
        let distinct = match &select.distinct {
            Distinct::On(keys) => Distinct::On(self.read_all(keys)?),
            distinct => distinct.clone(),
        };
        Ok(Select {
            with: select.with.clone(),
            columns,
            filter,
            order_by,
            distinct,
            limit: select.limit.clone(),
            offset: select.offset.clone(),
            from: Some(Source::Query(Box::new(self.inner))),
            tag: select.tag.clone(),
            ..Select::new(select.table.0)
        })
    }

    fn read_all(&mut self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        map_exprs(exprs, &mut |expr| self.read(expr))
    }

    /// An expression over columns of the inner query, which gets those that it lacks.
    fn read(&mut self, expr: &Expr) -> Result<Expr> {
        let is_column = match expr {
            Expr::Column(_) | Expr::Output(_) => true,
            expr if is_subquery(expr) => true,
            Expr::Window(_) => self.level != Level::RowsOfGroups,
            Expr::Raw(_) => self.level == Level::Groups || !expr.holds_aggregate(),
            Expr::Aggregate(_) => self.level == Level::Groups || self.is_selected(expr),
            expr => self.level == Level::Groups && self.inner.group_by.contains(expr),
        };
        if is_column {
            return Ok(self.output(expr));
        }
        expr.map_operands(&mut |operand| self.read(operand))
    }

    /// Whether the query that the inner one reads from selects the expression.
    fn is_selected(&self, expr: &Expr) -> bool {
        match &self.inner.from {
            Some(Source::Query(from)) => from.columns.contains(expr),
            Some(Source::Compound(from)) => from.first.columns.contains(expr),
            Some(Source::Table(_) | Source::Common(_)) | None => false,
        }
    }

    fn output(&mut self, expr: &Expr) -> Expr {
        let columns = &mut self.inner.columns;
        if columns[..self.groups].contains(expr) && !expr.literals().is_empty() {
            // The planner finds the group of this shape, and makes sure that the values are equal.
            return expr.clone();
        }
        let same = |column: &Expr| column == expr && same_values(column, expr);
        let column = match columns.iter().position(same) {
            // As above: values that are equal here may differ in the next tree of this shape.
            Some(_) if !expr.literals().is_empty() => return expr.clone(),
            Some(column) => column,
            None => {
                columns.push(expr.clone());
                columns.len() - 1
            }
        };
        Expr::Output(Output::new(column))
    }
}
