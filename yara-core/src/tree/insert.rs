//! Adding rows.

use super::{Expr, Literal};
use crate::schema::TableRef;

/// Where the rows come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum InsertSource {
    /// One row: an expression for each column. No columns at all insert a row of defaults.
    Row(Vec<Expr>),
    /// Any number of rows, given by column: one array literal for each. How they reach the database
    /// is the dialect's choice, and their number makes no new statement.
    Columns(Vec<Literal>),
}

/// What to do where a row of the same key is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Conflict {
    /// Leave the old row, and say nothing about it.
    Ignore,
    /// Change the old row.
    Update {
        /// The columns that tell which row is the same: a primary key or a unique constraint.
        target: Vec<usize>,
        /// What to set: position of the field, and its new value, in which
        /// [`Expr::Excluded`] is the row that was to be inserted.
        set: Vec<(usize, Expr)>,
    },
}

/// `insert into table (columns) … returning …`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Insert {
    /// The table.
    pub table: TableRef,
    /// The fields that are given, as positions in the table's fields.
    pub fields: Vec<usize>,
    /// Their values.
    pub source: InsertSource,
    /// What to do on a conflict; `None` is an error.
    pub conflict: Option<Conflict>,
    /// What to give back of each row.
    pub returning: Vec<Expr>,
}
