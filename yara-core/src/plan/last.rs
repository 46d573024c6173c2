//! The last row of a query.

use super::expr::with_fields;
use super::select::over;
use super::{ascending, invalid};
use crate::error::Result;
use crate::tree::{Distinct, Expr, Literal, Nulls, Order, Output, Select};
use crate::value::Value;

/// The last row that a query gives, its slice and `distinct` included: the first in the opposite
/// order. Errs where there is no order to reverse.
pub fn last(mut select: Select) -> Result<Select> {
    if let (Distinct::On(keys), true) = (&select.distinct, select.order_by.is_empty()) {
        select.order_by = keys.iter().cloned().map(ascending).collect();
    }
    if select.order_by.is_empty() {
        return Err(invalid(format!(
            "the query of {} has no order, so there is no last row; add `order_by`",
            select.table.model
        )));
    }
    let mut last = match (select.is_sliced(), &select.distinct) {
        (false, Distinct::No | Distinct::Rows) => {
            select.order_by = reversed(&select.order_by);
            select
        }
        // The rows are chosen in the order as it is.
        _ => opposite(select)?,
    };
    last.limit = Some(Literal::new(Value::I64(1)));
    Ok(last)
}

/// The orders the other way round, NULL included.
pub(super) fn reversed(orders: &[Order]) -> Vec<Order> {
    let reverse = |order: &Order| Order {
        expr: order.expr.clone(),
        descending: !order.descending,
        nulls: match order.nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
            Nulls::Greatest => Nulls::Greatest,
        },
    };
    orders.iter().map(reverse).collect()
}

/// The rows of a query in the opposite order.
fn opposite(mut inner: Select) -> Result<Select> {
    inner.columns = with_fields(&inner.columns);
    let width = inner.columns.len();
    let mut order_by = Vec::with_capacity(inner.order_by.len());
    for Order { expr, descending, nulls } in reversed(&inner.order_by) {
        let known =
            inner.columns.iter().position(|column| *column == expr && expr.literals().is_empty());
        let column = match known {
            Some(column) => column,
            None if inner.distinct == Distinct::Rows => {
                return Err(invalid(format!(
                    "a distinct slice of {} is ordered by what it does not select; select it too",
                    inner.table.model
                )));
            }
            None => {
                inner.columns.push(expr);
                inner.columns.len() - 1
            }
        };
        order_by.push(Order { expr: Expr::Output(Output::new(column)), descending, nulls });
    }
    let mut outer = over(inner);
    outer.columns = (0..width).map(|column| Expr::Output(Output::new(column))).collect();
    outer.order_by = order_by;
    Ok(outer)
}
