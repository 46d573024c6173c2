//! Keys, unique constraints and conditions.

use super::build::*;
use super::change::Tables;
use crate::support::{World, scenarios};
use yara_orm::migrate::Operation;
use yara_orm::prelude::*;
use yara_orm::schema::OnDelete;
use yara_orm::schema::definition::{CheckDefinition, UniqueDefinition};
use yara_orm::value::Type;

scenarios! {
    a_unique_constraint_comes_and_goes,
    a_condition_comes_and_goes,
    another_column_becomes_the_key,
    a_key_that_others_refer_to_becomes_another_one,
}

async fn accounts(world: &World) -> Tables {
    let columns = vec![id(), column("email", Type::Text), column("age", Type::I32)];
    let tables = Tables::new(world, vec![table("account", columns)]).await;
    tables.exec(&["INSERT INTO account (email, age) VALUES ('a@x', 7), ('b@x', 8)"]).await;
    tables
}

const TWICE: &str = "INSERT INTO account (email, age) VALUES ('a@x', 9)";

async fn a_unique_constraint_comes_and_goes(world: World) {
    let mut tables = accounts(&world).await;
    let add = |unique| Operation::AddUnique { table: name("account"), unique };
    let given = UniqueDefinition { name: Some("once".into()), columns: names(&["email", "age"]) };
    tables.there_and_back(vec![add(unique(&["email"])), add(given.clone())]).await;
    tables.changed(vec![add(unique(&["email"])), add(given.clone())]).await;
    let error = tables.exec_error(TWICE).await;
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    let gone = Operation::DropUnique { table: name("account"), unique: unique(&["email"]) };
    let error = tables.exec_error("INSERT INTO account (email, age) VALUES ('a@x', 7)").await;
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    tables.changed(vec![gone]).await;
    tables.exec(&[TWICE]).await;
    let refused = tables.change(vec![add(unique(&["email"]))]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::UniqueViolation);
    tables.check("an error").await;
}

async fn a_condition_comes_and_goes(world: World) {
    let mut tables = accounts(&world).await;
    let add = |check| Operation::AddCheck { table: name("account"), check };
    let mixed = CheckDefinition {
        name: "mixed".into(),
        condition: each("\"email\" LIKE '%@%'", "instr(\"email\", '@') > 0"),
    };
    tables.there_and_back(vec![add(check("old", "\"age\" > 6")), add(mixed.clone())]).await;
    tables.changed(vec![add(mixed)]).await;
    let error = tables.exec_error("INSERT INTO account (email, age) VALUES ('x', 1)").await;
    assert_eq!(error.kind(), ErrorKind::CheckViolation);
    let refused = tables.change(vec![add(check("old", "\"age\" > 7"))]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::CheckViolation);
    tables.check("an error").await;
}

async fn another_column_becomes_the_key(world: World) {
    let columns = vec![column("code", Type::Text), column("part", Type::I32)];
    let mut tables = Tables::new(&world, vec![table("item", columns)]).await;
    tables.exec(&["INSERT INTO item VALUES ('a', 1), ('b', 1)"]).await;
    let set = |columns: &[&str]| Operation::SetPrimaryKey {
        table: name("item"),
        columns: names(columns),
    };
    tables.there_and_back(vec![set(&["part", "code"])]).await;
    tables.changed(vec![set(&["code", "part"])]).await;
    tables.exec(&["INSERT INTO item VALUES ('a', 2)"]).await;
    let refused = tables.change(vec![set(&["code"])]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::UniqueViolation);
    assert_eq!(tables.rows("SELECT code || part FROM item ORDER BY 1").await, ["a1", "a2", "b1"]);
}

async fn a_key_that_others_refer_to_becomes_another_one(world: World) {
    let item = table("item", vec![column("id", Type::I64), column("code", Type::Text)]);
    let mut part = table("part", vec![id(), column("item_id", Type::I64)]);
    part.foreign_keys = vec![refers(&["item_id"], "item", &["id"], OnDelete::Cascade)];
    part.indexes = vec![index(&["item_id"])];
    let mut tables = Tables::new(&world, vec![item, part]).await;
    tables
        .exec(&["INSERT INTO item VALUES (7, 'a')", "INSERT INTO part (item_id) VALUES (7)"])
        .await;
    let id = unique(&["id"]);
    tables
        .there_and_back(vec![
            Operation::AddUnique { table: name("item"), unique: id.clone() },
            Operation::SetPrimaryKey { table: name("item"), columns: names(&["code"]) },
        ])
        .await;
    tables
        .changed(vec![
            Operation::AddUnique { table: name("item"), unique: id },
            Operation::SetPrimaryKey { table: name("item"), columns: names(&["code"]) },
        ])
        .await;
    assert_eq!(tables.rows("SELECT CAST(count(*) AS text) FROM part").await, ["1"]);
    tables.exec(&["DELETE FROM item"]).await;
    assert_eq!(tables.rows("SELECT CAST(count(*) AS text) FROM part").await, ["0"]);
}
