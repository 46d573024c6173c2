//! How a transaction ends, what makes it fail, and what is said about it.

use crate::error::{Error, ErrorKind};
use std::time::Duration;

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Committed,
    RolledBack,
    /// Whoever had it dropped it.
    Abandoned,
    /// It took longer than this.
    TimedOut(Duration),
    /// `COMMIT` was sent and not answered.
    Unknown,
}

/// The error of using a transaction that is over.
pub(super) fn over(end: End) -> Error {
    let how = match end {
        End::Committed => "it was committed",
        End::RolledBack => "it was rolled back",
        End::Abandoned => "its block or guard was dropped, and it was rolled back",
        End::TimedOut(limit) => {
            return Error::new(
                ErrorKind::Timeout,
                format!(
                    "the transaction took longer than its timeout of {} s, and was rolled back",
                    limit.as_secs_f64()
                ),
            );
        }
        End::Unknown => "its COMMIT was sent, and the answer was not awaited",
    };
    Error::new(ErrorKind::Transaction, format!("the transaction is over: {how}; begin another one"))
}

/// The error of a statement after another one failed.
pub(super) fn has_failed(depth: usize, first: &str) -> Error {
    let (what, hint) = if depth == 0 {
        ("transaction", "put a statement that may fail into a savepoint of its own")
    } else {
        ("savepoint", "roll it back first")
    };
    Error::new(
        ErrorKind::Transaction,
        format!(
            "the {what} has failed and takes no more statements; {hint}; it failed at: {first}"
        ),
    )
}

/// The error of committing what has failed.
pub(super) fn not_committed(depth: usize, first: &str) -> Error {
    let what = if depth == 0 { "transaction" } else { "savepoint" };
    Error::new(
        ErrorKind::Transaction,
        format!("the {what} was rolled back, not committed, because a statement failed: {first}"),
    )
}

/// Whether an error means that the transaction can no longer be committed. What was refused before
/// it was sent does not, nor does a row that the program could not take, if nothing was written.
pub(super) fn fails(error: &Error, only_reads: bool) -> bool {
    if error.database().is_some() {
        return true;
    }
    match error.kind() {
        ErrorKind::InvalidValue
        | ErrorKind::InvalidQuery
        | ErrorKind::Unsupported
        | ErrorKind::Configuration => false,
        ErrorKind::Decode
        | ErrorKind::NotFound
        | ErrorKind::MultipleFound
        | ErrorKind::NotLoaded
        | ErrorKind::StaleRow => !only_reads,
        _ => true,
    }
}
