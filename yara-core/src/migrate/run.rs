//! Running migrations: each in one transaction with its row in the history, one after the other.
//!
//! ```text
//!  files, history, goal ─ choose ─▶ which, in which order
//!                         plan ───▶ statements and steps of each: nothing has been sent yet
//!                         Run ────▶ lock, history again, statements … a step is handed out …
//! ```
//!
//! [`Run`] is a stepper, so that any language can run its own code where a migration asks for it.

mod choose;
mod making;
mod pieces;
mod plan;
mod program;
mod reach;
mod steps;
mod whole;

use super::NamedMigration;
use super::history::{self, Applied};
use super::lock::Patience;
use crate::db::Db;
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::transaction::Transaction;
use choose::{choose, find};
use pieces::Pieces;
use plan::{Planned, Work, plan};
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;
use whole::Whole;

pub use program::Migrations;
pub(super) use program::Url;
pub use reach::MigrationStatus;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A migration is applied.
    Up,
    /// A migration is undone.
    Down,
}

/// Up to where. A migration is named by its whole name, such as `0002_slugs`, or by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// All migrations are applied.
    Latest,
    /// This one is applied, and all before it.
    UpTo(String),
    /// So many are undone, the last one first.
    Back(usize),
    /// All are undone that come after this one; with `zero`, all.
    DownTo(String),
}

impl Goal {
    /// Which way it leads.
    pub fn direction(&self) -> Direction {
        match self {
            Goal::Latest | Goal::UpTo(_) => Direction::Up,
            Goal::Back(_) | Goal::DownTo(_) => Direction::Down,
        }
    }
}

/// How migrations are run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Whether a migration may be applied although one that comes after it has been. Where not, it
    /// is refused: it was written for tables that were different then.
    pub out_of_order: bool,
    /// Whether migrations may be applied although the database has had some that there is no file
    /// of. Where not, it is refused: nobody knows which tables there are.
    pub ignore_missing: bool,
    /// How long to wait for another program that is migrating; `None` for as long as it takes.
    pub lock_timeout: Option<Duration>,
}

/// Code of the program whose turn it is.
#[derive(Debug)]
pub struct Step {
    migration: String,
    name: String,
    direction: Direction,
    transaction: Transaction,
}

impl Step {
    /// The migration that asks for it.
    pub fn migration(&self) -> &str {
        &self.migration
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is to be done or undone.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The transaction of the migration, in which the step reads and writes.
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }
}

/// Migrations under way; it goes on when [`next`](Run::next) is called. Dropped, it takes back what
/// the migration did that is not over, and leaves those before it.
#[derive(Debug)]
#[must_use = "nothing is run until `next` is called"]
pub struct Run {
    context: Context,
    queue: VecDeque<Planned>,
    current: Option<Current>,
    done: Vec<String>,
    /// Whether a call of `next` has not come to its end, by an error or by being dropped.
    is_cut: bool,
}

/// What all migrations of a run have in common.
#[derive(Debug)]
struct Context {
    db: Db,
    app: String,
    direction: Direction,
    patience: Option<Duration>,
    /// Whether there was no table for the history.
    is_first: bool,
}

/// The migration whose turn it is.
#[derive(Debug)]
enum Current {
    Whole(Whole),
    Pieces(Pieces),
}

impl Run {
    /// Reads the history, and decides what is to be done; nothing has been changed then.
    ///
    /// Errs where the goal names no migration, where migrations would come out of order or are
    /// missing (see [`RunOptions`]), and where the database cannot do what one asks for.
    pub async fn new(
        db: &Db,
        app: &str,
        migrations: &[NamedMigration],
        goal: &Goal,
        options: &RunOptions,
    ) -> Result<Run> {
        plan::check_app(app)?;
        let applied = history::read_if_any(db, app).await?;
        let is_first = applied.is_none();
        let applied = applied.unwrap_or_default();
        let chosen = choose(migrations, &applied, goal, options)?;
        let queue = plan(migrations, &applied, &chosen, goal.direction(), db.dialect())?;
        let context = Context {
            db: db.clone(),
            app: app.to_owned(),
            direction: goal.direction(),
            patience: options.lock_timeout,
            is_first,
        };
        Ok(Run { context, queue: queue.into(), current: None, done: Vec::new(), is_cut: false })
    }

