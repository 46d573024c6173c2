//! The related rows of many owners in one query.

use super::models::{author, book, col, place, shelf, tag, text};
use super::{assert_both, assert_sql, query};
use crate::plan::{
    self, Load, key_list, owner_key, related_to, through_delete, through_insert, through_keep_only,
};
use crate::schema::Table;
use crate::tree::{Select, Statement};
use crate::value::Value;

fn load(owner: &'static Table, relation: &str, base: Select) -> Statement {
    let relation = owner.relation(relation).unwrap();
    plan::load(owner, relation, base, Vec::new()).unwrap()
}

#[test]
fn by_the_foreign_key_of_the_target() {
    let base = query(book(), &["id", "title"])
        .filtered(col(book(), "author.bio").equal(text("poet")))
        .ordered("views", true);
    let start = "SELECT \"t0\".\"author_id\", \"t0\".\"id\", \"t0\".\"title\" \
                 FROM \"book\" AS \"t0\" \
                 JOIN \"author\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"author_id\" \
                 WHERE \"t0\".\"author_id\"";
    let order = "ORDER BY \"t0\".\"views\" DESC, \"t0\".\"id\"";
    assert_sql(
        load(author(), "books", base),
        &format!("{start} = ANY($1::bigint[]) AND \"t1\".\"bio\" = $2 {order}"),
        &format!("{start} IN rarray(?1) AND \"t1\".\"bio\" = ?2 {order}"),
    );
}

#[test]
fn by_the_foreign_key_of_the_owner() {
    let relation = book().relation("editor").unwrap();
    assert_eq!(owner_key(book(), relation).unwrap(), [6]);
    let start = "SELECT \"t0\".\"id\", \"t0\".\"id\", \"t0\".\"name\", \"t0\".\"bio\", \
                 \"t0\".\"mentor_id\" FROM \"author\" AS \"t0\" WHERE \"t0\".\"id\"";
    assert_sql(
        load(book(), "editor", Select::new(author())),
        &format!("{start} = ANY($1::bigint[])"),
        &format!("{start} IN rarray(?1)"),
    );
}

#[test]
fn through_the_table_between() {
    let start = "SELECT \"t0\".\"book_id\", \"t0\".\"tag_id\", \"t1\".\"name\" \
                 FROM \"book_tag\" AS \"t0\" \
                 JOIN \"tag\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"tag_id\" \
                 WHERE \"t0\".\"book_id\"";
    assert_sql(
        load(book(), "tags", Select::new(tag())),
        &format!("{start} = ANY($1::bigint[]) ORDER BY \"t0\".\"tag_id\""),
        &format!("{start} IN rarray(?1) ORDER BY \"t0\".\"tag_id\""),
    );
}

#[test]
fn a_limit_counts_for_each_owner() {
    let base =
        query(book(), &["id", "title"]).ordered("author.name", true).limited(3).starting_at(1);
    let start = "SELECT \"t3\".\"c0\", \"t3\".\"c1\", \"t3\".\"c2\" FROM (\
                 SELECT \"t0\".\"tag_id\" AS \"c0\", \"t0\".\"book_id\" AS \"c1\", \
                 \"t1\".\"title\" AS \"c2\", row_number() OVER (PARTITION BY \"t0\".\"tag_id\" \
                 ORDER BY \"t2\".\"name\" DESC, \"t0\".\"book_id\") AS \"c3\" \
                 FROM \"book_tag\" AS \"t0\" \
                 JOIN \"book\" AS \"t1\" ON \"t1\".\"id\" = \"t0\".\"book_id\" \
                 JOIN \"author\" AS \"t2\" ON \"t2\".\"id\" = \"t1\".\"author_id\" \
                 WHERE \"t0\".\"tag_id\"";
    let end = "ORDER BY \"t3\".\"c3\"";
    assert_sql(
        load(tag(), "books", base),
        &format!(
            "{start} = ANY($1::bigint[])) AS \"t3\" \
             WHERE \"t3\".\"c3\" > $2 AND \"t3\".\"c3\" <= $3 + $4 {end}"
        ),
        &format!(
            "{start} IN rarray(?1)) AS \"t3\" \
             WHERE \"t3\".\"c3\" > ?2 AND \"t3\".\"c3\" <= yara_add(?3, ?4, 64) {end}"
        ),
    );
}

