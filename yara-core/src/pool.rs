//! The pool: who may use which connection, and for how long.
//!
//! deadpool opens connections, limits their number, and queues those who wait, in order. What is
//! idle while nobody waits stays at hand here ("warm"), because asking deadpool costs more than
//! all the rest. On top of it this module knows two ways to check a connection out:
//!
//! - exclusively: transactions and cursors have the connection to themselves;
//! - shared: autocommit batches take an idle connection, or open one, or join
//!   the least loaded one that others already share, where the backend pipelines. Nobody joins
//!   behind a batch that writes, because it may wait for a lock; and nobody overtakes a request
//!   that has waited longer.
//!
//! It never runs a statement of the program and never names a reactor: timers and clean-up tasks
//! come from the [`Runtime`].

mod cleanup;
mod lease;
mod ledger;
mod manager;
mod options;
mod status;
mod waiting;

#[cfg(test)]
mod tests;

pub use options::PoolOptions;
pub use status::Status;

pub(crate) use lease::{Lease, Origin};
pub(crate) use ledger::Purpose;

use crate::backend::{Access, Backend};
use crate::error::{Error, ErrorKind, Result};
use crate::future::{First, first, within};
use crate::runtime::Runtime;
use deadpool::managed::{self, PoolError, QueueMode, TimeoutType, Timeouts};
use ledger::{Ledger, UseKind};
use manager::Manager;
use std::pin::pin;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::oneshot;
use waiting::Waiting;

/// Errs at once where no connection may be taken or opened.
const AT_ONCE: Timeouts =
    Timeouts { wait: Some(std::time::Duration::ZERO), create: None, recycle: None };

/// Waits; the caller limits the time.
const IN_TURN: Timeouts = Timeouts { wait: None, create: None, recycle: None };

type Object = managed::Object<Manager>;

/// What a connection is wanted for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Want {
    /// As [`Pool::exclusive`].
    Exclusive(Purpose),
    /// As [`Pool::shared`].
    Shared(Access),
}

/// The connections of one database.
#[derive(Clone)]
pub(crate) struct Pool {
    inner: Arc<Inner>,
}

struct Inner {
    objects: managed::Pool<Manager>,
    backend: Arc<dyn Backend>,
    runtime: Arc<dyn Runtime>,
    options: PoolOptions,
    max_size: usize,
    pipeline: usize,
    ledger: Mutex<Ledger>,
    /// Connections whose remains are being cleared away.
    cleaning: AtomicUsize,
    /// Connections that are being opened.
    opening: Arc<AtomicUsize>,
}

