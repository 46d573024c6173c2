//! What happens to connections beside the program: clearing away what a user left, closing those
//! that are old, opening those that should be there.

use super::manager::Pooled;
use super::{AT_ONCE, Inner, Object, discard};
use crate::future::within;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A server that does not answer within this time has gone.
const RESET_LIMIT: Duration = Duration::from_secs(10);

impl Inner {
    /// Takes a connection back that nobody uses any more. One with remains is given out again only
    /// when they are cleared away; one that is closed never.
    pub(super) fn give_back(self: &Arc<Self>, object: Object) {
        if !object.connection.is_open() {
            discard(object);
        } else if !object.connection.needs_reset() {
            self.put_back(object);
        } else if self.objects.is_closed() {
            discard(object);
        } else {
            let cleaning = Cleaning::new(self.clone(), object);
            self.runtime.spawn(Box::pin(cleaning.run()));
        }
    }

    /// Lays a clean connection ready for the next user, or hands it to whoever has waited longest.
    fn put_back(&self, mut object: Object) {
        object.give_back();
        let mut ledger = self.ledger();
        if ledger.waiting() == 0 && !self.objects.is_closed() {
            ledger.warm.push(object);
        } else {
            drop(ledger);
            drop(object);
        }
    }

    /// Closes idle connections that are old, but keeps the least number, and opens what is missing.
    pub(super) fn refresh(self: &Arc<Self>) {
        let now = Instant::now();
        let mut spare = self.objects.status().size.saturating_sub(self.options.min_size);
        let mut is_wanted = |pooled: &Pooled| {
            let unwanted = spare > 0 && pooled.is_stale(now, &self.options);
            spare -= usize::from(unwanted);
            !unwanted && !pooled.is_aged(now, &self.options) && pooled.connection.is_open()
        };
        self.objects.retain(|pooled, _| is_wanted(pooled));
        let unwanted: Vec<Object> =
            self.ledger().warm.extract_if(.., |object| !is_wanted(object)).collect();
        unwanted.into_iter().for_each(discard);
        self.fill();
    }

    /// Opens connections beside the program until the least number is there.
    pub(super) fn fill(self: &Arc<Self>) {
        let least = self.options.min_size;
        if self.objects.status().size >= least {
            return;
        }
        let inner = Arc::downgrade(self);
        self.runtime.spawn(Box::pin(async move {
            // Held all together, because deadpool opens one only where none is idle.
            let mut held = Vec::new();
            while let Some(inner) = inner.upgrade()
                && inner.objects.status().size < least
            {
                match inner.objects.timeout_get(&AT_ONCE).await {
                    Ok(object) => held.push(object),
                    Err(_) => break,
                }
            }
            if let Some(inner) = inner.upgrade() {
                held.into_iter().for_each(|object| inner.put_back(object));
            }
        }));
    }
}

/// A connection whose remains are being cleared away. Dropped before the end, it is closed.
struct Cleaning {
    inner: Arc<Inner>,
    object: Option<Object>,
}

impl Cleaning {
    fn new(inner: Arc<Inner>, object: Object) -> Cleaning {
        inner.cleaning.fetch_add(1, Ordering::Relaxed);
        Cleaning { inner, object: Some(object) }
    }

    async fn run(mut self) {
        let Some(object) = &self.object else { return };
        let connection = object.connection.clone();
        let reset = within(&self.inner.runtime, RESET_LIMIT, connection.reset()).await;
        let is_clean =
            matches!(reset, Some(Ok(()))) && connection.is_open() && !connection.needs_reset();
        if is_clean && let Some(object) = self.object.take() {
            self.inner.put_back(object);
        }
    }
}

impl Drop for Cleaning {
    fn drop(&mut self) {
        self.inner.cleaning.fetch_sub(1, Ordering::Relaxed);
        if let Some(object) = self.object.take() {
            discard(object);
        }
    }
}
