//! [`Migrations`]: what a program says of its migrations.

use super::RunOptions;
use super::steps::{self, Steps};
use crate::error::Result;
use crate::migrate::folder::in_sequence;
use crate::migrate::{Folder, Migration, NamedMigration};
use crate::schema::Table;
use crate::transaction::Transaction;
use std::path::PathBuf;
use std::time::Duration;

/// Where migrations are.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// Files in a folder.
    Directory(Folder),
    /// Files that are part of the program: name and text.
    Embedded(&'static [(&'static str, &'static str)]),
    /// They are there.
    Given(Vec<NamedMigration>),
}

/// The migrations of a program.
///
/// They bring the tables of a database from what they are to what the models ask for. Each is a
/// file in a folder, written by [`make`](Migrations::make) and read by programs in Rust and in
/// Python alike; a database remembers which it has had.
#[derive(Debug)]
#[must_use = "nothing is done until `up` or another method is called"]
pub struct Migrations {
    pub(super) source: Source,
    pub(super) app: String,
    pub(super) models: Vec<&'static Table>,
    pub(in crate::migrate) options: RunOptions,
    pub(in crate::migrate) url: Option<Url>,
    pub(super) partial: bool,
    pub(super) steps: Steps,
}

/// Where the database is; never shown, because there may be a password in it.
#[derive(Clone)]
pub(in crate::migrate) struct Url(pub(in crate::migrate) String);

impl std::fmt::Debug for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Migrations {
    /// Those whose files are in a folder.
    pub fn new(directory: impl Into<PathBuf>) -> Migrations {
        Migrations::of(Source::Directory(Folder::new(directory)))
    }

    /// Those whose files are part of the program, for one that is shipped without the folder: the
    /// name of each file without its ending, and its text.
    pub fn embedded(files: &'static [(&'static str, &'static str)]) -> Migrations {
        Migrations::of(Source::Embedded(files))
    }

    /// Those that are given, in order: for a language that has migrations in other files too.
    pub fn given(migrations: Vec<NamedMigration>) -> Migrations {
        Migrations::of(Source::Given(migrations))
    }

    fn of(source: Source) -> Migrations {
        Migrations {
            source,
            app: "models".to_owned(),
            models: Vec::new(),
            options: RunOptions::default(),
            url: None,
            partial: false,
            steps: Steps::default(),
        }
    }

    /// [`models`](Migrations::models) that are known at run time only.
    pub fn tables(mut self, tables: impl IntoIterator<Item = &'static Table>) -> Migrations {
        self.models.extend(tables);
        self
    }

    /// The label under which the database remembers them, `models` where nothing is said; for a
    /// database that several programs migrate, each its own tables.
    pub fn app(mut self, label: impl Into<String>) -> Migrations {
        self.app = label.into();
        self
    }

    /// Code that migrations ask for by this name, which reads and writes rows in the transaction of
    /// the migration. One that has such a step cannot be undone, unless it is a
    /// [`reversible_step`](Migrations::reversible_step).
    pub fn step<F>(
        mut self,
        name: &str,
        up: impl Fn(Transaction) -> F + Send + Sync + 'static,
    ) -> Migrations
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        self.steps.add(name, steps::code(up), None);
        self
    }

    /// As [`step`](Migrations::step), with what undoes it.
    pub fn reversible_step<F, G>(
        mut self,
        name: &str,
        up: impl Fn(Transaction) -> F + Send + Sync + 'static,
        down: impl Fn(Transaction) -> G + Send + Sync + 'static,
    ) -> Migrations
    where
        F: Future<Output = Result<()>> + Send + 'static,
        G: Future<Output = Result<()>> + Send + 'static,
    {
        self.steps.add(name, steps::code(up), Some(steps::code(down)));
        self
    }

    /// Whether a migration may be applied although one that comes after it has been.
    pub fn out_of_order(mut self, allowed: bool) -> Migrations {
        self.options.out_of_order = allowed;
        self
    }

    /// Whether migrations may be applied although the database has had some that there is no file
    /// of.
    pub fn ignore_missing(mut self, allowed: bool) -> Migrations {
        self.options.ignore_missing = allowed;
        self
    }

    /// How long to wait for another program that is migrating; as long as it takes where nothing is
    /// said.
    pub fn lock_timeout(mut self, limit: Duration) -> Migrations {
        self.options.lock_timeout = Some(limit);
        self
    }

    /// Whether the models are only some of those whose tables the files make: those that have no
    /// model here are left alone.
    pub fn partial(mut self, partial: bool) -> Migrations {
        self.partial = partial;
        self
    }

    /// The migrations, in order.
    ///
    /// Errs where there is no folder, where a file cannot be read, is not a migration, or is written
    /// in Python, and where two have one number or one is left out.
    pub fn read(&self) -> Result<Vec<NamedMigration>> {
        match &self.source {
            Source::Directory(folder) => folder.read(),
            Source::Given(migrations) => Ok(migrations.clone()),
            Source::Embedded(files) => {
                let read = |(name, text): &(&str, &str)| {
                    let migration = Migration::parse(name, text)?;
                    Ok(NamedMigration { name: (*name).to_owned(), migration })
                };
                let migrations = files.iter().map(read).collect::<Result<_>>()?;
                in_sequence(migrations, |one: &NamedMigration| &one.name)
            }
        }
    }
}
