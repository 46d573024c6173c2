//! Groups and `distinct`.

use super::models::{aggregate, book, col, compare, int};
use super::{assert_both, assert_sql, query, refusal};
use crate::plan::{ShapeCache, compile};
use crate::sql::Postgres;
use crate::tree::{AggregateFunction, BinaryOperator, Distinct, Expr, Select, Statement};

fn decade(width: i64) -> Expr {
    col(book(), "views").binary(BinaryOperator::Divide, int(width))
}

fn by_decade(grouped: i64, selected: i64) -> Select {
    let mut select = Select::new(book())
        .reading(decade(selected))
        .reading(aggregate(AggregateFunction::Count, None));
    select.group_by.push(decade(grouped));
    select.having.push(compare(
        aggregate(AggregateFunction::Count, None),
        BinaryOperator::Greater,
        int(2),
    ));
    select
}

#[test]
fn an_expression_and_the_group_it_stands_for_share_their_values() {
    assert_sql(
        by_decade(10, 10),
        "SELECT \"t0\".\"views\" / $1, count(*) FROM \"book\" AS \"t0\" \
         GROUP BY \"t0\".\"views\" / $1 HAVING count(*) > $2",
        "SELECT yara_divide(\"t0\".\"views\", ?1), count(*) FROM \"book\" AS \"t0\" \
         GROUP BY yara_divide(\"t0\".\"views\", ?1) HAVING count(*) > ?2",
    );
}

#[test]
fn an_expression_that_differs_from_its_group_in_a_value_is_refused() {
    let statement = Statement::Select(by_decade(10, 20));
    let error = compile(&statement, &Postgres).unwrap().request(&statement).unwrap_err();
    assert!(error.is_invalid_query());
}

#[test]
fn a_column_that_is_neither_grouped_nor_aggregated_is_refused() {
    let mut select = query(book(), &["title"]).reading(aggregate(AggregateFunction::Count, None));
    assert_eq!(
        refusal(select.clone()),
        "`title` of Book is neither grouped by nor inside an aggregate, so it has no single value \
         here; add it to `group_by`, or aggregate it"
    );
    select.group_by.push(col(book(), "id"));
    assert_both(
        select,
        "SELECT \"t0\".\"title\", count(*) FROM \"book\" AS \"t0\" GROUP BY \"t0\".\"id\"",
    );
}

#[test]
fn an_aggregate_is_no_filter() {
    let count = aggregate(AggregateFunction::Count, None);
    assert_eq!(
        refusal(query(book(), &["id"]).filtered(compare(count, BinaryOperator::Less, int(1)))),
        "a filter of Book holds an aggregate, but rows are filtered before they are aggregated; \
         put the condition into `having`, or ask through a relation"
    );
}

#[test]
fn the_order_of_one_row_is_dropped() {
    assert_sql(
        Select::new(book())
            .reading(aggregate(AggregateFunction::Sum, Some(col(book(), "views"))))
            .ordered("title", false),
        "SELECT sum(\"t0\".\"views\")::bigint FROM \"book\" AS \"t0\"",
        "SELECT sum(\"t0\".\"views\") FROM \"book\" AS \"t0\"",
    );
}

#[test]
fn distinct_is_dropped_where_the_key_makes_rows_differ() {
    let mut select = query(book(), &["id", "title"]).ordered("author.name", false);
    select.distinct = Distinct::Rows;
    assert_both(
        select,
        "SELECT \"t0\".\"id\", \"t0\".\"title\" FROM \"book\" AS \"t0\" \
         JOIN \"author\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"author_id\" ORDER BY \"t1\".\"name\"",
    );
}

#[test]
fn distinct_rows_are_ordered_by_what_they_hold() {
    let mut select = query(book(), &["author.name"]).ordered("author.name", false);
    select.distinct = Distinct::Rows;
    assert_both(
        select.clone(),
        "SELECT DISTINCT \"t1\".\"name\" FROM \"book\" AS \"t0\" \
         JOIN \"author\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"author_id\" ORDER BY \"t1\".\"name\"",
    );
    assert_eq!(
        refusal(select.ordered("views", false)),
        "a distinct query of Book is ordered by what it does not select, so equal rows could stand \
         in several places; select it too, or drop `distinct`"
    );
}

#[test]
fn groups_that_differ_in_a_value_are_told_apart_by_it() {
    let two = |first: i64, second: i64| -> Statement {
        let mut select = Select::new(book()).reading(decade(first)).reading(decade(second));
        select.group_by = vec![decade(10), decade(100)];
        select.into()
    };
    let cache = ShapeCache::default();
    let text = |mut statement: Statement| {
        cache.take_request(&mut statement, &Postgres).map(|request| request.command.sql.to_string())
    };
    let forwards = text(two(10, 100)).unwrap();
    assert!(forwards.starts_with("SELECT \"t0\".\"views\" / $1, \"t0\".\"views\" / $2 "));
    // The same shape: the statement in the cache would give each column the other's value.
    let backwards = text(two(100, 10)).unwrap();
    assert!(backwards.ends_with("GROUP BY \"t0\".\"views\" / $2, \"t0\".\"views\" / $1"));
    assert_eq!(text(two(10, 100)).unwrap(), forwards);
    assert!(text(two(10, 7)).unwrap_err().to_string().contains("only in a value"));
}
