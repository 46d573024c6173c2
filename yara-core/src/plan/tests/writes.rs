//! Insert, update, delete.

use super::models::{author, book, col, int, list, place, related, shelf, tag, text};
use super::{assert_both, assert_sql, query, refusal};
use crate::schema::{Table, TableRef};
use crate::tree::{
    BinaryOperator, Conflict, ConflictTarget, Delete, Expr, Insert, InsertSource, Quantifier,
    Select, Statement, Update, UpdateEach,
};
use crate::value::{Type, Value};

const TITLE: usize = 1;
const VIEWS: usize = 2;
const AUTHOR: usize = 5;

fn insert(table: &'static Table, fields: Vec<usize>, source: InsertSource) -> Insert {
    Insert::new(table, fields, source)
}

fn update(rows: Select, set: Vec<(usize, Expr)>) -> Statement {
    Statement::Update(Update { rows, set, returning: Vec::new() })
}

fn delete(rows: Select) -> Statement {
    Statement::Delete(Delete { rows, returning: Vec::new() })
}

#[test]
fn a_row() {
    let source = InsertSource::Row(vec![text("Notes"), int(0), int(1)]);
    let mut statement = insert(book(), vec![TITLE, VIEWS, AUTHOR], source);
    statement.returning.push(col(book(), "id"));
    assert_both(
        Statement::Insert(statement),
        "INSERT INTO \"book\" (\"title\", \"views\", \"author_id\") VALUES ($1, $2, $3) \
         RETURNING \"book\".\"id\"",
    );
    assert_both(
        Statement::Insert(insert(tag(), vec![], InsertSource::Row(vec![]))),
        "INSERT INTO \"tag\" DEFAULT VALUES",
    );
}

