//! Schemas, and kinds of extensions.

use super::build::*;
use super::change::Tables;
use crate::support::{Kind, World, scenarios};
use yara_orm::migrate::Operation;
use yara_orm::prelude::*;
use yara_orm::schema::OnDelete;
use yara_orm::schema::definition::{ForeignKeyDefinition, TableDefinition, TableName};
use yara_orm::sql::Postgres;
use yara_orm::sql::ddl::alter;
use yara_orm::value::{ForeignKind, Type};

scenarios! {
    a_table_moves_to_another_schema_and_back,
    a_registered_kind_brings_its_extension,
}

fn within(schema: &str, called: &str) -> TableName {
    TableName { schema: Some(schema.to_owned()), name: called.to_owned() }
}

async fn a_table_moves_to_another_schema_and_back(world: World) {
    let mut entry = table("entry", vec![id(), column("word", Type::Text)]);
    entry.uniques = vec![unique(&["word"])];
    entry.indexes = vec![index(&["word", "id"])];
    let mut tables = Tables::new(&world, vec![entry]).await;
    tables.exec(&["INSERT INTO entry (word) VALUES ('a')"]).await;
    let (own,): (String,) = match world.kind {
        Kind::Sqlite => ("archive".to_owned(),),
        Kind::Postgres => sql("SELECT current_schema()::text").one(&tables.db).await.unwrap(),
    };
    // A schema of this test alone.
    let archive = format!("{own}_archive");
    let there = within(&archive, "old_entry");
    let moved = Operation::RenameTable { from: name("entry"), to: there.clone() };
    if world.kind == Kind::Sqlite {
        let error = tables.change(vec![moved]).await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        return;
    }
    let back = Operation::RenameTable { from: there.clone(), to: name("entry") };
    let renamed =
        Operation::RenameColumn { table: there.clone(), from: "word".into(), to: "text".into() };
    let named = Operation::RenameColumn { table: there, from: "text".into(), to: "word".into() };
    let part = part_of(&archive);
    tables.change(vec![moved.clone(), renamed, part.0]).await.unwrap();
    let rows = format!("SELECT text FROM {archive}.old_entry");
    assert_eq!(tables.rows(&rows).await, ["a"]);
    let made =
        format!("SELECT indexname::text FROM pg_indexes WHERE schemaname = '{archive}' ORDER BY 1");
    let expected =
        ["old_entry_pkey", "old_entry_text_id_idx", "old_entry_text_key", "part_of_pkey"];
    assert_eq!(tables.rows(&made).await, expected);
    tables.changed(vec![part.1, named, back]).await;
    assert_eq!(tables.rows("SELECT word FROM entry").await, ["a"]);
    tables.exec(&[&format!("DROP SCHEMA {archive}")]).await;
}

/// A table that refers to the one that has moved: created, and dropped.
fn part_of(schema: &str) -> (Operation, Operation) {
    let key = ForeignKeyDefinition {
        table: within(schema, "old_entry"),
        ..refers(&["entry_id"], "", &["id"], OnDelete::Cascade)
    };
    let own = within(schema, "part_of");
    let part = TableDefinition {
        name: own.clone(),
        foreign_keys: vec![key],
        ..table("", vec![id(), column("entry_id", Type::I64)])
    };
    (Operation::CreateTable(part), Operation::DropTable(own))
}

async fn a_registered_kind_brings_its_extension(world: World) {
    static TREE: ForeignKind = ForeignKind {
        name: "tree",
        postgres: Some("ltree"),
        sqlite: Some("TREE_TEXT"),
        extension: Some("ltree"),
    };
    static LISTED: Type = Type::Foreign(&TREE);
    let before = vec![table("thing", vec![id()])];
    let kinds = [Type::Foreign(&TREE), Type::Array(&LISTED)];
    for kind in kinds {
        let column = optional("path", kind);
        let mut after = before.clone();
        after[0].columns.push(column.clone());
        let added = add_column("thing", column, None);
        let made = alter(&added, &before, &after, &Postgres).unwrap();
        assert_eq!(made[0], "CREATE EXTENSION IF NOT EXISTS \"ltree\"");
        assert_eq!(made.len(), 2);
    }
    if world.kind == Kind::Sqlite {
        let mut tables = Tables::new(&world, before).await;
        let path = optional("path", Type::Foreign(&TREE));
        tables.there_and_back(vec![add_column("thing", path, None)]).await;
    }
}
