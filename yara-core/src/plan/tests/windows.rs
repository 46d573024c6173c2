//! Filters by windows, and groups by subqueries: queries of queries.

use super::models::{aggregate, book, col, compare, int};
use super::{assert_both, query};
use crate::plan::count;
use crate::tree::{
    AggregateFunction, BinaryOperator, Delete, Expr, Nulls, Order, Select, Statement, Window,
    WindowFunction,
};

fn place(order: Expr) -> Expr {
    Expr::Window(Box::new(Window {
        function: WindowFunction::RowNumber,
        partition: vec![col(book(), "author.id")],
        order: vec![Order { expr: order, descending: true, nulls: Nulls::Greatest }],
        frame: None,
    }))
}

fn best(columns: &[&'static str]) -> Select {
    let first = compare(place(col(book(), "views")), BinaryOperator::LessOrEqual, int(1));
    query(book(), columns).filtered(first)
}

const NUMBERED: &str = "row_number() OVER (PARTITION BY \"t0\".\"author_id\" \
                        ORDER BY \"t0\".\"views\" DESC) AS \"c0\"";

#[test]
fn a_filter_by_a_window_reads_from_a_query() {
    let hot = compare(col(book(), "views"), BinaryOperator::Greater, int(5));
    assert_both(
        best(&["title", "author.name"]).filtered(hot).ordered("title", false),
        &format!(
            "SELECT \"t2\".\"c1\", \"t2\".\"c2\" FROM (SELECT {NUMBERED}, \"t0\".\"title\" AS \"c1\", \
             \"t1\".\"name\" AS \"c2\" FROM \"book\" AS \"t0\" \
             JOIN \"author\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"author_id\" \
             WHERE \"t0\".\"views\" > $1) AS \"t2\" \
             WHERE \"t2\".\"c0\" <= $2 ORDER BY \"t2\".\"c1\""
        ),
    );
}

#[test]
fn what_is_not_asked_for_is_not_read_below_the_filter() {
    assert_both(
        count(&best(&["title", "author.name"]).ordered("title", false)),
        &format!(
            "SELECT count(*) FROM (SELECT {NUMBERED} FROM \"book\" AS \"t0\") AS \"t1\" \
             WHERE \"t1\".\"c0\" <= $1"
        ),
    );
}

#[test]
fn rows_chosen_by_a_window_are_deleted_by_their_key() {
    assert_both(
        Statement::Delete(Delete { rows: best(&[]), returning: Vec::new() }),
        &format!(
            "DELETE FROM \"book\" WHERE \"book\".\"id\" IN (SELECT \"t1\".\"c1\" FROM \
             (SELECT {NUMBERED}, \"t0\".\"id\" AS \"c1\" FROM \"book\" AS \"t0\") AS \"t1\" \
             WHERE \"t1\".\"c0\" <= $1)"
        ),
    );
}

#[test]
fn groups_are_chosen_by_a_window_over_them() {
    let mut select = query(book(), &["author.id"]);
    select.group_by = select.columns.clone();
    let sum = aggregate(AggregateFunction::Count, None);
    select.having.push(compare(place(sum), BinaryOperator::LessOrEqual, int(1)));
    assert_both(
        select,
        "SELECT \"t1\".\"c1\" FROM (SELECT row_number() OVER (PARTITION BY \"t0\".\"author_id\" \
         ORDER BY count(*) DESC) AS \"c0\", \"t0\".\"author_id\" AS \"c1\" FROM \"book\" AS \"t0\" \
         GROUP BY \"t0\".\"author_id\") AS \"t1\" WHERE \"t1\".\"c0\" <= $1",
    );
}

#[test]
fn what_a_group_fixes_through_a_relation_is_grouped_by_too() {
    let mut select = query(book(), &["author.name", "author.id"]);
    select.group_by.push(col(book(), "author.id"));
    assert_both(
        select,
        "SELECT \"t1\".\"name\", \"t0\".\"author_id\" FROM \"book\" AS \"t0\" \
         JOIN \"author\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"author_id\" \
         GROUP BY \"t0\".\"author_id\", \"t1\".\"id\"",
    );
}
