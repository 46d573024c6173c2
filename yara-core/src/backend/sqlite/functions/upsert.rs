//! Telling what an upsert did: whether the row that `returning` is about is new.
//!
//! A value of the new row passes through one function, and a new value of the old row through
//! another; SQLite evaluates the first before it looks for the old row, the second only if there is
//! one that is changed, and `returning` right after, before it takes the next row. So the last one
//! called is the answer.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::Value;
use rusqlite::{Connection, Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// They have a memory, so that SQLite must call them each time.
const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_INNOCUOUS);

/// Registers the functions on a connection, each of which has a memory of its own.
pub(super) fn register(database: &Connection) -> Result<()> {
    let is_new = Arc::new(AtomicBool::new(false));
    mark(database, "yara_new_row", true, &is_new)?;
    mark(database, "yara_old_row", false, &is_new)?;
    database.create_scalar_function("yara_is_new", 0, FLAGS, move |_| {
        Ok(is_new.load(Ordering::Relaxed))
    })
}

fn mark(database: &Connection, name: &str, new: bool, is_new: &Arc<AtomicBool>) -> Result<()> {
    let is_new = is_new.clone();
    database.create_scalar_function(name, 1, FLAGS, move |context| {
        is_new.store(new, Ordering::Relaxed);
        argument(context)
    })
}

/// The argument, as it is.
fn argument(context: &Context<'_>) -> Result<Value> {
    Value::try_from(context.get_raw(0)).map_err(|cause| Error::UserFunctionError(Box::new(cause)))
}
