//! Several programs that migrate one database.

use super::{NOTES, applied, given, notes};
use crate::support::{Kind, World, scenarios};
use std::time::Duration;
use yara_orm::migrate::Goal;
use yara_orm::prelude::*;

scenarios! {
    one_does_it_and_the_others_find_it_done,
    a_program_waits_for_one_that_is_at_it,
    it_waits_no_longer_than_it_may,
    whoever_waited_looks_again_at_what_is_to_be_done,
    two_that_undo_undo_once,
}

async fn one_does_it_and_the_others_find_it_done(world: World) {
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let db = world.other().await;
        tasks.push(tokio::spawn(async move { given(&NOTES).up(&db).await }));
    }
    let mut done = Vec::new();
    for task in tasks {
        done.extend(task.await.unwrap().unwrap());
    }
    done.sort();
    assert_eq!(done, ["0001_notes", "0002_first", "0003_views"], "each was done by one");
    assert_eq!(applied(&world.db).await, done);
    assert_eq!(notes(&world.db).await.unwrap(), ["first"]);
}

/// A migration that stands at a step has the lock.
const STEP: (&str, &str) = ("0002_step", "[[operation]]\nstep = \"wait\"");

async fn a_program_waits_for_one_that_is_at_it(world: World) {
    let migrations = given(&[NOTES[0], STEP]);
    let mut first = migrations.run(&world.db, &Goal::Latest).await.unwrap();
    let step = first.next().await.unwrap().unwrap();
    assert_eq!((step.migration(), step.name()), ("0002_step", "wait"));
    let db = world.other().await;
    let second = tokio::spawn(async move {
        let migrations = given(&[NOTES[0], STEP]).step("wait", async |_| Ok(()));
        migrations.up(&db).await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!second.is_finished(), "it waits");
    sql("insert into note values (1, 'by the first')").exec(step.transaction()).await.unwrap();
    assert!(first.next().await.unwrap().is_none());
    assert!(second.await.unwrap().unwrap().is_empty(), "there was nothing left to do");
    assert_eq!(notes(&world.db).await.unwrap(), ["by the first"]);
    assert_eq!(applied(&world.db).await, ["0001_notes", "0002_step"]);
}

async fn it_waits_no_longer_than_it_may(world: World) {
    let migrations = given(&[NOTES[0], STEP]);
    let mut first = migrations.run(&world.db, &Goal::Latest).await.unwrap();
    let step = first.next().await.unwrap().unwrap();
    // SQLite's own patience comes before.
    let url = match world.kind {
        Kind::Sqlite => format!("{}?busy_timeout=0.1", world.url),
        Kind::Postgres => world.url.clone(),
    };
    let db = Db::connect(&url).await.unwrap();
    let hasty = given(&[NOTES[0], STEP])
        .step("wait", async |_| Ok(()))
        .lock_timeout(Duration::from_millis(300));
    let error = hasty.up(&db).await.unwrap_err();
    assert!(error.is_busy());
    assert!(error.to_string().starts_with("another program is migrating or writing "), "{error}");
    assert!(error.to_string().ends_with(" did not end within 0.3 s"), "{error}");
    drop((first, step));
    assert_eq!(hasty.up(&db).await.unwrap(), ["0002_step"]);
}

async fn whoever_waited_looks_again_at_what_is_to_be_done(world: World) {
    let files = [NOTES[0], STEP, ("0003_first", NOTES[1].1)];
    let mut slow = given(&files).run(&world.db, &Goal::Latest).await.unwrap();
    let other = world.other().await;
    // Meanwhile another program applies all, and undoes one.
    let fast = given(&files).reversible_step("wait", async |_| Ok(()), async |_| Ok(()));
    assert_eq!(fast.up(&other).await.unwrap().len(), 3);
    assert_eq!(fast.down(&other, 1).await.unwrap(), ["0003_first"]);
    // What is done is passed over, and what is not is done.
    assert!(slow.next().await.unwrap().is_none());
    assert_eq!(slow.done(), ["0003_first"]);
    assert_eq!(fast.down(&other, 1).await.unwrap(), ["0003_first"]);
    let mut slow = given(&files).run(&world.db, &Goal::Latest).await.unwrap();
    assert_eq!(fast.down(&other, 1).await.unwrap(), ["0002_step"]);
    let error = slow.next().await.unwrap_err();
    assert!(error.is_busy());
    assert_eq!(
        error.to_string(),
        "0003_first: another program has applied or undone other migrations since this one began; \
         run it again"
    );
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
}

async fn two_that_undo_undo_once(world: World) {
    given(&NOTES).up(&world.db).await.unwrap();
    let mut tasks = Vec::new();
    for _ in 0..3 {
        let db = world.other().await;
        tasks.push(tokio::spawn(async move { given(&NOTES).down_to(&db, "1").await }));
    }
    let mut undone = Vec::new();
    for task in tasks {
        undone.extend(task.await.unwrap().unwrap());
    }
    undone.sort();
    assert_eq!(undone, ["0002_first", "0003_views"]);
    assert_eq!(applied(&world.db).await, ["0001_notes"]);
}
