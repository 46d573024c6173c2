//! What a command writes.

use crate::error::Error;
use crate::migrate::MigrationStatus;
use std::io::Write;

/// A place for lines. One that takes none any more, such as a pipe that was closed, is no error.
pub(super) struct Output<'o>(&'o mut (dyn Write + Send));

impl<'o> Output<'o> {
    pub(super) fn new(output: &'o mut (dyn Write + Send)) -> Output<'o> {
        Output(output)
    }

    pub(super) fn line(&mut self, text: &str) {
        let _ = writeln!(self.0, "{text}");
    }

    /// A line for each migration that something was done with, or one for none.
    pub(super) fn names(&mut self, done: &str, names: &[String], nothing: &str) {
        if names.is_empty() {
            self.line(nothing);
        }
        for name in names {
            self.line(&format!("{done} {name}"));
        }
    }

    pub(super) fn status(&mut self, status: &[MigrationStatus]) {
        if status.is_empty() {
            self.line("there are no migrations");
        }
        let width = status.iter().map(|one| one.name.chars().count()).max().unwrap_or_default();
        for one in status {
            let line = match one.applied_at {
                None => format!("[ ] {}", one.name),
                Some(at) => {
                    let file = if one.has_file { "" } else { "  (no file)" };
                    format!("[x] {:width$}  {}{file}", one.name, at.format("%Y-%m-%d %H:%M:%S"))
                }
            };
            self.line(&line);
        }
    }

    /// Statements as a script.
    pub(super) fn statements(&mut self, statements: &[String]) {
        for statement in statements {
            let statement = statement.trim_end().trim_end_matches(';');
            let end = if statement.starts_with("--") { "" } else { ";" };
            self.line(&format!("{statement}{end}"));
        }
    }

    pub(super) fn error(&mut self, error: &Error) {
        self.line(&format!("error: {error}"));
        if let Some(statement) = error.statement() {
            self.line(&format!("statement: {statement}"));
        }
    }
}
