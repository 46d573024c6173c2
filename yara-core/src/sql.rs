//! From a planned tree to SQL text. Nothing else in the engine builds SQL.

mod dialect;
mod postgres;
mod sqlite;

pub use dialect::{BulkInsert, Capabilities, Dialect};
pub use postgres::Postgres;
pub use sqlite::Sqlite;
