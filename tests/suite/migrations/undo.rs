//! Undoing migrations.

use super::{NOTES, applied, given, notes};
use crate::support::{World, scenarios};

scenarios! {
    the_last_ones_are_undone_in_reverse,
    those_after_a_target_are_undone,
    what_cannot_be_undone_is_refused_before_anything_has_run,
    the_operations_of_one_are_undone_in_reverse,
}

async fn the_last_ones_are_undone_in_reverse(world: World) {
    let migrations = given(&NOTES);
    assert!(migrations.down(&world.db, 1).await.unwrap().is_empty());
    migrations.up(&world.db).await.unwrap();
    assert_eq!(migrations.down(&world.db, 2).await.unwrap(), ["0003_views", "0002_first"]);
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
    assert_eq!(applied(&world.db).await, ["0001_notes"]);
    assert_eq!(migrations.down(&world.db, 9).await.unwrap(), ["0001_notes"]);
    assert_eq!(notes(&world.db).await, None);
    migrations.up(&world.db).await.unwrap();
    assert_eq!(notes(&world.db).await.unwrap(), ["first"]);
}

async fn those_after_a_target_are_undone(world: World) {
    let migrations = given(&NOTES);
    migrations.up(&world.db).await.unwrap();
    assert!(migrations.down_to(&world.db, "3").await.unwrap().is_empty());
    assert_eq!(migrations.down_to(&world.db, "1").await.unwrap(), ["0003_views", "0002_first"]);
    let error = migrations.down_to(&world.db, "zeor").await.unwrap_err();
    assert!(error.to_string().contains("no migration is called `zeor`"), "{error}");
    assert_eq!(migrations.down_to(&world.db, "zero").await.unwrap(), ["0001_notes"]);
    assert!(applied(&world.db).await.is_empty());
}

async fn what_cannot_be_undone_is_refused_before_anything_has_run(world: World) {
    let files = [
        NOTES[0],
        ("0002_more", "[[operation]]\nsql = { up = \"insert into note values (2, 'more')\" }"),
        NOTES[2],
    ];
    given(&files).up(&world.db).await.unwrap();
    let error = world.counting(1, given(&files).down(&world.db, 2)).await.unwrap_err();
    assert!(error.is_configuration_error());
    assert_eq!(
        error.to_string(),
        "0002_more, operation 1 (sql): it cannot be undone: nothing says how; give it `down`"
    );
    assert_eq!(applied(&world.db).await.len(), 3);
    assert_eq!(given(&files).down(&world.db, 1).await.unwrap(), ["0003_views"]);
}

async fn the_operations_of_one_are_undone_in_reverse(world: World) {
    let migrations = given(&[(
        "0001_all",
        r#"
        [[operation]]
        sql = { up = "create table note (id integer primary key, text varchar(50))", down = "drop table note" }
        [[operation]]
        sql = { up = "insert into note values (1, 'a'); insert into note values (2, 'b')", down = "delete from note" }
        "#,
    )]);
    migrations.up(&world.db).await.unwrap();
    assert_eq!(notes(&world.db).await.unwrap(), ["a", "b"]);
    assert_eq!(migrations.down(&world.db, 1).await.unwrap(), ["0001_all"]);
    assert_eq!(notes(&world.db).await, None);
}
