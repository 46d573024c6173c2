//! Migrations that are not one transaction. SQLite runs them as one all the same: its transaction
//! has the database to itself, and nothing there has to be outside of one.

use super::{NOTES, applied, assert_clean, given, notes};
use crate::support::{Kind, World, postgres_scenarios, scenarios};
use std::time::Duration;
use yara_orm::migrate::Goal;
use yara_orm::prelude::*;
use yara_orm::testing::drop_after;

scenarios! {
    what_is_done_is_told_where_it_fails,
    it_is_applied_and_undone,
    what_is_concurrent_is_refused_in_a_transaction,
}

postgres_scenarios! {
    an_index_is_built_beside_writers,
    a_pool_of_one_connection_is_enough,
    one_does_it_and_the_others_find_it_done,
    a_step_has_a_transaction_of_its_own,
    dropped_it_lets_others_at_it,
}

const BROKEN: (&str, &str) = (
    "0002_broken",
    r#"
    atomic = false
    [[operation]]
    sql = { up = "insert into note values (1, 'one')", down = "delete from note where id = 1" }
    [[operation]]
    sql = { up = "insert into note values (1, 'twice')" }
    [[operation]]
    sql = { up = "insert into note values (3, 'three')" }
    "#,
);

async fn what_is_done_is_told_where_it_fails(world: World) {
    let migrations = given(&[NOTES[0], BROKEN]);
    let error = migrations.up(&world.db).await.unwrap_err();
    assert!(error.is_unique_violation());
    let text = error.to_string();
    assert!(text.starts_with("0002_broken, operation 2 (sql): "), "{text}");
    let remark = "; the migration is not atomic; done, and still so: operation 1 (sql); not done: \
                  operation 2 (sql), operation 3 (sql); take that back by hand, or do the rest by \
                  hand and note it by `fake`";
    let expected: &[&str] = match world.kind {
        Kind::Sqlite => &[],
        Kind::Postgres => &["one"],
    };
    assert_eq!(text.contains(remark), world.kind == Kind::Postgres, "{text}");
    assert_eq!(notes(&world.db).await.unwrap(), expected);
    assert_eq!(applied(&world.db).await, ["0001_notes"]);
    assert_clean(&world.db, world.kind).await;
    migrations.fake(&world.db, None).await.unwrap();
    assert_eq!(applied(&world.db).await, ["0001_notes", "0002_broken"]);
}

async fn it_is_applied_and_undone(world: World) {
    let text = NOTES[1].1.replacen("[[operation]]", "atomic = false\n[[operation]]", 1);
    let migrations = given(&[NOTES[0], ("0002_first", &text)]);
    assert_eq!(migrations.up(&world.db).await.unwrap(), ["0001_notes", "0002_first"]);
    assert_eq!(notes(&world.db).await.unwrap(), ["first"]);
    assert_eq!(migrations.down(&world.db, 1).await.unwrap(), ["0002_first"]);
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
    assert_clean(&world.db, world.kind).await;
}

async fn what_is_concurrent_is_refused_in_a_transaction(world: World) {
    let migrations = given(&[(
        "0001_index",
        "[[operation]]\nadd_index = { table = \"book\", keys = [\"views\"], concurrently = true }",
    )]);
    let error = world.counting(1, migrations.up(&world.db)).await.unwrap_err();
    assert!(error.is_configuration_error());
    assert!(
        error.to_string().starts_with(
            "0001_index, operation 1 (add_index book(views)): an index that is built, or dropped, \
             while rows are written cannot be part of a transaction"
        ),
        "{error}"
    );
}

/// The lock must not be what the database waits for.
async fn an_index_is_built_beside_writers(world: World) {
    let index = (
        "0002_index",
        "atomic = false\n[[operation]]\nsql = { up = \"create index concurrently note_text on note \
         (text)\", down = \"drop index concurrently note_text\" }",
    );
    let migrations = given(&[NOTES[0], index]);
    let work = migrations.up(&world.db);
    let done = tokio::time::timeout(Duration::from_secs(20), work).await.expect("nothing waits");
    assert_eq!(done.unwrap(), ["0001_notes", "0002_index"]);
    let valid: (bool,) =
        sql("select indisvalid from pg_index where indexrelid = 'note_text'::regclass")
            .one(&world.db)
            .await
            .unwrap();
    assert!(valid.0);
    assert_eq!(migrations.down(&world.db, 1).await.unwrap(), ["0002_index"]);
}

async fn a_pool_of_one_connection_is_enough(world: World) {
    let db = Db::builder(&world.url)
        .max_size(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect()
        .await
        .unwrap();
    let error = given(&[NOTES[0], BROKEN]).up(&db).await.unwrap_err();
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(given(&[NOTES[0], BROKEN]).fake(&db, None).await.unwrap(), ["0002_broken"]);
}

async fn one_does_it_and_the_others_find_it_done(world: World) {
    let text = NOTES[1].1.replacen("[[operation]]", "atomic = false\n[[operation]]", 1);
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let (db, text) = (world.other().await, text.clone());
        tasks.push(tokio::spawn(async move {
            given(&[NOTES[0], ("0002_first", &text), NOTES[2]]).up(&db).await
        }));
    }
    let mut done = Vec::new();
    for task in tasks {
        done.extend(task.await.unwrap().unwrap());
    }
    done.sort();
    assert_eq!(done, ["0001_notes", "0002_first", "0003_views"], "each was done by one");
}

const STEP: (&str, &str) = (
    "0002_step",
    r#"
    atomic = false
    [[operation]]
    step = "fill"
    [[operation]]
    sql = { up = "insert into note values (1, 'twice')" }
    "#,
);

async fn a_step_has_a_transaction_of_its_own(world: World) {
    let fill =
        async |tx: Transaction| sql("insert into note values (1, 'one')").exec(&tx).await.map(drop);
    let migrations = given(&[NOTES[0], STEP]).step("fill", fill);
    let error = migrations.up(&world.db).await.unwrap_err();
    assert!(error.is_unique_violation(), "{error}");
    assert!(error.to_string().contains("done, and still so: step fill; not done: operation 2"));
    assert_eq!(notes(&world.db).await.unwrap(), ["one"]);
    let failing = async |tx: Transaction| {
        sql("insert into note values (2, 'lost')").exec(&tx).await?;
        Err(Error::new(ErrorKind::InvalidValue, "changed my mind"))
    };
    let error = given(&[NOTES[0], STEP]).step("fill", failing).up(&world.db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "0002_step, step fill: changed my mind; the migration is not atomic; nothing before this \
         was done"
    );
    assert_eq!(notes(&world.db).await.unwrap(), ["one"]);
    assert_clean(&world.db, world.kind).await;
}

/// The lock goes with what was dropped, wherever that was.
async fn dropped_it_lets_others_at_it(world: World) {
    let migrations =
        given(&[NOTES[0], ("0002_wait", "atomic = false\n[[operation]]\nstep = \"wait\"")]);
    migrations.up_to(&world.db, "1").await.unwrap();
    for polls in 1..60 {
        let mut run = migrations.run(&world.db, &Goal::Latest).await.unwrap();
        let stepped = drop_after(polls, run.next()).await;
        drop(run);
        if stepped.is_some() {
            break;
        }
    }
    let done = migrations.step("wait", async |_| Ok(())).lock_timeout(Duration::from_secs(10));
    assert_eq!(done.up(&world.db).await.unwrap(), ["0002_wait"]);
    assert_clean(&world.db, world.kind).await;
}
