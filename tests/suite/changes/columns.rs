//! Columns that come, go, and become something else.

use super::build::*;
use super::change::Tables;
use crate::support::{World, scenarios};
use yara_orm::migrate::Operation;
use yara_orm::prelude::*;
use yara_orm::schema::definition::{ColumnDefinition, TableDefinition};
use yara_orm::value::Type;

scenarios! {
    a_column_is_added_with_what_the_database_fills_in,
    a_column_is_filled_for_the_rows_there_are,
    a_column_goes_and_comes_back_empty,
    a_column_that_something_names_does_not_go,
    nulls_are_filled_and_other_values_stay,
    a_default_comes_and_goes,
    choices_become_others,
    comments_become_others,
    a_column_becomes_counted_and_counts_on,
    a_counted_key_grows,
    a_counted_key_comes_in_place_of_another_one,
}

fn book() -> TableDefinition {
    let title = ColumnDefinition { max_length: Some(50), ..column("title", Type::Text) };
    table("book", vec![id(), title, optional("rating", Type::F64)])
}

async fn books(world: &World) -> Tables {
    let tables = Tables::new(world, vec![book()]).await;
    tables
        .exec(&[
            "INSERT INTO book (title, rating) VALUES ('Notes', 4.5)",
            "INSERT INTO book (title, rating) VALUES ('It''s', NULL)",
        ])
        .await;
    tables
}

async fn a_column_is_added_with_what_the_database_fills_in(world: World) {
    let mut tables = books(&world).await;
    let with = |name, kind, sql| ColumnDefinition { default: Some(sql), ..column(name, kind) };
    tables
        .there_and_back(vec![
            add_column("book", optional("note", Type::Text), None),
            add_column("book", with("views", Type::I64, same("-1")), None),
            add_column("book", with("state", Type::Text, same("'it''s'")), None),
            add_column("book", with("shown", Type::Bool, same("TRUE")), None),
            add_column("book", with("at", Type::Date, each("CURRENT_DATE", "date('now')")), None),
        ])
        .await;
    tables.changed(vec![add_column("book", with("views", Type::I64, same("-1")), None)]).await;
    let at = with("at", Type::Date, each("CURRENT_DATE", "date('now')"));
    tables.changed(vec![add_column("book", at, None)]).await;
    let rows = "SELECT title || views || CASE WHEN at IS NULL THEN 'never' ELSE '' END FROM book \
                ORDER BY id";
    assert_eq!(tables.rows(rows).await, ["Notes-1", "It's-1"]);
}

async fn a_column_is_filled_for_the_rows_there_are(world: World) {
    let mut tables = books(&world).await;
    let slug = ColumnDefinition { max_length: Some(50), ..column("slug", Type::Text) };
    let fill = Some(same("lower(\"title\") || '-'"));
    tables.there_and_back(vec![add_column("book", slug.clone(), fill.clone())]).await;
    let views = ColumnDefinition { default: Some(same("0")), ..column("views", Type::I64) };
    tables
        .changed(vec![
            add_column("book", slug, fill),
            add_column("book", views, Some(same("length(\"title\")"))),
            add_column("book", optional("stars", Type::F64), Some(same("\"rating\""))),
        ])
        .await;
    tables.exec(&["INSERT INTO book (title, slug) VALUES ('New', 'new')"]).await;
    let rows = tables.rows("SELECT slug || views FROM book ORDER BY id").await;
    assert_eq!(rows, ["notes-5", "it's-4", "new0"]);
    assert_eq!(tables.rows("SELECT title FROM book WHERE stars = 4.5").await, ["Notes"]);
    // Without a value for the rows there are, nothing happens.
    let missing = add_column("book", column("pages", Type::I32), None);
    let error = tables.change(vec![missing.clone()]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotNullViolation, "{error}");
    tables.check("an error").await;
    tables.exec(&["DELETE FROM book"]).await;
    tables.changed(vec![missing]).await;
}

async fn a_column_goes_and_comes_back_empty(world: World) {
    let mut tables = books(&world).await;
    tables.there_and_back(vec![drop_column("book", "rating")]).await;
    assert_eq!(
        tables.rows("SELECT title FROM book WHERE rating IS NULL ORDER BY id").await.len(),
        2
    );
}

async fn a_column_that_something_names_does_not_go(world: World) {
    let mut tables = books(&world).await;
    let condition = check("rated", "\"rating\" >= 0");
    let named = Operation::AddCheck { table: name("book"), check: condition };
    tables.changed(vec![named]).await;
    let gone = || vec![drop_column("book", "rating")];
    let error = tables.change(gone()).await.unwrap_err();
    assert!(error.is_configuration_error(), "{error}");
    assert!(error.to_string().contains("`rated`"), "{error}");
    let free = Operation::DropCheck { table: name("book"), name: "rated".into() };
    tables.changed([free].into_iter().chain(gone()).collect()).await;
}

async fn nulls_are_filled_and_other_values_stay(world: World) {
    let mut tables = books(&world).await;
    let filled = alter_column("book", column("rating", Type::F64), Some(same("1.5e0")));
    tables.there_and_back(vec![filled.clone()]).await;
    let rows = "SELECT title FROM book WHERE rating = 1.5e0 OR rating = 4.5e0 ORDER BY id";
    assert_eq!(tables.rows(rows).await, ["Notes", "It's"]);
    tables.exec(&["UPDATE book SET rating = NULL"]).await;
    let error = tables.change(vec![alter_column("book", column("rating", Type::F64), None)]).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::NotNullViolation);
    tables.changed(vec![filled]).await;
    assert_eq!(tables.rows(rows).await.len(), 2);
}

