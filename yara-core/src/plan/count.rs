//! How many rows a query gives, and whether it gives any.

use super::related::aggregate;
use super::select::{count_of, holds_aggregate, is_plain, rows_only};
use crate::tree::{AggregateFunction, Distinct, Literal, Select, Statement};
use crate::value::Value;

/// `select count(*)` of the rows that a query gives, its slice and `distinct` included.
pub fn count(select: Select) -> Statement {
    let mut select = rows_only(select);
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

/// A query that gives a row if and only if `select` does, and stops at the first.
pub fn exists(select: Select) -> Statement {
    let mut select = rows_only(select);
    if !select.columns.iter().any(holds_aggregate) && select.distinct == Distinct::No {
        select.columns.clear();
    }
    if select.limit.is_none() {
        select.limit = Some(Literal::new(Value::I64(1)));
    }
    Statement::Select(select)
}
