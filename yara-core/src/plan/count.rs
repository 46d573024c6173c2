//! How many rows a query gives, and whether it gives any.

use super::related::aggregate;
use super::select::{count_of, is_plain, rows_only};
use crate::tree::{AggregateFunction, BinaryOperator, Distinct, Expr, Literal, Select, Statement};
use crate::value::Value;

/// The number of rows that a query gives, its slice and `distinct` included: one row of one 64-bit
/// integer.
pub fn count(select: &Select) -> Statement {
    let mut select = rows_only(select.clone());
    let plain = is_plain(&select);
    if plain {
        select.columns.clear();
    }
    if plain && !select.is_sliced() {
        select.columns.push(aggregate(AggregateFunction::Count, None));
        return Statement::Select(select);
    }
    Statement::Select(count_of(select))
}

/// Whether a query gives a row: one row of one boolean. It stops at the first row.
pub fn exists(select: &Select) -> Statement {
    let mut inner = without_columns(select.clone());
    if inner.limit.is_none() && !inner.is_total() {
        inner.limit = Some(Literal::new(Value::I64(1)));
    }
    let mut outer = count_of(inner);
    let none = Expr::literal(Value::I64(0));
    outer.columns =
        vec![aggregate(AggregateFunction::Count, None).binary(BinaryOperator::Greater, none)];
    Statement::Select(outer)
}

/// A query of which only matters whether it gives rows.
pub fn without_columns(select: Select) -> Select {
    let mut select = rows_only(select);
    if !select.columns.iter().any(Expr::holds_aggregate) && select.distinct == Distinct::No {
        select.columns.clear();
    }
    select
}
