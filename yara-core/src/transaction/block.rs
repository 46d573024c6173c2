//! Transactions as blocks.

use super::begin::begin;
use super::failure::{End, over};
use super::root::Deadline;
use super::{Transaction, TransactionOptions, end, retry};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::future::within;

/// Ends its level when it is dropped, even if the block gave a clone of the handle away.
struct Scope {
    transaction: Transaction,
}

impl Drop for Scope {
    fn drop(&mut self) {
        let place = self.transaction.place();
        place.root.abandon(place);
    }
}

impl Scope {
    /// What the outcome of the block means: `Ok` commits, `Err` rolls back. A block that has ended
    /// its transaction by itself is taken at its word.
    async fn finish<T, E: From<Error>>(&self, outcome: Result<T, E>) -> Result<T, E> {
        let place = self.transaction.place();
        let is_over = match &mut place.root.state().end {
            Some(timed_out @ End::TimedOut(_)) => return outcome.and(Err(over(*timed_out).into())),
            Some(_) => true,
            None => false,
        };
        let is_over = is_over || place.root.state().level(place).is_err();
        match outcome {
            Ok(value) if is_over => Ok(value),
            Ok(value) => {
                end::commit(place).await?;
                Ok(value)
            }
            Err(error) => {
                if !is_over {
                    // The block's error is what the caller must know; what could not be rolled
                    // back here is by the pool.
                    let _ = end::rollback(place).await;
                }
                Err(error)
            }
        }
    }
}

pub(super) async fn run<T, E, F>(transaction: Transaction, block: F) -> Result<T, E>
where
    F: AsyncFnOnce(Transaction) -> Result<T, E>,
    E: From<Error>,
{
    let scope = Scope { transaction: transaction.clone() };
    let outcome = block(transaction).await;
    scope.finish(outcome).await
}

pub(super) async fn run_again<T, E, F>(
    db: &Db,
    options: TransactionOptions,
    block: F,
) -> Result<T, E>
where
    F: AsyncFnOnce(Transaction) -> Result<T, E> + Clone,
    E: From<Error>,
{
    let deadline = options.timeout.map(Deadline::after);
    for attempt in 0..options.retries {
        let (outcome, is_retryable) = attempt_once(db, options, deadline, block.clone()).await;
        let pause = retry::pause(attempt);
        let is_too_late = deadline.is_some_and(|deadline| deadline.left() <= pause);
        if outcome.is_ok() || !is_retryable || is_too_late {
            return outcome;
        }
        db.runtime().sleep(pause).await;
    }
    attempt_once(db, options, deadline, block).await.0
}

/// The outcome, and whether another attempt may have a better one.
async fn attempt_once<T, E, F>(
    db: &Db,
    options: TransactionOptions,
    deadline: Option<Deadline>,
    block: F,
) -> (Result<T, E>, bool)
where
    F: AsyncFnOnce(Transaction) -> Result<T, E>,
    E: From<Error>,
{
    let transaction = match begin(db, options, deadline, None).await {
        Ok(transaction) => transaction,
        Err(error) => {
            let is_retryable = error.is_retryable();
            return (Err(error.into()), is_retryable);
        }
    };
    let scope = Scope { transaction: transaction.clone() };
    let root = &scope.transaction.place().root;
    let outcome = match deadline {
        None => block(transaction).await,
        Some(deadline) => match within(db.runtime(), deadline.left(), block(transaction)).await {
            Some(outcome) => outcome,
            None => {
                let end = End::TimedOut(deadline.limit);
                root.end(end);
                return (Err(over(end).into()), false);
            }
        },
    };
    let outcome = scope.finish(outcome).await;
    (outcome, root.is_retryable())
}
