//! An order of rows.

use super::Expr;

/// Where NULL stands. Without a choice it is greater than every value, on every backend: last when
/// ascending and first when descending, which is PostgreSQL's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Nulls {
    /// After the greatest value.
    #[default]
    Greatest,
    /// Before all.
    First,
    /// After all.
    Last,
}

/// One expression to sort by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Order {
    /// What is compared.
    pub expr: Expr,
    /// Greatest first.
    pub descending: bool,
    /// Where NULL stands.
    pub nulls: Nulls,
}
