//! The engine of yara-orm.
pub mod backend;
pub mod error;
pub mod future;
mod names;
pub mod plan;
pub mod runtime;
pub mod schema;
pub mod sql;
pub mod transaction;
pub mod tree;
pub mod typed;
pub mod value;
