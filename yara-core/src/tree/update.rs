//! Changing rows.

use super::{Expr, Select};

/// `update table set … where …`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Update {
    /// Which rows: exactly those that this query would select. Its columns are ignored.
    pub rows: Select,
    /// Positions of fields, and their new values over the old row.
    pub set: Vec<(usize, Expr)>,
    /// What to give back of each row.
    pub returning: Vec<Expr>,
}
