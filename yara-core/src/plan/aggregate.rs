//! Aggregates over exactly the rows that a query gives.

use super::expr::with_fields;
use super::invalid;
use super::select::{holds_aggregate, is_plain, rows_only};
use crate::error::Result;
use crate::tree::{Aggregate, Distinct, Expr, Output, Select, Source};

/// A query of one row: `columns`, made of aggregates, over the rows of `select`, its slice and
/// `distinct` included. SQL itself would slice the one row.
pub fn aggregate(select: Select, columns: Vec<Expr>) -> Result<Select> {
    let mut inner = rows_only(select);
    if is_plain(&inner) && !inner.is_sliced() {
        inner.columns = columns;
        return Ok(inner);
    }
    inner.columns = with_fields(&inner.columns);
    // What tells distinct rows or groups apart must stay as it is; other columns are not needed.
    let fixed = inner.distinct != Distinct::No || !inner.group_by.is_empty();
    if !fixed {
        inner.columns.clear();
    }
    let mut outer = Select::new(inner.table.0);
    for column in &columns {
        outer.columns.push(over(column, &mut inner, fixed)?);
    }
    outer.from = Some(Source::Query(Box::new(inner)));
    Ok(outer)
}

/// The expression over columns of the inner query, which gets those that it lacks.
fn over(expr: &Expr, inner: &mut Select, fixed: bool) -> Result<Expr> {
    let mut boxed = |expr: &Expr| over(expr, inner, fixed).map(Box::new);
    Ok(match expr {
        Expr::Aggregate(aggregate) => {
            let mut read = |expr: &Option<Expr>| {
                expr.as_ref().map(|expr| output(expr, inner, fixed)).transpose()
            };
            Expr::Aggregate(Box::new(Aggregate {
                argument: read(&aggregate.argument)?,
                filter: read(&aggregate.filter)?,
                ..(**aggregate).clone()
            }))
        }
        Expr::Binary(operator, left, right) => Expr::Binary(*operator, boxed(left)?, boxed(right)?),
        Expr::Negate(operand) => Expr::Negate(boxed(operand)?),
        Expr::Cast(operand, kind) => Expr::Cast(boxed(operand)?, *kind),
        Expr::Call(function, arguments) => {
            let arguments = arguments.iter().map(|argument| over(argument, inner, fixed));
            Expr::Call(*function, arguments.collect::<Result<_>>()?)
        }
        expr if holds_aggregate(expr) => {
            return Err(invalid(
                "an aggregate over a slice stands in an expression other than arithmetic, a cast or \
                 a function; read the aggregate and do the rest in the program",
            ));
        }
        expr => expr.clone(),
    })
}

/// The column of the inner query that is this expression.
fn output(expr: &Expr, inner: &mut Select, fixed: bool) -> Result<Expr> {
    // Expressions of one shape are the same only if there are no values to differ in.
    let same = |column: &Expr| column == expr && expr.literals().is_empty();
    let column = match inner.columns.iter().position(same) {
        Some(column) => column,
        None if fixed => {
            return Err(invalid(format!(
                "an aggregate over distinct rows or groups of {} is about what they do not hold; \
                 select it too",
                inner.table.model
            )));
        }
        None => {
            inner.columns.push(expr.clone());
            inner.columns.len() - 1
        }
    };
    Ok(Expr::Output(Output::new(column)))
}
