//! Of programs that migrate one database at once, one does it and the others wait.
//!
//! The transaction that a migration runs in has the lock to its end, whatever the end: nothing has
//! to be given back, and nothing is left behind by a program that died.

use crate::backend::{Access, Command, Request};
use crate::db::Db;
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::pool::PoolOptions;
use crate::transaction::{Isolation, Transaction, TransactionOptions};
use crate::typed::fetch;
use crate::value::{DecodeError, RowReader};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long until the lock is asked for again.
const PAUSE: Duration = Duration::from_millis(50);

/// How long to wait for other programs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    limit: Option<Duration>,
    until: Option<Instant>,
}

impl Patience {
    /// From now on; without a limit for as long as it takes.
    pub(super) fn of(limit: Option<Duration>) -> Patience {
        // A time that no clock can hold never comes.
        Patience { limit, until: limit.and_then(|limit| Instant::now().checked_add(limit)) }
    }

    /// Waits a little. Errs with [`Busy`](ErrorKind::Busy) where that was too long.
    async fn wait(&self, db: &Db) -> Result<()> {
        match (self.until, self.limit) {
            (Some(until), Some(limit)) if until <= Instant::now() => Err(Error::new(
                ErrorKind::Busy,
                format!(
                    "another program is migrating or writing {}, and did not end within {} s",
                    db.location(),
                    limit.as_secs_f64()
                ),
            )),
            _ => {
                db.runtime().sleep(PAUSE).await;
                Ok(())
            }
        }
    }
}

/// Begins a transaction that has the lock, after a statement that cannot stand in one.
///
/// Each statement of it sees what others have committed meanwhile, whatever the database does by
/// default: what was read before the lock was had may not be true any more.
pub(super) async fn begin(
    db: &Db,
    before: Option<&'static str>,
    patience: Patience,
) -> Result<Transaction> {
    let options = TransactionOptions {
        isolation: Some(Isolation::ReadCommitted),
        ..TransactionOptions::default()
    };
    loop {
        match db.begin_after(before, options).await {
            Err(error) if error.is_busy() => {}
            Err(error) => return Err(error),
            Ok(transaction) => {
                if try_lock(&transaction).await? {
                    return Ok(transaction);
                }
                // Not kept while waiting: it has a snapshot since the question, and a database that
                // builds an index beside writers waits for whoever has an older one to end.
                transaction.rollback().await?;
            }
        }
        patience.wait(db).await?;
    }
}

async fn try_lock(transaction: &Transaction) -> Result<bool> {
    let Some(sql) = transaction.dialect().migration_lock() else { return Ok(true) };
    let request = Request::new(Arc::new(Command::once(sql, Access::Read)), Vec::new());
    let is_ours = |reader: &mut RowReader<'_, '_>| -> Result<bool, DecodeError> { reader.read() };
    let fetched = fetch::run(transaction, vec![request], is_ours).await?;
    Ok(fetched.rows == [true])
}

/// The lock for a migration that is not one transaction; it is free when this is dropped.
#[derive(Debug)]
pub(super) struct Guard {
    transaction: Transaction,
    /// See [`Guard::take`].
    _savepoint: Transaction,
    db: Db,
}

impl Guard {
    /// Takes the lock on a connection beside the pool, which need not have two.
    pub(super) async fn take(db: &Db, patience: Patience) -> Result<Guard> {
        let options = PoolOptions { max_size: Some(1), min_size: 0, ..PoolOptions::default() };
        let db = Db::from_backend(db.backend().clone(), db.runtime().clone(), options)?;
        let transaction = begin(&db, None, patience).await?;
        // The answer to the last statement keeps its snapshot until the next one, and what the
        // migration does may wait for all snapshots to go. This statement has none.
        let savepoint = transaction.savepoint().await?;
        savepoint.flush().await?;
        Ok(Guard { transaction, _savepoint: savepoint, db })
    }

    /// Gives the lock back.
    pub(super) async fn release(&self) -> Result<()> {
        let outcome = self.transaction.clone().rollback().await;
        self.db.close().await;
        outcome
    }
}
