//! Indexes that come and go.

use super::build::*;
use super::change::Tables;
use crate::support::{Kind, World, postgres_scenarios, scenarios};
use yara_orm::migrate::{Operation, State};
use yara_orm::prelude::*;
use yara_orm::schema::definition::{ColumnDefinition, IndexDefinition, KeyDefinition, KeySource};
use yara_orm::sql::ddl::alter;
use yara_orm::tree::Nulls;
use yara_orm::value::Type;

scenarios! {
    indexes_of_every_kind_come_and_go,
    an_index_that_names_a_column_holds_it,
    two_indexes_of_one_name_are_refused,
}

postgres_scenarios! {
    an_index_is_built_while_rows_are_written,
    what_only_postgresql_has,
}

async fn things(world: &World) -> Tables {
    let columns = vec![id(), column("word", Type::Text), optional("size", Type::I64)];
    let tables = Tables::new(world, vec![table("thing", columns)]).await;
    tables.exec(&["INSERT INTO thing (word, size) VALUES ('a', 1), ('A', NULL)"]).await;
    tables
}

fn add(index: IndexDefinition) -> Operation {
    Operation::AddIndex { table: name("thing"), index, concurrently: false }
}

async fn indexes_of_every_kind_come_and_go(world: World) {
    let mut tables = things(&world).await;
    let falling = KeyDefinition { descending: true, ..key(KeySource::Column("size".into())) };
    let once = IndexDefinition {
        name: Some("once".into()),
        unique: true,
        keys: vec![key(KeySource::Expression(same("lower(\"word\")"))), falling],
        condition: Some(same("\"size\" > 0")),
        ..index(&[])
    };
    tables.there_and_back(vec![add(index(&["size", "word"])), add(once.clone())]).await;
    tables.changed(vec![add(once)]).await;
    let error = tables.exec_error("INSERT INTO thing (word, size) VALUES ('A', 1)").await;
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    // It stays while the table is made anew.
    tables
        .there_and_back(vec![
            rename_column("thing", "size", "length"),
            Operation::AddUnique { table: name("thing"), unique: unique(&["word"]) },
            rename_table("thing", "item"),
        ])
        .await;
}

async fn an_index_that_names_a_column_holds_it(world: World) {
    let mut tables = things(&world).await;
    let partial = IndexDefinition {
        name: Some("some".into()),
        condition: Some(same("size > 0")),
        ..index(&["word"])
    };
    tables.changed(vec![add(partial)]).await;
    let error = tables.change(vec![drop_column("thing", "size")]).await.unwrap_err();
    assert!(error.to_string().contains("the index `some`"), "{error}");
}

async fn two_indexes_of_one_name_are_refused(world: World) {
    let mut tables = things(&world).await;
    let falling = IndexDefinition {
        keys: vec![KeyDefinition { descending: true, ..key(KeySource::Column("size".into())) }],
        ..index(&[])
    };
    tables.changed(vec![add(index(&["size"]))]).await;
    assert!(tables.change(vec![add(falling)]).await.is_err());
    tables.check("an error").await;
}

async fn an_index_is_built_while_rows_are_written(world: World) {
    assert_eq!(world.kind, Kind::Postgres);
    let mut tables = things(&world).await;
    let add =
        Operation::AddIndex { table: name("thing"), index: index(&["size"]), concurrently: true };
    let drop =
        Operation::DropIndex { table: name("thing"), index: index(&["size"]), concurrently: true };
    for (operation, words) in
        [(add, "CREATE INDEX CONCURRENTLY"), (drop, "DROP INDEX CONCURRENTLY")]
    {
        let before = tables.state.clone();
        tables.state.apply(&operation).unwrap();
        let State { tables: after } = &tables.state;
        let made = alter(&operation, &before.tables, after, world.db.dialect()).unwrap();
        assert!(made[0].starts_with(words), "{made:?}");
        tables.exec(&[&made[0]]).await;
        tables.check(&made[0]).await;
    }
}

async fn what_only_postgresql_has(world: World) {
    let mut tables = things(&world).await;
    let covering = IndexDefinition {
        method: Some("btree".into()),
        include: names(&["size"]),
        keys: vec![KeyDefinition {
            nulls: Nulls::First,
            class: Some("text_pattern_ops".into()),
            ..key(KeySource::Column("word".into()))
        }],
        ..index(&[])
    };
    tables.there_and_back(vec![add(covering.clone())]).await;
    tables.changed(vec![add(covering)]).await;
    // The rules by which texts are compared are none for numbers.
    let sized = ColumnDefinition { max_length: Some(20), ..column("word", Type::Text) };
    tables.there_and_back(vec![alter_column("thing", sized, None)]).await;
    tables.there_and_back(vec![rename_column("thing", "size", "length")]).await;
}
