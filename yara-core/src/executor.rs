//! What runs statements: a [`Db`], or a [`Transaction`].
//!
//! Queries take `&impl Executor`, so that the same code runs inside of a transaction and outside.

mod count;
mod held;
mod keep;
mod nested;
mod prepared;

pub(crate) use count::Count;
pub(crate) use held::HeldCursor;
pub(crate) use keep::Keep;
pub(crate) use nested::{nested, settle};
pub use prepared::Prepared;

use crate::backend::{Access, Command, Cursor, Request, RowSink};
use crate::db::Db;
use crate::error::Result;
use crate::future::BoxFuture;
use crate::sql::{self, Dialect};
use crate::transaction::Transaction;
use crate::tree::Statement;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs statements on a database.
///
/// A future that is dropped half-way leaves nothing behind: its connection goes back to the pool
/// only when it has been cleared, and a transaction takes no more statements.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use yara_orm::executor::Executor;
///
/// async fn publish(db: &impl Executor, title: &str) -> yara_orm::Result<Book> {
///     Book::create().title(title).author_id(1).insert(db).await
/// }
///
/// publish(&db, "Sketches").await?;
/// db.transaction(async |tx| publish(&tx, "Poems").await).await?;
/// assert_eq!(Book::query().count(&db).await?, 6);
/// # Ok(()) })
/// ```
pub trait Executor: Send + Sync {
    /// Runs statements one after the other in one round trip, and hands their rows to `sink`.
    ///
    /// Outside of a transaction the batch is atomic, and runs on whichever connection will answer
    /// soonest. It is run once, with one exception: a batch that only reads, sent on a connection
    /// that others had used before, is run again on another connection if that one turns out to be
    /// lost. A batch that may write is never run twice.
    ///
    /// Errs with what the database says, with what the pool says ([`PoolTimeout`], [`PoolClosed`],
    /// [`Connect`]), and in a transaction with [`Transaction`] where it is over or has failed.
    ///
    /// [`PoolTimeout`]: crate::error::ErrorKind::PoolTimeout
    /// [`PoolClosed`]: crate::error::ErrorKind::PoolClosed
    /// [`Connect`]: crate::error::ErrorKind::Connect
    /// [`Transaction`]: crate::error::ErrorKind::Transaction
    fn run<'a>(
        &'a self,
        batch: Vec<Request>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>>>;

    /// The same at once, where the database is inside the program, a connection is idle, and the
    /// statements are short: without a future. `None` where this is for [`run`](Executor::run);
    /// then nothing has happened, and the sink is empty.
    ///
    /// Errs as [`run`](Executor::run) does.
    fn run_now(&self, batch: &[Request], sink: &mut dyn RowSink) -> Option<Result<()>> {
        let _ = (batch, sink);
        None
    }

    /// Begins to read rows in portions. The cursor has a connection to itself until it is at its
    /// end or dropped; in a transaction nothing else may run meanwhile.
    ///
    /// Errs as [`run`](Executor::run) does.
    fn open<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Box<dyn Cursor>>>;

    /// How SQL is written here.
    fn dialect(&self) -> &'static dyn Dialect;

    /// The database that this is, or that this transaction runs on.
    fn db(&self) -> &Db;

    /// The transaction that this is, if it is one.
    fn current_transaction(&self) -> Option<&Transaction> {
        None
    }

    /// Runs one statement as it is, without parameters, and gives the number of rows that it
    /// wrote, or read. It is taken for one that writes.
    ///
    /// Errs as [`run`](Executor::run) does.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// use yara_orm::executor::Executor;
    ///
    /// assert_eq!(db.execute("delete from book").await?, 4);
    /// # Ok(()) })
    /// ```
    fn execute<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move {
            let access = match sql::nature(sql) {
                (Access::Control, _) => Access::Control,
                _ => Access::Write,
            };
            let request = Request::new(Arc::new(Command::once(sql, access)), Vec::new());
            Count::of(self.run(vec![request], Count::new()).await?)
        })
    }
}

/// The request that a tree becomes on a database: planned and written only where no tree of its
/// shape was before. The values may be taken out of the tree.
///
/// Errs where the tree cannot mean anything, and where the database lacks a feature.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use yara_orm::executor::request;
///
/// let mut statement = sql("select title from book where id = $1").bind(1_i64).into_statement()?;
/// let request = request(&db, &mut statement)?;
/// assert_eq!(request.values.len(), 1);
/// # Ok(()) })
/// ```
pub fn request(db: &dyn Executor, statement: &mut Statement) -> Result<Request> {
    db.db().shapes().take_request(statement, db.dialect())
}

/// A request with words for the database's log before its text, as [`Query::tag`] puts them there:
/// for words that come from around the query, such as the request that a service answers. To a
/// database other words make another statement, which is prepared anew.
///
/// Errs where the words hold a NUL character.
///
/// [`Query::tag`]: crate::typed::Query::tag
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use yara_orm::executor::{request, tagged};
///
/// let mut statement = sql("select 1").into_statement()?;
/// let request = tagged(request(&db, &mut statement)?, "path=/books")?;
/// assert_eq!(&*request.command.sql, "/* path=/books */ select 1");
/// # Ok(()) })
/// ```
pub fn tagged(request: Request, words: &str) -> Result<Request> {
    let command = &request.command;
    let tag = |sql: &str| sql::tagged(sql, words).map(Arc::<str>::from);
    let wide = command.wide.iter().map(|(runs, sql)| Ok((*runs, tag(sql)?)));
    let command = Command {
        sql: tag(&command.sql)?,
        access: command.access,
        prepare: command.prepare,
        copy: command.copy,
        wide: wide.collect::<Result<_>>()?,
        slow: AtomicUsize::new(command.slow.load(Ordering::Relaxed)),
    };
    Ok(Request { command: Arc::new(command), ..request })
}

impl<T: Executor + ?Sized> Executor for &T {
    fn run<'a>(
        &'a self,
        batch: Vec<Request>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>>> {
        (**self).run(batch, sink)
    }

    fn open<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Box<dyn Cursor>>> {
        (**self).open(request)
    }

    fn dialect(&self) -> &'static dyn Dialect {
        (**self).dialect()
    }

    fn db(&self) -> &Db {
        (**self).db()
    }

    fn current_transaction(&self) -> Option<&Transaction> {
        (**self).current_transaction()
    }
}
