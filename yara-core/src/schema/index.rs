//! Indexes and constraints of a table.

use crate::tree::Expr;
use std::fmt;

/// An index over columns.
#[derive(Debug, Clone)]
pub struct Index {
    /// The name; made from table and columns where none was given.
    pub name: Option<&'static str>,
    /// Indexes into [`Table::fields`](super::Table::fields).
    pub fields: Vec<usize>,
}

/// An index over expressions.
pub struct ExpressionIndex {
    /// The name.
    pub name: &'static str,
    /// Whether no two rows have the same values.
    pub unique: bool,
    /// Builds the expressions, over the columns of the table alone. A function, because they name
    /// the table that is still being described.
    pub expressions: Box<dyn Fn() -> Vec<Expr> + Send + Sync>,
}

impl fmt::Debug for ExpressionIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, unique, .. } = self;
        f.debug_struct("ExpressionIndex")
            .field("name", name)
            .field("unique", unique)
            .finish_non_exhaustive()
    }
}

/// An index for full-text searches.
#[derive(Debug, Clone)]
pub struct Fulltext {
    /// The name of the index, and on SQLite of the table that is one.
    pub name: &'static str,
    /// In which language words are looked for: `simple` takes them as they are.
    pub language: &'static str,
    /// Indexes into [`Table::fields`](super::Table::fields): texts.
    pub fields: Vec<usize>,
    /// The columns of these fields.
    pub columns: Vec<&'static str>,
}

/// A constraint: no two rows have the same values here.
#[derive(Debug, Clone)]
pub struct Unique {
    /// The name; made from table and columns where none was given.
    pub name: Option<&'static str>,
    /// Indexes into [`Table::fields`](super::Table::fields).
    pub fields: Vec<usize>,
}

/// A constraint: this holds for every row.
pub struct Check {
    /// The name of the constraint.
    pub name: &'static str,
    /// Builds the condition, over the columns of the table alone. A function, because a condition
    /// names the table that is still being described.
    pub condition: Box<dyn Fn() -> Expr + Send + Sync>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}
