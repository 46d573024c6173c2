//! Columns that the database computes.

use super::build::*;
use super::change::Tables;
use crate::support::{World, scenarios};
use yara_orm::migrate::Operation;
use yara_orm::prelude::*;
use yara_orm::schema::definition::{ColumnDefinition, KeySource};
use yara_orm::value::Type;

scenarios! {
    a_computed_column_comes_and_goes,
    a_computed_column_is_computed_otherwise,
    a_column_that_others_are_computed_from_becomes_something_else,
}

fn total(sql: &str) -> ColumnDefinition {
    ColumnDefinition { computed: Some(same(sql)), ..optional("total", Type::I64) }
}

async fn orders(world: &World) -> Tables {
    let columns = vec![id(), column("count", Type::I64), column("price", Type::I64)];
    let tables = Tables::new(world, vec![table("purchase", columns)]).await;
    tables.exec(&["INSERT INTO purchase (count, price) VALUES (2, 30)"]).await;
    tables
}

const TOTALS: &str = "SELECT CAST(total AS text) FROM purchase ORDER BY id";

async fn a_computed_column_comes_and_goes(world: World) {
    let mut tables = orders(&world).await;
    let added = add_column("purchase", total("\"count\" * \"price\""), None);
    tables.there_and_back(vec![added.clone()]).await;
    tables.changed(vec![added]).await;
    assert_eq!(tables.rows(TOTALS).await, ["60"]);
    let error = tables.change(vec![drop_column("purchase", "price")]).await.unwrap_err();
    assert!(error.to_string().contains("the computed column `total`"), "{error}");
    // Its values stay where it is computed no more.
    tables.there_and_back(vec![alter_column("purchase", optional("total", Type::I64), None)]).await;
    tables.changed(vec![alter_column("purchase", optional("total", Type::I64), None)]).await;
    tables.exec(&["UPDATE purchase SET total = 61"]).await;
    assert_eq!(tables.rows(TOTALS).await, ["61"]);
}

async fn a_computed_column_is_computed_otherwise(world: World) {
    let mut tables = orders(&world).await;
    let partial = yara_orm::schema::definition::IndexDefinition {
        name: Some("dear".into()),
        condition: Some(same("\"total\" > 50")),
        ..index(&["price"])
    };
    let halved = yara_orm::schema::definition::IndexDefinition {
        name: Some("halves".into()),
        keys: vec![key(KeySource::Expression(same("\"total\" / 2")))],
        ..index(&[])
    };
    tables
        .changed(vec![
            add_column("purchase", total("\"count\" * \"price\""), None),
            Operation::AddIndex {
                table: name("purchase"),
                index: index(&["total"]),
                concurrently: false,
            },
            Operation::AddIndex { table: name("purchase"), index: partial, concurrently: false },
            Operation::AddIndex { table: name("purchase"), index: halved, concurrently: false },
            Operation::AddUnique { table: name("purchase"), unique: unique(&["total", "count"]) },
            Operation::AddCheck { table: name("purchase"), check: check("paid", "\"total\" >= 0") },
        ])
        .await;
    let noted =
        ColumnDefinition { comment: Some("with tax".into()), ..total("\"count\" * \"price\" + 1") };
    tables.there_and_back(vec![alter_column("purchase", noted.clone(), None)]).await;
    tables.changed(vec![alter_column("purchase", noted, None)]).await;
    assert_eq!(tables.rows(TOTALS).await, ["61"]);
}

async fn a_column_that_others_are_computed_from_becomes_something_else(world: World) {
    let mut tables = orders(&world).await;
    tables
        .changed(vec![
            add_column("purchase", total("\"count\" * \"price\""), None),
            Operation::AddIndex {
                table: name("purchase"),
                index: index(&["total"]),
                concurrently: false,
            },
            Operation::AddCheck { table: name("purchase"), check: check("some", "\"count\" > 0") },
        ])
        .await;
    tables.there_and_back(vec![alter_column("purchase", column("count", Type::I32), None)]).await;
    tables.there_and_back(vec![rename_column("purchase", "count", "number")]).await;
    assert_eq!(tables.rows(TOTALS).await, ["60"]);
    let error = tables.exec_error("INSERT INTO purchase (count, price) VALUES (0, 1)").await;
    assert_eq!(error.kind(), ErrorKind::CheckViolation);
}
