//! What models ask for, and no file gives.

use super::Migrations;
use super::program::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::migrate::{Folder, Hints, NamedMigration, State, heading, make, make_empty, unmade};
use std::path::PathBuf;

impl Migrations {
    /// Writes what the [`models`](Migrations::models) ask for, and no file gives, into the next
    /// file, and gives its path; `None` where the files give all. Without a name it has a word of
    /// what it does. The file is to be read before it is applied, and may be changed.
    ///
    /// Nothing is guessed where rows are at stake: whether a column that goes is the one that comes,
    /// or what the rows there are have in a new column, is an error that says how to answer it by
    /// a [hint](Hints).
    ///
    /// Errs also where the models contradict themselves, where the name is not a word, where the
    /// files are not in a folder, and where the file cannot be written.
    pub fn make(&self, name: Option<&str>, hints: &Hints) -> Result<Option<PathBuf>> {
        let folder = self.folder()?;
        let migrations = written(folder)?;
        match make(&migrations, &self.wanted()?, name, &self.hinted(hints))? {
            None => Ok(None),
            Some(made) => folder.write(&made, &heading(&migrations, &made)).map(Some),
        }
    }

    /// Writes the next file without operations, to be filled by hand, and gives its path.
    ///
    /// Errs where the name is not a word, where the files are not in a folder, and where the file
    /// cannot be written.
    pub fn make_empty(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder()?;
        let migrations = written(folder)?;
        let made = make_empty(&migrations, name)?;
        folder.write(&made, &heading(&migrations, &made))
    }

    /// Errs with [`Configuration`](ErrorKind::Configuration) where the models ask for something that
    /// no file gives: for a test that nobody has forgotten a migration. It needs no database.
    pub fn check(&self) -> Result<()> {
        let migrations = match &self.source {
            Source::Directory(folder) => written(folder)?,
            _ => self.read()?,
        };
        let missing = unmade(&migrations, &self.wanted()?, &self.hinted(&Hints::new()))?;
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!(
            "the models ask for what no migration gives: {}; `make` writes it into a file",
            missing.join(", ")
        );
        Err(Error::new(ErrorKind::Configuration, message))
    }

    fn folder(&self) -> Result<&Folder> {
        match &self.source {
            Source::Directory(folder) => Ok(folder),
            _ => Err(Error::new(
                ErrorKind::Configuration,
                "a file of a migration is made in a folder, and these are part of the program; make \
                 it by `Migrations::new(folder)`",
            )),
        }
    }

    fn wanted(&self) -> Result<State> {
        State::of_models(&self.models)
    }

    fn hinted(&self, hints: &Hints) -> Hints {
        hints.clone().constants_of(&self.models).partial(self.partial)
    }
}

/// The migrations of a folder, which need not be there before the first one is made.
fn written(folder: &Folder) -> Result<Vec<NamedMigration>> {
    folder.list()?.iter().map(|file| folder.read_file(file)).collect()
}
