//! In which order a query gives its rows where it names none, and which row is the first.

use super::ascending;
use super::combine::is_whole;
use super::keyset::{has_keys, tie_break};
use crate::schema::Table;
use crate::tree::{ColumnRef, Distinct, Expr, Literal, Order, Select};
use crate::value::Value;

/// In the order that the model says its rows have, unless the query has one.
pub fn in_own_order(select: &mut Select) {
    if reads_model(select) {
        order_unless_distinct(select, own_order(select.table.0));
    }
}

/// Whether [`in_own_order`] changes nothing, because there is an order, or the model says none.
pub fn is_in_own_order(select: &Select) -> bool {
    !select.order_by.is_empty() || select.table.0.ordering.is_empty()
}

/// In an order that has a last row: that of the query, of the model, or of the primary key.
pub fn in_some_order(select: &mut Select) {
    let table = select.table.0;
    order_unless_distinct(select, own_order(table));
    order_unless_distinct(select, key_order(table));
}

/// In an order in which every row has a place of its own, as far as rows have keys: that of the
/// query, or of the model, and of the primary key. A slice is in the order that chose it.
pub fn in_page_order(select: &mut Select) {
    in_own_order(select);
    if has_keys(select) && !select.is_sliced() {
        tie_break(select);
    }
}

/// The first row alone, in the order of the query; without one, of the smallest key.
pub fn first_only(select: &mut Select) {
    if select.order_by.is_empty() {
        // Groups have no key, but what they are made by tells them apart.
        select.order_by = select.group_by.iter().cloned().map(ascending).collect();
    }
    in_own_order(select);
    if select.table.0.ordering.is_empty() || !reads_model(select) {
        let order = first_order(select.table.0, select);
        order_unless_distinct(select, order);
    }
    narrow(select, 1);
}

/// No more than so many rows, in addition to the limit that is there.
pub fn narrow(select: &mut Select, rows: i64) {
    if select.is_total() {
        // It is one row, and a limit beside aggregates is refused.
        return;
    }
    let limit = match select.limit.as_ref().map(|limit| &limit.value) {
        Some(Value::I64(limit)) => rows.min(*limit),
        _ => rows,
    };
    select.limit = Some(Literal::new(Value::I64(limit)));
}

/// The query as a part of another one, in which the order of all rows means nothing.
pub fn part(mut select: Select) -> Select {
    if select.is_sliced() || matches!(select.distinct, Distinct::On(_)) {
        in_own_order(&mut select);
    } else {
        select.order_by.clear();
    }
    select
}

/// The order that a model says its rows have.
pub fn own_order(table: &'static Table) -> Vec<Order> {
    let order = |(at, descending): &(usize, bool)| field_order(table, *at, *descending);
    table.ordering.iter().map(order).collect()
}

/// Sorts a query that names no order. Where equal rows are one row, by what is selected only: they
/// have no single place in any other order.
fn order_unless_distinct(select: &mut Select, order: Vec<Order>) {
    let selected = |order: &Order| {
        let whole = |column: &Expr| matches!(column, Expr::Fields(..));
        select.columns.iter().any(|column| whole(column) || *column == order.expr)
    };
    if order.is_empty() || !select.order_by.is_empty() {
        return;
    }
    let fits = match &select.distinct {
        // The rows of groups are no rows of the model.
        _ if !select.group_by.is_empty() || select.is_total() => false,
        Distinct::No => true,
        Distinct::Rows => order.iter().all(selected),
        // The planner sorts by what makes rows alike.
        Distinct::On(_) => false,
    };
    if fits {
        select.order_by = order;
    }
}

/// Whether the columns of the model can be read: what a query gives has only what it selects.
fn reads_model(select: &Select) -> bool {
    select.from.is_none() || is_whole(select)
}

fn key_order(table: &'static Table) -> Vec<Order> {
    table.primary_key.iter().map(|at| field_order(table, *at, false)).collect()
}

/// The order that makes a row the first: that of the key, or of what another query gives.
fn first_order(table: &'static Table, select: &Select) -> Vec<Order> {
    if reads_model(select) {
        return key_order(table);
    }
    select.columns.iter().cloned().map(ascending).collect()
}

fn field_order(table: &'static Table, at: usize, descending: bool) -> Order {
    let column = ColumnRef::own(table, table.fields[at].name);
    Order { descending, ..ascending(Expr::Column(column)) }
}
