//! Several statements that belong together, wherever they run.

use super::Executor;
use crate::error::Result;
use crate::transaction::Transaction;

/// A transaction for statements that belong together: one of their own, or in a transaction, a
/// savepoint, so that they can fail without it.
pub(crate) async fn nested(db: &dyn Executor) -> Result<Transaction> {
    match db.current_transaction() {
        Some(around) => around.savepoint().await,
        None => db.db().begin().await,
    }
}

/// Ends it: what went well is kept, what did not is taken back.
pub(crate) async fn settle<T>(transaction: Transaction, outcome: Result<T>) -> Result<T> {
    match outcome {
        Ok(value) => transaction.commit().await.map(|()| value),
        Err(error) => {
            // The error is what the caller must know; what could not be rolled back here is by the
            // pool.
            let _ = transaction.rollback().await;
            Err(error)
        }
    }
}