async fn a_default_comes_and_goes(world: World) {
    let mut tables = books(&world).await;
    let with = |sql| ColumnDefinition { default: Some(sql), ..optional("rating", Type::F64) };
    tables.there_and_back(vec![alter_column("book", with(same("2.5e0")), None)]).await;
    tables
        .there_and_back(vec![
            alter_column("book", with(same("2.5e0")), None),
            alter_column("book", with(each("3.5e0", "abs(-3.5e0)")), None),
        ])
        .await;
    tables.changed(vec![alter_column("book", with(same("2.5e0")), None)]).await;
    tables.exec(&["INSERT INTO book (title) VALUES ('New')"]).await;
    let rows = tables.rows("SELECT title FROM book WHERE rating = 2.5e0").await;
    assert_eq!(rows, ["New"]);
}

async fn choices_become_others(world: World) {
    let mut tables = books(&world).await;
    let of = |choices: &[&str]| ColumnDefinition {
        choices: names(choices),
        default: Some(same("'draft'")),
        ..column("state", Type::Text)
    };
    tables
        .there_and_back(vec![
            add_column("book", of(&["draft", "it's"]), None),
            alter_column("book", of(&["draft", "it's", "new"]), None),
        ])
        .await;
    tables.changed(vec![add_column("book", of(&["draft", "it's"]), None)]).await;
    tables.there_and_back(vec![alter_column("book", of(&[]), None)]).await;
    let refused = tables.change(vec![alter_column("book", of(&["new"]), None)]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::CheckViolation);
    let replaced = alter_column("book", of(&["new"]), Some(same("'new'")));
    tables.changed(vec![replaced]).await;
    assert_eq!(tables.rows("SELECT DISTINCT state FROM book").await, ["new"]);
    // Numbers that become texts have other choices.
    let sizes = ColumnDefinition { choices: names(&["1", "2"]), ..column("size", Type::I32) };
    let words = ColumnDefinition { choices: names(&["1", "2"]), ..column("size", Type::Text) };
    tables
        .there_and_back(vec![
            add_column("book", sizes, Some(same("1"))),
            alter_column("book", words, None),
        ])
        .await;
}

async fn comments_become_others(world: World) {
    let mut tables = books(&world).await;
    let noted = |text: Option<&str>| ColumnDefinition {
        comment: text.map(str::to_owned),
        ..optional("rating", Type::F64)
    };
    let about = |text: Option<&str>| Operation::CommentTable {
        table: name("book"),
        comment: text.map(str::to_owned),
    };
    tables
        .there_and_back(vec![
            alter_column("book", noted(Some("of it's readers")), None),
            about(Some("what people's heads are full of")),
            alter_column("book", noted(None), None),
            alter_column("book", noted(Some("again")), None),
        ])
        .await;
}

async fn a_column_becomes_counted_and_counts_on(world: World) {
    let plain = table("thing", vec![column("id", Type::I64), optional("word", Type::Text)]);
    let mut tables = Tables::new(&world, vec![plain]).await;
    tables.exec(&["INSERT INTO thing VALUES (7, 'seven')"]).await;
    tables.there_and_back(vec![alter_column("thing", id(), None)]).await;
    tables.changed(vec![alter_column("thing", id(), None)]).await;
    tables.exec(&["INSERT INTO thing (word) VALUES ('next')"]).await;
    let rows = "SELECT word FROM thing WHERE id = 8";
    assert_eq!(tables.rows(rows).await, ["next"]);
    // What was deleted is not given again, whatever becomes of the table.
    tables.exec(&["DELETE FROM thing WHERE id = 8"]).await;
    tables.changed(vec![rename_table("thing", "item")]).await;
    tables.changed(vec![rename_column("item", "id", "number")]).await;
    tables.exec(&["INSERT INTO item (word) VALUES ('after')"]).await;
    assert_eq!(tables.rows("SELECT word FROM item WHERE number = 9").await, ["after"]);
}

async fn a_counted_key_grows(world: World) {
    let small = ColumnDefinition { kind: Type::I32, ..id() };
    let mut tables =
        Tables::new(&world, vec![table("thing", vec![small, optional("word", Type::Text)])]).await;
    tables.exec(&["INSERT INTO thing (word) VALUES ('a'), ('b')", "DELETE FROM thing"]).await;
    tables.there_and_back(vec![alter_column("thing", id(), None)]).await;
    tables.changed(vec![alter_column("thing", id(), None)]).await;
    tables.exec(&["INSERT INTO thing (word) VALUES ('c')"]).await;
    assert_eq!(tables.rows("SELECT CAST(id AS text) FROM thing").await, ["3"]);
}

async fn a_counted_key_comes_in_place_of_another_one(world: World) {
    let columns = vec![column("near", Type::I64), column("far", Type::I64)];
    let mut pair = table("pair", columns);
    pair.primary_key = names(&["near", "far"]);
    let mut tables = Tables::new(&world, vec![pair]).await;
    tables.exec(&["INSERT INTO pair VALUES (7, 8), (7, 9)"]).await;
    let set = |columns: &[&str]| Operation::SetPrimaryKey {
        table: name("pair"),
        columns: names(columns),
    };
    let counted = || vec![add_column("pair", id(), None), set(&["id"])];
    tables.there_and_back(counted()).await;
    tables.changed(counted()).await;
    tables.exec(&["INSERT INTO pair (near, far) VALUES (7, 9)"]).await;
    let rows = "SELECT id || ':' || near || ':' || far FROM pair ORDER BY id";
    assert_eq!(tables.rows(rows).await, ["1:7:8", "2:7:9", "3:7:9"]);
    tables.exec(&["DELETE FROM pair WHERE id = 3"]).await;
    tables.changed(vec![set(&["near", "far"]), drop_column("pair", "id")]).await;
}
