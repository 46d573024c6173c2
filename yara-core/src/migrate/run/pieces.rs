//! A migration that is not one transaction, because it asks for something that cannot be in one:
//! each operation is for itself, and what is done stays done.

use super::plan::{Planned, Work};
use super::{Context, Step, prepare};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::migrate::lock::Guard;
use crate::transaction::Transaction;

/// See the [module](self). Dropped before its end, what is done stays.
#[derive(Debug)]
pub(super) struct Pieces {
    planned: Planned,
    guard: Guard,
    at: usize,
    /// The transaction of the step that the program is at.
    step: Option<Transaction>,
}

impl Drop for Pieces {
    fn drop(&mut self) {
        // The program may have kept a handle.
        if let Some(step) = &self.step {
            step.abandon();
        }
    }
}

impl Pieces {
    pub(super) async fn start(context: &Context, planned: Planned) -> Result<Option<Pieces>> {
        let guard = Guard::take(&context.db, context.patience()).await?;
        prepare(&context.db, context.is_first).await?;
        if !context.is_due(&context.db, &planned).await? {
            guard.release().await?;
            return Ok(None);
        }
        Ok(Some(Pieces { planned, guard, at: 0, step: None }))
    }

    pub(super) async fn go_on(&mut self, context: &Context) -> Result<Option<Step>> {
        self.end_step().await?;
        while let Some(work) = self.planned.work.get(self.at) {
            let outcome = match work {
                Work::Step(name) => match context.db.begin().await {
                    Ok(transaction) => {
                        let step = context.step(&self.planned, name, &transaction);
                        self.step = Some(transaction);
                        return Ok(Some(step));
                    }
                    Err(error) => Err(error),
                },
                Work::Statements { texts, outside: true, .. } => run(&context.db, texts).await,
                Work::Statements { texts, .. } => {
                    context.db.transaction(async |tx| run(&tx, texts).await).await
                }
            };
            outcome.map_err(|error| self.explain(error))?;
            self.at += 1;
        }
        Ok(None)
    }

    /// Commits what the program's step has done.
    async fn end_step(&mut self) -> Result<()> {
        if let Some(step) = self.step.take() {
            step.commit().await.map_err(|error| self.explain(error))?;
            self.at += 1;
        }
        Ok(())
    }

    pub(super) async fn finish(&mut self, context: &Context) -> Result<String> {
        let noted = context.note(&context.db, &self.planned.name).await;
        noted.map_err(|error| self.explain(error))?;
        self.guard.release().await?;
        Ok(self.planned.name.clone())
    }

    /// Says what was being done, what is done and stays, and how to go on.
    pub(super) fn explain(&self, error: Error) -> Error {
        let doing = match self.planned.work.get(self.at) {
            Some(work) => format!("{}, {work}", self.planned.name),
            None => format!("{}, noting that it is applied", self.planned.name),
        };
        error.context(doing).with_remark(self.remains())
    }

    /// What is done and stays, and how to go on.
    pub(super) fn remains(&self) -> String {
        let (done, left) = self.planned.work.split_at(self.at.min(self.planned.work.len()));
        let list = |work: &[Work]| {
            let told: Vec<String> = work.iter().map(Work::to_string).collect();
            told.join(", ")
        };
        let [_, ..] = done else {
            return "the migration is not atomic; nothing before this was done".to_owned();
        };
        let left = match left {
            [] => String::new(),
            left => format!("; not done: {}", list(left)),
        };
        format!(
            "the migration is not atomic; done, and still so: {}{left}; take that back by hand, or \
             do the rest by hand and note it by `fake`",
            list(done)
        )
    }

    pub(super) async fn take_back(mut self) {
        if let Some(step) = self.step.take() {
            let _ = step.rollback().await;
        }
        let _ = self.guard.release().await;
    }
}

async fn run(db: &dyn Executor, texts: &[String]) -> Result<()> {
    for text in texts {
        db.execute(text).await?;
    }
    Ok(())
}
