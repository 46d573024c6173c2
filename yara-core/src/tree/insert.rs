//! Adding rows.

use super::{Expr, Literal, Name, Select};
use crate::schema::{Table, TableRef};

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
    /// true. A database finds the index by its condition, so values in that are a part of the
    /// statement and no parameters: made by [`ConflictTarget::partial`].
    Partial(Vec<usize>, Expr, PartialValues),
    /// A constraint by its name in the database.
    Constraint(Name),
}

/// The values in the condition of a partial index. Statements whose values differ here differ, which
/// those whose [literals](Literal) differ do not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PartialValues(Name);

impl ConflictTarget {
    /// A unique index over some rows, see [`ConflictTarget::Partial`].
    pub fn partial(fields: Vec<usize>, condition: Expr) -> ConflictTarget {
        let values: String =
            condition.literals().iter().map(|literal| format!("{:?}\0", literal.value)).collect();
        ConflictTarget::Partial(fields, condition, PartialValues(values.into()))
    }
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
    /// Numbers of the rows: one for [`InsertSource::Row`], a list for [`InsertSource::Columns`].
    /// Where they are given, each row that comes back has two more cells at its end: its number,
    /// and whether it is new. So whoever gave the rows knows what became of each.
    pub told: Option<Literal>,
    /// Whether the database's way for many rows is taken, if it has one: it neither gives rows back
    /// nor looks at conflicts.
    pub load: bool,
    /// Words for the database's log, see [`Select::tag`].
    pub tag: Option<Name>,
}

impl Insert {
    /// Rows with values for some fields. A conflict is an error, and nothing comes back.
    pub fn new(table: &'static Table, fields: Vec<usize>, source: InsertSource) -> Insert {
        Insert {
            table: TableRef(table),
            fields,
            source,
            conflict: None,
            returning: Vec::new(),
            told: None,
            load: false,
            tag: None,
        }
    }
}
