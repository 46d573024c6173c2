//! An error of the statement's own: SQLite's `raise` is for triggers alone.

use super::{failed, text};
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Result};

/// Called for the rows that there must not be, and never ahead of them.
const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DIRECTONLY);

/// Registers `yara_refuse(reason)`.
pub(super) fn register(database: &Connection) -> Result<()> {
    database.create_scalar_function("yara_refuse", 1, FLAGS, |context| -> Result<Option<i64>> {
        let reason = text(context, 0)?.unwrap_or_default();
        Err(failed(reason.into_owned().into()))
    })
}
