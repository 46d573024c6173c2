//! From strings to the tree: `author__name__icontains`, `created__year__gte`, `-views`.
//!
//! In flow a model's table, a lookup in which `__` separates relations, a field, transforms and an
//! operator, and the value to compare with. Out flow nodes of the [`tree`](crate::tree), the same
//! that the typed surface builds. Everything is checked against the schema when it is built: an
//! unknown name is an error that tells the nearest ones, and so is a value that does not fit.
//!
//! A condition through a relation to many rows is a question about related rows, never a join.
//! Conditions that are given together, as one [`Condition`], are about one and the same related
//! row; those that are built one by one are questions of their own.

mod build;
mod compare;
mod condition;
mod fit;
mod json;
mod member;
mod operator;
mod order;
mod parse;
mod row;
mod transform;
mod value;

pub use condition::Condition;
pub use operator::Operator;
pub use order::{column, order};
pub use parse::{Base, Expected, Lookup};
pub use transform::Transform;
pub use value::LookupValue;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::Table;
use crate::tree::Expr;

/// The condition of one lookup: `condition(book, "author__name__icontains", "ada")`.
///
/// Errs where a name is unknown, where the operator does not fit the field, and where the value
/// does not fit the operator.
pub fn condition(
    table: &'static Table,
    lookup: &str,
    value: impl Into<LookupValue>,
) -> Result<Expr> {
    Condition::lookup(Lookup::parse(table, lookup)?, value).build()
}

/// What is wrong with a lookup.
fn wrong(text: &str, reason: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidQuery, format!("lookup `{text}`: {reason}"))
}

/// What is wrong with the value of a lookup.
fn wrong_value(text: &str, reason: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidValue, format!("lookup `{text}`: {reason}"))
}
