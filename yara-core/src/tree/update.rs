//! Changing rows.

use super::{Expr, Literal, Select};
use crate::schema::TableRef;

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

/// `update table set … from (lists) where table.key = lists.key`: rows that are told by their key,
/// each with new values of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateEach {
    /// The table.
    pub table: TableRef,
    /// The fields by which a row is told, by position, and a list with a value for each row.
    pub key: Vec<(usize, Literal)>,
    /// The fields to set, and a list with a value for each row.
    pub each: Vec<(usize, Literal)>,
    /// What is set in every row: positions of fields, and their new values over the old row.
    pub set: Vec<(usize, Expr)>,
    /// What to give back of each row that was there, before its number.
    pub returning: Vec<Expr>,
    /// A list with a number for each row.
    pub told: Literal,
}
