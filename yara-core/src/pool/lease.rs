//! A connection that was checked out: using it, and giving it back.

use super::ledger::Left;
use super::{Inner, discard};
use crate::backend::Connection;
use crate::error::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where a connection came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It was opened for this request.
    Fresh,
    /// It lay idle, and may have died unnoticed.
    Idle,
    /// Others use it too.
    Joined,
}

/// The right to use a connection; it ends when it is dropped.
pub(crate) struct Lease {
    inner: Arc<Inner>,
    id: u64,
    connection: Arc<dyn Connection>,
    origin: Origin,
    /// How many of its statements are under way.
    running: AtomicUsize,
}

impl Lease {
    pub(super) fn new(
        inner: Arc<Inner>,
        id: u64,
        connection: Arc<dyn Connection>,
        origin: Origin,
    ) -> Lease {
        Lease { inner, id, connection, origin, running: AtomicUsize::new(0) }
    }

    /// The connection.
    pub(crate) fn connection(&self) -> &Arc<dyn Connection> {
        &self.connection
    }

    /// Where it came from.
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// Gives the connection up: it is closed, and another one may take its place.
    pub(crate) fn discard(self) {
        self.retire();
    }

    /// Closes the connection when it is given back: something was set on it that others must not
    /// meet.
    pub(crate) fn retire(&self) {
        self.inner.ledger().discard(self.id);
    }

    /// Ends a statement whose future was dropped before its end, so that nothing waits behind it.
    /// Only for whoever has the connection alone, and while nothing else runs on it.
    pub(crate) async fn stop_abandoned(&self) -> Result<()> {
        if self.running.load(Ordering::Relaxed) > 0 {
            self.connection.stop_abandoned().await?;
            self.running.store(0, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Awaits something on the connection. Where the future is dropped before its end, the
    /// connection is not shared any further.
    pub(crate) async fn watch<T>(&self, future: impl Future<Output = T>) -> T {
        self.running.fetch_add(1, Ordering::Relaxed);
        let output = future.await;
        self.running.fetch_sub(1, Ordering::Relaxed);
        output
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let abandoned = self.running.load(Ordering::Relaxed) > 0;
        let mut ledger = self.inner.ledger();
        let left = ledger.leave(self.id, abandoned);
        let admits = ledger.has_joiners();
        drop(ledger);
        match left {
            Left::Alone(object) => self.inner.give_back(object),
            Left::Discarded(object) => discard(object),
            Left::Others if admits => self.inner.admit(),
            Left::Others => {}
        }
    }
}
