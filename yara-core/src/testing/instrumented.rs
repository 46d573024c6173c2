//! A backend around another one that counts, writes down and injects faults.

use super::fault::{Effect, Fault};
use crate::backend::{Backend, Connection, Cursor, Password, Request, RowSink};
use crate::error::{DatabaseError, Error, ErrorKind, Result};
use crate::future::BoxFuture;
use crate::runtime::Runtime;
use crate::sql::Dialect;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A backend around another one; its [`Probe`] sees and steers what happens.
pub struct Instrumented {
    inner: Arc<dyn Backend>,
    runtime: Arc<dyn Runtime>,
    probe: Probe,
}

impl Instrumented {
    /// Wraps a backend. `runtime` is for delays.
    pub fn new(inner: Arc<dyn Backend>, runtime: Arc<dyn Runtime>) -> (Arc<Instrumented>, Probe) {
        let probe = Probe::default();
        (Arc::new(Instrumented { inner, runtime, probe: probe.clone() }), probe)
    }
}

/// Sees and steers an [`Instrumented`] backend. Clones are the same one.
#[derive(Clone, Default)]
pub struct Probe {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    statements: Mutex<Vec<String>>,
    batches: AtomicUsize,
    opened: AtomicUsize,
    closed: AtomicUsize,
    resets: AtomicUsize,
    refusals: AtomicUsize,
    faults: Mutex<Vec<Fault>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Probe {
    /// The SQL of all statements so far, those at which a fault struck included.
    pub fn statements(&self) -> Vec<String> {
        lock(&self.shared.statements).clone()
    }

    /// As [`statements`](Probe::statements), which are forgotten.
    pub fn take(&self) -> Vec<String> {
        self.shared.batches.store(0, Ordering::SeqCst);
        std::mem::take(&mut lock(&self.shared.statements))
    }

    /// How many statements there were.
    pub fn count(&self) -> usize {
        lock(&self.shared.statements).len()
    }

    /// How many batches there were: with a server, round trips. A cursor counts as one.
    pub fn batches(&self) -> usize {
        self.shared.batches.load(Ordering::SeqCst)
    }

    /// How many connections have been opened.
    pub fn opened(&self) -> usize {
        self.shared.opened.load(Ordering::SeqCst)
    }

    /// How many of them have ended.
    pub fn closed(&self) -> usize {
        self.shared.closed.load(Ordering::SeqCst)
    }

    /// How many times a connection was cleared of what a user had left.
    pub fn resets(&self) -> usize {
        self.shared.resets.load(Ordering::SeqCst)
    }

    /// Lets something go wrong. Of several faults that strike at one statement the first counts.
    pub fn inject(&self, fault: Fault) {
        lock(&self.shared.faults).push(fault);
    }

    /// The next so many connections are refused.
    pub fn refuse_connections(&self, count: usize) {
        self.shared.refusals.store(count, Ordering::SeqCst);
    }

    /// Forgets faults that have not struck.
    pub fn clear_faults(&self) {
        lock(&self.shared.faults).clear();
        self.refuse_connections(0);
    }

    fn note(&self, batch: &[Request]) -> Option<Effect> {
        self.shared.batches.fetch_add(1, Ordering::SeqCst);
        let mut found = None;
        for request in batch {
            let sql = &request.command.sql;
            lock(&self.shared.statements).push(sql.to_string());
            let mut faults = lock(&self.shared.faults);
            let struck =
                faults.iter_mut().find_map(|fault| fault.strikes(sql).then_some(fault.effect));
            faults.retain(|fault| fault.times > 0);
            found = found.or(struck);
        }
        found
    }
}

impl Backend for Instrumented {
    fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect()
    }

    fn location(&self) -> String {
        self.inner.location()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Arc<dyn Connection>>> {
        Box::pin(async move {
            let refused = self.probe.shared.refusals.fetch_update(
                Ordering::SeqCst,
                Ordering::SeqCst,
                |left| left.checked_sub(1),
            );
            if refused.is_ok() {
                return Err(Error::new(ErrorKind::Connect, "injected: the connection is refused"));
            }
            let inner = self.inner.connect().await?;
            self.probe.shared.opened.fetch_add(1, Ordering::SeqCst);
            Ok(Arc::new(Watched {
                inner,
                runtime: self.runtime.clone(),
                probe: self.probe.clone(),
                lost: AtomicBool::new(false),
            }) as Arc<dyn Connection>)
        })
    }

    fn set_password(&self, password: Password) -> Result<()> {
        self.inner.set_password(password)
    }

    fn pipeline(&self) -> usize {
        self.inner.pipeline()
    }

    fn parameters(&self) -> &'static [&'static str] {
        self.inner.parameters()
    }

    fn embedded(&self) -> bool {
        self.inner.embedded()
    }

    fn default_max_size(&self) -> usize {
        self.inner.default_max_size()
    }
}

struct Watched {
    inner: Arc<dyn Connection>,
    runtime: Arc<dyn Runtime>,
    probe: Probe,
    lost: AtomicBool,
}

impl Watched {
    async fn lose(&self) -> Error {
        self.lost.store(true, Ordering::SeqCst);
        self.inner.close().await;
        Error::new(ErrorKind::ConnectionLost, "injected: the connection is lost")
    }

    /// Does what is due before a batch is sent.
    async fn before(&self, batch: &[Request]) -> Result<Option<Effect>> {
        let effect = self.probe.note(batch);
        if self.lost.load(Ordering::SeqCst) {
            return Err(self.lose().await);
        }
        match effect {
            Some(Effect::Fail(kind)) => {
                let message = format!("injected: {kind:?}");
                Err(Error::from_database(kind, DatabaseError { message, ..Default::default() }))
            }
            Some(Effect::Lose) => Err(self.lose().await),
            Some(Effect::Delay(duration)) => {
                self.runtime.sleep(duration).await;
                Ok(None)
            }
            effect => Ok(effect),
        }
    }
}

impl Connection for Watched {
    fn run(
        &self,
        batch: Vec<Request>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>>> {
        Box::pin(async move {
            let effect = self.before(&batch).await?;
            let outcome = self.inner.run(batch, sink).await;
            if matches!(effect, Some(Effect::LoseAnswer)) {
                return Err(self.lose().await);
            }
            outcome
        })
    }

    fn open(self: Arc<Self>, request: Request) -> BoxFuture<'static, Result<Box<dyn Cursor>>> {
        Box::pin(async move {
            self.before(std::slice::from_ref(&request)).await?;
            self.inner.clone().open(request).await
        })
    }

    fn is_open(&self) -> bool {
        !self.lost.load(Ordering::SeqCst) && self.inner.is_open()
    }

    fn needs_reset(&self) -> bool {
        self.inner.needs_reset()
    }

    fn stop_abandoned(&self) -> BoxFuture<'_, Result<()>> {
        self.inner.stop_abandoned()
    }

    fn reset(&self) -> BoxFuture<'_, Result<()>> {
        self.probe.shared.resets.fetch_add(1, Ordering::SeqCst);
        self.inner.reset()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.probe.shared.closed.fetch_add(1, Ordering::SeqCst);
    }
}
