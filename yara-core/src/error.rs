//! The one error of the engine: opaque, classified, with a cause.
//!
//! Callers ask what happened by predicates ([`Error::is_unique_violation`] and so on), which hold
//! for every backend alike; [`Error::database`] gives what the server said. Text is written for the
//! person who reads the log: it names model, field, what was given and what would work. A URL is
//! never part of it.

mod database;
mod kind;

pub use database::DatabaseError;
pub use kind::ErrorKind;

use crate::value::DecodeError;
use std::fmt;
use std::sync::Arc;

/// What every fallible call of the engine returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Something that did not work, see the [module](self).
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let error = Tag::create().name("rust").insert(&db).await.unwrap_err();
/// match error.kind() {
///     ErrorKind::UniqueViolation => assert_eq!(error.table(), Some("tag")),
///     _ => return Err(error),
/// }
/// assert_eq!(error.sqlstate(), Some("23505"));
/// assert!(error.is_constraint_violation() && !error.is_retryable());
/// # Ok(()) })
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    database: Option<DatabaseError>,
    statement: Option<Arc<str>>,
    cause: Option<Cause>,
    cell: Option<usize>,
}

impl Error {
    /// An error of a kind, with a message that stands alone.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let outcome: yara_orm::Result<()> = db
    ///     .transaction(async |tx| {
    ///         Tag::query().delete().exec(&tx).await?;
    ///         Err(Error::new(ErrorKind::InvalidValue, "changed my mind"))
    ///     })
    ///     .await;
    /// assert_eq!(outcome.unwrap_err().to_string(), "changed my mind");
    /// assert_eq!(Tag::query().count(&db).await?, 3);
    /// # Ok(()) })
    /// ```
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            database: None,
            statement: None,
            cause: None,
            cell: None,
        }))
    }

    /// A cell of a row, by its position, could not be read as the wanted type.
    pub fn decode(cell: usize, reason: &DecodeError) -> Error {
        let mut error = Error::new(ErrorKind::Decode, reason.to_string());
        error.0.cell = Some(cell);
        error
    }

    /// The position of the cell that an error of [`Error::decode`] is about.
    pub(crate) fn cell(&self) -> Option<usize> {
        self.0.cell
    }

    /// An error that the database reported.
    pub fn from_database(kind: ErrorKind, database: DatabaseError) -> Error {
        let mut error = Error::new(kind, database.message.clone());
        error.0.database = Some(database);
        error
    }

    /// Adds what caused it.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Cause>) -> Error {
        self.0.cause = Some(cause.into());
        self
    }

    /// Adds the statement that failed, if it is not known yet. Values are not part of it.
    #[must_use]
    pub fn with_statement(mut self, sql: &Arc<str>) -> Error {
        self.0.statement.get_or_insert_with(|| sql.clone());
        self
    }

    /// The same error with what has been found out about it since.
    #[cfg(feature = "sqlite")]
    pub(crate) fn refined(mut self, kind: ErrorKind, database: DatabaseError) -> Error {
        self.0.kind = kind;
        self.0.message.clone_from(&database.message);
        self.0.database = Some(database);
        self
    }

    /// Puts what was being done before the message, such as "connecting to localhost:5432".
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Error {
        self.0.message = format!("{doing}: {}", self.0.message);
        self
    }

    /// Puts what follows from it behind the message, such as what to do.
    #[must_use]
    pub fn with_remark(mut self, remark: impl fmt::Display) -> Error {
        self.0.message = format!("{}; {remark}", self.0.message);
        self
    }

    /// What happened, for code that maps errors to something else.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What the database said, if it was the database that refused.
    pub fn database(&self) -> Option<&DatabaseError> {
        self.0.database.as_ref()
    }

    /// The SQLSTATE of the SQL standard, which PostgreSQL sends; on SQLite the closest one.
    pub fn sqlstate(&self) -> Option<&str> {
        self.database().and_then(|database| database.sqlstate.as_deref())
    }

    /// The name of the constraint that was violated, where the database tells.
    pub fn constraint(&self) -> Option<&str> {
        self.database().and_then(|database| database.constraint.as_deref())
    }

    /// The table that a violated constraint belongs to, where the database tells.
    pub fn table(&self) -> Option<&str> {
        self.database().and_then(|database| database.table.as_deref())
    }

    /// The column, where the database tells; for a constraint over several, the first.
    pub fn column(&self) -> Option<&str> {
        self.database().and_then(|database| database.column.as_deref())
    }

    /// More about it from the database.
    pub fn detail(&self) -> Option<&str> {
        self.database().and_then(|database| database.detail.as_deref())
    }

    /// What the database suggests.
    pub fn hint(&self) -> Option<&str> {
        self.database().and_then(|database| database.hint.as_deref())
    }

    /// The SQL text that failed, without the values bound to it.
    pub fn statement(&self) -> Option<&str> {
        self.0.statement.as_deref()
    }
}

/// Predicates: one for each kind that a program reacts to.
macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident => $($kind:ident)|+;)+) => {
        impl Error {
            $($(#[$doc])* pub fn $name(&self) -> bool {
                matches!(self.0.kind, $(ErrorKind::$kind)|+)
            })+
        }
    };
}

