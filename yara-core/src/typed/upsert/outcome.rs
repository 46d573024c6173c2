//! What an upsert did.

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Upserted<M> {
    /// It is new.
    Inserted(M),
    /// There was one, which has been changed to this.
    Updated(M),
    /// There was one, which stays as it is.
    Skipped,
}

impl<M> Upserted<M> {
    /// The row as the database has it now, unless it was left as it is.
    pub fn row(&self) -> Option<&M> {
        match self {
            Upserted::Inserted(row) | Upserted::Updated(row) => Some(row),
            Upserted::Skipped => None,
        }
    }

    /// [`row`](Upserted::row), by value.
    pub fn into_row(self) -> Option<M> {
        match self {
            Upserted::Inserted(row) | Upserted::Updated(row) => Some(row),
            Upserted::Skipped => None,
        }
    }

    /// Whether the row is new.
    pub fn is_inserted(&self) -> bool {
        matches!(self, Upserted::Inserted(_))
    }

    /// Whether there was one, which has been changed.
    pub fn is_updated(&self) -> bool {
        matches!(self, Upserted::Updated(_))
    }

    /// Whether there was one, which stays as it is.
    pub fn is_skipped(&self) -> bool {
        matches!(self, Upserted::Skipped)
    }

    pub(super) fn of(row: Option<(M, bool)>) -> Upserted<M> {
        match row {
            Some((row, true)) => Upserted::Inserted(row),
            Some((row, false)) => Upserted::Updated(row),
            None => Upserted::Skipped,
        }
    }
}

/// How many rows of an [`Upsert`](super::Upsert) had which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UpsertCount {
    /// New rows.
    pub inserted: u64,
    /// Rows that were there, and have been changed.
    pub updated: u64,
    /// Rows that were there, and stay as they are.
    pub skipped: u64,
}
