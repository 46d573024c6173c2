//! Migrations: from the tables there are to the tables that the models ask for.
//!
//! ```text
//!  models ──▶ State ─┐
//!                    ├─ diff ──▶ operations ──▶ a file, the same for all languages and databases
//!  files  ──▶ State ─┘
//!                                files that are not applied ──▶ statements ──▶ the database
//! ```
//!
//! An [`Operation`] says what changes and not how: the writer of DDL makes the statements of a
//! database of it, and what undoes it follows from the [`State`] before it.

mod command;
mod diff;
mod file;
mod folder;
mod history;
mod lock;
mod make;
#[cfg(test)]
mod random;
mod run;
#[cfg(test)]
mod samples;
mod state;

pub use crate::schema::operation::Operation;
pub use diff::{Hints, diff};
pub use file::{Migration, NamedMigration};
pub use folder::{Folder, MigrationFile};
pub use make::{heading, make, make_empty, unmade};
pub use run::{Direction, Goal, MigrationStatus, Migrations, Run, RunOptions, Step};
pub use state::State;