predicates! {
    /// A row with the same key or the same unique values is there already.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let error = Tag::create().name("rust").insert(&db).await.unwrap_err();
    /// assert!(error.is_unique_violation());
    /// # Ok(()) })
    /// ```
    is_unique_violation => UniqueViolation;
    /// A foreign key names no row, or a row that others refer to was to be deleted.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let error = Book::create().title("New").author_id(77).insert(&db).await.unwrap_err();
    /// assert!(error.is_foreign_key_violation());
    /// let error = Author::find(1).delete().exec(&db).await.unwrap_err();
    /// assert!(error.is_foreign_key_violation()); // she is Bob's mentor
    /// # Ok(()) })
    /// ```
    is_foreign_key_violation => ForeignKeyViolation;
    /// A column that must have a value was given none.
    is_not_null_violation => NotNullViolation;
    /// A check constraint said no.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let error = Book::create().title("New").author_id(1).views(-1).insert(&db).await.unwrap_err();
    /// assert!(error.is_check_violation());
    /// assert_eq!(error.constraint(), Some("views_not_negative"));
    /// # Ok(()) })
    /// ```
    is_check_violation => CheckViolation;
    /// Any constraint of the database said no.
    is_constraint_violation => UniqueViolation | ForeignKeyViolation | NotNullViolation | CheckViolation | ExclusionViolation;
    /// The query was to give a row and gave none.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert!(Book::find(77).one(&db).await.is_err_and(|error| error.is_not_found()));
    /// assert!(Book::query().one(&db).await.is_err_and(|error| error.is_multiple_found()));
    /// # Ok(()) })
    /// ```
    is_not_found => NotFound;
    /// The query was to give one row and gave several.
    is_multiple_found => MultipleFound;
    /// The row has been changed or deleted since it was read.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let mut book = Book::find(1).one(&db).await?;
    /// Book::find(1).delete().exec(&db).await?;
    /// assert!(book.save(&db).await.is_err_and(|error| error.is_stale_row()));
    /// # Ok(()) })
    /// ```
    is_stale_row => StaleRow;
    /// A relation was read that no `load` had filled.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::find(1).one(&db).await?;
    /// assert!(book.author.get().is_err_and(|error| error.is_not_loaded()));
    /// # Ok(()) })
    /// ```
    is_not_loaded => NotLoaded;
    /// The transaction lost against another one; run it again.
    is_serialization_failure => SerializationFailure;
    /// The transaction waited for one that waited for it; run it again.
    is_deadlock => Deadlock;
    /// Running the same transaction again may succeed.
    is_retryable => SerializationFailure | Deadlock | Busy;
    /// The database, or a row of it, stayed locked by others for too long.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let db = Db::connect("sqlite://:memory:?busy_timeout=0").await?;
    /// let tx = db.begin().await?;
    /// let error = db.begin().await.unwrap_err();
    /// assert!(error.is_busy() && error.is_retryable());
    /// drop(tx);
    /// # Ok(()) })
    /// ```
    is_busy => Busy;
    /// The connection broke; what ran on it may or may not have happened.
    is_connection_lost => ConnectionLost;
    /// The server could not be reached, or refused the connection.
    is_connect_error => Connect | Authentication;
    /// The server refused user or password.
    is_authentication_failure => Authentication;
    /// No connection of the pool became free in time.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let db = Db::connect("sqlite://:memory:?max_size=1&acquire_timeout=0.01").await?;
    /// let tx = db.begin().await?;
    /// let error = db.begin().await.unwrap_err();
    /// assert!(error.is_pool_timeout() && error.is_timeout());
    /// drop(tx);
    /// # Ok(()) })
    /// ```
    is_pool_timeout => PoolTimeout;
    /// The pool has been closed.
    is_pool_closed => PoolClosed;
    /// A statement was cancelled, by a time limit or by someone.
    is_query_canceled => QueryCanceled;
    /// Something took longer than it was allowed to.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// use std::time::Duration;
    ///
    /// let options =
    ///     TransactionOptions { timeout: Some(Duration::from_millis(1)), ..TransactionOptions::default() };
    /// let outcome: yara_orm::Result<()> =
    ///     db.transaction_with(options, async |_| std::future::pending().await).await;
    /// assert!(outcome.is_err_and(|error| error.is_timeout()));
    /// # Ok(()) })
    /// ```
    is_timeout => Timeout | PoolTimeout | QueryCanceled;
    /// A value was refused before anything was sent.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let error = Tag::create().name("x".repeat(51)).insert(&db).await.unwrap_err();
    /// assert!(error.is_invalid_value());
    /// assert!(error.to_string().starts_with("Tag.name: the text has 51 characters"));
    /// # Ok(()) })
    /// ```
    is_invalid_value => InvalidValue;
    /// The query cannot mean anything, and was refused before anything was sent.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let error = Book::query().update().exec(&db).await.unwrap_err();
    /// assert!(error.is_invalid_query());
    /// assert_eq!(error.to_string(), "an update of Book sets nothing; add `.set(column, value)`");
    /// # Ok(()) })
    /// ```
    is_invalid_query => InvalidQuery;
    /// The database has no such feature, and was not asked.
    is_unsupported => Unsupported;
    /// A cell could not be read exactly as the wanted type.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let error = sql("select title from book").all::<(i64,)>(&db).await.unwrap_err();
    /// assert!(error.is_decode_error());
    /// assert_eq!(error.to_string(), "column `title`: it holds text, not 64-bit integer");
    /// # Ok(()) })
    /// ```
    is_decode_error => Decode;
    /// A URL, an option or a model declaration is wrong.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let error = Db::connect("postgers://localhost/app").await.unwrap_err();
    /// assert!(error.is_configuration_error());
    /// # Ok(()) })
    /// ```
    is_configuration_error => Configuration;
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &self.0.kind).field("message", &self.0.message);
        if let Some(database) = &self.0.database {
            debug.field("database", database);
        }
        if let Some(statement) = &self.0.statement {
            debug.field("statement", statement);
        }
        if let Some(cause) = &self.0.cause {
            debug.field("cause", cause);
        }
        debug.finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The detail may hold values of a row, which are not for logs: `Error::detail` gives it.
        f.write_str(&self.0.message)?;
        if let Some(hint) = self.hint() {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| cause.as_ref() as _)
    }
}
