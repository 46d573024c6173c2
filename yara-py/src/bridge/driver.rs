//! What polls futures on this thread at this moment.

use super::background;
use super::executor::LoopExecutor;
use super::poller::Poller;
use super::timers::Timers;
use std::cell::RefCell;
use std::sync::Arc;

/// Something that polls futures.
#[derive(Clone)]
pub(crate) enum Driver {
    /// An event loop's.
    Loop(Arc<LoopExecutor>),
    /// A thread that waits by itself.
    Thread(Arc<Poller>),
}

thread_local! {
    static CURRENT: RefCell<Option<Driver>> = const { RefCell::new(None) };
}

/// As long as it lives, a driver is the current one.
pub(crate) struct Entered(Option<Driver>);

/// Makes a driver the current one of this thread.
pub(crate) fn enter(driver: Driver) -> Entered {
    Entered(CURRENT.with(|current| current.replace(Some(driver))))
}

impl Drop for Entered {
    fn drop(&mut self) {
        let before = self.0.take();
        let entered = CURRENT.with(|current| current.replace(before));
        drop(entered);
    }
}

/// Whether this thread is polling for an event loop's executor right now.
pub(crate) fn is_within(executor: &LoopExecutor) -> bool {
    CURRENT
        .try_with(|current| match current.try_borrow().as_deref() {
            Ok(Some(Driver::Loop(entered))) => std::ptr::eq(&raw const **entered, executor),
            _ => false,
        })
        .unwrap_or(false)
}

/// The poller of a thread that waits by itself, if this is one.
pub(crate) fn poller() -> Option<Arc<Poller>> {
    CURRENT.with(|current| match &*current.borrow() {
        Some(Driver::Thread(poller)) => Some(poller.clone()),
        _ => None,
    })
}

/// Where to sleep.
pub(crate) fn timers() -> Arc<Timers> {
    let here = CURRENT.with(|current| match &*current.borrow() {
        Some(Driver::Loop(executor)) => Some(executor.timers().clone()),
        Some(Driver::Thread(poller)) => Some(poller.timers().clone()),
        None => None,
    });
    // Polled by someone else's executor: the background thread keeps the time.
    here.unwrap_or_else(background::timers)
}
