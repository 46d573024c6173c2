//! The seam between the engine and a database: [`Backend`] and [`Connection`].
//!
//! A backend sees SQL text, bound values and rows, never models. Together with a
//! [`Dialect`] these two traits are all that a further database needs.

mod password;
#[cfg(feature = "postgres")]
pub mod postgres;
mod registry;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use password::Password;
pub use registry::{DIALECTS, SCHEMES, from_url};

use crate::error::{Error, ErrorKind, Result};
use crate::future::BoxFuture;
pub use crate::sql::Access;
use crate::sql::Dialect;
use crate::value::{Value, ValueRef};
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

/// A statement, ready to be run any number of times.
#[derive(Debug)]
pub struct Command {
    /// The text, with the dialect's placeholders.
    pub sql: Arc<str>,
    /// What it does.
    pub access: Access,
    /// Whether it is worth keeping prepared: not for statements that occur once, such as DDL.
    pub prepare: bool,
    /// Whether it is `copy … from stdin (format binary)`: the values are not bound but streamed
    /// behind it, as many rows as it is repeated times.
    pub copy: bool,
    /// The same statement for several runs at once, each with its number of runs, the largest
    /// first. A backend may run one of them instead of so many runs of `sql`, with the same values.
    pub wide: Vec<(usize, Arc<str>)>,
    /// A note of a backend about earlier runs: how many runs in one batch took too long to be run
    /// inline, `usize::MAX` where none did. Nothing depends on it but speed.
    pub slow: AtomicUsize,
}

impl Command {
    /// A statement that is kept prepared.
    pub fn new(sql: impl Into<Arc<str>>, access: Access) -> Command {
        Command {
            sql: sql.into(),
            access,
            prepare: true,
            copy: false,
            wide: Vec::new(),
            slow: AtomicUsize::new(usize::MAX),
        }
    }

    /// A statement that occurs once.
    pub fn once(sql: impl Into<Arc<str>>, access: Access) -> Command {
        Command { prepare: false, ..Command::new(sql, access) }
    }
}

/// A statement and its values.
#[derive(Debug, Clone)]
pub struct Request {
    /// The statement.
    pub command: Arc<Command>,
    /// The values of its parameters, `repeat` times one after the other.
    pub values: Vec<Value>,
    /// How many times it runs, each time with the next values: how a database without array
    /// parameters inserts many rows. The rows of all runs are those of one request.
    pub repeat: usize,
}

impl Request {
    /// A statement that runs once.
    pub fn new(command: Arc<Command>, values: Vec<Value>) -> Request {
        Request { command, values, repeat: 1 }
    }
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
}

/// Takes rows as they arrive.
///
/// It is owned by the run and given back at its end, so that a backend may fill it on a thread of
/// its own. `request` is the position in the batch.
pub trait RowSink: Send + 'static {
    /// Whether [`columns`](RowSink::columns) is of any use to it. Where not, a backend need not ask
    /// the database for names.
    fn wants_columns(&self) -> bool {
        true
    }

    /// The columns of a request's rows; called once, before its first row, even if there is none.
    fn columns(&mut self, request: usize, columns: &[ColumnInfo]) -> Result<()> {
        let _ = (request, columns);
        Ok(())
    }

    /// A row. An error ends the run with that error; the connection stays in step. What the batch has
    /// written outside of a transaction may stay: PostgreSQL has committed it by then, and SQLite
    /// takes back only what a batch writes by several executions.
    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()>;

    /// The end of a request, with the number of rows that it wrote, or read.
    fn done(&mut self, request: usize, rows: u64) -> Result<()> {
        let _ = (request, rows);
        Ok(())
    }

    /// Forget everything: the batch is run again from its start. It only reads, or what it had written
    /// is undone.
    fn restart(&mut self);

    /// For getting the filled sink back: `self`.
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send>;
}

