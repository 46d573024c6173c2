//! What fails in the middle.

use super::{NOTES, applied, assert_clean, given, notes};
use crate::support::{Kind, World, scenarios};
use yara_orm::migrate::Goal;
use yara_orm::prelude::*;
use yara_orm::testing::Fault;

scenarios! {
    nothing_of_a_migration_stays_that_fails,
    the_first_migration_takes_the_history_along,
    a_lost_connection_leaves_the_migration_undone,
    a_lost_answer_to_the_commit_is_told,
    a_run_that_failed_does_not_go_on,
    transactions_are_not_for_files,
}

/// The second statement of the second operation fails.
const BROKEN: (&str, &str) = (
    "0002_broken",
    r#"
    [[operation]]
    sql = { up = "alter table note add column views integer", down = "" }
    [[operation]]
    sql = { up = "insert into note (id, text) values (7, 'lost'); insert into note (id) values (8)" }
    "#,
);

async fn nothing_of_a_migration_stays_that_fails(world: World) {
    let migrations = given(&[NOTES[0], BROKEN]);
    let error = migrations.up(&world.db).await.unwrap_err();
    assert!(error.is_not_null_violation(), "{error:?}");
    assert!(error.to_string().starts_with("0002_broken, operation 2 (sql): "), "{error}");
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
    assert!(sql("select views from note").exec(&world.db).await.is_err());
    // The one before stays, and the next attempt begins after it.
    assert_eq!(applied(&world.db).await, ["0001_notes"]);
    let mended = [NOTES[0], ("0002_broken", NOTES[1].1), NOTES[2]];
    assert_eq!(given(&mended).up(&world.db).await.unwrap(), ["0002_broken", "0003_views"]);
    assert_clean(&world.db, world.kind).await;
}

async fn the_first_migration_takes_the_history_along(world: World) {
    let broken = ("0001_broken", "[[operation]]\nsql = { up = \"create table note (\" }");
    let error = given(&[broken]).up(&world.db).await.unwrap_err();
    assert!(error.to_string().starts_with("0001_broken, operation 1 (sql): "), "{error}");
    assert!(sql("select * from orm_migrations").exec(&world.db).await.is_err());
    given(&NOTES).up(&world.db).await.unwrap();
}

/// Which of the statements with this in their text is meant: PostgreSQL's `BEGIN` is for what is
/// COMMITTED.
fn position(world: &World, text: &str) -> usize {
    if text == "COMMIT" && world.kind == Kind::Postgres { 2 } else { 1 }
}

async fn a_lost_connection_leaves_the_migration_undone(world: World) {
    let migrations = given(&NOTES);
    migrations.up_to(&world.db, "1").await.unwrap();
    for text in ["insert into note", "orm_migrations\" (\"app", "COMMIT"] {
        world.probe.inject(Fault::lose().matching(text).at(position(&world, text)));
        let error = migrations.up(&world.db).await.unwrap_err();
        assert!(error.is_connection_lost(), "{text}: {error}");
        assert!(error.to_string().starts_with("0002_first"), "{text}: {error}");
        assert_eq!(notes(&world.db).await.unwrap(), [""; 0], "{text}");
        assert_eq!(applied(&world.db).await, ["0001_notes"], "{text}");
    }
    assert_eq!(migrations.up(&world.db).await.unwrap(), ["0002_first", "0003_views"]);
    assert_clean(&world.db, world.kind).await;
}

async fn a_lost_answer_to_the_commit_is_told(world: World) {
    let migrations = given(&NOTES[..1]);
    let commit = position(&world, "COMMIT");
    world.probe.inject(Fault::lose_answer().matching("COMMIT").at(commit));
    let error = migrations.up(&world.db).await.unwrap_err();
    assert!(error.to_string().contains("it is not known whether"), "{error}");
    // It was, and the next attempt finds it done.
    assert!(migrations.up(&world.db).await.unwrap().is_empty());
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
}

async fn a_run_that_failed_does_not_go_on(world: World) {
    let migrations = given(&[NOTES[0], BROKEN, NOTES[2]]);
    let mut run = migrations.run(&world.db, &Goal::Latest).await.unwrap();
    assert_eq!(run.pending().collect::<Vec<_>>(), ["0001_notes", "0002_broken", "0003_views"]);
    assert!(run.next().await.unwrap_err().is_not_null_violation());
    assert_eq!(run.done(), ["0001_notes"]);
    let error = world.counting(0, run.next()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction);
    assert_eq!(applied(&world.db).await, ["0001_notes"]);
}

async fn transactions_are_not_for_files(world: World) {
    for text in ["commit", "select 1; ROLLBACK;", "begin  transaction"] {
        let text = format!("[[operation]]\nsql = {{ up = \"{text}\" }}");
        let migrations = given(&[("0001_commit", &text)]);
        let error = world.counting(1, migrations.up(&world.db)).await.unwrap_err();
        assert!(error.is_configuration_error());
        assert!(
            error.to_string().starts_with(
                "0001_commit, operation 1 (sql): a migration begins and ends its transaction by \
                 itself"
            ),
            "{error}"
        );
    }
}
