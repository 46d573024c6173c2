//! Writing a file: all of it or nothing, and never over another one.

use super::{Folder, check_name};
use crate::error::{Error, ErrorKind, Result};
use crate::migrate::NamedMigration;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

impl Folder {
    /// Writes a migration into a file of its own, below `heading`, which becomes a comment; makes
    /// the folder where there is none. Gives the path of the file.
    ///
    /// # Errors
    ///
    /// With [`Configuration`](ErrorKind::Configuration) where the name is not one of a migration,
    /// and where there is such a file already; with [`Io`](ErrorKind::Io) where it cannot be
    /// written.
    pub fn write(&self, migration: &NamedMigration, heading: &str) -> Result<PathBuf> {
        check_name(&migration.name)?;
        let path = self.path().join(format!("{}.toml", migration.name));
        let mut text = String::new();
        for line in heading.lines() {
            text.push_str(format!("# {line}").trim_end());
            text.push('\n');
        }
        let body = migration.migration.to_toml();
        if !text.is_empty() && !body.is_empty() {
            text.push('\n');
        }
        text.push_str(&body);
        fs::create_dir_all(self.path())
            .map_err(|error| self.failed("making", self.path(), error))?;
        match write_new(&path, &text) {
            Ok(()) => Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Error::new(
                ErrorKind::Configuration,
                format!("there is a file {} already", path.display()),
            )),
            Err(error) => Err(self.failed("writing", &path, error)),
        }
    }
}

/// Writes a file that nobody sees before it is whole.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension(format!("toml.{}.draft", std::process::id()));
    let written = write_all(&draft, text).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            // Some file systems have no links. Two that write at the same time are not told apart.
            if path.exists() {
                Err(io::ErrorKind::AlreadyExists.into())
            } else {
                fs::rename(&draft, path)
            }
        }
        linked => linked,
    });
    // After a renaming it is not there any more.
    let _ = fs::remove_file(&draft);
    written
}

fn write_all(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