/// A database that connections can be made to.
pub trait Backend: Send + Sync + 'static {
    /// How SQL is written for it.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Where it is, for messages: never a password.
    fn location(&self) -> String;

    /// The names of the URL parameters that it takes, for messages about others.
    fn parameters(&self) -> &'static [&'static str] {
        &[]
    }

    /// Opens a connection, ready for statements.
    ///
    /// An implementor MUST give an error that names the location and the likely fix, and MUST NOT
    /// leave anything open when the future is dropped.
    fn connect(&self) -> BoxFuture<'_, Result<Arc<dyn Connection>>>;

    /// Logs in with another password from the next connection on; those that are open stay.
    ///
    /// Errs where the database asks for none.
    fn set_password(&self, password: Password) -> Result<()> {
        let _ = password;
        let message = format!("{} asks for no password", self.dialect().name());
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    /// How many autocommit batches may be under way on one connection at a time. More than one
    /// means that [`Connection::run`] pipelines.
    fn pipeline(&self) -> usize;

    /// Whether it runs inside the program. Then a connection cannot be lost, so that no batch is
    /// kept for running it again, and a statement costs no round trip, so that `BEGIN` is sent when
    /// the program asks for it and not with the first statement.
    fn embedded(&self) -> bool {
        false
    }

    /// The largest number of connections that makes sense where the program does not say.
    fn default_max_size(&self) -> usize;
}

/// One connection.
///
/// Methods take `&self`: batches may be under way side by side, and are answered in the order in
/// which they were first polled. A future that is dropped may leave its statements running; the
/// connection MUST stay in step all the same, MUST NOT give their rows to anyone else, and says so
/// through [`needs_reset`](Connection::needs_reset) until they are over.
pub trait Connection: Send + Sync + 'static {
    /// Runs statements one after the other in one round trip and hands their rows to `sink`.
    ///
    /// Outside a transaction the batch is atomic: if a statement fails, nothing of it has
    /// happened. After a failure no later statement of the batch runs. On an error the sink is
    /// lost. A value that the database cannot take MUST be refused before anything is sent.
    ///
    /// A batch whose first statement is of [`Access::Control`] begins or ends a transaction by
    /// itself, such as `BEGIN` and the first statement of a transaction: it MUST be run as it is.
    fn run(
        &self,
        batch: Vec<Request>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>>>;

    /// The same at once, where no waiting is needed: a database inside the program can answer a
    /// short read sooner than a future is made. `None` where this is for [`run`](Connection::run);
    /// then nothing has happened, and the sink is empty.
    ///
    /// It MUST NOT wait for anything, nor take longer than a statement may that runs inline.
    fn run_now(&self, batch: &[Request], sink: &mut dyn RowSink) -> Option<Result<()>> {
        let _ = (batch, sink);
        None
    }

    /// Begins to read rows in portions; nothing else may run on the connection until the cursor is
    /// at its end or dropped. Memory holds one portion.
    fn open(self: Arc<Self>, request: Request) -> BoxFuture<'static, Result<Box<dyn Cursor>>>;

    /// Whether statements can still be sent, as far as is known without asking the server.
    fn is_open(&self) -> bool;

    /// Whether something is left over: a transaction, a cursor, a statement nobody waits for.
    fn needs_reset(&self) -> bool;

    /// Ends a statement that was left running and that nobody waits for, and returns when it is
    /// over. A transaction stays as it is: failed, where it was one of its statements. Whoever
    /// calls has the connection alone.
    ///
    /// A backend need do nothing whose statements end by themselves as soon as they are left.
    fn stop_abandoned(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Ends what is left over — cancels a running statement, rolls back — and makes sure that the
    /// server answers. Afterwards [`needs_reset`](Connection::needs_reset) is false.
    fn reset(&self) -> BoxFuture<'_, Result<()>>;

    /// Ends the connection. Dropping it does so too, less politely.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// Rows that are read in portions.
pub trait Cursor: Send + 'static {
    /// Hands the next portion to `sink` and gives it back, with `false` after the last one.
    #[allow(clippy::type_complexity, reason = "a name for it would hide more than it says")]
    fn next(&mut self, sink: Box<dyn RowSink>) -> BoxFuture<'_, Result<(Box<dyn RowSink>, bool)>>;
}
