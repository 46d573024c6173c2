//! Migrations by the command line of a program's own binary.
//!
//! ```text
//! myapp migrate up            the program gives what stands behind `migrate` to `command`
//! ```
//!
//! A URL is never part of what is written: there may be a password in it.

mod arguments;
mod write;

use super::run::{Goal, Migrations, Url};
use super::{Direction, Hints};
use crate::db::Db;
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use arguments::{Asked, Parsed};
use std::io;
use std::process::ExitCode;
use write::Output;

/// The name of the variable of the environment that says where the database is.
const VARIABLE: &str = "DATABASE_URL";

/// Where the words go that a command has to say.
#[derive(Debug)]
enum Told {
    /// It has done what it was to do.
    Done,
    /// It was not asked rightly: what is wrong.
    Usage(String),
    /// It failed.
    Failed(Error),
}

impl Migrations {
    /// Where the database is, for [`command`](Migrations::command); where nothing is said, and none
    /// of its arguments says it, the environment does, as `DATABASE_URL`.
    pub fn database(mut self, url: impl Into<String>) -> Migrations {
        self.url = Some(Url(url.into()));
        self
    }

    /// Runs a command, given by its words, and writes what came of it: `make`, `check`, `up`,
    /// `down`, `status`, `sql` or `fake`, each with its options; `help` lists them. The exit code
    /// is 0 where it did what it was to do, 1 where not, and 2 where the words were wrong.
    pub async fn command<A: Into<String>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> ExitCode {
        let arguments: Vec<String> = arguments.into_iter().map(Into::into).collect();
        self.command_to(None, arguments, &mut io::stdout(), &mut io::stderr()).await.into()
    }

    /// As [`command`](Migrations::command), on a database that is open already.
    pub async fn command_on<A: Into<String>>(
        &self,
        db: &Db,
        arguments: impl IntoIterator<Item = A>,
    ) -> ExitCode {
        let arguments: Vec<String> = arguments.into_iter().map(Into::into).collect();
        self.command_to(Some(db), arguments, &mut io::stdout(), &mut io::stderr()).await.into()
    }

    /// As [`command_on`](Migrations::command_on), where a database is given, or
    /// [`command`](Migrations::command), with places of its own for words and errors, and the exit
    /// code as a number.
    pub async fn command_to(
        &self,
        db: Option<&Db>,
        arguments: Vec<String>,
        output: &mut (dyn io::Write + Send),
        errors: &mut (dyn io::Write + Send),
    ) -> u8 {
        let mut output = Output::new(output);
        let told = match arguments::parse(&arguments, db.is_some()) {
            Err(wrong) => Told::Usage(wrong),
            Ok(parsed) => match self.answer(db, &parsed, &mut output).await {
                Ok(()) => Told::Done,
                Err(error) => Told::Failed(error),
            },
        };
        let mut errors = Output::new(errors);
        match told {
            Told::Done => 0,
            Told::Usage(wrong) => {
                errors.line(&format!("error: {wrong}"));
                errors.line("`help` lists the commands and their options");
                2
            }
            Told::Failed(error) => {
                errors.error(&error);
                1
            }
        }
    }

    async fn answer(
        &self,
        db: Option<&Db>,
        parsed: &Parsed,
        output: &mut Output<'_>,
    ) -> Result<()> {
        match &parsed.asked {
            Asked::Help => {
                output.line(arguments::HELP);
                return Ok(());
            }
            Asked::Make { name, empty, hints } => {
                return self.answer_make(name.as_deref(), *empty, hints, output);
            }
            Asked::Check => {
                self.check()?;
                output.line("the files give what the models ask for");
                return Ok(());
            }
            _ => {}
        }
        let opened;
        let db = match db {
            Some(db) => db,
            None => {
                opened = Db::builder(self.place(parsed)?).connect().await?;
                &opened
            }
        };
        match &parsed.asked {
            Asked::Up(target) => {
                let goal = target.clone().map_or(Goal::Latest, Goal::UpTo);
                self.answer_run(db, &goal, parsed, output).await
            }
            Asked::Down(goal) => self.answer_run(db, goal, parsed, output).await,
            Asked::Status => {
                let status = self.status(db).await?;
                output.status(&status);
                Ok(())
            }
            Asked::Sql { name, backward } => {
                let direction = if *backward { Direction::Down } else { Direction::Up };
                output.statements(&self.sql(name, direction, db.dialect())?);
                Ok(())
            }
            Asked::Fake(target) => {
                let noted = self.fake(db, target.as_deref()).await?;
                output.names("noted", &noted, "nothing to note");
                Ok(())
            }
            Asked::Help | Asked::Make { .. } | Asked::Check => Ok(()),
        }
    }

    /// Applies or undoes; what was done before an error is told too, because it stays.
    async fn answer_run(
        &self,
        db: &Db,
        goal: &Goal,
        parsed: &Parsed,
        output: &mut Output<'_>,
    ) -> Result<()> {
        let (done, nothing) = match goal.direction() {
            Direction::Up => ("applied", "nothing to apply"),
            Direction::Down => ("undone", "nothing to undo"),
        };
        let mut options = self.options.clone();
        options.out_of_order |= parsed.out_of_order;
        options.ignore_missing |= parsed.ignore_missing;
        options.lock_timeout = parsed.lock_timeout.or(options.lock_timeout);
        let mut run = self.run_with(db, goal, &options).await?;
        let outcome = self.drive(&mut run).await;
        if outcome.is_ok() || !run.done().is_empty() {
            output.names(done, run.done(), nothing);
        }
        outcome
    }

    fn answer_make(
        &self,
        name: Option<&str>,
        empty: bool,
        hints: &Hints,
        output: &mut Output<'_>,
    ) -> Result<()> {
        let made = match (empty, name) {
            (true, name) => Some(self.make_empty(name.unwrap_or("empty"))?),
            (false, name) => self.make(name, hints)?,
        };
        match made {
            Some(path) => output.line(&format!("wrote {}", path.display())),
            None => output.line("the files give what the models ask for"),
        }
        Ok(())
    }

    /// The URL of the database.
    fn place(&self, parsed: &Parsed) -> Result<String> {
        let given = parsed.url.clone().or_else(|| self.url.clone().map(|url| url.0));
        let found = given.or_else(|| std::env::var(VARIABLE).ok().filter(|url| !url.is_empty()));
        found.ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                format!("no database is named; give `--database URL`, or set {VARIABLE}"),
            )
        })
    }
}