impl Pool {
    /// A pool without connections. Errs where the options contradict themselves.
    pub(crate) fn new(
        backend: Arc<dyn Backend>,
        runtime: Arc<dyn Runtime>,
        options: PoolOptions,
    ) -> Result<Pool> {
        let max_size = options.checked_max_size(backend.default_max_size())?;
        let opening = Arc::new(AtomicUsize::new(0));
        let manager = Manager::new(&backend, &runtime, &options, &opening);
        let objects = managed::Pool::builder(manager)
            .max_size(max_size)
            // The warmest first, so that those nobody needs grow old.
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Internal, "the pool cannot be made").with_cause(error)
            })?;
        let inner = Inner {
            objects,
            pipeline: backend.pipeline().max(1),
            backend,
            runtime,
            options,
            max_size,
            ledger: Mutex::new(Ledger::new()),
            cleaning: AtomicUsize::new(0),
            opening,
        };
        Ok(Pool { inner: Arc::new(inner) })
    }

    /// The database that it connects to.
    pub(crate) fn backend(&self) -> &Arc<dyn Backend> {
        &self.inner.backend
    }

    /// The event loop that its timers and tasks run on.
    pub(crate) fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.inner.runtime
    }

    /// A connection that nobody else uses.
    ///
    /// Errs with [`PoolTimeout`](ErrorKind::PoolTimeout), [`PoolClosed`](ErrorKind::PoolClosed),
    /// and with what [`Backend::connect`] errs with.
    pub(crate) async fn exclusive(&self, purpose: Purpose) -> Result<Lease> {
        self.acquire(Want::Exclusive(purpose)).await
    }

    /// A connection for one batch, that others may use at the same time.
    ///
    /// Errs as [`exclusive`](Pool::exclusive) does.
    pub(crate) async fn shared(&self, access: Access) -> Result<Lease> {
        self.acquire(Want::Shared(access)).await
    }

    /// The same, where one lies idle.
    pub(crate) fn shared_now(&self, access: Access) -> Option<Lease> {
        self.inner.take_warm(Want::Shared(access))
    }

    /// A connection that is known to be alive, after one that was idle turned out to be lost: what
    /// ended that one ended others too, most likely, so that idle ones are given up.
    ///
    /// Errs as [`exclusive`](Pool::exclusive) does.
    pub(crate) async fn proven(&self, want: Want) -> Result<Lease> {
        loop {
            let lease = self.acquire(want).await?;
            if lease.origin() != Origin::Idle {
                return Ok(lease);
            }
            lease.discard();
        }
    }

    async fn acquire(&self, want: Want) -> Result<Lease> {
        if let Some(lease) = self.inner.take_warm(want) {
            return Ok(lease);
        }
        let limit = self.inner.options.acquire_timeout;
        // Still there when the error is written, so that what it waits for is part of the report.
        let mut take = pin!(self.open_or_wait(want));
        let taken = within(&self.inner.runtime, limit, take.as_mut()).await;
        taken.unwrap_or_else(|| Err(self.inner.timed_out()))
    }

    async fn open_or_wait(&self, want: Want) -> Result<Lease> {
        loop {
            match self.inner.objects.timeout_get(&AT_ONCE).await {
                Err(PoolError::Timeout(TimeoutType::Wait)) => {}
                object => return Ok(self.inner.hold(self.checked(object)?, want)),
            }
            let waited = match want {
                Want::Shared(access) if self.inner.pipeline > 1 => self.join_or_wait(access).await,
                want => self.wait(want).await,
            };
            // `None`: a connection came back before the request was in the queue.
            if let Some(lease) = waited?.or_else(|| self.inner.take_warm(want)) {
                return Ok(lease);
            }
        }
    }

    async fn wait(&self, want: Want) -> Result<Option<Lease>> {
        let Some(_waiting) = Waiting::exclusive(&self.inner) else { return Ok(None) };
        let object = self.inner.objects.timeout_get(&IN_TURN).await;
        Ok(Some(self.inner.hold(self.checked(object)?, want)))
    }

    async fn join_or_wait(&self, access: Access) -> Result<Option<Lease>> {
        let (sender, mut receiver) = oneshot::channel();
        // Even where a connection can be joined at once: those who wait longer come first.
        let Some(waiting) = Waiting::to_join(&self.inner, access, sender) else { return Ok(None) };
        if let Ok(lease) = receiver.try_recv() {
            return Ok(Some(lease));
        }
        let joined = async {
            match receiver.await {
                Ok(lease) => lease,
                Err(_) => std::future::pending().await,
            }
        };
        let in_turn = self.inner.objects.timeout_get(&IN_TURN);
        let outcome = first(in_turn, joined).await;
        drop(waiting);
        match outcome {
            First::Left(object) => {
                Ok(Some(self.inner.hold(self.checked(object)?, Want::Shared(access))))
            }
            First::Right(lease) => Ok(Some(lease)),
        }
    }

    fn checked(&self, object: Result<Object, PoolError<Error>>) -> Result<Object> {
        object.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => Error::new(
                ErrorKind::PoolClosed,
                format!(
                    "the connections to {} have been closed by `close()`",
                    self.inner.backend.location()
                ),
            ),
            other => Error::new(ErrorKind::Internal, "the pool gave no connection")
                .with_cause(other.to_string()),
        })
    }

    /// Opens a connection, or takes an idle one, and gives it back; then sees to it that the least
    /// number of connections is opened.
    pub(crate) async fn check(&self) -> Result<()> {
        drop(self.exclusive(Purpose::Session).await?);
        self.inner.fill();
        Ok(())
    }

    /// Closes the idle connections and refuses further requests. Connections in use are closed
    /// when they come back; nobody is waited for.
    pub(crate) async fn close(&self) {
        let idle = self.inner.objects.retain(|pooled, _| {
            pooled.leave_to_caller();
            false
        });
        self.inner.objects.close();
        // None becomes warm any more, now that the pool is closed.
        let warm = std::mem::take(&mut self.inner.ledger().warm);
        for pooled in idle.removed {
            pooled.connection.close().await;
        }
        for object in warm {
            object.leave_to_caller();
            Object::take(object).connection.close().await;
        }
    }
}

impl Inner {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // Nothing panics while it is held; were it to, the numbers would still be usable.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection that was given back last, if there is one at hand: the hit path, which takes
    /// one lock and looks at the clock once.
    fn take_warm(self: &Arc<Self>, want: Want) -> Option<Lease> {
        let now = Instant::now();
        let mut unfit = Vec::new();
        let mut ledger = self.ledger();
        while let Some(mut object) = ledger.warm.pop() {
            if object.is_fit(now, &self.options) {
                object.take_at(now);
                let lease = self.note(ledger, object, want);
                unfit.into_iter().for_each(discard);
                return Some(lease);
            }
            unfit.push(object);
        }
        drop(ledger);
        unfit.into_iter().for_each(discard);
        None
    }

    /// Notes who uses a connection that deadpool gave out.
    fn hold(self: &Arc<Self>, object: Object, want: Want) -> Lease {
        self.note(self.ledger(), object, want)
    }

    fn note(
        self: &Arc<Self>,
        mut ledger: MutexGuard<'_, Ledger>,
        object: Object,
        want: Want,
    ) -> Lease {
        let connection = object.connection.clone();
        let origin = if object.is_fresh() { Origin::Fresh } else { Origin::Idle };
        let now = object.taken();
        let kind = UseKind::of(want, now);
        let shares = self.pipeline > 1 && kind.is_shared();
        let id = ledger.add(object, kind);
        let admits = shares && ledger.has_joiners();
        let refreshes = ledger.is_time_to_refresh(now, &self.options);
        drop(ledger);
        let lease = Lease::new(self.clone(), id, connection, origin);
        if admits {
            self.admit();
        }
        if refreshes {
            self.refresh();
        }
        lease
    }

    /// Lets those who wait to share a connection join, as far as there is room.
    fn admit(self: &Arc<Self>) {
        // Leases whose requests have gone meanwhile; they are dropped without the lock.
        let mut refused = Vec::new();
        let mut ledger = self.ledger();
        while let Some((id, connection, sender)) = ledger.next_to_join(self.pipeline) {
            let lease = Lease::new(self.clone(), id, connection, Origin::Joined);
            if let Err(lease) = sender.send(lease) {
                refused.push(lease);
            }
        }
        drop(ledger);
    }
}

/// Closes a connection, and makes room for another one.
fn discard(object: Object) {
    drop(Object::take(object));
}
