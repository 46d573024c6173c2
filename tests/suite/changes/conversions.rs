//! Columns that become of another kind, and their values.

use super::build::*;
use super::change::Tables;
use crate::support::{Kind, World, scenarios};
use yara_orm::schema::OnDelete;
use yara_orm::schema::definition::ColumnDefinition;
use yara_orm::value::Type;

scenarios! {
    values_become_the_same_ones_on_both_databases,
    a_text_that_is_too_long_is_refused_and_not_cut,
    values_are_made_by_what_was_said,
    a_default_stands_in_nobodys_way,
    a_key_and_what_refers_to_it_become_of_another_kind,
    what_cannot_be_converted_is_refused_before_anything_is_sent,
}

async fn values_become_the_same_ones_on_both_databases(world: World) {
    use Type::*;
    let cases: [(Type, &str, Type, &str); 14] = [
        (I32, "7", I64, "7"),
        (I64, "-7", I16, "-7"),
        (I64, "7", Text, "'7'"),
        (I64, "7", Numeric, "'7'"),
        (I64, "7", F64, "7.0"),
        (Bool, "TRUE", Text, "'true'"),
        (Bool, "TRUE", I32, "1"),
        (Text, "'12'", I64, "12"),
        (Text, "'1.50'", Numeric, "'1.50'"),
        (Text, "'2024-02-29'", Date, "'2024-02-29'"),
        (Date, "'2024-02-29'", Text, "'2024-02-29'"),
        (F64, "1.5", Text, "'1.5'"),
        (F64, "1.5", F32, "1.5"),
        (Text, "'{\"a\": 1}'", Json, "'{\"a\": 1}'"),
    ];
    let mut tables = Tables::new(&world, vec![table("thing", vec![id()])]).await;
    for (at, (from, value, to, expected)) in cases.into_iter().enumerate() {
        let name = format!("c{at}");
        tables.changed(vec![add_column("thing", optional(&name, from), None)]).await;
        let clear = "DELETE FROM thing";
        let insert = format!("INSERT INTO thing ({name}) VALUES (NULL), ({value})");
        tables.exec(&[clear, &insert]).await;
        tables.changed(vec![alter_column("thing", optional(&name, to), None)]).await;
        let json = to == Json && world.kind == Kind::Postgres;
        let found = if json { format!("{name}::text") } else { name.clone() };
        let query = format!("SELECT CAST(count(*) AS text) FROM thing WHERE {found} = {expected}");
        assert_eq!(tables.rows(&query).await, ["1"], "{from:?} {value} as {to:?}");
        let nulls = format!("SELECT CAST(count(*) AS text) FROM thing WHERE {name} IS NULL");
        assert_eq!(tables.rows(&nulls).await, ["1"], "{from:?} as {to:?}");
    }
}

fn sized(length: u32) -> ColumnDefinition {
    ColumnDefinition { max_length: Some(length), ..column("word", Type::Text) }
}

async fn words(world: &World) -> Tables {
    let tables = Tables::new(world, vec![table("thing", vec![id(), sized(9)])]).await;
    tables.exec(&["INSERT INTO thing (word) VALUES ('long one')"]).await;
    tables
}

async fn a_text_that_is_too_long_is_refused_and_not_cut(world: World) {
    let mut tables = words(&world).await;
    tables.there_and_back(vec![alter_column("thing", sized(20), None)]).await;
    tables.there_and_back(vec![alter_column("thing", column("word", Type::Text), None)]).await;
    tables.change(vec![alter_column("thing", sized(4), None)]).await.unwrap_err();
    tables.check("an error").await;
    assert_eq!(tables.rows("SELECT word FROM thing").await, ["long one"]);
    let cut = Some(same("substr(\"word\", 1, 4)"));
    tables.changed(vec![alter_column("thing", sized(4), cut)]).await;
    assert_eq!(tables.rows("SELECT word FROM thing").await, ["long"]);
}

async fn values_are_made_by_what_was_said(world: World) {
    let mut tables = words(&world).await;
    let length = alter_column("thing", column("word", Type::I64), Some(same("length(\"word\")")));
    tables.there_and_back(vec![length.clone()]).await;
    assert_eq!(tables.rows("SELECT word FROM thing").await, ["8"]);
    let error = tables.change(vec![alter_column("thing", column("word", Type::Date), None)]).await;
    assert!(error.is_err());
    tables.check("an error").await;
}

async fn a_default_stands_in_nobodys_way(world: World) {
    let with =
        |kind, sql: &str| ColumnDefinition { default: Some(same(sql)), ..column("size", kind) };
    let mut tables =
        Tables::new(&world, vec![table("thing", vec![id(), with(Type::Text, "'7'")])]).await;
    tables.exec(&["INSERT INTO thing (size) VALUES ('8')"]).await;
    let number = alter_column("thing", with(Type::I64, "9"), None);
    tables.there_and_back(vec![number.clone()]).await;
    tables.changed(vec![number]).await;
    tables.exec(&["INSERT INTO thing (id) VALUES (5)"]).await;
    let rows = tables.rows("SELECT CAST(size AS text) FROM thing ORDER BY size").await;
    assert_eq!(rows, ["8", "9"]);
}

async fn a_key_and_what_refers_to_it_become_of_another_kind(world: World) {
    let item = table("item", vec![column("id", Type::I64)]);
    let mut part = table("part", vec![id(), column("item_id", Type::I64)]);
    part.foreign_keys = vec![refers(&["item_id"], "item", &["id"], OnDelete::Cascade)];
    part.indexes = vec![index(&["item_id"])];
    let mut tables = Tables::new(&world, vec![item, part]).await;
    tables.exec(&["INSERT INTO item VALUES (7)", "INSERT INTO part (item_id) VALUES (7)"]).await;
    tables
        .there_and_back(vec![
            alter_column("item", column("id", Type::Text), None),
            alter_column("part", column("item_id", Type::Text), None),
        ])
        .await;
    tables
        .changed(vec![
            alter_column("part", column("item_id", Type::I32), None),
            alter_column("item", column("id", Type::I32), None),
        ])
        .await;
    assert_eq!(tables.rows("SELECT CAST(item_id AS text) FROM part").await, ["7"]);
    tables.exec(&["DELETE FROM item"]).await;
    assert_eq!(tables.rows("SELECT CAST(count(*) AS text) FROM part").await, ["0"]);
}

async fn what_cannot_be_converted_is_refused_before_anything_is_sent(world: World) {
    let mut tables =
        Tables::new(&world, vec![table("thing", vec![id(), column("at", Type::Interval)])]).await;
    if world.kind == Kind::Postgres {
        return;
    }
    let change = vec![alter_column("thing", column("at", Type::Uuid), None)];
    let error = world.counting(0, tables.change(change)).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    assert!(
        error.to_string().contains("thing.at") && error.to_string().contains("`fill`"),
        "{error}"
    );
}
