//! The folder of migrations: one file for each, in the order of their numbers.

mod names;
mod write;

use super::{Migration, NamedMigration};
use crate::error::{Error, ErrorKind, Result};
use std::io;
use std::path::{Path, PathBuf};

pub(super) use names::{check_name, in_sequence, is_word, number};

/// A folder of files such as `0001_initial.toml`.
///
/// A file in Python that begins with a number is a migration too, unless there is one in TOML of
/// the same name: then it has the code of its steps. Other files mean nothing.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// A file of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationFile {
    /// The name of the migration: that of the file, without the ending.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Whether it is written in Python, which is for Python to read.
    pub python: bool,
    /// A file in Python of the same name, with the code of its steps.
    pub steps: Option<PathBuf>,
}

impl Folder {
    /// A folder, whether it is there or not.
    pub fn new(path: impl Into<PathBuf>) -> Folder {
        Folder { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files of migrations, in the order of their numbers; none where there is no folder.
    ///
    /// # Errors
    ///
    /// With [`Io`](ErrorKind::Io) where the folder cannot be read, with
    /// [`Configuration`](ErrorKind::Configuration) where two files have one number, where a number
    /// is left out, and where a file in TOML has no number.
    pub fn list(&self) -> Result<Vec<MigrationFile>> {
        let failed = |error: io::Error| self.failed("reading", &self.path, error);
        let entries = match std::fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut files: Vec<MigrationFile> = Vec::new();
        let mut paths = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<PathBuf>>>()
            .map_err(failed)?;
        // `.py` before `.toml`.
        paths.sort();
        for path in paths {
            let Some(file) = migration_file(path)? else { continue };
            match files.iter_mut().find(|known| known.name == file.name) {
                Some(python) => {
                    let steps = std::mem::replace(python, file).path;
                    python.steps = Some(steps);
                }
                None => files.push(file),
            }
        }
        in_sequence(files, |file| &file.name)
    }

    /// The migrations, in order.
    ///
    /// # Errors
    ///
    /// As [`list`](Folder::list), where there is no folder, where a file cannot be read or is not a
    /// migration, and where one is written in Python.
    pub fn read(&self) -> Result<Vec<NamedMigration>> {
        if !self.path.exists() {
            let what = format!("there is no folder `{}` of migrations", self.path.display());
            return Err(Error::new(ErrorKind::Configuration, what));
        }
        self.list()?.iter().map(|file| self.read_file(file)).collect()
    }

    /// One migration. Errs as [`read`](Folder::read) does.
    pub fn read_file(&self, file: &MigrationFile) -> Result<NamedMigration> {
        let place = file.path.display().to_string();
        if file.python {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!(
                    "{place} is a migration in Python; `python -m yara_orm convert` writes it as \
                     TOML, which all languages read"
                ),
            ));
        }
        let text = std::fs::read_to_string(&file.path)
            .map_err(|error| self.failed("reading", &file.path, error))?;
        let migration = Migration::parse(&place, &text)?;
        Ok(NamedMigration { name: file.name.clone(), migration })
    }

    fn failed(&self, doing: &str, path: &Path, error: io::Error) -> Error {
        Error::new(ErrorKind::Io, format!("{doing} {}: {error}", path.display())).with_cause(error)
    }
}

/// What a file is, if it is about a migration.
fn migration_file(path: PathBuf) -> Result<Option<MigrationFile>> {
    let part =
        |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str().map(str::to_owned));
    let (Some(name), Some(ending)) = (part(path.file_stem()), part(path.extension())) else {
        return Ok(None);
    };
    let python = match ending.as_str() {
        "toml" => false,
        "py" => true,
        _ => return Ok(None),
    };
    if python && number(&name).is_none() {
        return Ok(None);
    }
    check_name(&name).map_err(|error| error.context(path.display()))?;
    Ok(Some(MigrationFile { name, path, python, steps: None }))
}

#[cfg(test)]
mod tests;
