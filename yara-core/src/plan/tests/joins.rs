//! Joins by name, combined queries and queries with names.

use super::models::{author, book, col, int};
use super::{assert_both, assert_sql, query, refusal};
use crate::plan::{count, reached_from};
use crate::schema::{Table, TableRef};
use crate::tree::{
    BinaryOperator, ColumnRef, Compound, Delete, Expr, JoinKind, NamedJoin, Origin, Select,
    SetOperator, Source, Statement, Update,
};

const VIEWS: usize = 2;

/// The column at a path from what is joined as `other`.
fn other(table: &'static Table, path: &'static str) -> Expr {
    let Expr::Column(column) = col(table, path) else { return col(table, path) };
    Expr::Column(ColumnRef { origin: Origin::Named("other".into()), ..column })
}

fn joined(mut select: Select, kind: JoinKind, table: &'static Table, on: Expr) -> Select {
    select.named.push(NamedJoin {
        name: "other".into(),
        kind,
        lateral: false,
        source: Source::Table(TableRef(table)),
        on: Some(on),
    });
    select
}

fn same_author() -> Select {
    let on = other(book(), "author.id").equal(col(book(), "author.id"));
    joined(query(book(), &["id"]), JoinKind::Inner, book(), on)
}

#[test]
fn a_table_is_joined_to_itself() {
    assert_both(
        same_author().reading(other(book(), "title")).reading(other(book(), "author.name")),
        "SELECT \"t0\".\"id\", \"t1\".\"title\", \"t2\".\"name\" FROM \"book\" AS \"t0\" \
         JOIN \"book\" AS \"t1\" ON \"t1\".\"author_id\" = \"t0\".\"author_id\" \
         JOIN \"author\" AS \"t2\" ON \"t2\".\"id\" = \"t1\".\"author_id\"",
    );
    assert_both(
        count(&same_author()),
        "SELECT count(*) FROM \"book\" AS \"t0\" \
         JOIN \"book\" AS \"t1\" ON \"t1\".\"author_id\" = \"t0\".\"author_id\"",
    );
}

/// What is joined cannot be joined to by its own condition, so a path from it is a subquery; one
/// from the query's own table is a join that stands before.
#[test]
fn a_condition_of_a_join_has_paths_of_both_sides() {
    let on = other(book(), "author.name").equal(col(book(), "author.name"));
    assert_both(
        joined(query(book(), &["id"]), JoinKind::Left, book(), on)
            .reading(other(book(), "author.name")),
        "SELECT \"t0\".\"id\", \"t4\".\"name\" FROM \"book\" AS \"t0\" \
         JOIN \"author\" AS \"t3\" ON \"t3\".\"id\" = \"t0\".\"author_id\" \
         LEFT JOIN \"book\" AS \"t1\" ON (SELECT \"t2\".\"name\" FROM \"author\" AS \"t2\" \
         WHERE \"t2\".\"id\" = \"t1\".\"author_id\") = \"t3\".\"name\" \
         LEFT JOIN \"author\" AS \"t4\" ON \"t4\".\"id\" = \"t1\".\"author_id\"",
    );
}

#[test]
fn a_name_that_nothing_has_is_refused() {
    assert_eq!(
        refusal(query(book(), &["id"]).filtered(other(book(), "author.name").equal(int(1)))),
        "Book.author.name is to be read from `other`, which this query does not join; add \
         `.join(&other, …)` before it is run"
    );
}