#[test]
fn many_rows_are_one_statement_whatever_their_number() {
    let names = list(&Type::Text, vec![Value::Text("a".into()), Value::Text("b".into())]);
    let ids = list(&Type::I64, vec![Value::I64(1), Value::I64(2)]);
    let mut statement = insert(tag(), vec![0, 1], InsertSource::Columns(vec![ids, names]));
    statement.conflict = Some(Conflict::Ignore { target: None });
    assert_sql(
        Statement::Insert(statement),
        "INSERT INTO \"tag\" (\"id\", \"name\") SELECT * FROM unnest($1::bigint[], $2::text[]) \
         ON CONFLICT DO NOTHING",
        "INSERT INTO \"tag\" (\"id\", \"name\") VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    );
}

#[test]
fn rows_with_arrays_are_bound_one_by_one() {
    let words = list(&Type::Array(&Type::Text), vec![]);
    assert_both(
        Statement::Insert(insert(place(), vec![3], InsertSource::Columns(vec![words]))),
        "INSERT INTO \"place\" (\"words\") VALUES ($1)",
    );
}

#[test]
fn an_upsert_names_the_old_row_and_the_new_one() {
    let source = InsertSource::Row(vec![text("Notes"), int(7), int(1)]);
    let mut statement = insert(book(), vec![TITLE, VIEWS, AUTHOR], source);
    let more = col(book(), "views").binary(BinaryOperator::Add, Expr::Excluded("views"));
    statement.conflict = Some(Conflict::Update {
        target: ConflictTarget::Fields(vec![AUTHOR, TITLE]),
        set: vec![(VIEWS, more)],
        filter: Vec::new(),
    });
    statement.returning.push(col(book(), "author.name"));
    let upsert = |sum: &str| {
        format!(
            "INSERT INTO \"book\" (\"title\", \"views\", \"author_id\") VALUES ($1, $2, $3) \
             ON CONFLICT (\"author_id\", \"title\") DO UPDATE SET \"views\" = {sum} \
             RETURNING (SELECT \"t0\".\"name\" FROM \"author\" AS \"t0\" \
             WHERE \"t0\".\"id\" = \"book\".\"author_id\")"
        )
    };
    assert_sql(
        Statement::Insert(statement),
        &upsert("\"book\".\"views\" + excluded.\"views\""),
        &upsert("yara_add(\"book\".\"views\", excluded.\"views\", 64)").replace('$', "?"),
    );
}

#[test]
fn an_upsert_that_is_told_of_gives_numbers_and_whether_rows_are_new() {
    let names = list(&Type::Text, vec![Value::Text("a".into())]);
    let numbers = list(&Type::I64, vec![Value::I64(0)]);
    let mut statement = insert(tag(), vec![1], InsertSource::Columns(vec![names]));
    statement.conflict = Some(Conflict::Update {
        target: ConflictTarget::Fields(vec![1]),
        set: vec![(1, Expr::Excluded("name"))],
        filter: Vec::new(),
    });
    statement.told = Some(numbers);
    assert_sql(
        Statement::Insert(statement.clone()),
        "INSERT INTO \"tag\" (\"name\") SELECT \"v\".\"c0\" FROM unnest($1::text[], $2::bigint[]) \
         AS \"v\" (\"c0\", \"c1\") WHERE set_config('yara.row', \"v\".\"c1\"::text, true) IS NOT NULL \
         ON CONFLICT (\"name\") DO UPDATE SET \"name\" = excluded.\"name\" \
         RETURNING current_setting('yara.row')::bigint, (xmax = 0)",
        "INSERT INTO \"tag\" (\"name\") VALUES (yara_new_row(?1)) ON CONFLICT (\"name\") \
         DO UPDATE SET \"name\" = yara_old_row(excluded.\"name\") RETURNING ?2, yara_is_new()",
    );
    statement.conflict = Some(Conflict::Ignore { target: None });
    statement.source = InsertSource::Row(vec![text("a")]);
    statement.told = Some(crate::tree::Literal::new(Value::I64(0)));
    assert_both(
        Statement::Insert(statement),
        "INSERT INTO \"tag\" (\"name\") VALUES ($1) ON CONFLICT DO NOTHING RETURNING $2, TRUE",
    );
}

#[test]
fn many_rows_are_loaded_by_a_copy() {
    let names = list(&Type::Text, vec![Value::Text("a".into())]);
    let mut statement = insert(tag(), vec![1], InsertSource::Columns(vec![names]));
    statement.load = true;
    assert_sql(
        Statement::Insert(statement),
        "COPY \"tag\" (\"name\") FROM STDIN (FORMAT binary)",
        "INSERT INTO \"tag\" (\"name\") VALUES (?1)",
    );
}

#[test]
fn rows_are_updated_each_by_values_of_its_own() {
    let ids = list(&Type::I64, vec![Value::I64(1)]);
    let titles = list(&Type::Text, vec![Value::Text("a".into())]);
    let more = col(book(), "views").binary(BinaryOperator::Add, int(1));
    let update = UpdateEach {
        table: TableRef(book()),
        key: vec![(0, ids.clone())],
        each: vec![(TITLE, titles)],
        set: vec![(VIEWS, more)],
        returning: Vec::new(),
        told: ids,
    };
    assert_sql(
        Statement::UpdateEach(update.clone()),
        "UPDATE \"book\" SET \"title\" = \"v\".\"c1\", \"views\" = \"book\".\"views\" + $1 \
         FROM unnest($2::bigint[], $3::text[], $4::bigint[]) AS \"v\" (\"c0\", \"c1\", \"c2\") \
         WHERE \"book\".\"id\" = \"v\".\"c0\" RETURNING \"v\".\"c2\"",
        "UPDATE \"book\" SET \"title\" = ?1, \"views\" = yara_add(\"book\".\"views\", ?2, 64) \
         WHERE \"book\".\"id\" = ?3 RETURNING ?4",
    );
    assert!(
        refusal(Statement::UpdateEach(UpdateEach { each: Vec::new(), ..update }))
            .contains("sets nothing")
    );
}

#[test]
fn the_rows_of_a_query_can_clash_too() {
    let mut statement =
        insert(tag(), vec![1], InsertSource::Select(Box::new(query(book(), &["title"]))));
    statement.conflict = Some(Conflict::Ignore { target: None });
    assert_sql(
        Statement::Insert(statement),
        "INSERT INTO \"tag\" (\"name\") SELECT \"t0\".\"title\" FROM \"book\" AS \"t0\" \
         ON CONFLICT DO NOTHING",
        "INSERT INTO \"tag\" (\"name\") SELECT \"t0\".\"title\" FROM \"book\" AS \"t0\" \
         WHERE TRUE ON CONFLICT DO NOTHING",
    );
}

#[test]
fn an_update_sets_expressions_over_the_old_row() {
    let more = col(book(), "views").binary(BinaryOperator::Add, int(1));
    assert_sql(
        update(
            query(book(), &[]).filtered(col(book(), "id").equal(int(7))),
            vec![(VIEWS, more), (TITLE, text("New"))],
        ),
        "UPDATE \"book\" SET \"views\" = \"book\".\"views\" + $1, \"title\" = $2 \
         WHERE \"book\".\"id\" = $3",
        "UPDATE \"book\" SET \"views\" = yara_add(\"book\".\"views\", ?1, 64), \"title\" = ?2 \
         WHERE \"book\".\"id\" = ?3",
    );
}

#[test]
fn an_update_through_a_relation_touches_the_rows_that_the_query_gives() {
    assert_both(
        update(
            query(book(), &[]).filtered(col(book(), "author.name").equal(text("Ada"))),
            vec![(TITLE, col(book(), "author.name"))],
        ),
        "UPDATE \"book\" SET \"title\" = (SELECT \"t3\".\"name\" FROM \"author\" AS \"t3\" \
         WHERE \"t3\".\"id\" = \"book\".\"author_id\") WHERE \"book\".\"id\" IN (\
         SELECT \"t1\".\"id\" FROM \"book\" AS \"t1\" \
         JOIN \"author\" AS \"t2\" ON \"t2\".\"id\" = \"t1\".\"author_id\" \
         WHERE \"t2\".\"name\" = $1)",
    );
    let tagged = related(book(), "tags", Quantifier::Any, None);
    assert_both(
        update(
            query(book(), &[]).filtered(tagged),
            vec![(VIEWS, related(book(), "reviews", Quantifier::Count, None))],
        ),
        "UPDATE \"book\" SET \"views\" = (SELECT count(*) FROM \"review\" AS \"t1\" \
         WHERE \"t1\".\"book_id\" = \"book\".\"id\") WHERE EXISTS (SELECT 1 \
         FROM \"book_tag\" AS \"t0\" WHERE \"t0\".\"book_id\" = \"book\".\"id\")",
    );
}

#[test]
fn a_delete_of_a_slice_deletes_the_slice() {
    let inner = "SELECT \"t0\".\"id\" FROM \"book\" AS \"t0\" ORDER BY \"t0\".\"views\" LIMIT ";
    assert_sql(
        delete(query(book(), &[]).ordered("views", false).limited(3)),
        &format!("DELETE FROM \"book\" WHERE \"book\".\"id\" IN ({inner}$1)"),
        &format!("DELETE FROM \"book\" WHERE \"book\".\"id\" IN ({inner}3)"),
    );
    let inner = "SELECT \"t0\".\"room\", \"t0\".\"number\" FROM \"shelf\" AS \"t0\" LIMIT ";
    let start = "DELETE FROM \"shelf\" WHERE (\"shelf\".\"room\", \"shelf\".\"number\") IN ";
    assert_sql(
        delete(query(shelf(), &[]).limited(1)),
        &format!("{start}({inner}$1)"),
        &format!("{start}({inner}1)"),
    );
    assert_both(delete(query(book(), &[]).ordered("author.name", false)), "DELETE FROM \"book\"");
}

#[test]
fn writes_that_mean_nothing_are_refused() {
    assert_eq!(refusal(update(query(book(), &[]), vec![])), "an update of Book sets nothing");
    assert_eq!(
        refusal(update(query(book(), &[]), vec![(VIEWS, int(1)), (VIEWS, int(2))])),
        "an update of Book sets `views` twice"
    );
    let mut groups = query(book(), &[]);
    groups.group_by.push(col(book(), "views"));
    assert!(refusal(delete(groups)).starts_with("delete works on rows of Book"));
    let source = InsertSource::Row(vec![col(author(), "name")]);
    assert_eq!(
        refusal(Statement::Insert(insert(tag(), vec![1], source))),
        "Author.name: no column can be read here, because there is no row yet"
    );
}
