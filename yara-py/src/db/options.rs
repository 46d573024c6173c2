//! The options of a transaction, as Python spells them.

use crate::errors::raise;
use pyo3::prelude::*;
use std::time::Duration;
use yara_core::error::{Error, ErrorKind};
use yara_core::transaction::{Isolation, TransactionOptions};

/// `isolation` is the name that SQL has for it, in any case; `timeout` is in seconds.
pub(super) fn transaction_options(
    isolation: Option<&str>,
    read_only: bool,
    deferrable: bool,
    timeout: Option<f64>,
) -> PyResult<TransactionOptions> {
    let refuse = |message: String| raise(Error::new(ErrorKind::InvalidQuery, message));
    let isolation = match isolation {
        None => None,
        Some(name) => match name.to_ascii_lowercase().replace(['_', '-'], " ").as_str() {
            // PostgreSQL has no other meaning for it, and SQLite none of them.
            "read uncommitted" | "read committed" => Some(Isolation::ReadCommitted),
            "repeatable read" => Some(Isolation::RepeatableRead),
            "serializable" => Some(Isolation::Serializable),
            _ => {
                return Err(refuse(format!(
                    "the isolation of a transaction is `read committed`, `repeatable read` or \
                     `serializable`, not `{name}`"
                )));
            }
        },
    };
    let seconds = |seconds: f64| {
        let positive = Some(seconds).filter(|seconds| *seconds > 0.0);
        positive.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(|| {
            refuse(format!("the timeout of a transaction is a number of seconds, not {seconds}"))
        })
    };
    let timeout = timeout.map(seconds).transpose()?;
    Ok(TransactionOptions { isolation, read_only, deferrable, timeout, retries: 0 })
}
