//! The SQLite backend through its seam: `Backend`, `Connection`, `Cursor`.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub, missing_docs)]

#[path = "sqlite/atomic.rs"]
mod atomic;
#[path = "sqlite/busy.rs"]
mod busy;
#[path = "sqlite/cancel.rs"]
mod cancel;
#[path = "sqlite/cursor.rs"]
mod cursor;
#[path = "sqlite/errors.rs"]
mod errors;
#[path = "sqlite/functions.rs"]
mod functions;
#[path = "sqlite/inline.rs"]
mod inline;
#[path = "sqlite/inline_writes.rs"]
mod inline_writes;
#[path = "sqlite/lists.rs"]
mod lists;
#[path = "sqlite/log.rs"]
mod log;
#[path = "sqlite/opening.rs"]
mod opening;
#[path = "sqlite/order.rs"]
mod order;
#[path = "sqlite/reset.rs"]
mod reset;
#[path = "sqlite/stress.rs"]
mod stress;
#[path = "sqlite/support.rs"]
mod support;
#[path = "sqlite/values.rs"]
mod values;
