//! What a database remembers, and what is said of it.

use super::{NOTES, applied, given, notes};
use crate::support::{Kind, World, scenarios};
use yara_orm::migrate::Direction;
use yara_orm::prelude::*;

scenarios! {
    all_are_applied_once,
    a_target_is_a_name_or_a_number,
    the_status_tells_files_and_what_has_none,
    a_database_whose_tables_are_there_is_told_so,
    labels_do_not_disturb_each_other,
    databases_of_the_first_version_carry_on,
    statements_are_shown_without_running,
    nothing_to_do_is_one_statement,
}

async fn all_are_applied_once(world: World) {
    let migrations = given(&NOTES);
    let done = migrations.up(&world.db).await.unwrap();
    assert_eq!(done, ["0001_notes", "0002_first", "0003_views"]);
    assert_eq!(notes(&world.db).await.unwrap(), ["first"]);
    assert_eq!(applied(&world.db).await, done);
    assert!(migrations.up(&world.db).await.unwrap().is_empty());
    assert_eq!(notes(&world.db).await.unwrap(), ["first"]);
}

async fn a_target_is_a_name_or_a_number(world: World) {
    let migrations = given(&NOTES);
    assert_eq!(migrations.up_to(&world.db, "0001_notes").await.unwrap(), ["0001_notes"]);
    assert_eq!(migrations.up_to(&world.db, "2").await.unwrap(), ["0002_first"]);
    assert!(migrations.up_to(&world.db, "1").await.unwrap().is_empty());
    assert!(migrations.up_to(&world.db, "0002").await.unwrap().is_empty());
    for (target, hint) in [
        ("0003_view", "did you mean `0003_views`?"),
        ("7", "it has `0001_notes`, `0002_first`, `0003_views`"),
    ] {
        let error = world.counting(1, migrations.up_to(&world.db, target)).await.unwrap_err();
        assert_eq!(error.to_string(), format!("no migration is called `{target}`; {hint}"));
        assert!(error.is_configuration_error());
    }
    assert_eq!(applied(&world.db).await.len(), 2);
}

async fn the_status_tells_files_and_what_has_none(world: World) {
    let told = async |files: &[(&str, &str)]| {
        let status = given(files).status(&world.db).await.unwrap();
        let told = status.into_iter().map(|one| (one.name, one.applied_at.is_some(), one.has_file));
        told.collect::<Vec<_>>()
    };
    let one = |name: &str, is_applied, has_file| (name.to_owned(), is_applied, has_file);
    assert_eq!(told(&NOTES[..1]).await, [one("0001_notes", false, true)]);
    assert_eq!(applied(&world.db).await.len(), 0);
    let before = chrono::Utc::now();
    given(&NOTES[..2]).up(&world.db).await.unwrap();
    assert_eq!(
        told(&NOTES).await,
        [
            one("0001_notes", true, true),
            one("0002_first", true, true),
            one("0003_views", false, true)
        ]
    );
    assert_eq!(
        told(&[NOTES[0], NOTES[2]]).await,
        [
            one("0001_notes", true, true),
            one("0002_first", true, false),
            one("0003_views", false, true)
        ]
    );
    let at = given(&NOTES).status(&world.db).await.unwrap()[1].applied_at.unwrap();
    assert!((before..=chrono::Utc::now()).contains(&at), "{before} {at}");
}

async fn a_database_whose_tables_are_there_is_told_so(world: World) {
    sql("create table note (id integer primary key, text varchar(50) not null)")
        .exec(&world.db)
        .await
        .unwrap();
    let migrations = given(&NOTES);
    assert_eq!(migrations.fake(&world.db, Some("0001")).await.unwrap(), ["0001_notes"]);
    assert_eq!(migrations.up_to(&world.db, "2").await.unwrap(), ["0002_first"]);
    assert_eq!(notes(&world.db).await.unwrap(), ["first"]);
    let error = migrations.fake(&world.db, Some("0004")).await.unwrap_err();
    assert!(error.to_string().starts_with("no migration is called `0004`"), "{error}");
    assert_eq!(migrations.fake(&world.db, None).await.unwrap(), ["0003_views"]);
    assert!(migrations.fake(&world.db, None).await.unwrap().is_empty());
    assert_eq!(applied(&world.db).await, ["0001_notes", "0002_first", "0003_views"]);
}

