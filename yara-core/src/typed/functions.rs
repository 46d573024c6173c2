//! Functions of columns and expressions, with one meaning on every database.
//!
//! What has a receiver is a method of a trait for its family; what has none is in
//! [`func`](super::func). A function of a value that may be NULL is an `Option`.

mod array;
pub(super) mod case;
pub(super) mod cast;
pub(super) mod choice;
pub(super) mod custom;
mod json;
mod json_build;
mod json_path;
pub(super) mod moment;
pub(super) mod number;
pub(super) mod operators;
mod range;
mod regex;
mod search;
pub(super) mod text;
pub(super) mod value;

pub use array::{ArrayFunctions, ListOperand};
pub use json::JsonFunctions;
pub use json_build::{JsonArray, JsonObject, json_array, json_object};
pub use json_path::{IntoJsonPath, JsonComparable, JsonOperand, JsonPath, JsonStep};
pub use range::{RangeFunctions, Ranged};
pub use regex::RegexFunctions;
pub use search::{Fulltext, FulltextColumns, SearchFunctions, fulltext};

use super::{Expr, Expression};
use crate::tree::{self, Function};
use crate::value::{FieldType, Nullability};

/// What a function of a `T` gives: `U`, or an `Option` of it where `T` is one.
pub(super) type Of<T, U> = <T as Nullability>::Of<U>;

/// A call.
pub(super) fn call<M, T: FieldType>(
    function: Function,
    arguments: impl IntoIterator<Item = tree::Expr>,
) -> Expr<M, T> {
    Expr::from_tree(tree::Expr::Call(function, arguments.into_iter().collect()))
}

/// A call of one argument.
fn unary<E: Expression, T: FieldType>(function: Function, argument: E) -> Expr<E::Model, T> {
    call(function, [argument.into_tree()])
}