    /// The steps that will be handed out, each with its migration: so that a program can tell before
    /// anything has run that it lacks one.
    pub fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.queue.iter().flat_map(|planned| {
            planned.work.iter().filter_map(|work| match work {
                Work::Step(name) => Some((planned.name.as_str(), name.as_str())),
                Work::Statements { .. } => None,
            })
        })
    }

    /// Which way it goes.
    pub fn direction(&self) -> Direction {
        self.context.direction
    }

    /// The migrations that are still to come, the one under way not among them.
    pub fn pending(&self) -> impl Iterator<Item = &str> {
        self.queue.iter().map(|planned| planned.name.as_str())
    }

    /// The migrations that have been applied, or undone, by this run, in that order.
    pub fn done(&self) -> &[String] {
        &self.done
    }

    /// Runs statements up to the next step of the program's, and gives that; `None` at the end. The
    /// step counts as done when this is called again.
    ///
    /// Errs with what the database says, naming migration and operation; with
    /// [`Busy`](ErrorKind::Busy) where another program was migrating for too long, or went another
    /// way; and after an error, or after its future was dropped.
    pub async fn next(&mut self) -> Result<Option<Step>> {
        if std::mem::replace(&mut self.is_cut, true) {
            return Err(Error::new(
                ErrorKind::Transaction,
                "the run of migrations was cut off by an error, or by dropping its future; begin \
                 another one",
            ));
        }
        match self.advance().await {
            Ok(step) => {
                self.is_cut = false;
                Ok(step)
            }
            Err(error) => {
                self.take_back().await;
                Err(error)
            }
        }
    }

    /// Ends the run because a step failed: takes back what can be, and says in the error what it
    /// was about, and what stays.
    pub async fn fail(&mut self, error: Error) -> Error {
        self.is_cut = true;
        let error = match &self.current {
            Some(Current::Whole(whole)) => whole.explain(error),
            Some(Current::Pieces(pieces)) => pieces.explain(error),
            None => error,
        };
        self.take_back().await;
        error
    }

    /// Of a migration that is not atomic and is under way: what is done and stays if it is not
    /// finished.
    pub fn remains(&self) -> Option<String> {
        match &self.current {
            Some(Current::Pieces(pieces)) => Some(pieces.remains()),
            _ => None,
        }
    }

    async fn advance(&mut self) -> Result<Option<Step>> {
        loop {
            let Some(current) = &mut self.current else {
                let Some(planned) = self.queue.pop_front() else { return Ok(None) };
                self.current = Current::start(&self.context, planned).await?;
                continue;
            };
            if let Some(step) = current.go_on(&self.context).await? {
                return Ok(Some(step));
            }
            let name = current.finish(&self.context).await?;
            self.current = None;
            self.done.push(name);
        }
    }

    /// Rolls back what is under way.
    async fn take_back(&mut self) {
        // What went wrong is what the caller must know; what cannot be rolled back here is by the
        // pool.
        match self.current.take() {
            Some(Current::Whole(whole)) => whole.take_back().await,
            Some(Current::Pieces(pieces)) => pieces.take_back().await,
            None => {}
        }
    }
}

impl Current {
    /// Takes the lock and begins a migration; `None` where another program has done it meanwhile.
    async fn start(context: &Context, planned: Planned) -> Result<Option<Current>> {
        if planned.is_whole {
            Ok(Whole::start(context, planned).await?.map(Current::Whole))
        } else {
            Ok(Pieces::start(context, planned).await?.map(Current::Pieces))
        }
    }

    async fn go_on(&mut self, context: &Context) -> Result<Option<Step>> {
        match self {
            Current::Whole(whole) => whole.go_on(context).await,
            Current::Pieces(pieces) => pieces.go_on(context).await,
        }
    }

    /// Notes in the history that it is done, and gives its name.
    async fn finish(&mut self, context: &Context) -> Result<String> {
        match self {
            Current::Whole(whole) => whole.finish(context).await,
            Current::Pieces(pieces) => pieces.finish(context).await,
        }
    }
}

impl Context {
    fn patience(&self) -> Patience {
        Patience::of(self.patience)
    }

    fn step(&self, planned: &Planned, name: &str, transaction: &Transaction) -> Step {
        Step {
            migration: planned.name.clone(),
            name: name.to_owned(),
            direction: self.direction,
            transaction: transaction.clone(),
        }
    }

    /// Whether a migration is still to be done, now that nobody else is at it.
    async fn is_due(&self, db: &dyn Executor, planned: &Planned) -> Result<bool> {
        let applied = history::read(db, &self.app).await?;
        let applied: BTreeSet<&str> = applied.iter().map(|row| row.name.as_str()).collect();
        let is_applied = applied.contains(planned.name.as_str());
        if is_applied == (self.direction == Direction::Up) {
            return Ok(false);
        }
        if !applied.iter().copied().eq(planned.expected.iter().map(String::as_str)) {
            return Err(Error::new(
                ErrorKind::Busy,
                format!(
                    "{}: another program has applied or undone other migrations since this one \
                     began; run it again",
                    planned.name
                ),
            ));
        }
        Ok(true)
    }

    async fn note(&self, db: &dyn Executor, name: &str) -> Result<()> {
        match self.direction {
            Direction::Up => history::add(db, &self.app, name).await,
            Direction::Down => history::remove(db, &self.app, name).await,
        }
    }
}

/// Creates the table of the history where there was none.
async fn prepare(db: &dyn Executor, is_first: bool) -> Result<()> {
    if is_first {
        for statement in history::create(db)? {
            db.execute(&statement).await?;
        }
    }
    Ok(())
}

/// The names of what a database has had.
fn names(applied: &[Applied]) -> BTreeSet<String> {
    applied.iter().map(|row| row.name.clone()).collect()
}
