//! Filters by windows.
//!
//! SQL numbers rows after it has filtered them, so a query that filters by such a number reads from
//! one that gives it: `select … from (select …, row_number() over (…) as c0 from …) where c0 <= 3`.
//! The inner query has the conditions without a window; everything that the outer one asks for
//! becomes a column of it. Windows that are selected or sorted by count the same rows as those of
//! the filter.

use super::expr::with_fields;
use super::invalid;
use crate::error::Result;
use crate::tree::{Distinct, Expr, Output, Select, Source, map_exprs, map_orders};

/// The query as one that reads from another, if it filters by a window.
pub(super) fn layered(select: &Select) -> Result<Option<Select>> {
    if !select.filter.iter().any(Expr::holds_window) {
        return Ok(None);
    }
    if select.lock.is_some() {
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
    let mut layer = Layer { inner, grouped: false };
    let mut outer = Select::new(select.table.0);
    outer.filter = layer.read_all(&of_windows)?;
    layer.grouped = grouped;
    outer.columns = layer.read_all(&with_fields(&select.columns))?;
    outer.group_by = layer.read_all(&with_fields(&select.group_by))?;
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
}

impl Layer {
    fn read_all(&mut self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        map_exprs(exprs, &mut |expr| self.read(expr))
    }

    /// An expression over columns of the inner query, which gets those that it lacks.
    fn read(&mut self, expr: &Expr) -> Result<Expr> {
        let is_column = match expr {
            Expr::Column(_)
            | Expr::Output(_)
            | Expr::Related(_)
            | Expr::Exists(_)
            | Expr::Scalar(_)
            | Expr::InSelect(..) => true,
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
        // Expressions of one shape are the same only if there are no values to differ in.
        let same = |column: &Expr| column == expr && expr.literals().is_empty();
        let column = columns.iter().position(same).unwrap_or_else(|| {
            columns.push(expr.clone());
            columns.len() - 1
        });
        Expr::Output(Output::new(column))
    }
}
