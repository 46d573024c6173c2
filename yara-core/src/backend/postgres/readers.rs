//! Who is woken when the socket has something: the batches that wait for an answer.
//!
//! There is no task that owns the socket. Whoever waits reads it, for all. So the socket knows
//! one waker only, this one, which wakes those who wait for the oldest answers: one of them reads
//! and hands the others their parts. A readiness that nobody has acted on yet is remembered, so
//! that a reader that is dropped, or that has its answer, passes it on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

/// So many tasks are woken by one readiness. One would do if everyone who is woken polled; but a
/// future may be held and not polled (`select!` in a loop), and others must not wait for it.
const WOKEN_AT_ONCE: usize = 3;

/// The waiting batches. See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Readers {
    /// The socket became ready, and nobody has found it empty since.
    fired: AtomicBool,
    /// In the order of their answers. Never locked while a socket is polled or a waker called.
    waiting: Mutex<Vec<(u64, Waker)>>,
}

impl Readers {
    fn waiting(&self) -> MutexGuard<'_, Vec<(u64, Waker)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Batch `id` waits.
    pub(super) fn enter(&self, id: u64, waker: &Waker) {
        let mut waiting = self.waiting();
        match waiting.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(at) => waiting[at].1.clone_from(waker),
            Err(at) => waiting.insert(at, (id, waker.clone())),
        }
    }

    /// Batch `id` waits no more; someone else is to read what it left.
    pub(super) fn leave(&self, id: u64) {
        let mut waiting = self.waiting();
        if let Ok(at) = waiting.binary_search_by_key(&id, |(id, _)| *id) {
            waiting.remove(at);
        }
        let others = !waiting.is_empty();
        drop(waiting);
        if others && self.fired.load(Ordering::SeqCst) {
            self.wake_some();
        }
    }

    /// To be called before the socket is polled.
    pub(super) fn arm(&self) {
        self.fired.store(false, Ordering::SeqCst);
    }

    /// To be called when the socket had something: it may have more.
    pub(super) fn disarm(&self) {
        self.fired.store(true, Ordering::SeqCst);
    }

    /// Wakes batches for which something has arrived.
    pub(super) fn wake(&self, ids: &[u64]) {
        for id in ids {
            let waiting = self.waiting();
            let waker = match waiting.binary_search_by_key(id, |(id, _)| *id) {
                Ok(at) => Some(waiting[at].1.clone()),
                Err(_) => None,
            };
            drop(waiting);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    /// Wakes everyone: the connection is over.
    pub(super) fn wake_all(&self) {
        for (_, waker) in std::mem::take(&mut *self.waiting()) {
            waker.wake();
        }
    }

    fn wake_some(&self) {
        // Clones, called after the lock is gone: a waker may run anything.
        let mut wakers: [Option<Waker>; WOKEN_AT_ONCE] = Default::default();
        let mut count = 0;
        for (_, waker) in self.waiting().iter() {
            if count == WOKEN_AT_ONCE {
                break;
            }
            if !wakers.iter().flatten().any(|woken| woken.will_wake(waker)) {
                wakers[count] = Some(waker.clone());
                count += 1;
            }
        }
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}

impl Wake for Readers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.disarm();
        self.wake_some();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn waiters(readers: &Readers, count: u64) -> Vec<Arc<Count>> {
        (0..count)
            .map(|id| {
                let counter = Arc::new(Count::default());
                readers.enter(id, &Waker::from(counter.clone()));
                counter
            })
            .collect()
    }

    fn woken(counters: &[Arc<Count>]) -> Vec<usize> {
        counters.iter().map(|count| count.0.load(Ordering::SeqCst)).collect()
    }

    #[test]
    fn the_oldest_are_woken_and_pass_on_what_they_leave() {
        let readers = Arc::new(Readers::default());
        let counters = waiters(&readers, 5);
        Waker::from(readers.clone()).wake();
        assert_eq!(woken(&counters), [1, 1, 1, 0, 0]);
        // The first goes without reading: the next ones are woken.
        readers.leave(0);
        assert_eq!(woken(&counters), [1, 2, 2, 1, 0]);
        // One reads everything: leaving wakes nobody.
        readers.arm();
        readers.leave(1);
        assert_eq!(woken(&counters), [1, 2, 2, 1, 0]);
    }

    #[test]
    fn a_task_that_waits_for_several_is_woken_once() {
        let readers = Arc::new(Readers::default());
        let task = Arc::new(Count::default());
        for id in 0..4 {
            readers.enter(id, &Waker::from(task.clone()));
        }
        let other = Arc::new(Count::default());
        readers.enter(9, &Waker::from(other.clone()));
        Waker::from(readers.clone()).wake_by_ref();
        assert_eq!(woken(&[task, other]), [1, 1]);
    }
}