async fn labels_do_not_disturb_each_other(world: World) {
    let other = || given(&NOTES[..2]).app("shop");
    given(&NOTES[..1]).up(&world.db).await.unwrap();
    assert_eq!(other().fake(&world.db, Some("1")).await.unwrap(), ["0001_notes"]);
    assert_eq!(other().up(&world.db).await.unwrap(), ["0002_first"]);
    assert_eq!(applied(&world.db).await, ["0001_notes"]);
    assert_eq!(other().down(&world.db, 1).await.unwrap(), ["0002_first"]);
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
    let long = given(&NOTES).app("x".repeat(101));
    let error = world.counting(0, long.up(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("has 1 to 100 characters"), "{error}");
}

/// The table as yara-orm 1.19 makes it, with a row as it writes it.
async fn databases_of_the_first_version_carry_on(world: World) {
    let (table, moment) = match world.kind {
        Kind::Sqlite => (
            "CREATE TABLE \"orm_migrations\" (\n  \"id\" INTEGER PRIMARY KEY AUTOINCREMENT,\n  \
             \"app\" VARCHAR(100) NOT NULL,\n  \"name\" VARCHAR(255) NOT NULL,\n  \
             \"applied_at\" TIMESTAMP NOT NULL\n)",
            "2026-11-29 14:10:57.853732",
        ),
        Kind::Postgres => (
            "CREATE TABLE \"orm_migrations\" (\n  \"id\" SERIAL,\n  \
             \"app\" VARCHAR(100) NOT NULL,\n  \"name\" VARCHAR(255) NOT NULL,\n  \
             \"applied_at\" TIMESTAMPTZ NOT NULL,\n  PRIMARY KEY (\"id\")\n)",
            "2026-11-29 14:10:57.853732+00",
        ),
    };
    for statement in [
        table,
        &format!(
            "insert into orm_migrations (app, name, applied_at) values ('models', '0001_notes', '{moment}')"
        ),
        "create table note (id integer primary key, text varchar(50) not null)",
    ] {
        sql(statement).exec(&world.db).await.unwrap();
    }
    let migrations = given(&NOTES);
    let status = migrations.status(&world.db).await.unwrap();
    let at = status[0].applied_at.unwrap();
    assert_eq!(at.to_rfc3339(), "2026-11-29T14:10:57.853732+00:00");
    assert_eq!(migrations.up(&world.db).await.unwrap(), ["0002_first", "0003_views"]);
    assert_eq!(migrations.down(&world.db, 3).await.unwrap().len(), 3);
    assert!(applied(&world.db).await.is_empty());
}

async fn statements_are_shown_without_running(world: World) {
    let migrations = given(&[
        NOTES[0],
        (
            "0002_both",
            r#"
            [[operation]]
            sql = { up = { sqlite = "select 1", postgresql = "select 2" }, down = "select 3" }
            [[operation]]
            step = "fill"
            "#,
        ),
    ]);
    let dialect = world.db.dialect();
    let shown = |name, direction| migrations.sql(name, direction, dialect);
    assert_eq!(
        shown("1", Direction::Up).unwrap(),
        ["create table note (id integer primary key, text varchar(50) not null)"]
    );
    assert_eq!(shown("1", Direction::Down).unwrap(), ["drop table note"]);
    let own = if world.kind == Kind::Sqlite { "select 1" } else { "select 2" };
    assert_eq!(shown("2", Direction::Up).unwrap(), [own, "-- step fill"]);
    assert_eq!(shown("0002_both", Direction::Down).unwrap(), ["-- step fill", "select 3"]);
    assert!(shown("3", Direction::Up).unwrap_err().is_configuration_error());
    assert_eq!(notes(&world.db).await, None);
}

/// What every start of a program costs.
async fn nothing_to_do_is_one_statement(world: World) {
    let migrations = given(&NOTES);
    migrations.up(&world.db).await.unwrap();
    assert!(world.counting(1, migrations.up(&world.db)).await.unwrap().is_empty());
    assert!(world.counting(1, migrations.down(&world.db, 0)).await.unwrap().is_empty());
}
