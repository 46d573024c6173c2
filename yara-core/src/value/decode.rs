//! Reading a row: the cursor over its cells, and what can go wrong in one.

use super::{FieldType, Type, ValueRef};
use std::fmt;

/// Why a cell could not become the wanted type. It carries no column name: the reader adds it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecodeError(String);

impl DecodeError {
    /// The cell has another kind than the type can be read from.
    pub fn wrong_kind(found: &ValueRef<'_>, wanted: &str) -> DecodeError {
        match found {
            ValueRef::Null => DecodeError(format!(
                "it is NULL, and {wanted} cannot be; an `Option` could hold it"
            )),
            found => DecodeError(format!("it holds {}, not {wanted}", found.kind_name())),
        }
    }

    /// The cell has the right kind, but its value does not fit, or not without loss.
    pub fn bad_value(reason: impl Into<String>) -> DecodeError {
        DecodeError(reason.into())
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DecodeError {}

/// A cursor over the cells of one row, read from left to right.
#[derive(Debug)]
pub struct RowReader<'r, 'v> {
    cells: &'r [ValueRef<'v>],
    next: usize,
}

impl<'r, 'v> RowReader<'r, 'v> {
    /// Starts at the first cell.
    #[inline]
    pub fn new(cells: &'r [ValueRef<'v>]) -> RowReader<'r, 'v> {
        RowReader { cells, next: 0 }
    }

    /// Reads the next cell as `T`.
    #[inline]
    pub fn read<T: FieldType>(&mut self) -> Result<T, DecodeError> {
        let cell = self.take()?;
        T::decode(cell)
    }

    /// The next cell as it is.
    #[inline]
    pub fn take(&mut self) -> Result<&'r ValueRef<'v>, DecodeError> {
        match self.cells.get(self.next) {
            Some(cell) => {
                self.next += 1;
                Ok(cell)
            }
            None => Err(self.at_end()),
        }
    }

    #[cold]
    fn at_end(&self) -> DecodeError {
        DecodeError::bad_value(format!("the row has only {} columns", self.cells.len()))
    }

    /// Whether the next `count` cells are all NULL, as they are where an outer join found no row.
    pub fn all_null(&self, count: usize) -> bool {
        self.cells
            .get(self.next..self.next + count)
            .is_some_and(|cells| cells.iter().all(|cell| matches!(cell, ValueRef::Null)))
    }

    /// Whether the cell that comes after `ahead` others is NULL.
    #[inline]
    pub fn is_null(&self, ahead: usize) -> bool {
        matches!(self.cells.get(self.next + ahead), Some(ValueRef::Null))
    }

    /// Passes over `count` cells.
    pub fn skip(&mut self, count: usize) {
        self.next += count;
    }

    /// The position of the cell that was read last, for messages.
    pub fn position(&self) -> usize {
        self.next.saturating_sub(1)
    }
}

/// The word for a type in messages: `Type::I64` is "64-bit integer".
pub(super) fn wanted(kind: Type) -> &'static str {
    kind.name()
}
