//! Transactions: as a block that commits at its end, and as a guard.
//!
//! ```text
//! db.transaction(async |tx| { … Ok(()) })      tx.transaction(async |tx| { … Ok(()) })   a savepoint
//! db.begin() → Transaction → commit()          tx.savepoint() → Transaction → commit()
//! ```
//!
//! A [`Transaction`] is a handle: clones are the same transaction, and `&tx` goes where `&db` goes.
//! It has its connection to itself; statements issued side by side run one after the other.
//!
//! What makes both databases behave alike, and leaves nothing to chance:
//!
//! - **An error fails the transaction.** Where the database refuses a statement, or a statement's
//!   future is dropped half-way, the transaction takes no more statements and cannot be committed.
//!   PostgreSQL works like this; SQLite would go on. A statement that may fail goes into a
//!   savepoint: it fails alone. A value or a query that is refused before anything is sent fails
//!   nothing.
//! - **Nothing stays open.** A block or a guard that is dropped at any await has its connection
//!   cleared by the pool before anybody else gets it; a savepoint is rolled back before the next
//!   statement.
//! - **Fewer round trips.** `BEGIN` and `SAVEPOINT` go with the first statement, `RELEASE` with the
//!   next one; a transaction without statements sends nothing. An embedded database is the
//!   exception: it takes its lock when the program says so.
//! - **A connection that died while idle is replaced.** If it turns out at the first statement,
//!   that runs again on another connection: nothing of it can have been committed.

mod begin;
mod block;
mod cursor;
mod end;
mod failure;
mod level;
mod options;
mod prelude;
mod retry;
mod root;
mod savepoint;
mod statement;

#[cfg(test)]
mod tests;

pub use options::{Isolation, TransactionOptions};

use crate::backend::{Cursor, Request, RowSink};
use crate::db::Db;
use crate::error::Result;
use crate::executor::Executor;
use crate::future::BoxFuture;
use crate::sql::Dialect;
use root::Root;
use std::fmt;
use std::sync::Arc;

/// A transaction, or a savepoint in one; see the [module](self).
///
/// When the last clone is dropped without [`commit`](Transaction::commit), it is rolled back.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let tx = db.begin().await?;
/// Tag::create().name("new").insert(&tx).await?;
/// assert!(tx.is_open());
/// tx.commit().await?;
/// assert_eq!(Tag::query().count(&db).await?, 4);
/// # Ok(()) })
/// ```
#[derive(Clone)]
#[must_use = "a transaction that is dropped is rolled back"]
pub struct Transaction {
    handle: Arc<Handle>,
}

/// Rolls its level back when it is dropped, unless it is over.
struct Handle {
    place: Place,
}

/// One level of a transaction: itself, or a savepoint.
#[derive(Clone)]
struct Place {
    root: Arc<Root>,
    id: u64,
    /// 0 for the transaction itself.
    depth: usize,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.place.root.abandon(&self.place);
    }
}

impl Transaction {
    fn new(root: Arc<Root>, id: u64, depth: usize) -> Transaction {
        Transaction { handle: Arc::new(Handle { place: Place { root, id, depth } }) }
    }

    fn place(&self) -> &Place {
        &self.handle.place
    }

    /// Makes it permanent; for a savepoint, makes it part of the transaction around it. Hooks of
    /// [`on_commit`](Transaction::on_commit) run once the outermost one is committed.
    ///
    /// Errs with [`Transaction`](crate::error::ErrorKind::Transaction) where a statement failed,
    /// where a savepoint or a cursor is open, or where it is over; with what the database says
    /// about `COMMIT`, such as a deferred constraint or a serialization failure; and with
    /// [`ConnectionLost`](crate::error::ErrorKind::ConnectionLost) where it cannot be known
    /// whether it was committed. After an error it is over, and rolled back.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tx = db.begin().await?;
    /// assert!(Tag::create().name("rust").insert(&tx).await.is_err());
    /// let error = tx.commit().await.unwrap_err(); // what failed is not committed unnoticed
    /// assert_eq!(error.kind(), ErrorKind::Transaction);
    /// # Ok(()) })
    /// ```
    pub async fn commit(self) -> Result<()> {
        end::commit(self.place()).await
    }

    /// Takes everything back that was done in it; for a savepoint, in the savepoint.
    ///
    /// Errs where it is over, or where the database refuses; the connection is then cleared by the
    /// pool. It is over in any case.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tx = db.begin().await?;
    /// Tag::query().delete().exec(&tx).await?;
    /// tx.rollback().await?;
    /// assert_eq!(Tag::query().count(&db).await?, 3);
    /// # Ok(()) })
    /// ```
    pub async fn rollback(self) -> Result<()> {
        end::rollback(self.place()).await
    }

