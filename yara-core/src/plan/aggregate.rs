//! Aggregates over exactly the rows that a query gives.

use super::expr::with_fields;
use super::invalid;
use super::planner::check_depth;
use super::select::{is_plain, over, rows_only};
use crate::error::Result;
use crate::tree::{Aggregate, Distinct, Expr, Output, Select, map_orders};

/// A query of one row: `columns`, made of aggregates, over the rows of `select`, its slice and
/// `distinct` included. SQL itself would slice the one row.
pub fn aggregate(select: Select, columns: Vec<Expr>) -> Result<Select> {
    check_depth(columns.iter())?;
    let mut inner = rows_only(select);
    if let Some(column) = columns.iter().find(|column| !column.holds_aggregate()) {
        return Err(not_aggregated(column, &inner));
    }
    let of_windows = |column: &Expr| {
        column.holds(&|expr| matches!(expr, Expr::Aggregate(_)) && expr.holds_window())
    };
    if is_plain(&inner) && !inner.is_sliced() && !columns.iter().any(of_windows) {
        inner.columns = columns;
        return Ok(inner);
    }
    inner.columns = with_fields(&inner.columns);
    // What tells distinct rows or groups apart must stay as it is; other columns are not needed.
    let fixed = inner.distinct == Distinct::Rows || !inner.group_by.is_empty() || inner.is_total();
    if !fixed {
        inner.columns.clear();
    }
    let columns = columns.iter().map(|column| read_over(column, &mut inner, fixed));
    let columns = columns.collect::<Result<_>>()?;
    Ok(Select { columns, ..over(inner) })
}

/// The error for what is not a value of all rows together.
fn not_aggregated(expr: &Expr, select: &Select) -> crate::error::Error {
    let what = match expr {
        Expr::Column(column) => format!("`{}`", column.field),
        _ => "an expression".to_owned(),
    };
    invalid(format!(
        "{what} of {} has no single value for all rows of a query; aggregate it",
        select.table.model
    ))
}

/// The expression over columns of the inner query, which gets those that it lacks.
fn read_over(expr: &Expr, inner: &mut Select, fixed: bool) -> Result<Expr> {
    match expr {
        Expr::Aggregate(aggregate) => {
            let mut read = |expr: &Expr| output(expr, inner, fixed);
            let mut maybe = |expr: &Option<Expr>| expr.as_ref().map(&mut read).transpose();
            Ok(Expr::Aggregate(Box::new(Aggregate {
                argument: maybe(&aggregate.argument)?,
                separator: maybe(&aggregate.separator)?,
                filter: maybe(&aggregate.filter)?,
                order: map_orders(&aggregate.order, &mut read)?,
                ..(**aggregate).clone()
            })))
        }
        Expr::Column(_)
        | Expr::Fields(..)
        | Expr::Related(_)
        | Expr::Exists(_)
        | Expr::Scalar(_)
        | Expr::InSelect(..) => Err(not_aggregated(expr, inner)),
        expr => expr.map_operands(&mut |operand| read_over(operand, inner, fixed)),
    }
}

/// The column of the inner query that is this expression.
fn output(expr: &Expr, inner: &mut Select, fixed: bool) -> Result<Expr> {
    if matches!(expr, Expr::Literal(_)) {
        return Ok(expr.clone());
    }
    // Expressions of one shape are the same only if there are no values to differ in.
    let same = |column: &Expr| column == expr && expr.literals().is_empty();
    let column = match inner.columns.iter().position(same) {
        Some(column) => column,
        // The planner finds the column of this shape, and makes sure that the values are equal.
        None if fixed && inner.columns.contains(expr) => return Ok(expr.clone()),
        None if fixed => {
            // What is made of columns that are there can be made of them outside.
            let operands = expr.map_operands(&mut |operand| output(operand, inner, fixed))?;
            if operands != *expr {
                return Ok(operands);
            }
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
