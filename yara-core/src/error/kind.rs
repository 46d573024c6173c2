//! The kinds of errors.

/// What happened. The same kinds come from every backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A URL, an option or a model declaration is wrong.
    Configuration,
    /// The server could not be reached.
    Connect,
    /// The server refused user or password.
    Authentication,
    /// The connection broke while it was in use.
    ConnectionLost,
    /// No connection of the pool became free in time.
    PoolTimeout,
    /// The pool has been closed.
    PoolClosed,
    /// The query cannot mean anything: refused before anything was sent.
    InvalidQuery,
    /// A value does not fit its field: refused before anything was sent.
    InvalidValue,
    /// The database lacks the feature: refused before anything was sent.
    Unsupported,
    /// A cell could not be read exactly as the wanted type.
    Decode,
    /// No row.
    NotFound,
    /// More than one row.
    MultipleFound,
    /// A relation was read before it was loaded.
    NotLoaded,
    /// The row has changed or gone since it was read.
    StaleRow,
    /// SQLSTATE 23505.
    UniqueViolation,
    /// SQLSTATE 23503.
    ForeignKeyViolation,
    /// SQLSTATE 23502.
    NotNullViolation,
    /// SQLSTATE 23514.
    CheckViolation,
    /// SQLSTATE 23P01.
    ExclusionViolation,
    /// SQLSTATE 40001.
    SerializationFailure,
    /// SQLSTATE 40P01.
    Deadlock,
    /// SQLSTATE 55P03, or SQLite's `SQLITE_BUSY` and `SQLITE_LOCKED`.
    Busy,
    /// SQLSTATE 57014.
    QueryCanceled,
    /// Something took longer than it was allowed to.
    Timeout,
    /// SQLSTATE class 22: the database refused a value.
    Data,
    /// SQLSTATE class 42: the statement is wrong, or names what is not there.
    Programming,
    /// A transaction is over, failed, or was used wrongly.
    Transaction,
    /// Reading or writing a file or a socket failed outside a query.
    Io,
    /// Any other word of the database.
    Database,
    /// A fault of this library: please report it.
    Internal,
}

impl ErrorKind {
    /// The kind that belongs to a SQLSTATE
    /// (source: PostgreSQL documentation, appendix A "PostgreSQL Error Codes").
    pub fn from_sqlstate(code: &str) -> ErrorKind {
        match code {
            "23505" => ErrorKind::UniqueViolation,
            "23503" | "23001" => ErrorKind::ForeignKeyViolation,
            "23502" => ErrorKind::NotNullViolation,
            "23514" => ErrorKind::CheckViolation,
            "23P01" => ErrorKind::ExclusionViolation,
            "40001" => ErrorKind::SerializationFailure,
            "40P01" => ErrorKind::Deadlock,
            "55P03" => ErrorKind::Busy,
            "57014" => ErrorKind::QueryCanceled,
            "57P01" | "57P02" | "57P03" => ErrorKind::ConnectionLost,
            "25P03" | "25P04" => ErrorKind::Timeout,
            "0A000" => ErrorKind::Unsupported,
            code => match code.get(..2) {
                Some("22") => ErrorKind::Data,
                Some("42") => ErrorKind::Programming,
                Some("28") => ErrorKind::Authentication,
                Some("08") => ErrorKind::ConnectionLost,
                Some("25") => ErrorKind::Transaction,
                _ => ErrorKind::Database,
            },
        }
    }
}
