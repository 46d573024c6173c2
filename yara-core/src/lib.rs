//! The engine of yara-orm.
pub mod backend;
pub mod db;
pub mod error;
pub mod executor;
pub mod future;
mod hash;
pub mod lookup;
#[cfg(feature = "migrate")]
pub mod migrate;
mod names;
mod pattern;
pub mod plan;
pub mod pool;
pub mod runtime;
pub mod schema;
pub mod sql;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod transaction;
pub mod tree;
pub mod typed;
pub mod value;
