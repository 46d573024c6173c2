//! SQL text inside a query.

use super::Expr;
use crate::value::Type;

/// A piece of SQL text, or an expression that is written in its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RawPart {
    /// Text, as it is.
    Text(String),
    /// An expression; literals become parameters.
    Expr(Expr),
}

/// SQL text with expressions in it. Values are always bound, never spliced.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Raw {
    /// The pieces in order.
    pub parts: Vec<RawPart>,
    /// The kind of the value, where the text stands for one and somebody said which.
    pub kind: Option<Type>,
}
