//! What a program asks of its migrations: to reach a goal, and what there is.

use super::plan::{Work, check_app, planned_one};
use super::{Direction, Goal, Migrations, Run, RunOptions, find, prepare};
use crate::db::Db;
use crate::error::Result;
use crate::migrate::history::{self, Applied};
use crate::migrate::{NamedMigration, State, lock};
use crate::sql::Dialect;
use chrono::{DateTime, Utc};

/// A migration, and whether a database has had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its name.
    pub name: String,
    /// When it was applied; `None` where it was not.
    pub applied_at: Option<DateTime<Utc>>,
    /// Whether there is a file of it. One that was applied and has none belongs to another version
    /// of the program.
    pub has_file: bool,
}

impl Migrations {
    /// Applies all migrations that the database has not had, and gives their names.
    ///
    /// Each runs in one transaction, with its row in the history. Of programs that call this at once
    /// one does it, and the others wait and find it done. Dropped, it takes back the migration
    /// under way, and leaves those before it.
    ///
    /// Errs before anything has run where a file is wrong, where a step is not registered, where
    /// migrations would come [out of order](RunOptions::out_of_order) or are
    /// [missing](RunOptions::ignore_missing), and where the database cannot do what one asks for;
    /// later with what the database says, or a step, naming the migration, of which nothing stays.
    pub async fn up(&self, db: &Db) -> Result<Vec<String>> {
        self.reach(db, &Goal::Latest).await
    }

    /// As [`up`](Migrations::up), as far as this migration: its whole name, or its number.
    pub async fn up_to(&self, db: &Db, target: &str) -> Result<Vec<String>> {
        self.reach(db, &Goal::UpTo(target.to_owned())).await
    }

    /// Undoes so many migrations, the one applied last first, and gives their names.
    ///
    /// Errs as [`up`](Migrations::up) does, and before anything has run where one cannot be undone.
    pub async fn down(&self, db: &Db, count: usize) -> Result<Vec<String>> {
        self.reach(db, &Goal::Back(count)).await
    }

    /// As [`down`](Migrations::down), all that come after this migration: its whole name, or its
    /// number; with `zero` all.
    pub async fn down_to(&self, db: &Db, target: &str) -> Result<Vec<String>> {
        self.reach(db, &Goal::DownTo(target.to_owned())).await
    }

    async fn reach(&self, db: &Db, goal: &Goal) -> Result<Vec<String>> {
        let mut run = self.run(db, goal).await?;
        self.drive(&mut run).await?;
        Ok(run.done().to_vec())
    }

    /// Prepares to reach a goal, for whoever runs steps by other means; see [`Run`]. The steps that
    /// are registered here mean nothing to it.
    ///
    /// Errs as [`Run::new`] does.
    pub async fn run(&self, db: &Db, goal: &Goal) -> Result<Run> {
        self.run_with(db, goal, &self.options).await
    }

    pub(in crate::migrate) async fn run_with(
        &self,
        db: &Db,
        goal: &Goal,
        options: &RunOptions,
    ) -> Result<Run> {
        Run::new(db, &self.app, &self.read()?, goal, options).await
    }

    /// Runs to the end, with the steps that are registered here.
    pub(in crate::migrate) async fn drive(&self, run: &mut Run) -> Result<()> {
        self.steps.check(run)?;
        while let Some(step) = run.next().await? {
            let outcome = self.steps.call(&step).await;
            if let Err(error) = outcome {
                return Err(run.fail(error).await);
            }
        }
        Ok(())
    }

    /// Which migrations there are, and which of them the database has had. Those without a file
    /// stand where they were applied.
    pub async fn status(&self, db: &Db) -> Result<Vec<MigrationStatus>> {
        let applied = history::read_if_any(db, &self.app).await?.unwrap_or_default();
        Ok(statuses(&self.read()?, applied))
    }

    /// The statements of one migration, in the SQL of a database; steps are comments.
    ///
    /// Errs where there is no such migration, where the database cannot do what it asks for, and
    /// where it is to be undone and cannot be.
    pub fn sql(
        &self,
        name: &str,
        direction: Direction,
        dialect: &dyn Dialect,
    ) -> Result<Vec<String>> {
        let migrations = self.read()?;
        let at = find(&migrations, name)?;
        let mut state = State::after(&migrations[..at])?;
        let planned = planned_one(&migrations[at], &mut state, direction, dialect)?;
        let before = planned.rebuilds.then(|| dialect.foreign_keys_off()).flatten();
        let texts = planned.work.into_iter().flat_map(|work| match work {
            Work::Statements { texts, .. } => texts,
            Work::Step(name) => vec![format!("-- step {}", name.replace(['\r', '\n'], " "))],
        });
        Ok(before.map(str::to_owned).into_iter().chain(texts).collect())
    }

    /// Notes that migrations are applied without running them, as far as this one or all: for a
    /// database whose tables are there already. Gives the names of those that were not noted yet.
    ///
    /// Errs where there is no such migration, and with what the database says.
    pub async fn fake(&self, db: &Db, target: Option<&str>) -> Result<Vec<String>> {
        check_app(&self.app)?;
        let migrations = self.read()?;
        let end = match target {
            Some(target) => find(&migrations, target)? + 1,
            None => migrations.len(),
        };
        let patience = lock::Patience::of(self.options.lock_timeout);
        let is_first = history::read_if_any(db, &self.app).await?.is_none();
        let transaction = lock::begin(db, None, patience).await?;
        prepare(&transaction, is_first).await?;
        let applied = history::read(&transaction, &self.app).await?;
        let mut noted = Vec::new();
        for one in &migrations[..end] {
            if !applied.iter().any(|row| row.name == one.name) {
                history::add(&transaction, &self.app, &one.name).await?;
                noted.push(one.name.clone());
            }
        }
        transaction.commit().await?;
        Ok(noted)
    }
}

/// Files and history side by side.
fn statuses(migrations: &[NamedMigration], applied: Vec<Applied>) -> Vec<MigrationStatus> {
    let mut statuses: Vec<MigrationStatus> = migrations
        .iter()
        .map(|one| MigrationStatus { name: one.name.clone(), applied_at: None, has_file: true })
        .collect();
    let mut after = 0;
    for row in applied {
        let known = statuses.iter().position(|status| status.name == row.name);
        let at = known.unwrap_or_else(|| {
            statuses.insert(
                after,
                MigrationStatus { name: row.name, applied_at: None, has_file: false },
            );
            after
        });
        statuses[at].applied_at = Some(row.at);
        after = at + 1;
    }
    statuses
}
