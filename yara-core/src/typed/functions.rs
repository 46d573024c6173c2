//! Functions as methods of columns and expressions, a file for each family.

mod array;
mod json;
mod json_build;
mod json_path;
mod regex;
mod search;

pub use array::{ArrayFunctions, ListOperand};
pub use json::JsonFunctions;
pub use json_build::{JsonArray, JsonObject, json_array, json_object};
pub use json_path::{IntoJsonPath, JsonComparable, JsonOperand, JsonPath, JsonStep};
pub use regex::RegexFunctions;
pub use search::{Fulltext, FulltextColumns, SearchFunctions, fulltext};
