//! Tables that are made anew, which SQLite needs for most changes: rows that refer to them stay,
//! and foreign keys are looked at again afterwards.

use super::{applied, assert_clean, given};
use crate::support::{Kind, World, scenarios};
use yara_orm::prelude::*;
use yara_orm::testing::drop_after;

scenarios! {
    rows_that_refer_to_the_table_stay,
    dropped_it_leaves_foreign_keys_on,
    rows_that_would_refer_to_nothing_are_refused,
    rows_that_referred_to_nothing_before_are_not_in_the_way,
    an_error_leaves_foreign_keys_on,
}

const SHELVES: (&str, &str) = (
    "0001_shelves",
    r#"
    [[operation]]
    create_table = { name = "shelf", columns = [
        { name = "id", type = "i64", counted = true },
        { name = "label", type = "text" },
    ], primary_key = ["id"] }
    [[operation]]
    create_table = { name = "item", columns = [
        { name = "id", type = "i64", counted = true },
        { name = "shelf_id", type = "i64" },
    ], primary_key = ["id"], foreign_keys = [
        { columns = ["shelf_id"], references = "shelf", to = ["id"], on_delete = "cascade" },
    ] }
    "#,
);

const LIMIT: (&str, &str) = (
    "0002_limit",
    r#"
    [[operation]]
    alter_column = { table = "shelf", name = "label", type = "text", max_length = 50 }
    "#,
);

/// Two shelves, with two items and one.
async fn fill(db: &Db) {
    sql("insert into shelf (id, label) values (1, 'a'), (2, 'b')").exec(db).await.unwrap();
    sql("insert into item (shelf_id) values (1), (1), (2)").exec(db).await.unwrap();
}

async fn count(db: &Db, table: &str) -> i64 {
    let (count,): (i64,) = sql(format!("select count(*) from {table}")).one(db).await.unwrap();
    count
}

async fn is_limited(db: &Db) -> bool {
    let outcome = db
        .transaction(async |tx| {
            let insert = sql("insert into shelf (id, label) values (9, $1)").bind("x".repeat(51));
            insert.exec(&tx).await?;
            Err::<(), _>(Error::new(ErrorKind::InvalidQuery, "not limited"))
        })
        .await;
    outcome.unwrap_err().kind() != ErrorKind::InvalidQuery
}

async fn rows_that_refer_to_the_table_stay(world: World) {
    let migrations = given(&[SHELVES, LIMIT]);
    migrations.up_to(&world.db, "1").await.unwrap();
    fill(&world.db).await;
    world.probe.take();
    migrations.up(&world.db).await.unwrap();
    let sent = world.probe.take();
    let off = sent.iter().filter(|text| *text == "PRAGMA foreign_keys = OFF").count();
    assert_eq!(off, usize::from(world.kind == Kind::Sqlite), "{sent:#?}");
    assert_eq!((count(&world.db, "shelf").await, count(&world.db, "item").await), (2, 3));
    assert!(is_limited(&world.db).await);
    assert_clean(&world.db, world.kind).await;
    // They are looked at again, and rows go with each other.
    let error = sql("insert into item (shelf_id) values (77)").exec(&world.db).await.unwrap_err();
    assert!(error.is_foreign_key_violation());
    sql("delete from shelf where id = 1").exec(&world.db).await.unwrap();
    assert_eq!(count(&world.db, "item").await, 1);
    migrations.down(&world.db, 1).await.unwrap();
    assert!(!is_limited(&world.db).await);
    assert_eq!((count(&world.db, "shelf").await, count(&world.db, "item").await), (1, 1));
    assert_clean(&world.db, world.kind).await;
}

async fn dropped_it_leaves_foreign_keys_on(world: World) {
    let migrations = given(&[SHELVES, LIMIT]);
    migrations.up_to(&world.db, "1").await.unwrap();
    fill(&world.db).await;
    for polls in 1..200 {
        let finished = drop_after(polls, migrations.up(&world.db)).await;
        // Waits for what was cut off.
        let waited = migrations.fake(&world.db, Some("1")).await.unwrap();
        assert!(waited.is_empty());
        let is_applied = applied(&world.db).await.len() == 2;
        assert_eq!(is_limited(&world.db).await, is_applied, "after {polls} polls");
        assert_eq!((count(&world.db, "shelf").await, count(&world.db, "item").await), (2, 3));
        assert_clean(&world.db, world.kind).await;
        if let Some(outcome) = finished {
            outcome.unwrap();
        }
        if is_applied {
            break;
        }
    }
    assert_eq!(applied(&world.db).await.len(), 2);
}

/// Where foreign keys are not looked at, the check before the commit finds it; where they are, they
/// take the rows along.
async fn rows_that_would_refer_to_nothing_are_refused(world: World) {
    let text =
        format!("{}[[operation]]\nsql = {{ up = \"delete from shelf where id = 1\" }}", LIMIT.1);
    let migrations = given(&[SHELVES, ("0002_limit", &text)]);
    migrations.up_to(&world.db, "1").await.unwrap();
    fill(&world.db).await;
    let outcome = migrations.up(&world.db).await;
    if world.kind == Kind::Postgres {
        outcome.unwrap();
        assert_eq!((count(&world.db, "shelf").await, count(&world.db, "item").await), (1, 1));
        return;
    }
    let error = outcome.unwrap_err();
    assert!(error.is_foreign_key_violation());
    assert_eq!(
        error.to_string(),
        "0002_limit: it would leave rows that refer to rows which are not there: 2 of `item` that \
         refer to `shelf`; nothing was changed"
    );
    assert_eq!((count(&world.db, "shelf").await, count(&world.db, "item").await), (2, 3));
    assert_eq!(applied(&world.db).await, ["0001_shelves"]);
    assert_clean(&world.db, world.kind).await;
}

async fn rows_that_referred_to_nothing_before_are_not_in_the_way(world: World) {
    let migrations = given(&[SHELVES, LIMIT]);
    migrations.up_to(&world.db, "1").await.unwrap();
    fill(&world.db).await;
    if world.kind == Kind::Sqlite {
        // As other tools do, in which foreign keys are off until they are switched on.
        let careless = Db::connect(&format!("{}?foreign_keys=off", world.url)).await.unwrap();
        sql("insert into item (shelf_id) values (77)").exec(&careless).await.unwrap();
    }
    migrations.up(&world.db).await.unwrap();
    assert!(is_limited(&world.db).await);
}

async fn an_error_leaves_foreign_keys_on(world: World) {
    let text =
        format!("{}[[operation]]\nsql = {{ up = \"insert into nowhere values (1)\" }}", LIMIT.1);
    let migrations = given(&[SHELVES, ("0002_limit", &text)]);
    migrations.up_to(&world.db, "1").await.unwrap();
    fill(&world.db).await;
    let error = migrations.up(&world.db).await.unwrap_err();
    assert!(error.to_string().starts_with("0002_limit, operation 2 (sql): "), "{error}");
    assert!(!is_limited(&world.db).await);
    assert_eq!((count(&world.db, "shelf").await, count(&world.db, "item").await), (2, 3));
    assert_clean(&world.db, world.kind).await;
}
