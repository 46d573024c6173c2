//! One thread for what nobody waits for: rolling back what was left open by a blocking call, or
//! on SQLite by anyone. It is started when there is something to do, and never runs Python.

use super::driver::{Driver, enter};
use super::fork;
use super::poller::Poller;
use super::timers::Timers;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use yara_core::future::BoxFuture;

type Task = BoxFuture<'static, ()>;

/// The thread's side that others see.
struct Background {
    generation: u32,
    poller: Arc<Poller>,
    incoming: Arc<Mutex<Vec<Task>>>,
}

static BACKGROUND: Mutex<Option<Background>> = Mutex::new(None);

/// The thread of this process, started if need be.
fn with_background<T>(then: impl FnOnce(&Background) -> T) -> Option<T> {
    let mut place = BACKGROUND.lock().unwrap_or_else(PoisonError::into_inner);
    if place.as_ref().is_none_or(|running| !fork::is_own(running.generation)) {
        // A parent's stays with the parent: neither its tasks nor its sockets are touched here.
        std::mem::forget(place.take());
        *place = start().ok();
    }
    place.as_ref().map(then)
}

fn start() -> std::io::Result<Background> {
    let poller = Poller::new()?;
    let incoming = Arc::new(Mutex::new(Vec::new()));
    let (of_thread, taken) = (poller.clone(), incoming.clone());
    std::thread::Builder::new()
        .name("yara-background".into())
        .spawn(move || serve(&of_thread, &taken))?;
    Ok(Background { generation: fork::generation(), poller, incoming })
}

/// Runs a task beside the program. Where there can be no thread, the task is dropped.
pub(crate) fn spawn(task: Task) {
    with_background(|background| {
        lock(&background.incoming).push(task);
        Waker::from(background.poller.clone()).wake();
    });
}

/// The timers of the thread.
pub(crate) fn timers() -> Arc<Timers> {
    with_background(|background| {
        // It may be asleep until a later deadline than the one that comes.
        Waker::from(background.poller.clone()).wake();
        background.poller.timers().clone()
    })
    .unwrap_or_default()
}

fn lock(incoming: &Mutex<Vec<Task>>) -> MutexGuard<'_, Vec<Task>> {
    incoming.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(poller: &Arc<Poller>, incoming: &Mutex<Vec<Task>>) {
    let waker = Waker::from(poller.clone());
    let mut tasks: Vec<Task> = Vec::new();
    loop {
        tasks.append(&mut lock(incoming));
        {
            let _entered = enter(Driver::Thread(poller.clone()));
            // They are few and short: each is asked at each turn.
            tasks.retain_mut(|task| {
                let mut context = Context::from_waker(&waker);
                let polled = catch_unwind(AssertUnwindSafe(|| {
                    task.as_mut().poll(&mut context).is_pending()
                }));
                polled.unwrap_or(false)
            });
        }
        if poller.wait().is_err() {
            return;
        }
    }
}