    /// Begins a savepoint: a part that can fail, or be rolled back, by itself. Until it is over,
    /// statements go through its handle.
    ///
    /// Errs with [`Transaction`](crate::error::ErrorKind::Transaction) where the transaction is
    /// over, has failed, or has another savepoint open.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tx = db.begin().await?;
    /// let savepoint = tx.savepoint().await?;
    /// Tag::query().delete().exec(&savepoint).await?;
    /// savepoint.rollback().await?;
    /// Tag::create().name("new").insert(&tx).await?;
    /// tx.commit().await?;
    /// assert_eq!(Tag::query().count(&db).await?, 4);
    /// # Ok(()) })
    /// ```
    pub async fn savepoint(&self) -> Result<Transaction> {
        savepoint::begin(self.place()).await
    }

    /// Runs a block in a savepoint: `Ok` keeps what it did, `Err` takes it back and is returned.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// db.transaction(async |tx| {
    ///     let added = tx.transaction(async |tx| Tag::create().name("rust").insert(&tx).await).await;
    ///     assert!(added.is_err_and(|error| error.is_unique_violation()));
    ///     Tag::create().name("python").insert(&tx).await // the transaction goes on
    /// })
    /// .await?;
    /// # Ok(()) })
    /// ```
    ///
    /// Errs with what the block errs with, and as [`savepoint`](Transaction::savepoint) and
    /// [`commit`](Transaction::commit) do.
    pub async fn transaction<T, F>(&self, block: F) -> Result<T>
    where
        F: AsyncFnOnce(Transaction) -> Result<T>,
    {
        block::run(self.savepoint().await?, block).await
    }

    /// Runs something once, after the outermost transaction has been committed: sending a mail,
    /// filling a cache. It is forgotten where the transaction, or the savepoint that it was
    /// registered in, is rolled back.
    ///
    /// Errs with [`Transaction`](crate::error::ErrorKind::Transaction) where it is over.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// use std::sync::mpsc;
    ///
    /// let (done, told) = mpsc::channel();
    /// db.transaction(async |tx| {
    ///     tx.on_commit(move || drop(done.send("committed")))?;
    ///     Tag::create().name("new").insert(&tx).await
    /// })
    /// .await?;
    /// assert_eq!(told.recv(), Ok("committed"));
    /// # Ok(()) })
    /// ```
    pub fn on_commit(&self, hook: impl FnOnce() + Send + 'static) -> Result<()> {
        let root = &self.place().root;
        root.state().level(self.place())?.hooks.push(Box::new(hook));
        Ok(())
    }

    /// Ends it without waiting, unless it is over, as dropping its last handle does: it is rolled
    /// back beside the program; a savepoint is, before the next statement.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tx = db.begin().await?;
    /// Tag::query().delete().exec(&tx).await?;
    /// tx.abandon();
    /// assert!(!tx.is_open());
    /// assert_eq!(Tag::query().count(&db).await?, 3);
    /// # Ok(()) })
    /// ```
    pub fn abandon(&self) {
        self.place().root.abandon(self.place());
    }

    /// Sends what would go with the next statement, such as the beginning of a savepoint.
    #[cfg(feature = "migrate")]
    pub(crate) async fn flush(&self) -> Result<()> {
        let root = &self.place().root;
        root.in_time(async {
            let _turn = root.queue.lock().await;
            statement::flush(self.place()).await
        })
        .await
    }

    /// Whether it takes statements: it is not over and has not failed.
    pub fn is_open(&self) -> bool {
        let root = &self.place().root;
        root.state().level(self.place()).is_ok_and(|level| level.failure.is_none())
    }
}

impl Executor for Transaction {
    fn run<'a>(
        &'a self,
        batch: Vec<Request>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>>> {
        Box::pin(statement::run(self.place(), batch, sink))
    }

    fn open<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Box<dyn Cursor>>> {
        Box::pin(cursor::open(self.place(), request))
    }

    fn dialect(&self) -> &'static dyn Dialect {
        self.db().dialect()
    }

    fn db(&self) -> &Db {
        &self.place().root.db
    }

    fn current_transaction(&self) -> Option<&Transaction> {
        Some(self)
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("location", &self.db().location())
            .field("depth", &self.place().depth)
            .field("is_open", &self.is_open())
            .finish()
    }
}
