//! Functions that have no receiver: `func::json_object()`.

pub use super::functions::{fulltext, json_array, json_object};
