//! What a transaction may be asked for.

use std::time::Duration;

/// What a transaction sees of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Isolation {
    /// Each statement sees what was committed before it.
    ReadCommitted,
    /// All statements see what was committed before the first.
    RepeatableRead,
    /// As if transactions ran one after the other.
    Serializable,
}

/// How a transaction is run.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use std::time::Duration;
///
/// let options = TransactionOptions {
///     read_only: true,
///     timeout: Some(Duration::from_secs(5)),
///     ..TransactionOptions::default()
/// };
/// let tx = db.begin_with(options).await?;
/// assert_eq!(Tag::query().count(&tx).await?, 3);
/// assert!(Tag::query().delete().exec(&tx).await.is_err());
/// # Ok(()) })
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TransactionOptions {
    /// What it sees of others; the database's default where `None`.
    pub isolation: Option<Isolation>,
    /// It writes nothing.
    pub read_only: bool,
    /// PostgreSQL: wait until it can run without the risk of a serialization failure.
    pub deferrable: bool,
    /// How long it may take in all.
    pub timeout: Option<Duration>,
    /// How many times it is run again after a serialization failure or a deadlock.
    pub retries: u32,
}
