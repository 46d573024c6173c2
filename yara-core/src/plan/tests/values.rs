//! Calculating: decimals, aggregates, functions, casts.

use super::models::{aggregate, book, col, compare, int, number, text};
use super::{assert_filter, assert_sql, refusal};
use crate::plan::compile;
use crate::sql::Sqlite;
use crate::tree::{AggregateFunction, BinaryOperator, Distinct, Expr, Function, Select};
use crate::value::{Type, Value};

fn assert_value(value: Expr, postgres: &str, sqlite: &str) {
    assert_sql(
        Select::new(book()).reading(value),
        &format!("SELECT {postgres} FROM \"book\" AS \"t0\""),
        &format!("SELECT {sqlite} FROM \"book\" AS \"t0\""),
    );
}

#[test]
fn decimals_are_numbers_on_sqlite_too() {
    let price = || col(book(), "price");
    let scaled = price().binary(BinaryOperator::Multiply, number("1.5"));
    assert_filter(
        compare(scaled, BinaryOperator::Greater, number("3")),
        "\"t0\".\"price\" * $1 > $2",
        "yara_numeric_mul(\"t0\".\"price\", ?1) COLLATE yara_numeric > ?2",
    );
    assert_filter(
        compare(price(), BinaryOperator::Less, col(book(), "views")),
        "\"t0\".\"price\" < \"t0\".\"views\"",
        "\"t0\".\"price\" < CAST(\"t0\".\"views\" AS TEXT)",
    );
    assert_filter(
        compare(number("3"), BinaryOperator::Less, price()),
        "$1 < \"t0\".\"price\"",
        "?1 COLLATE yara_numeric < \"t0\".\"price\"",
    );
    let mut distinct = Select::new(book()).reading(Expr::Negate(Box::new(price())));
    distinct.distinct = Distinct::Rows;
    assert_sql(
        distinct,
        "SELECT DISTINCT -\"t0\".\"price\" FROM \"book\" AS \"t0\"",
        "SELECT DISTINCT yara_numeric_neg(\"t0\".\"price\") COLLATE yara_numeric \
         FROM \"book\" AS \"t0\"",
    );
}

#[test]
fn aggregates_have_one_kind_on_every_database() {
    use AggregateFunction::{Avg, Count, Max, Sum};
    let of = |function, field| aggregate(function, Some(col(book(), field)));
    assert_value(aggregate(Count, None), "count(*)", "count(*)");
    assert_value(of(Sum, "views"), "sum(\"t0\".\"views\")::bigint", "sum(\"t0\".\"views\")");
    assert_value(
        of(Avg, "pages"),
        "sum(\"t0\".\"pages\")::double precision / count(\"t0\".\"pages\")",
        "avg(\"t0\".\"pages\")",
    );
    assert_value(of(Sum, "price"), "sum(\"t0\".\"price\")", "yara_numeric_sum(\"t0\".\"price\")");
    let more = col(book(), "price").binary(BinaryOperator::Add, number("1"));
    assert_value(
        aggregate(Max, Some(more)),
        "max(\"t0\".\"price\" + $1)",
        "max(yara_numeric_add(\"t0\".\"price\", ?1) COLLATE yara_numeric)",
    );
}

#[test]
fn a_filter_of_an_aggregate_is_about_its_rows() {
    let Expr::Aggregate(mut sum) = aggregate(AggregateFunction::Count, None) else { return };
    sum.filter = Some(compare(col(book(), "views"), BinaryOperator::Greater, int(1)));
    assert_value(
        Expr::Aggregate(sum),
        "count(*) FILTER (WHERE \"t0\".\"views\" > $1)",
        "count(*) FILTER (WHERE \"t0\".\"views\" > ?1)",
    );
}

#[test]
fn a_text_says_its_type_where_nothing_else_does() {
    assert_value(text("x"), "$1::text", "?1");
    assert_value(
        text("a").binary(BinaryOperator::Concat, text("b")),
        "$1::text || $2::text",
        "?1 || ?2",
    );
    let named = Expr::Call(Function::Coalesce, vec![col(book(), "title"), text("none")]);
    assert_value(named, "coalesce(\"t0\".\"title\", $1::text)", "coalesce(\"t0\".\"title\", ?1)");
    assert_value(Expr::literal(Value::Bool(true)), "$1", "?1");
}

#[test]
fn operators_of_one_rank_keep_their_grouping() {
    let views = || col(book(), "views");
    let inner = views().binary(BinaryOperator::Subtract, int(1));
    assert_value(
        views().binary(BinaryOperator::Subtract, inner.clone()),
        "\"t0\".\"views\" - (\"t0\".\"views\" - $1)",
        "yara_subtract(\"t0\".\"views\", yara_subtract(\"t0\".\"views\", ?1, 64), 64)",
    );
    assert_value(
        inner.binary(BinaryOperator::Multiply, int(2)),
        "(\"t0\".\"views\" - $1) * $2",
        "yara_multiply(yara_subtract(\"t0\".\"views\", ?1, 64), ?2, 64)",
    );
    let twice = Expr::Negate(Box::new(Expr::Negate(Box::new(views()))));
    assert_value(twice, "-(-\"t0\".\"views\")", "-(-\"t0\".\"views\")");
}

#[test]
fn casts() {
    let cast = |field, kind| Expr::Cast(Box::new(col(book(), field)), kind);
    assert_value(
        cast("price", Type::I64),
        "\"t0\".\"price\"::bigint",
        "yara_to_integer(\"t0\".\"price\", 64)",
    );
    assert_value(
        cast("views", Type::Text),
        "\"t0\".\"views\"::text",
        "yara_to_text(\"t0\".\"views\", 64)",
    );
}

#[test]
fn what_a_database_cannot_do_is_refused_with_an_alternative() {
    let date = Expr::Cast(Box::new(col(book(), "price")), Type::Date);
    let error = compile(&Select::new(book()).reading(date).into(), &Sqlite).unwrap_err();
    assert!(error.is_unsupported());
    assert_eq!(
        error.to_string(),
        "SQLite cannot cast numeric to date; read the value as it is and convert it in the program"
    );
    let float = Expr::literal(Value::F64(1.5));
    let remainder = col(book(), "views").binary(BinaryOperator::Remainder, float);
    assert_eq!(
        refusal(Select::new(book()).reading(remainder)),
        "the remainder of floats has no common meaning; take it of integers or decimals"
    );
}
