//! Sleep: deadlines that a driver keeps.

use super::driver;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// A deadline and a number that makes it unique.
type Key = (Instant, u64);

/// The sleepers of one driver.
#[derive(Debug, Default)]
pub(crate) struct Timers(Mutex<Sleepers>);

#[derive(Debug, Default)]
struct Sleepers {
    next: u64,
    by_deadline: BTreeMap<Key, Waker>,
}

impl Timers {
    fn sleepers(&self) -> MutexGuard<'_, Sleepers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, deadline: Instant, waker: &Waker) -> Key {
        let mut sleepers = self.sleepers();
        sleepers.next += 1;
        let key = (deadline, sleepers.next);
        sleepers.by_deadline.insert(key, waker.clone());
        key
    }

    /// The next deadline.
    pub(crate) fn earliest(&self) -> Option<Instant> {
        self.sleepers().by_deadline.first_key_value().map(|((deadline, _), _)| *deadline)
    }

    /// Wakes those whose time has come.
    pub(crate) fn fire(&self) {
        let mut due = Vec::new();
        {
            let mut sleepers = self.sleepers();
            if sleepers.by_deadline.is_empty() {
                return;
            }
            let later = sleepers.by_deadline.split_off(&(Instant::now(), u64::MAX));
            due.extend(std::mem::replace(&mut sleepers.by_deadline, later).into_values());
        }
        // A waker may do anything, so it is called without the lock.
        due.into_iter().for_each(Waker::wake);
    }

    /// Forgets all sleepers: the driver is gone.
    pub(crate) fn clear(&self) {
        let sleepers = std::mem::take(&mut *self.sleepers());
        drop(sleepers);
    }
}

/// Ends at its deadline. It sleeps on whichever driver polls it first.
#[derive(Debug)]
pub(crate) struct Sleep {
    deadline: Instant,
    asleep: Option<(Arc<Timers>, Key)>,
}

impl Sleep {
    pub(crate) fn new(duration: Duration) -> Sleep {
        let now = Instant::now();
        // A duration past what the clock counts is as good as a century.
        let century = Duration::from_secs(100 * 365 * 24 * 3600);
        let deadline = now.checked_add(duration).unwrap_or(now + century);
        Sleep { deadline, asleep: None }
    }

    fn wake_up(&mut self) {
        if let Some((timers, key)) = self.asleep.take() {
            let waker = timers.sleepers().by_deadline.remove(&key);
            drop(waker);
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.deadline {
            self.wake_up();
            return Poll::Ready(());
        }
        self.wake_up();
        let timers = driver::timers();
        let key = timers.add(self.deadline, context.waker());
        self.asleep = Some((timers, key));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.wake_up();
    }
}
