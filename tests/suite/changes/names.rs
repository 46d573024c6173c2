//! Names that are made of the table's and the columns' follow these.

use super::build::*;
use super::change::Tables;
use crate::support::{World, scenarios};
use yara_orm::prelude::*;
use yara_orm::schema::OnDelete;
use yara_orm::schema::definition::{ColumnDefinition, IndexDefinition, UniqueDefinition};
use yara_orm::value::Type;

scenarios! {
    made_names_follow_a_table_and_its_columns,
    a_made_name_may_have_been_another_ones,
    expressions_follow_a_column,
    long_and_awkward_names,
}

async fn made_names_follow_a_table_and_its_columns(world: World) {
    let owner = table("owner", vec![id()]);
    let kind = ColumnDefinition { choices: names(&["a", "b"]), ..column("kind", Type::Text) };
    let mut thing = table("thing", vec![id(), kind, column("owner_id", Type::I64)]);
    thing.uniques = vec![
        unique(&["kind", "owner_id"]),
        UniqueDefinition { name: Some("given".into()), columns: names(&["owner_id", "id"]) },
    ];
    thing.foreign_keys = vec![refers(&["owner_id"], "owner", &["id"], OnDelete::Cascade)];
    thing.indexes = vec![
        index(&["owner_id"]),
        IndexDefinition { name: Some("own".into()), ..index(&["kind"]) },
    ];
    let mut tables = Tables::new(&world, vec![owner, thing]).await;
    tables.exec(&["INSERT INTO owner (id) VALUES (1)"]).await;
    tables.exec(&["INSERT INTO thing (kind, owner_id) VALUES ('a', 1)"]).await;
    tables.there_and_back(vec![rename_table("thing", "item")]).await;
    tables.there_and_back(vec![rename_column("thing", "kind", "sort")]).await;
    tables.there_and_back(vec![rename_column("thing", "owner_id", "holder")]).await;
    tables.there_and_back(vec![rename_table("owner", "holder")]).await;
    assert_eq!(tables.rows("SELECT kind FROM thing").await, ["a"]);
}

async fn a_made_name_may_have_been_another_ones(world: World) {
    let columns = vec![column("id", Type::I64), column("x_y", Type::I64), column("y", Type::I64)];
    let mut thing = table("thing", columns);
    thing.uniques = vec![unique(&["y"]), unique(&["x_y"])];
    thing.indexes = vec![index(&["y", "id"]), index(&["x_y", "id"])];
    let mut tables = Tables::new(&world, vec![thing]).await;
    tables.there_and_back(vec![rename_table("thing", "thing_x")]).await;
}

async fn expressions_follow_a_column(world: World) {
    let mut thing = table("thing", vec![id(), column("size", Type::I64)]);
    thing.checks = vec![check("some", "\"size\" > 0")];
    thing.indexes = vec![IndexDefinition {
        name: Some("big".into()),
        condition: Some(same("\"size\" > 10")),
        ..index(&["id"])
    }];
    let mut tables = Tables::new(&world, vec![thing]).await;
    tables.there_and_back(vec![rename_column("thing", "size", "the \"size\"")]).await;
    tables.changed(vec![rename_column("thing", "size", "length")]).await;
    let error = tables.exec_error("INSERT INTO thing (length) VALUES (0)").await;
    assert_eq!(error.kind(), ErrorKind::CheckViolation);
}

async fn long_and_awkward_names(world: World) {
    let long = "a_column_whose_name_alone_is_nearly_as_long_as_names_can_be";
    let mut thing = table("it's \"a\" table, 100%", vec![id(), column(long, Type::I64)]);
    thing.uniques = vec![unique(&[long])];
    thing.indexes = vec![index(&["id", long])];
    let mut tables = Tables::new(&world, vec![thing]).await;
    tables
        .there_and_back(vec![
            rename_column("it's \"a\" table, 100%", long, "a (short) one, 'too'"),
            rename_table("it's \"a\" table, 100%", "order"),
            add_column("order", optional("select", Type::Text), Some(same("'x'"))),
        ])
        .await;
    let renamed = rename_column("it's \"a\" table, 100%", long, &"x".repeat(64));
    let error = tables.change(vec![renamed]).await.unwrap_err();
    assert!(error.is_configuration_error(), "{error}");
}