/// What is read of the row itself is read where it is written: an update at the same time is not
/// lost.
#[test]
fn an_update_reads_of_joins_what_is_theirs_alone() {
    let views = col(book(), "views").binary(BinaryOperator::Add, other(book(), "views"));
    let update = Update { rows: same_author(), set: vec![(VIEWS, views)], returning: Vec::new() };
    let text = |sum: &str| {
        format!(
            "UPDATE \"book\" SET \"views\" = {sum} FROM (\
             SELECT \"t0\".\"id\" AS \"c0\", \"t1\".\"views\" AS \"c1\", row_number() OVER (\
             PARTITION BY \"t0\".\"id\" ORDER BY \"t1\".\"id\") AS \"c2\" FROM \"book\" AS \"t0\" \
             JOIN \"book\" AS \"t1\" ON \"t1\".\"author_id\" = \"t0\".\"author_id\") AS \"t2\" \
             WHERE \"book\".\"id\" = \"t2\".\"c0\" AND \"t2\".\"c2\" = (1)"
        )
    };
    assert_sql(
        Statement::Update(update),
        &text("\"book\".\"views\" + \"t2\".\"c1\""),
        &text("yara_add(\"book\".\"views\", \"t2\".\"c1\", 64)"),
    );
    let delete = Delete { rows: same_author(), returning: Vec::new() };
    assert_both(
        Statement::Delete(delete),
        "DELETE FROM \"book\" WHERE \"book\".\"id\" IN (SELECT \"t0\".\"id\" FROM \"book\" AS \"t0\" \
         JOIN \"book\" AS \"t1\" ON \"t1\".\"author_id\" = \"t0\".\"author_id\")",
    );
}

#[test]
fn what_is_combined_first_stands_apart() {
    let arm = || query(author(), &["id"]);
    let mut whole = Select::new(author());
    whole.columns.push(col(author(), "id"));
    whole.from = Some(Source::Compound(Box::new(Compound {
        first: arm(),
        rest: vec![
            (SetOperator::Union, arm().limited(2)),
            (SetOperator::Intersect, arm()),
            (SetOperator::Except, arm()),
        ],
    })));
    let from = |alias: u32| {
        format!("SELECT \"t{alias}\".\"id\" AS \"c0\" FROM \"author\" AS \"t{alias}\"")
    };
    let text = |limit: &str| {
        format!(
            "SELECT \"t4\".\"c0\" FROM (SELECT * FROM ({} UNION SELECT * FROM ({} LIMIT {limit}) AS part) \
             AS combined INTERSECT {} EXCEPT {}) AS \"t4\"",
            from(0),
            from(1),
            from(2),
            from(3)
        )
    };
    assert_sql(whole, &text("$1"), &text("2"));
}

#[test]
fn rounds_are_about_keys_alone() {
    let ada =
        query(author(), &[]).filtered(col(author(), "name").equal(super::models::text("Ada")));
    let down = reached_from(ada.clone(), "mentees").unwrap();
    assert_both(
        query(author(), &["name"]).filtered(down),
        "SELECT \"t0\".\"name\" FROM \"author\" AS \"t0\" WHERE \"t0\".\"id\" IN (\
         WITH RECURSIVE \"reached\" AS (SELECT \"t1\".\"id\" AS \"c0\" FROM \"author\" AS \"t1\" \
         WHERE \"t1\".\"name\" = $1 UNION SELECT \"t2\".\"id\" AS \"c0\" FROM \"author\" AS \"t2\" \
         JOIN \"reached\" AS \"t3\" ON \"t2\".\"mentor_id\" = \"t3\".\"c0\") \
         SELECT \"t4\".\"c0\" FROM \"reached\" AS \"t4\")",
    );
    let up = reached_from(ada, "mentor").unwrap();
    assert_both(
        query(author(), &["name"]).filtered(up),
        "SELECT \"t0\".\"name\" FROM \"author\" AS \"t0\" WHERE \"t0\".\"id\" IN (\
         WITH RECURSIVE \"reached\" AS (SELECT \"t1\".\"id\" AS \"c0\", \"t1\".\"mentor_id\" AS \"c1\" \
         FROM \"author\" AS \"t1\" WHERE \"t1\".\"name\" = $1 \
         UNION SELECT \"t2\".\"id\" AS \"c0\", \"t2\".\"mentor_id\" AS \"c1\" FROM \"author\" AS \"t2\" \
         JOIN \"reached\" AS \"t3\" ON \"t2\".\"id\" = \"t3\".\"c1\") \
         SELECT \"t4\".\"c0\" FROM \"reached\" AS \"t4\")",
    );
}
