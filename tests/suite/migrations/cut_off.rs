//! Futures that are dropped at each of their awaits.

use super::{NOTES, applied, assert_clean, given, notes};
use crate::support::{World, scenarios};
use yara_orm::migrate::Goal;
use yara_orm::prelude::*;
use yara_orm::testing::drop_after;

scenarios! {
    applying_leaves_whole_migrations,
    undoing_leaves_whole_migrations,
    a_run_that_is_dropped_takes_its_migration_back,
    a_call_that_was_cut_off_is_not_repeated,
}

/// What the tables and the history say together: how many migrations have been applied.
async fn progress(db: &Db) -> usize {
    // What was cut off may still have the lock.
    loop {
        let tx = db.begin().await;
        match tx {
            Ok(tx) => {
                if let Some(lock) = tx.dialect().migration_lock() {
                    let (is_ours,): (bool,) = sql(lock).one(&tx).await.unwrap();
                    if !is_ours {
                        continue;
                    }
                }
                let applied = read(&tx).await;
                tx.rollback().await.unwrap();
                return applied;
            }
            Err(error) => assert!(error.is_busy(), "{error}"),
        }
    }
}

async fn read(tx: &Transaction) -> usize {
    let outcome: Result<(i64,), Error> =
        tx.transaction(async |tx| sql("select count(*) from orm_migrations").one(&tx).await).await;
    let count = outcome.map_or(0, |row| row.0);
    let notes: Result<(i64,), Error> =
        tx.transaction(async |tx| sql("select count(*) from note").one(&tx).await).await;
    let views =
        tx.transaction(async |tx| sql("select views from note").exec(&tx).await).await.is_ok();
    let expected = match count {
        0 => (None, false),
        1 => (Some(0), false),
        2 => (Some(1), false),
        _ => (Some(1), true),
    };
    assert_eq!((notes.ok().map(|row| row.0), views), expected, "after {count}");
    usize::try_from(count).unwrap()
}

async fn applying_leaves_whole_migrations(world: World) {
    let migrations = given(&NOTES);
    let mut seen = Vec::new();
    for polls in 1..400 {
        let finished = drop_after(polls, migrations.up(&world.db)).await;
        let applied = progress(&world.db).await;
        seen.push(applied);
        if let Some(outcome) = finished {
            // The commit of the last one may have been under way when it was dropped before.
            outcome.unwrap();
            assert_eq!(applied, 3);
            break;
        }
        if applied == 3 {
            break;
        }
    }
    assert_eq!(progress(&world.db).await, 3, "{seen:?}");
    assert_clean(&world.db, world.kind).await;
}

async fn undoing_leaves_whole_migrations(world: World) {
    let migrations = given(&NOTES);
    migrations.up(&world.db).await.unwrap();
    for polls in 1..400 {
        let finished = drop_after(polls, migrations.down_to(&world.db, "zero")).await;
        if finished.is_some_and(|outcome| outcome.is_ok()) || progress(&world.db).await == 0 {
            break;
        }
    }
    assert_eq!(progress(&world.db).await, 0);
    assert_eq!(notes(&world.db).await, None);
    assert_clean(&world.db, world.kind).await;
}

/// Even where somebody has kept a handle of its transaction.
async fn a_run_that_is_dropped_takes_its_migration_back(world: World) {
    let stepping = ("0002_step", "[[operation]]\nstep = \"fill\"");
    let migrations = given(&[NOTES[0], stepping]);
    let mut run = migrations.run(&world.db, &Goal::Latest).await.unwrap();
    let step = run.next().await.unwrap().unwrap();
    sql("insert into note values (5, 'lost')").exec(step.transaction()).await.unwrap();
    drop(run);
    assert!(!step.transaction().is_open());
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
    assert_eq!(applied(&world.db).await, ["0001_notes"]);
    drop(step);
    assert_clean(&world.db, world.kind).await;
}

async fn a_call_that_was_cut_off_is_not_repeated(world: World) {
    let migrations = given(&NOTES);
    let mut run = migrations.run(&world.db, &Goal::Latest).await.unwrap();
    assert!(drop_after(1, run.next()).await.is_none());
    let error = world.counting(0, run.next()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction);
    assert!(error.to_string().contains("begin another one"), "{error}");
    drop(run);
    // What had been committed by then stays.
    migrations.up(&world.db).await.unwrap();
    assert_eq!(progress(&world.db).await, 3);
}
