//! What somebody else has put into the database.

use super::build::*;
use super::change::Tables;
use crate::support::{Kind, World, scenarios};
use yara_orm::migrate::Operation;
use yara_orm::value::Type;

scenarios! {
    a_view_of_a_table_stays,
    a_trigger_or_index_of_others_is_never_lost,
    a_table_is_not_made_anew_while_foreign_keys_are_looked_after,
    statements_of_the_users_own,
}

fn once() -> Operation {
    Operation::AddUnique { table: name("thing"), unique: unique(&["word"]) }
}

async fn things(world: &World) -> Tables {
    let tables =
        Tables::new(world, vec![table("thing", vec![id(), column("word", Type::Text)])]).await;
    tables.exec(&["INSERT INTO thing (word) VALUES ('a')"]).await;
    tables
}

async fn a_view_of_a_table_stays(world: World) {
    let mut tables = things(&world).await;
    tables.exec(&["CREATE VIEW words AS SELECT word FROM thing"]).await;
    tables.change(vec![once()]).await.unwrap();
    tables.change(vec![rename_column("thing", "id", "number")]).await.unwrap();
    tables.change(vec![rename_table("thing", "item")]).await.unwrap();
    assert_eq!(tables.rows("SELECT word FROM words").await, ["a"]);
}

async fn a_trigger_or_index_of_others_is_never_lost(world: World) {
    let mut tables = things(&world).await;
    tables.exec(&["CREATE INDEX by_hand ON thing (word, id)"]).await;
    let outcome = tables.change(vec![once()]).await;
    if world.kind == Kind::Postgres {
        outcome.unwrap();
        let held =
            tables.rows("SELECT indexname::text FROM pg_indexes WHERE indexname = 'by_hand'");
        assert_eq!(held.await, ["by_hand"]);
        return;
    }
    let error = outcome.unwrap_err();
    assert!(error.to_string().contains("the index by_hand"), "{error}");
    tables
        .exec(&[
            "DROP INDEX by_hand",
            "CREATE TRIGGER noisy AFTER INSERT ON thing BEGIN SELECT 1; END",
        ])
        .await;
    let error = tables.change(vec![once()]).await.unwrap_err();
    assert!(error.to_string().contains("the trigger noisy"), "{error}");
    tables.exec(&["DROP TRIGGER noisy"]).await;
    tables.changed(vec![once()]).await;
}

async fn a_table_is_not_made_anew_while_foreign_keys_are_looked_after(world: World) {
    let mut tables = things(&world).await;
    let sent = tables.changed(vec![once()]).await;
    if world.kind == Kind::Postgres {
        return;
    }
    let error = tables.exec_error(&sent[0]).await;
    assert!(error.to_string().contains("with foreign keys off only"), "{error}");
}

async fn statements_of_the_users_own(world: World) {
    let mut tables = things(&world).await;
    let up = each("UPDATE thing SET word = 'p'", "UPDATE thing SET word = 's'");
    tables.changed(vec![Operation::Sql { up, down: None }]).await;
    let word = if world.kind == Kind::Postgres { "p" } else { "s" };
    assert_eq!(tables.rows("SELECT word FROM thing").await, [word]);
    let nothing = Operation::Sql { up: same(" "), down: None };
    assert!(tables.changed(vec![nothing, Operation::Step { name: "x".into() }]).await.is_empty());
    let other = yara_orm::schema::definition::Sql::Each([("mysql".into(), "x".into())].into());
    let error = tables.change(vec![Operation::Sql { up: other, down: None }]).await.unwrap_err();
    assert!(error.is_configuration_error(), "{error}");
}
