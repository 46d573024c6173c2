//! What all levels of a transaction share: the connection, the queue of statements, the state.

use super::Place;
use super::failure::{End, over};
use super::level::{Level, State};
use crate::backend::{Access, Command, Request};
use crate::db::Db;
use crate::error::{Error, ErrorKind, Result};
use crate::future::within;
use crate::pool::Lease;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// See the [module](self).
pub(super) struct Root {
    pub(super) db: Db,
    state: Mutex<State>,
    /// Whoever has it may send something: one statement at a time, in the order of asking.
    pub(super) queue: tokio::sync::Mutex<()>,
    deadline: Option<Deadline>,
    /// See [`TransactionOptions::read_only`](super::TransactionOptions::read_only).
    read_only: bool,
    /// Whether an error came that running everything again may avoid.
    retryable: AtomicBool,
}

/// When a transaction has taken too long, and how long that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    at: Option<Instant>,
    pub(super) limit: Duration,
}

impl Deadline {
    pub(super) fn after(limit: Duration) -> Deadline {
        // A time that no clock can hold never comes.
        Deadline { at: Instant::now().checked_add(limit), limit }
    }

    pub(super) fn left(&self) -> Duration {
        self.at.map_or(self.limit, |at| at.saturating_duration_since(Instant::now()))
    }
}

impl Root {
    pub(super) fn new(
        db: Db,
        lease: Lease,
        prelude: Vec<Arc<Command>>,
        deadline: Option<Deadline>,
        read_only: bool,
    ) -> Root {
        Root {
            db,
            state: Mutex::new(State::new(lease, prelude)),
            queue: tokio::sync::Mutex::new(()),
            deadline,
            read_only,
            retryable: AtomicBool::new(false),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses what writes in a transaction that is not to: not every database does.
    pub(super) fn permit(&self, batch: &[Request]) -> Result<()> {
        let writes =
            |request: &&Request| matches!(request.command.access, Access::Write | Access::Lock);
        match batch.iter().find(writes) {
            Some(request) if self.read_only => {
                let message = match request.command.access {
                    Access::Lock => "the transaction is read-only, and this statement locks rows",
                    _ => "the transaction is read-only, and this statement writes",
                };
                let error = Error::new(ErrorKind::Transaction, message);
                Err(error.with_statement(&request.command.sql))
            }
            _ => Ok(()),
        }
    }

    /// Awaits something for as long as the transaction may take; then it is rolled back.
    pub(super) async fn in_time<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(deadline) = self.deadline else { return future.await };
        let left = deadline.left();
        if !left.is_zero()
            && let Some(output) = within(self.db.runtime(), left, future).await
        {
            return output;
        }
        self.end(End::TimedOut(deadline.limit));
        Err(over(End::TimedOut(deadline.limit)))
    }

    /// Rolls back when the time is over, even if nobody awaits anything.
    pub(super) fn watch(self: &Arc<Root>) {
        let Some(deadline) = self.deadline else { return };
        let (finished, watched) = oneshot::channel::<()>();
        self.state().watchdog = Some(finished);
        let root = Arc::downgrade(self);
        let runtime = self.db.runtime().clone();
        self.db.runtime().spawn(Box::pin(async move {
            if within(&runtime, deadline.left(), watched).await.is_none()
                && let Some(root) = root.upgrade()
            {
                root.end(End::TimedOut(deadline.limit));
            }
        }));
    }

    /// Ends it, unless it is over. The connection goes back when its last statement is over, and
    /// the pool clears what is left on it.
    pub(super) fn end(&self, end: End) {
        let mut state = self.state();
        let lease = state.end(end);
        drop(state);
        drop(lease);
    }

    /// Ends a level that nobody holds any more.
    pub(super) fn abandon(&self, place: &Place) {
        if place.depth == 0 {
            self.end(End::Abandoned);
        } else {
            self.state().drop_savepoint(place);
        }
    }

    /// Notes that a level takes no more statements, and why.
    pub(super) fn fail(&self, place: &Place, reason: impl Into<String>) {
        if let Ok(Level { failure, .. }) = self.state().level(place) {
            failure.get_or_insert_with(|| reason.into());
        }
    }

    pub(super) fn note_retryable(&self) {
        self.retryable.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_retryable(&self) -> bool {
        self.retryable.load(Ordering::Relaxed)
    }
}
