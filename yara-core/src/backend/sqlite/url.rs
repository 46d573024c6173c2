//! `sqlite://` URLs.

use crate::error::{Error, ErrorKind, Result};
use std::path::PathBuf;
use std::time::Duration;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// One database of the backend's own, as long as the backend lives.
    Memory,
    /// A file.
    File(PathBuf),
}

/// What may be done with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Read.
    ReadOnly,
    /// Read and write; the file must be there.
    ReadWrite,
    /// Read and write; the file is created where it is not there.
    Create,
}

/// What a URL says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Options {
    pub(super) place: Place,
    pub(super) mode: Mode,
    pub(super) busy_timeout: Duration,
    pub(super) statement_cache_size: usize,
    pub(super) foreign_keys: bool,
    pub(super) synchronous: &'static str,
    pub(super) pipeline: usize,
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// Reads a URL. Parameters that are not SQLite's are returned for the caller.
pub(super) fn parse(url: &str) -> Result<(Options, Vec<(String, String)>)> {
    let rest = url.strip_prefix("sqlite://").ok_or_else(|| {
        wrong("an SQLite URL is `sqlite://` and a path, such as `sqlite://app.db`, or `sqlite://:memory:`".into())
    })?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let place = match path {
        "" => {
            return Err(wrong(
                "the SQLite URL names no file; write `sqlite://app.db`, or `sqlite://:memory:`"
                    .into(),
            ));
        }
        ":memory:" => Place::Memory,
        path if path.contains('\0') => {
            return Err(wrong("the path of an SQLite database holds a NUL character".into()));
        }
        // Absolute at once: the program may change its folder before the next connection is made,
        // and SQLite would read a path that begins with `file:` as a URI of its own.
        path => Place::File(std::path::absolute(path).map_err(|cause| {
            wrong(format!("the folder that `{path}` is relative to is not known")).with_cause(cause)
        })?),
    };
    let mut options = Options {
        place,
        mode: Mode::Create,
        busy_timeout: Duration::from_secs(5),
        statement_cache_size: 128,
        foreign_keys: true,
        synchronous: "NORMAL",
        pipeline: 8,
    };
    let mut others = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name {
            "busy_timeout" => options.busy_timeout = seconds(name, value)?,
            "statement_cache_size" => options.statement_cache_size = number(name, value)?,
            "pipeline" => options.pipeline = number(name, value)?.max(1),
            "mode" => {
                let modes =
                    [("ro", Mode::ReadOnly), ("rw", Mode::ReadWrite), ("rwc", Mode::Create)];
                options.mode = choice(name, value, &modes)?;
            }
            "foreign_keys" => {
                options.foreign_keys = choice(name, value, &[("on", true), ("off", false)])?;
            }
            "synchronous" => {
                let levels = [("off", "OFF"), ("normal", "NORMAL"), ("full", "FULL")];
                options.synchronous = choice(name, value, &levels)?;
            }
            _ => others.push((name.to_owned(), value.to_owned())),
        }
    }
    if options.place == Place::Memory && options.mode != Mode::Create {
        return Err(wrong("`mode` is for files; `:memory:` is always read and written".into()));
    }
    Ok((options, others))
}

fn choice<T: Copy>(name: &str, value: &str, choices: &[(&str, T)]) -> Result<T> {
    choices.iter().find(|(word, _)| *word == value).map(|(_, choice)| *choice).ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        wrong(format!("`{name}={value}` in an SQLite URL; it is one of {}", words.join(", ")))
    })
}

fn number(name: &str, value: &str) -> Result<usize> {
    value.parse().map_err(|_| wrong(format!("`{name}={value}` in an SQLite URL is no number")))
}

/// The longest time that SQLite can be told to wait, about 24 days.
const LONGEST: f64 = 2_000_000.0;

fn seconds(name: &str, value: &str) -> Result<Duration> {
    match value.parse::<f64>() {
        Ok(seconds) if (0.0..=LONGEST).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(wrong(format!(
            "`{name}={value}` in an SQLite URL; it is a number of seconds from 0 to {LONGEST}"
        ))),
    }
}
