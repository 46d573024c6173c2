//! Removing rows.

use super::{Expr, Select};

/// `delete from table where …`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Delete {
    /// Which rows: exactly those that this query would select. Its columns are ignored.
    pub rows: Select,
    /// What to give back of each row.
    pub returning: Vec<Expr>,
}
