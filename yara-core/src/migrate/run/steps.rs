//! Steps: code of the program, which migrations ask for by name.

use super::{Direction, Run, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::future::BoxFuture;
use crate::names::nearest;
use crate::transaction::Transaction;
use std::fmt;

/// Code that runs in a transaction.
pub(super) type Code = Box<dyn Fn(Transaction) -> BoxFuture<'static, Result<()>> + Send + Sync>;

pub(super) fn code<F>(run: impl Fn(Transaction) -> F + Send + Sync + 'static) -> Code
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    Box::new(move |transaction| Box::pin(run(transaction)))
}

/// The steps that a program has.
#[derive(Default)]
pub(super) struct Steps(Vec<Registered>);

struct Registered {
    name: String,
    up: Code,
    down: Option<Code>,
}

impl Steps {
    /// Adds a step, in place of an earlier one of its name.
    pub(super) fn add(&mut self, name: &str, up: Code, down: Option<Code>) {
        self.0.retain(|step| step.name != name);
        self.0.push(Registered { name: name.to_owned(), up, down });
    }

    fn find(&self, migration: &str, name: &str, direction: Direction) -> Result<&Code> {
        let found = self.0.iter().find(|step| step.name == name);
        let message = match (found, direction) {
            (Some(step), Direction::Up) => return Ok(&step.up),
            (Some(Registered { down: Some(down), .. }), Direction::Down) => return Ok(down),
            (Some(_), Direction::Down) => format!(
                "{migration} cannot be undone: the step `{name}` has nothing that undoes it; \
                 register it by `reversible_step`"
            ),
            (None, _) => {
                let known = self.0.iter().map(|step| step.name.as_str());
                format!(
                    "{migration} asks for the step `{name}`, which the program does not have; \
                     register it by `.step(\"{name}\", …)`{}",
                    nearest(name, known)
                )
            }
        };
        Err(Error::new(ErrorKind::Configuration, message))
    }

    /// Errs where a step of a run is not there.
    pub(super) fn check(&self, run: &Run) -> Result<()> {
        run.steps()
            .try_for_each(|(migration, name)| self.find(migration, name, run.direction()).map(drop))
    }

    pub(super) async fn call(&self, step: &Step) -> Result<()> {
        let code = self.find(step.migration(), step.name(), step.direction())?;
        code(step.transaction().clone()).await
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|step| &step.name)).finish()
    }
}
