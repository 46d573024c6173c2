//! Support for testing backends, and programs on them; behind the feature `testing`.
//!
//! - [`Instrumented`] wraps any backend: it writes down every statement, counts connections, and
//!   injects [`Fault`]s;
//! - [`Scripted`] is a database without a database: a few words instead of SQL, answers after as
//!   many polls as a test wants, and PostgreSQL's rules about transactions that failed;
//! - [`drop_after`] drops a future at its n-th await.

mod cancel;
mod fault;
mod instrumented;
mod script;
mod scripted;
mod sink;

pub use cancel::{DropAfter, drop_after, yield_times};
pub use fault::Fault;
pub use instrumented::{Instrumented, Probe};
pub use script::Script;
pub use scripted::Scripted;
pub use sink::Collect;
