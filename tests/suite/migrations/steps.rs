//! Code of the program in migrations.

use super::{NOTES, applied, given, notes};
use crate::support::{World, scenarios};
use yara_orm::migrate::{Direction, Goal};
use yara_orm::prelude::*;

scenarios! {
    a_step_reads_and_writes_in_the_transaction,
    a_step_that_fails_takes_all_back,
    a_step_that_is_missing_is_told_before_anything_has_run,
    a_step_without_undo_is_told_before_anything_has_run,
    a_step_that_swallows_an_error_cannot_be_committed,
    the_stepper_hands_steps_out,
}

/// A row, a step, and a row that comes after it.
const STEPS: (&str, &str) = (
    "0002_steps",
    r#"
    [[operation]]
    sql = { up = "insert into note values (1, 'before')", down = "delete from note where id = 1" }
    [[operation]]
    step = "upper"
    [[operation]]
    sql = { up = "insert into note values (2, 'after')", down = "delete from note where id = 2" }
    "#,
);

async fn upper(tx: Transaction) -> Result<(), Error> {
    let texts: Vec<(i64, String)> = sql("select id, text from note order by id").all(&tx).await?;
    assert_eq!(texts, [(1, "before".to_owned())]);
    for (id, text) in texts {
        let update = sql("update note set text = $1 where id = $2");
        update.bind(text.to_uppercase()).bind(id).exec(&tx).await?;
    }
    Ok(())
}

async fn lower(tx: Transaction) -> Result<(), Error> {
    sql("update note set text = lower(text)").exec(&tx).await.map(drop)
}

async fn a_step_reads_and_writes_in_the_transaction(world: World) {
    let migrations = given(&[NOTES[0], STEPS]).reversible_step("upper", upper, lower);
    migrations.up(&world.db).await.unwrap();
    assert_eq!(notes(&world.db).await.unwrap(), ["BEFORE", "after"]);
    migrations.down(&world.db, 1).await.unwrap();
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
    assert_eq!(applied(&world.db).await, ["0001_notes"]);
}

async fn a_step_that_fails_takes_all_back(world: World) {
    let failing = async |tx: Transaction| {
        sql("insert into note values (9, 'lost')").exec(&tx).await?;
        Err(Error::new(ErrorKind::InvalidValue, "no such thing"))
    };
    let error = given(&[NOTES[0], STEPS]).step("upper", failing).up(&world.db).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    assert_eq!(error.to_string(), "0002_steps, step upper: no such thing");
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
    assert_eq!(applied(&world.db).await, ["0001_notes"]);
}

async fn a_step_that_is_missing_is_told_before_anything_has_run(world: World) {
    let migrations = given(&[NOTES[0], STEPS]).step("uper", upper);
    let error = world.counting(1, migrations.up(&world.db)).await.unwrap_err();
    assert!(error.is_configuration_error());
    assert_eq!(
        error.to_string(),
        "0002_steps asks for the step `upper`, which the program does not have; register it by \
         `.step(\"upper\", …)`; did you mean `uper`?"
    );
    assert_eq!(notes(&world.db).await, None);
}

async fn a_step_without_undo_is_told_before_anything_has_run(world: World) {
    let migrations = given(&[NOTES[0], STEPS]).step("upper", upper);
    migrations.up(&world.db).await.unwrap();
    let error = world.counting(1, migrations.down(&world.db, 2)).await.unwrap_err();
    assert!(error.is_configuration_error());
    assert_eq!(
        error.to_string(),
        "0002_steps cannot be undone: the step `upper` has nothing that undoes it; register it by \
         `reversible_step`"
    );
    assert_eq!(notes(&world.db).await.unwrap(), ["BEFORE", "after"]);
}

async fn a_step_that_swallows_an_error_cannot_be_committed(world: World) {
    let swallowing = async |tx: Transaction| {
        assert!(sql("insert into nowhere values (1)").exec(&tx).await.is_err());
        Ok(())
    };
    let migrations = given(&[NOTES[0], STEPS]).step("upper", swallowing);
    let error = migrations.up(&world.db).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction);
    assert!(error.to_string().starts_with("0002_steps, operation 3 (sql): "), "{error}");
    assert_eq!(notes(&world.db).await.unwrap(), [""; 0]);
}

/// How another language runs its steps.
async fn the_stepper_hands_steps_out(world: World) {
    let migrations = given(&[NOTES[0], STEPS]);
    let mut run = migrations.run(&world.db, &Goal::Latest).await.unwrap();
    assert_eq!(run.steps().collect::<Vec<_>>(), [("0002_steps", "upper")]);
    let mut names = Vec::new();
    while let Some(step) = run.next().await.unwrap() {
        assert_eq!((step.migration(), step.direction()), ("0002_steps", Direction::Up));
        names.push(step.name().to_owned());
        lower(step.transaction().clone()).await.unwrap();
    }
    assert_eq!(names, ["upper"]);
    assert_eq!(run.done(), ["0001_notes", "0002_steps"]);
    assert!(run.next().await.unwrap().is_none());
    let mut run = migrations.run(&world.db, &Goal::Back(1)).await.unwrap();
    let step = run.next().await.unwrap().unwrap();
    assert_eq!((step.name(), step.direction()), ("upper", Direction::Down));
    let error = run.fail(Error::new(ErrorKind::InvalidValue, "no")).await;
    assert_eq!(error.to_string(), "0002_steps, step upper: no");
    assert_eq!(applied(&world.db).await, ["0001_notes", "0002_steps"]);
}