#[test]
fn by_a_key_of_several_columns() {
    let start = "SELECT \"t0\".\"shelf_room\", \"t0\".\"shelf_number\", \"t0\".\"id\" \
                 FROM \"place\" AS \"t0\" \
                 WHERE (\"t0\".\"shelf_room\", \"t0\".\"shelf_number\") IN ";
    let end = "ORDER BY \"t0\".\"id\"";
    assert_sql(
        load(shelf(), "slots", query(place(), &["id"])),
        &format!("{start}(SELECT * FROM unnest($1::text[], $2::integer[])) {end}"),
        &format!(
            "{start}(WITH k0(n, v) AS MATERIALIZED (SELECT rowid, value FROM rarray(?1)), \
             k1(n, v) AS MATERIALIZED (SELECT rowid, value FROM rarray(?2)) \
             SELECT k0.v, k1.v FROM k0 JOIN k1 ON k1.n = k0.n) {end}"
        ),
    );
}

#[cfg(feature = "sqlite")]
#[test]
fn lists_side_by_side_are_rows() {
    use rusqlite::types::Value as Stored;
    use std::rc::Rc;
    let database = super::prepare::sqlite();
    database
        .execute_batch(
            "INSERT INTO shelf (room, number) VALUES ('a', 1), ('a', 2), ('b', 1);
             INSERT INTO place (id, shelf_room, shelf_number) VALUES (1, 'a', 1), (2, 'a', 2), (3, 'b', 1)",
        )
        .unwrap();
    let (_, text) = super::sql(&load(shelf(), "slots", query(place(), &["id"])));
    let rooms = Rc::new(vec![Stored::from("a".to_owned()), Stored::from("b".to_owned())]);
    let numbers = Rc::new(vec![Stored::from(2_i64), Stored::from(1_i64)]);
    let mut statement = database.prepare(&text).unwrap();
    let ids = statement.query_map((rooms, numbers), |row| row.get::<_, i64>(2)).unwrap();
    assert_eq!(ids.collect::<Result<Vec<_>, _>>().unwrap(), [2, 3]);
}

#[test]
fn a_base_about_another_model_is_refused() {
    let relation = author().relation("books").unwrap();
    let keys = vec![key_list(&author().fields[0], vec![Value::I64(1)])];
    let load = Load { owner: author(), relation, base: Select::new(tag()), keys };
    assert_eq!(
        load.select().unwrap_err().to_string(),
        "Author.books leads to Book, and the query to load it with is about Tag"
    );
}

#[test]
fn the_rows_related_to_one_owner() {
    let one = || Some(vec![Value::I64(1)]);
    assert_both(
        query(book(), &["id"]).filtered(related_to(author(), "books", one()).unwrap()),
        "SELECT \"t0\".\"id\" FROM \"book\" AS \"t0\" WHERE \"t0\".\"author_id\" = $1",
    );
    assert_both(
        query(tag(), &["name"]).filtered(related_to(book(), "tags", one()).unwrap()),
        "SELECT \"t0\".\"name\" FROM \"tag\" AS \"t0\" WHERE \"t0\".\"id\" IN (\
         SELECT \"t1\".\"tag_id\" FROM \"book_tag\" AS \"t1\" WHERE \"t1\".\"book_id\" = $1)",
    );
    assert_both(
        query(author(), &["id"]).filtered(related_to(book(), "editor", None).unwrap()),
        "SELECT \"t0\".\"id\" FROM \"author\" AS \"t0\" WHERE FALSE",
    );
}

#[test]
fn the_table_between_is_written_in_one_statement() {
    let (book_key, tags) = (vec![Value::I64(1)], vec![vec![Value::I64(2)], vec![Value::I64(3)]]);
    assert_sql(
        through_insert(book(), "tags", book_key.clone(), tags.clone()).unwrap(),
        "INSERT INTO \"book_tag\" (\"book_id\", \"tag_id\") \
         SELECT * FROM unnest($1::bigint[], $2::bigint[]) ON CONFLICT DO NOTHING",
        "INSERT INTO \"book_tag\" (\"book_id\", \"tag_id\") VALUES (?1, ?2) \
         ON CONFLICT DO NOTHING",
    );
    let start = "DELETE FROM \"book_tag\" WHERE \"book_tag\".\"book_id\"";
    assert_both(
        through_delete(book(), "tags", book_key.clone(), None).unwrap(),
        &format!("{start} = $1"),
    );
    assert_sql(
        through_delete(book(), "tags", book_key.clone(), Some(tags.clone())).unwrap(),
        &format!("{start} = $1 AND \"book_tag\".\"tag_id\" = ANY($2::bigint[])"),
        &format!("{start} = ?1 AND \"book_tag\".\"tag_id\" IN rarray(?2)"),
    );
    assert_sql(
        through_keep_only(book(), "tags", book_key, tags).unwrap(),
        &format!("{start} = $1 AND NOT \"book_tag\".\"tag_id\" = ANY($2::bigint[])"),
        &format!("{start} = ?1 AND NOT \"book_tag\".\"tag_id\" IN rarray(?2)"),
    );
    let error = through_delete(author(), "books", vec![Value::I64(1)], None).unwrap_err();
    assert!(error.to_string().starts_with("Author.books has no table between"));
}
