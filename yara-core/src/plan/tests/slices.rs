//! Limits, counting, and whether there is a row.

use super::models::{aggregate, book, col, compare, int};
use super::{assert_both, assert_sql, query};
use crate::plan;
use crate::plan::{compile, count, exists};
use crate::sql::{Postgres, Sqlite};
use crate::tree::{AggregateFunction, BinaryOperator, Distinct, Literal, Statement};
use crate::value::Value;

#[test]
fn limit_and_offset() {
    assert_sql(
        query(book(), &["id"]).ordered("price", true).limited(10).starting_at(20),
        "SELECT \"t0\".\"id\" FROM \"book\" AS \"t0\" ORDER BY \"t0\".\"price\" DESC \
         LIMIT $1 OFFSET $2",
        "SELECT \"t0\".\"id\" FROM \"book\" AS \"t0\" ORDER BY \"t0\".\"price\" DESC NULLS FIRST \
         LIMIT 10 OFFSET 20",
    );
    assert_sql(
        query(book(), &["id"]).ordered("views", false).starting_at(5),
        "SELECT \"t0\".\"id\" FROM \"book\" AS \"t0\" ORDER BY \"t0\".\"views\" OFFSET $1",
        "SELECT \"t0\".\"id\" FROM \"book\" AS \"t0\" ORDER BY \"t0\".\"views\" LIMIT -1 OFFSET 5",
    );
}

#[test]
fn a_negative_limit_is_refused_before_anything_is_sent() {
    for dialect in [&Postgres as &dyn crate::sql::Dialect, &Sqlite] {
        let statement = Statement::Select(query(book(), &["id"]).limited(-1));
        let error = compile(&statement, dialect).unwrap().request(&statement).unwrap_err();
        assert!(error.is_invalid_query(), "{error}");
        let mut select = query(book(), &["id"]);
        select.limit = Some(Literal::new(Value::Text("1; drop table book".into())));
        let statement = Statement::Select(select);
        assert!(compile(&statement, dialect).unwrap().request(&statement).is_err());
    }
}

#[test]
fn a_count_reads_no_more_than_it_needs() {
    let hot = compare(col(book(), "views"), BinaryOperator::Greater, int(3));
    assert_both(
        count(&query(book(), &["id", "author.name"]).ordered("author.name", false).filtered(hot)),
        "SELECT count(*) FROM \"book\" AS \"t0\" WHERE \"t0\".\"views\" > $1",
    );
}

#[test]
fn a_count_of_a_slice_counts_the_slice() {
    let inner = "SELECT 1 FROM \"book\" AS \"t0\" ORDER BY \"t0\".\"views\" LIMIT ";
    assert_sql(
        count(&query(book(), &["id"]).ordered("views", false).limited(3)),
        &format!("SELECT count(*) FROM ({inner}$1) AS \"t1\""),
        &format!("SELECT count(*) FROM ({inner}3) AS \"t1\""),
    );
}

#[test]
fn a_count_of_distinct_rows() {
    let mut select = query(book(), &["views", "price"]);
    select.distinct = Distinct::Rows;
    assert_both(
        count(&select),
        "SELECT count(*) FROM (SELECT DISTINCT \"t0\".\"views\" AS \"c0\", \
         \"t0\".\"price\" AS \"c1\" FROM \"book\" AS \"t0\") AS \"t1\"",
    );
}

#[test]
fn exists_stops_at_the_first_row() {
    let select = query(book(), &["author.name"]).ordered("views", false);
    assert_sql(
        exists(&select.filtered(col(book(), "views").equal(int(1)))),
        "SELECT count(*) > $1 FROM (SELECT 1 FROM \"book\" AS \"t0\" \
         WHERE \"t0\".\"views\" = $2 LIMIT $3) AS \"t1\"",
        "SELECT count(*) > ?1 FROM (SELECT 1 FROM \"book\" AS \"t0\" \
         WHERE \"t0\".\"views\" = ?2 LIMIT 1) AS \"t1\"",
    );
}

#[test]
fn an_aggregate_of_a_slice_is_over_the_slice() {
    let sum = || aggregate(AggregateFunction::Sum, Some(col(book(), "views")));
    let mean = sum().binary(BinaryOperator::Divide, aggregate(AggregateFunction::Count, None));
    let select = || query(book(), &["id"]).ordered("views", true);
    let inner = "(SELECT \"t0\".\"views\" AS \"c0\" FROM \"book\" AS \"t0\" \
                 ORDER BY \"t0\".\"views\" DESC LIMIT ";
    assert_sql(
        plan::aggregate(select().limited(3), vec![mean, sum()]).unwrap(),
        &format!(
            "SELECT sum(\"t1\".\"c0\")::bigint / count(*), sum(\"t1\".\"c0\")::bigint \
             FROM {inner}$1) AS \"t1\""
        ),
        &format!(
            "SELECT yara_divide(sum(\"t1\".\"c0\"), count(*)), sum(\"t1\".\"c0\") FROM {inner}3) AS \"t1\""
        ),
    );
    assert_sql(
        plan::aggregate(select(), vec![sum()]).unwrap(),
        "SELECT sum(\"t0\".\"views\")::bigint FROM \"book\" AS \"t0\"",
        "SELECT sum(\"t0\".\"views\") FROM \"book\" AS \"t0\"",
    );
    let mut distinct = query(book(), &["price"]);
    distinct.distinct = Distinct::Rows;
    let error = plan::aggregate(distinct, vec![sum()]).unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
}
