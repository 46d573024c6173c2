//! Functions where only a tree can put them yet: in groups, in `having`, in a conflict clause.

use super::models::{aggregate, book, col, compare, int};
use super::{assert_sql, query};
use crate::schema::TableRef;
use crate::tree::{
    AggregateFunction, BinaryOperator, Conflict, ConflictTarget, DatePart, Expr, Function, Insert,
    InsertSource, Order, Select, Statement,
};
use crate::value::Value;

fn call(function: Function, arguments: Vec<Expr>) -> Expr {
    Expr::Call(function, arguments)
}

fn text(value: &str) -> Expr {
    Expr::literal(Value::Text(value.into()))
}

#[test]
fn in_groups_orders_and_having() {
    let initial = || call(Function::Substring, vec![col(book(), "title"), int(1), int(1)]);
    let longest =
        aggregate(AggregateFunction::Max, Some(call(Function::Length, vec![col(book(), "title")])));
    let mut select = Select::new(book()).reading(initial()).reading(longest.clone());
    select.group_by.push(initial());
    let least = call(Function::Greatest, vec![int(3), int(4)]);
    select.having.push(compare(longest, BinaryOperator::Greater, least));
    select.order_by.push(Order {
        expr: call(Function::Abs, vec![aggregate(AggregateFunction::Count, None)]),
        descending: false,
        nulls: crate::tree::Nulls::Greatest,
    });
    assert_sql(
        select,
        "SELECT substr(\"t0\".\"title\", $1::integer, $2::integer), max(length(\"t0\".\"title\")) \
         FROM \"book\" AS \"t0\" \
         GROUP BY substr(\"t0\".\"title\", $1::integer, $2::integer) \
         HAVING max(length(\"t0\".\"title\")) > greatest($3, $4) ORDER BY abs(count(*))",
        "SELECT yara_substring(\"t0\".\"title\", ?1, ?2), max(length(\"t0\".\"title\")) \
         FROM \"book\" AS \"t0\" \
         GROUP BY yara_substring(\"t0\".\"title\", ?1, ?2) \
         HAVING max(length(\"t0\".\"title\")) > yara_greatest(?3, ?4) ORDER BY yara_abs(count(*), 64)",
    );
}

#[test]
fn in_the_clause_of_a_conflict() {
    let views = book().field_index("views").unwrap();
    let title = book().field_index("title").unwrap();
    let most = call(Function::Greatest, vec![col(book(), "views"), Expr::Excluded("views")]);
    let insert = Insert {
        table: TableRef(book()),
        fields: vec![title, views],
        source: InsertSource::Row(vec![call(Function::Upper, vec![text("a")]), int(1)]),
        conflict: Some(Conflict::Update {
            target: ConflictTarget::Fields(vec![0]),
            set: vec![(views, most)],
            filter: vec![compare(
                call(Function::Length, vec![Expr::Excluded("title")]),
                BinaryOperator::Less,
                int(9),
            )],
        }),
        returning: vec![call(Function::Reverse, vec![col(book(), "title")])],
        tag: None,
        told: None,
        load: false,
    };
    assert_sql(
        Statement::Insert(insert),
        "INSERT INTO \"book\" (\"title\", \"views\") VALUES (upper($1::text COLLATE \"und-x-icu\") \
         COLLATE \"default\", $2) ON CONFLICT (\"id\") DO UPDATE SET \
         \"views\" = greatest(\"book\".\"views\", excluded.\"views\") \
         WHERE length(excluded.\"title\") < $3 RETURNING reverse(\"book\".\"title\")",
        "INSERT INTO \"book\" (\"title\", \"views\") VALUES (yara_upper(?1), ?2) \
         ON CONFLICT (\"id\") DO UPDATE SET \
         \"views\" = yara_greatest(\"book\".\"views\", excluded.\"views\") \
         WHERE length(excluded.\"title\") < ?3 RETURNING yara_reverse(\"book\".\"title\")",
    );
}

#[test]
fn parts_of_an_instant_are_those_in_utc() {
    let part =
        Expr::Call(Function::Extract(DatePart::Year), vec![Expr::Call(Function::Now, vec![])]);
    assert_sql(
        query(book(), &[]).reading(part),
        "SELECT extract(year FROM (now() AT TIME ZONE 'UTC'))::integer FROM \"book\" AS \"t0\"",
        "SELECT yara_extract('year', yara_now()) FROM \"book\" AS \"t0\"",
    );
}
