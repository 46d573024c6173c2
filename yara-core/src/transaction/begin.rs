//! Beginning a transaction.

use super::failure::{End, over};
use super::root::{Deadline, Root};
use super::statement::flush;
use super::{Transaction, TransactionOptions, block};
use crate::backend::{Access, Command};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::future::within;
use crate::pool::Purpose;
use std::sync::Arc;

impl Db {
    /// Runs a block in a transaction: `Ok` commits, `Err` rolls back and is returned.
    ///
    /// `tx` is a handle: `&tx` goes where `&db` goes. When the block is over, it is closed.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = db
    ///     .transaction(async |tx| {
    ///         let eve = Author::create().name("Eve").insert(&tx).await?;
    ///         Book::create().title("Apples").author(&eve).insert(&tx).await
    ///     })
    ///     .await?;
    /// assert_eq!(Book::find(book.id).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    ///
    /// Errs with what the block errs with, and as [`begin`](Db::begin) and
    /// [`commit`](Transaction::commit) do.
    ///
    /// A block with another type of error than [`Error`] goes to
    /// [`transaction_with`](Db::transaction_with).
    pub async fn transaction<T, F>(&self, block: F) -> Result<T>
    where
        F: AsyncFnOnce(Transaction) -> Result<T>,
    {
        block::run(self.begin().await?, block).await
    }

    /// As [`transaction`](Db::transaction), with options, and with any type of error that can be
    /// made from [`Error`]. The block may run several times:
    /// after a serialization failure, a deadlock, or a lock that could not be had, everything it
    /// did is rolled back, and a clone of it begins anew after a pause that grows, as often as
    /// [`retries`](TransactionOptions::retries) says. A block that borrows is a `Clone`; one that
    /// changes what it borrows is not, because it would find its own changes.
    ///
    /// The [`timeout`](TransactionOptions::timeout) is for all of it, waiting for a connection and
    /// running again included. When it is over, the block is dropped and the transaction rolled
    /// back, and the error is [`Timeout`](crate::error::ErrorKind::Timeout). A `COMMIT` that was
    /// sent is awaited all the same, because nothing else tells what came of it.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let options = TransactionOptions {
    ///     isolation: Some(Isolation::Serializable),
    ///     retries: 3,
    ///     ..TransactionOptions::default()
    /// };
    /// db.transaction_with(options, async |tx| {
    ///     let mut account = Account::filter(Account::owner.eq("Eve")).one(&tx).await?;
    ///     let rest = account.balance - 10;
    ///     account.edit().set(Account::balance, rest).save(&tx).await
    /// })
    /// .await?;
    /// assert_eq!(Account::query().select(Account::balance).one(&db).await?, 90);
    /// # Ok(()) })
    /// ```
    pub async fn transaction_with<T, E, F>(
        &self,
        options: TransactionOptions,
        block: F,
    ) -> Result<T, E>
    where
        F: AsyncFnOnce(Transaction) -> Result<T, E> + Clone,
        E: From<Error>,
    {
        block::run_again(self, options, block).await
    }

    /// Begins a transaction that is ended by [`commit`](Transaction::commit), or rolled back when
    /// it is dropped.
    ///
    /// Errs as checking out a connection does; on an embedded database, also with what it says
    /// about `BEGIN`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tx = db.begin().await?;
    /// Tag::query().delete().exec(&tx).await?;
    /// drop(tx);
    /// assert_eq!(Tag::query().count(&db).await?, 3);
    /// # Ok(()) })
    /// ```
    pub async fn begin(&self) -> Result<Transaction> {
        self.begin_with(TransactionOptions::default()).await
    }

    /// As [`begin`](Db::begin), with options. [`retries`](TransactionOptions::retries) mean
    /// nothing here: only a block can be run again.
    ///
    /// Errs also where the database has no such option.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let options = TransactionOptions { read_only: true, ..TransactionOptions::default() };
    /// let tx = db.begin_with(options).await?;
    /// assert_eq!(Book::query().count(&tx).await?, 4);
    /// tx.commit().await?;
    /// # Ok(()) })
    /// ```
    pub async fn begin_with(&self, options: TransactionOptions) -> Result<Transaction> {
        begin(self, options, options.timeout.map(Deadline::after), None).await
    }

    /// As [`begin_with`](Db::begin_with), after a statement that sets something of the connection
    /// which cannot be set in a transaction. The connection is closed when the transaction is over,
    /// whatever its end, so that nobody else meets what was set.
    #[cfg(any(test, feature = "migrate"))]
    pub(crate) async fn begin_after(
        &self,
        before: Option<&'static str>,
        options: TransactionOptions,
    ) -> Result<Transaction> {
        begin(self, options, options.timeout.map(Deadline::after), before).await
    }
}

pub(super) async fn begin(
    db: &Db,
    options: TransactionOptions,
    deadline: Option<Deadline>,
    before: Option<&'static str>,
) -> Result<Transaction> {
    let sql = db.dialect().begin(&options)?;
    let pool = db.pool();
    let take = pool.exclusive(Purpose::Transaction);
    let lease = match deadline {
        None => take.await?,
        Some(deadline) => within(db.runtime(), deadline.left(), take)
            .await
            .unwrap_or_else(|| Err(over(End::TimedOut(deadline.limit))))?,
    };
    let before = before.map(|sql| Command::once(sql, Access::Control));
    let prelude = before.into_iter().chain([Command::new(sql, Access::Control)]);
    let prelude = prelude.map(Arc::new).collect();
    let root = Arc::new(Root::new(db.clone(), lease, prelude, deadline, options.read_only));
    root.watch();
    // It is there before anything is sent: dropped from here on, it is rolled back.
    let transaction = Transaction::new(root, 0, 0);
    if pool.backend().embedded() {
        let place = transaction.place();
        place.root.in_time(flush(place)).await?;
    }
    Ok(transaction)
}
