//! Filters by windows, and groups made by subqueries.
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
use super::invalid;
use crate::error::Result;
use crate::tree::{Distinct, Expr, Output, Select, Source, map_exprs, map_orders};

/// The query as one that reads from another, if it filters by a window, or groups by a subquery.
pub(super) fn layered(select: &Select) -> Result<Option<Select>> {
    let by_window = select.filter.iter().any(Expr::holds_window);
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
    let (of_windows, of_rows): (Vec<Expr>, Vec<Expr>) =
        conjuncts(&select.filter).partition(Expr::holds_window);
    let ordered = select.order_by.iter().map(|order| &order.expr);
    let asked = || select.columns.iter().chain(&select.having).chain(ordered.clone());
    let grouped = !select.group_by.is_empty() || asked().any(Expr::holds_aggregate);
    let inner = Select {
        via: select.via,
        name: select.name.clone(),
        named: select.named.clone(),
        filter: of_rows,
        from: select.from.clone(),
        ..Select::new(select.table.0)
    };
    let mut layer = Layer { inner, grouped: false, groups: 0 };
    let mut outer = Select::new(select.table.0);
    outer.group_by = layer.read_all(&with_fields(&select.group_by))?;
    layer.groups = layer.inner.columns.len();
    outer.filter = layer.read_all(&of_windows)?;
    layer.grouped = grouped;
    outer.columns = layer.read_all(&with_fields(&select.columns))?;
    outer.having = layer.read_all(&select.having)?;
    outer.order_by = map_orders(&select.order_by, &mut |expr| layer.read(expr))?;
    outer.distinct = match &select.distinct {
        Distinct::On(keys) => Distinct::On(layer.read_all(keys)?),
        distinct => distinct.clone(),
    };
    outer.with = select.with.clone();
    outer.limit = select.limit.clone();
    outer.offset = select.offset.clone();
    outer.tag = select.tag.clone();
    outer.from = Some(Source::Query(Box::new(layer.inner)));
    Ok(Some(outer))
}

fn is_subquery(expr: &Expr) -> bool {
    matches!(expr, Expr::Related(_) | Expr::Exists(_) | Expr::Scalar(_) | Expr::InSelect(..))
}

/// The conditions, nested conjunctions taken apart.
fn conjuncts(filter: &[Expr]) -> impl Iterator<Item = Expr> {
    filter.iter().flat_map(|condition| match condition {
        Expr::And(items) => items.clone(),
        condition => vec![condition.clone()],
    })
}

/// A query that is to be read from.
struct Layer {
    inner: Select,
    /// Whether what is read is of groups: their windows are over the groups.
    grouped: bool,
    /// How many columns the groups are made of; they come first.
    groups: usize,
}

impl Layer {
    fn read_all(&mut self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        map_exprs(exprs, &mut |expr| self.read(expr))
    }

    /// An expression over columns of the inner query, which gets those that it lacks.
    fn read(&mut self, expr: &Expr) -> Result<Expr> {
        let is_column = match expr {
            Expr::Column(_) | Expr::Output(_) => true,
            expr if is_subquery(expr) => true,
            Expr::Window(_) => !self.grouped,
            Expr::Raw(_) => !expr.holds_aggregate(),
            Expr::Aggregate(_) => self.is_selected(expr),
            _ => false,
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
        // Expressions of one shape are the same only if there are no values to differ in.
        let same = |column: &Expr| column == expr && expr.literals().is_empty();
        let column = columns.iter().position(same).unwrap_or_else(|| {
            columns.push(expr.clone());
            columns.len() - 1
        });
        Expr::Output(Output::new(column))
    }
}
