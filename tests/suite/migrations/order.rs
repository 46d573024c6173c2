//! Files that come too late, and files that are gone.

use super::{NOTES, applied, given, notes};
use crate::support::{World, scenarios};

scenarios! {
    a_file_before_the_last_one_is_refused_unless_allowed,
    what_has_no_file_is_refused_unless_allowed,
}

async fn a_file_before_the_last_one_is_refused_unless_allowed(world: World) {
    given(&[NOTES[0], NOTES[2]]).up(&world.db).await.unwrap();
    let migrations = given(&NOTES);
    for error in [
        world.counting(1, migrations.up(&world.db)).await.unwrap_err(),
        world.counting(1, migrations.up_to(&world.db, "0002")).await.unwrap_err(),
    ] {
        assert!(error.is_configuration_error());
        assert_eq!(
            error.to_string(),
            "`0002_first` is not applied, and `0003_views`, which comes after it, is: it was \
             written for tables that were different then; give it a number after `0003_views`, or \
             allow it by `out_of_order`"
        );
    }
    let allowed = given(&NOTES).out_of_order(true);
    assert_eq!(allowed.up(&world.db).await.unwrap(), ["0002_first"]);
    assert_eq!(applied(&world.db).await, ["0001_notes", "0003_views", "0002_first"]);
    // Undone is what came last, whatever its number.
    assert_eq!(allowed.down(&world.db, 1).await.unwrap(), ["0002_first"]);
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
    allowed.up(&world.db).await.unwrap();
    let undone = allowed.down_to(&world.db, "0001").await.unwrap();
    assert_eq!(undone, ["0002_first", "0003_views"]);
}

async fn what_has_no_file_is_refused_unless_allowed(world: World) {
    given(&NOTES[..2]).up(&world.db).await.unwrap();
    let files = [NOTES[0], NOTES[2]];
    let error = world.counting(1, given(&files).up(&world.db)).await.unwrap_err();
    assert!(error.is_configuration_error());
    assert_eq!(
        error.to_string(),
        "the database has had `0002_first`, of which there is no file here, so that nobody knows \
         which tables `0003_views` would change; bring the files back, undo them with the program \
         that has them, or allow it by `ignore_missing`"
    );
    // Nothing to do is no matter of what is missing: an older version of the program starts.
    assert!(given(&NOTES[..1]).up(&world.db).await.unwrap().is_empty());
    for undo in [
        world.counting(1, given(&files).down(&world.db, 1)).await,
        world.counting(1, given(&files).down(&world.db, 2)).await,
        world.counting(1, given(&files).down_to(&world.db, "zero")).await,
    ] {
        assert_eq!(
            undo.unwrap_err().to_string(),
            "`0002_first` cannot be undone, because there is no file of it here; bring the file \
             back, or undo it with the program that has it"
        );
    }
    let done = given(&files).ignore_missing(true).up(&world.db).await.unwrap();
    assert_eq!(done, ["0003_views"]);
    assert_eq!(applied(&world.db).await, ["0001_notes", "0002_first", "0003_views"]);
}
