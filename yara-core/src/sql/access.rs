//! What a statement does to the database.

/// What a statement does, as far as whoever runs it must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It reads, and running it twice does no harm.
    Read,
    /// It reads, and locks what it reads until the end of the transaction, without which it is
    /// refused.
    Lock,
    /// It writes, or might.
    Write,
    /// It begins or ends a transaction or a savepoint, or sets something of the session.
    Control,
}
