//! From the scheme of a URL to a backend. A further database is one more line in each list here.

use super::Backend;
use crate::error::{Error, ErrorKind, Result};
use crate::names::nearest;
use crate::runtime::Runtime;
use crate::sql::{Dialect, Postgres, Sqlite};
use std::sync::Arc;

/// The schemes of all databases there are, whether they are compiled in or not.
pub const SCHEMES: [&str; 3] = ["sqlite", "postgres", "postgresql"];

/// The SQL of all databases there are, whether they are compiled in or not: what one program writes
/// down, another one reads.
pub const DIALECTS: [&dyn Dialect; 2] = [&Postgres, &Sqlite];

/// The parameters of a URL that the backend did not take.
type Parameters = Vec<(String, String)>;

/// The backend of a URL, and those of its parameters that are not for the backend.
///
/// Errs with [`Configuration`](ErrorKind::Configuration) where the URL has no scheme or an unknown
/// one, where the database is not compiled in, and with what the backend errs with. No text holds
/// the URL, because there may be a password in it.
pub fn from_url(url: &str, runtime: &Arc<dyn Runtime>) -> Result<(Arc<dyn Backend>, Parameters)> {
    match scheme(url)? {
        "sqlite" => sqlite(url),
        "postgres" | "postgresql" => postgres(url, runtime),
        unknown => Err(wrong(format!(
            "no database is known by the scheme `{unknown}`; a URL begins with {}{}",
            listed(),
            match nearest(unknown, SCHEMES.into_iter()) {
                near if near.starts_with("; did") => near,
                _ => String::new(),
            }
        ))),
    }
}

/// What stands before `://`.
fn scheme(url: &str) -> Result<&str> {
    let plain = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|char| char.is_ascii_alphanumeric() || "+-.".contains(char))
    };
    match url.split_once("://") {
        Some((scheme, _)) if plain(scheme) => Ok(scheme),
        _ => Err(wrong(format!(
            "the URL has no scheme; it begins with {}, such as `sqlite://app.db` or \
             `postgres://user@localhost/app`",
            listed()
        ))),
    }
}

fn listed() -> String {
    let [first, second, third] = SCHEMES.map(|scheme| format!("`{scheme}://`"));
    format!("{first}, {second} or {third}")
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

#[cfg_attr(all(feature = "sqlite", feature = "postgres"), allow(dead_code))]
fn not_compiled_in(database: &str, feature: &str) -> Error {
    wrong(format!(
        "{database} is not compiled in: enable the cargo feature `{feature}` of yara-orm"
    ))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &str) -> Result<(Arc<dyn Backend>, Parameters)> {
    Err(not_compiled_in("SQLite", "sqlite"))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &str, _: &Arc<dyn Runtime>) -> Result<(Arc<dyn Backend>, Parameters)> {
    Err(not_compiled_in("PostgreSQL", "postgres"))
}

#[cfg(feature = "sqlite")]
fn sqlite(url: &str) -> Result<(Arc<dyn Backend>, Parameters)> {
    let (backend, rest) = super::sqlite::SqliteBackend::from_url(url)?;
    Ok((Arc::new(backend), rest))
}

#[cfg(feature = "postgres")]
fn postgres(url: &str, runtime: &Arc<dyn Runtime>) -> Result<(Arc<dyn Backend>, Parameters)> {
    let (backend, rest) = super::postgres::PostgresBackend::from_url(url, runtime.clone())?;
    Ok((Arc::new(backend), rest))
}
