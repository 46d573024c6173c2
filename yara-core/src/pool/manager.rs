//! What deadpool asks about connections: how one is opened, and whether one may be used again.

use super::PoolOptions;
use crate::backend::{Backend, Connection};
use crate::error::{Error, Result};
use crate::runtime::Runtime;
use deadpool::managed::{Metrics, RecycleError, RecycleResult};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A connection, and since when it is what it is.
pub(super) struct Pooled {
    pub(super) connection: Arc<dyn Connection>,
    created: Instant,
    /// When it was last taken from the pool, or opened.
    taken: Instant,
    /// When it was last given back; never, while it is fresh.
    returned: Option<Instant>,
    /// Whether whoever removes it from the pool closes it.
    left_to_caller: AtomicBool,
}

impl Pooled {
    /// Whether nobody has used it before.
    pub(super) fn is_fresh(&self) -> bool {
        self.returned.is_none()
    }

    /// Whether it may be used again.
    pub(super) fn is_fit(&self, now: Instant, options: &PoolOptions) -> bool {
        self.connection.is_open() && !self.is_stale(now, options) && !self.is_aged(now, options)
    }

    /// Notes that it is taken.
    pub(super) fn take_at(&mut self, now: Instant) {
        self.taken = now;
    }

    /// When it was last taken from the pool.
    pub(super) fn taken(&self) -> Instant {
        self.taken
    }

    /// Notes that it goes back.
    pub(super) fn give_back(&mut self) {
        self.returned = Some(Instant::now());
    }

    /// Leaves the closing to whoever removes it.
    pub(super) fn leave_to_caller(&self) {
        self.left_to_caller.store(true, Ordering::Relaxed);
    }

    /// Whether it has lain idle for too long.
    pub(super) fn is_stale(&self, now: Instant, options: &PoolOptions) -> bool {
        let since = self.returned.unwrap_or(self.created);
        is_past(now, since, options.idle_timeout)
    }

    /// Whether it has lived for too long.
    pub(super) fn is_aged(&self, now: Instant, options: &PoolOptions) -> bool {
        is_past(now, self.created, options.max_lifetime)
    }
}

fn is_past(now: Instant, since: Instant, limit: Option<Duration>) -> bool {
    limit.is_some_and(|limit| now.saturating_duration_since(since) >= limit)
}

/// Opens connections, and checks those that were idle.
pub(super) struct Manager {
    backend: Arc<dyn Backend>,
    runtime: Arc<dyn Runtime>,
    options: PoolOptions,
    opening: Arc<AtomicUsize>,
}

impl Manager {
    pub(super) fn new(
        backend: &Arc<dyn Backend>,
        runtime: &Arc<dyn Runtime>,
        options: &PoolOptions,
        opening: &Arc<AtomicUsize>,
    ) -> Manager {
        Manager {
            backend: backend.clone(),
            runtime: runtime.clone(),
            options: *options,
            opening: opening.clone(),
        }
    }
}

/// Counts a connection that is being opened for as long as it is.
struct Opening<'a>(&'a AtomicUsize);

impl<'a> Opening<'a> {
    fn new(count: &'a AtomicUsize) -> Opening<'a> {
        count.fetch_add(1, Ordering::Relaxed);
        Opening(count)
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl deadpool::managed::Manager for Manager {
    type Type = Pooled;
    type Error = Error;

    async fn create(&self) -> Result<Pooled> {
        let _opening = Opening::new(&self.opening);
        let connection = self.backend.connect().await?;
        let created = Instant::now();
        let left_to_caller = AtomicBool::new(false);
        Ok(Pooled { connection, created, taken: created, returned: None, left_to_caller })
    }

    async fn recycle(&self, pooled: &mut Pooled, _: &Metrics) -> RecycleResult<Error> {
        let now = Instant::now();
        if !pooled.is_fit(now, &self.options) {
            return Err(RecycleError::message("it is closed, or too old"));
        }
        pooled.take_at(now);
        Ok(())
    }

    /// A connection leaves the pool: it is closed in peace, beside the program.
    fn detach(&self, pooled: &mut Pooled) {
        if pooled.connection.is_open() && !pooled.left_to_caller.load(Ordering::Relaxed) {
            let connection = pooled.connection.clone();
            self.runtime.spawn(Box::pin(async move { connection.close().await }));
        }
    }
}
