//! Tables that refer to each other.

use super::build::*;
use super::change::Tables;
use crate::support::{World, scenarios};
use yara_orm::migrate::Operation;
use yara_orm::prelude::*;
use yara_orm::schema::OnDelete;
use yara_orm::schema::definition::TableDefinition;
use yara_orm::value::Type;

scenarios! {
    a_foreign_key_comes_and_goes,
    tables_in_a_circle_come_and_go,
    a_table_that_is_made_anew_keeps_what_refers_to_it,
    a_table_that_refers_to_itself,
}

fn author() -> TableDefinition {
    table("author", vec![id(), column("name", Type::Text)])
}

fn book() -> TableDefinition {
    let mut book = table("book", vec![id(), column("author_id", Type::I64)]);
    book.indexes = vec![index(&["author_id"])];
    book
}

fn by_author() -> Operation {
    let foreign_key = refers(&["author_id"], "author", &["id"], OnDelete::Cascade);
    Operation::AddForeignKey { table: name("book"), foreign_key }
}

const ROWS: [&str; 2] = [
    "INSERT INTO author (name) VALUES ('Ada'), ('Bob')",
    "INSERT INTO book (author_id) VALUES (1), (1), (2)",
];

async fn a_foreign_key_comes_and_goes(world: World) {
    let mut tables = Tables::new(&world, vec![author(), book()]).await;
    tables.exec(&ROWS).await;
    tables.there_and_back(vec![by_author()]).await;
    tables.changed(vec![by_author()]).await;
    let error = tables.exec_error("INSERT INTO book (author_id) VALUES (9)").await;
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
    tables.exec(&["DELETE FROM author WHERE id = 1"]).await;
    assert_eq!(tables.rows("SELECT CAST(id AS text) FROM book").await, ["3"]);
}

async fn tables_in_a_circle_come_and_go(world: World) {
    let mut tables = Tables::new(&world, vec![]).await;
    let mut hen = table("hen", vec![id(), optional("egg_id", Type::I64)]);
    let mut egg = table("egg", vec![id(), optional("hen_id", Type::I64)]);
    egg.foreign_keys = vec![refers(&["hen_id"], "hen", &["id"], OnDelete::SetNull)];
    hen.indexes = vec![index(&["egg_id"])];
    let circle = refers(&["egg_id"], "egg", &["id"], OnDelete::NoAction);
    let made = vec![
        Operation::CreateTable(hen),
        Operation::CreateTable(egg),
        Operation::AddForeignKey { table: name("hen"), foreign_key: circle },
    ];
    tables.there_and_back(made.clone()).await;
    tables.changed(made).await;
    tables
        .exec(&[
            "INSERT INTO hen (egg_id) VALUES (NULL)",
            "INSERT INTO egg (hen_id) VALUES (1)",
            "UPDATE hen SET egg_id = 1",
        ])
        .await;
    tables
        .changed(vec![
            Operation::DropForeignKey { table: name("hen"), columns: names(&["egg_id"]) },
            Operation::DropTable(name("egg")),
            Operation::DropTable(name("hen")),
        ])
        .await;
}

async fn a_table_that_is_made_anew_keeps_what_refers_to_it(world: World) {
    let mut tables = Tables::new(&world, vec![author(), book()]).await;
    tables.exec(&ROWS).await;
    tables.changed(vec![by_author()]).await;
    let once = Operation::AddUnique { table: name("author"), unique: unique(&["name"]) };
    tables
        .there_and_back(vec![
            once,
            rename_table("author", "writer"),
            rename_column("writer", "id", "number"),
            rename_column("book", "author_id", "writer_number"),
        ])
        .await;
    let rows =
        "SELECT a.name || b.id FROM book b JOIN author a ON a.id = b.author_id ORDER BY b.id";
    assert_eq!(tables.rows(rows).await, ["Ada1", "Ada2", "Bob3"]);
    let error = tables.exec_error("INSERT INTO book (author_id) VALUES (9)").await;
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
}

async fn a_table_that_refers_to_itself(world: World) {
    let mut node = table("node", vec![id(), optional("parent_id", Type::I64)]);
    node.foreign_keys = vec![refers(&["parent_id"], "node", &["id"], OnDelete::Cascade)];
    node.indexes = vec![index(&["parent_id"])];
    let mut tables = Tables::new(&world, vec![node]).await;
    tables.exec(&["INSERT INTO node (parent_id) VALUES (NULL), (1), (2)"]).await;
    let above = check("above", "\"id\" <> \"parent_id\"");
    tables
        .there_and_back(vec![
            Operation::AddCheck { table: name("node"), check: above },
            rename_column("node", "id", "number"),
            rename_table("node", "branch"),
        ])
        .await;
    tables.exec(&["DELETE FROM node WHERE id = 1"]).await;
    assert_eq!(tables.rows("SELECT CAST(id AS text) FROM node").await, [""; 0]);
}
