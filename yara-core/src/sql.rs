//! From a planned tree to SQL text. Nothing else in the engine builds SQL.

mod dialect;

pub use dialect::{BulkInsert, Capabilities, Dialect};
