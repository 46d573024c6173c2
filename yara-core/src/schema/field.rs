//! One column of a model.

use super::Fulltext;
use crate::tree::Expr;
use crate::value::{EncodeError, Type, Value};
use std::fmt;
use std::sync::Arc;

/// Checks a value before it is sent; the reason is put behind the field's name.
pub type Validate = fn(&Value) -> Result<(), EncodeError>;

/// A column of a table, and the member of the model that it carries.
#[derive(Debug)]
pub struct Field {
    /// The member of the model: `views`, `author_id`, `address.street`.
    pub name: &'static str,
    /// The column in the database.
    pub column: &'static str,
    /// The kind of value.
    pub kind: Type,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Part of the primary key.
    pub primary_key: bool,
    /// What happens where no value is given.
    pub default: Default,
    /// The greatest number of characters of a text.
    pub max_length: Option<u32>,
    /// Digits in all and after the point, for [`Type::Numeric`].
    pub precision: Option<(u32, u32)>,
    /// Of one column: no two rows alike.
    pub unique: bool,
    /// Has an index of its own.
    pub index: bool,
    /// Counts the writes of a row, so that a lost update is noticed.
    pub version: bool,
    /// Set to the current time by each update of an instance.
    pub auto_now: bool,
    /// The index of the relation in [`Table::relations`](super::Table::relations) that this column
    /// is the key of.
    pub relation: Option<usize>,
    /// The texts or numbers that an enum can be; checked by the database too.
    pub choices: &'static [&'static str],
    /// What the column is for; stored in the database where it can.
    pub comment: Option<&'static str>,
    /// Checks a value before it is sent.
    pub validate: Option<Validate>,
    /// The indexes for full-text searches that it is part of.
    pub fulltext: Vec<&'static Fulltext>,
    /// The expression over other columns of the row that the database computes the value from,
    /// each time the row is written; nobody else sets it.
    pub computed: Option<Computed>,
}

/// An expression over the columns of a table, for the database to keep: what a column is computed
/// from, or which rows an index is of.
#[derive(Clone)]
pub struct Computed(Arc<dyn Fn() -> Expr + Send + Sync>);

impl Computed {
    /// An expression over the columns of the table alone. A function makes it, because it names the
    /// table that is still being described.
    pub fn new(expression: impl Fn() -> Expr + Send + Sync + 'static) -> Computed {
        Computed(Arc::new(expression))
    }

    /// The expression.
    pub fn expression(&self) -> Expr {
        (self.0)()
    }
}

impl fmt::Debug for Computed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Computed")
    }
}

/// What a column holds where an insert gives no value.
#[derive(Debug, Clone)]
pub enum Default {
    /// Nothing: a value is required, or NULL where it is allowed.
    None,
    /// The database counts up: an integer primary key.
    Auto,
    /// A value that this library fills in, each time anew.
    Value(fn() -> Value),
    /// SQL that the database evaluates.
    Sql(&'static str),
    /// A value that the database fills in.
    Constant(Value),
    /// The time of the insert by the database's clock.
    Clock,
    /// So many random bytes, as hexadecimal digits that the database makes.
    RandomHex(u32),
    /// The time of the insert, filled in by this library.
    Now,
}

/// Who makes the value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generated {
    /// The program.
    No,
    /// The database: the value is known after the insert.
    ByDatabase,
}

impl Field {
    /// Who makes the value where an insert leaves the column out.
    pub fn generated(&self) -> Generated {
        match self.default {
            _ if self.computed.is_some() => Generated::ByDatabase,
            Default::Auto
            | Default::Sql(_)
            | Default::Constant(_)
            | Default::Clock
            | Default::RandomHex(_) => Generated::ByDatabase,
            Default::None | Default::Value(_) | Default::Now => Generated::No,
        }
    }
}
