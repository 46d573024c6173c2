//! Adding rows.

use super::{Expr, Literal, Name, Select};
use crate::schema::TableRef;

/// Where the rows come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum InsertSource {
    /// One row: an expression for each column. No columns at all insert a row of defaults.
    Row(Vec<Expr>),
    /// Any number of rows, given by column: one array literal for each. How they reach the database
    /// is the dialect's choice, and their number makes no new statement.
    Columns(Vec<Literal>),
    /// The rows of a query, whose columns are the fields in order.
    Select(Box<Select>),
}

/// What to do where a row of the same key is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Conflict {
    /// Leave the old row.
    Ignore {
        /// Which conflicts are meant; all, if `None`.
        target: Option<ConflictTarget>,
    },
    /// Change the old row.
    Update {
        /// Which conflict is meant.
        target: ConflictTarget,
        /// What to set: position of the field, and its new value, in which
        /// [`Expr::Excluded`] is the row that was to be inserted.
        set: Vec<(usize, Expr)>,
        /// Which old rows to change: all of these are true. The others stay as they are.
        filter: Vec<Expr>,
    },
}

/// What tells that a row is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ConflictTarget {
    /// The fields, by position, of a primary key or a unique constraint.
    Fields(Vec<usize>),
    /// The fields, by position, of a unique index that holds only rows of which a condition is
    /// true.
    Partial(Vec<usize>, Expr),
    /// A constraint by its name in the database.
    Constraint(Name),
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
    /// Words for the database's log, see [`Select::tag`].
    pub tag: Option<Name>,
}
