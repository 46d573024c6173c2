//! The futures of an event loop, and who wakes them.

use super::PyFuture;
use super::executor::LoopExecutor;
use crate::errors::raise;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};
use yara_core::error::{Error, ErrorKind};
use yara_core::future::BoxFuture;

/// What came of an operation, once it is over.
#[derive(Default)]
pub(crate) struct Outcome(Mutex<Option<PyResult<Py<PyAny>>>>);

impl Outcome {
    fn set(&self, result: PyResult<Py<PyAny>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    pub(crate) fn take(&self) -> Option<PyResult<Py<PyAny>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A future that is under way.
pub(crate) enum Work {
    /// Nobody waits for it.
    Detached(BoxFuture<'static, ()>),
    /// A task of Python's waits for it, by an asyncio future once it has found it unfinished.
    Operation { future: PyFuture, outcome: Arc<Outcome>, waiter: Option<Py<PyAny>> },
}

impl Work {
    /// Polls once. What it gives is laid into its outcome; the waiter, if any, is to be told.
    pub(crate) fn poll(&mut self, waker: &Waker) -> Poll<Option<Py<PyAny>>> {
        let mut context = Context::from_waker(waker);
        match self {
            Work::Detached(future) => future.as_mut().poll(&mut context).map(|()| None),
            Work::Operation { future, outcome, waiter } => {
                future.as_mut().poll(&mut context).map(|result| {
                    outcome.set(result);
                    waiter.take()
                })
            }
        }
    }
}

impl Work {
    /// Ends it because it panicked; the waiter, if any, is to be told.
    pub(crate) fn fail(&mut self) -> Option<Py<PyAny>> {
        match self {
            Work::Detached(_) => None,
            Work::Operation { outcome, waiter, .. } => {
                let message =
                    "the engine has failed in the middle of an operation; please report it";
                outcome.set(Err(raise(Error::new(ErrorKind::Internal, message))));
                waiter.take()
            }
        }
    }
}

/// Which piece of work: the place is used again, the number never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskId {
    pub(crate) index: usize,
    number: u64,
}

/// A place for a piece of work.
struct Place {
    number: u64,
    /// `None` while it is polled, or when the place is free.
    work: Option<Work>,
    /// It was cancelled while it was polled.
    cancelled: bool,
    waker: Arc<TaskWaker>,
}

/// All that is under way on a loop.
#[derive(Default)]
pub(crate) struct Tasks {
    places: Vec<Place>,
    free: Vec<usize>,
    next: u64,
}

impl Tasks {
    /// Finds a place for a piece of work.
    pub(crate) fn insert(&mut self, work: Work, executor: &Weak<LoopExecutor>) -> TaskId {
        self.next += 1;
        let number = self.next;
        if let Some(index) = self.free.pop() {
            let place = &mut self.places[index];
            (place.number, place.work, place.cancelled) = (number, Some(work), false);
            return TaskId { index, number };
        }
        let index = self.places.len();
        let waker = Arc::new(TaskWaker {
            index,
            queued: AtomicBool::new(false),
            executor: executor.clone(),
        });
        self.places.push(Place { number, work: Some(work), cancelled: false, waker });
        TaskId { index, number }
    }

    /// Takes a piece of work out for being polled.
    pub(crate) fn take(&mut self, index: usize) -> Option<(Work, Arc<TaskWaker>)> {
        let place = self.places.get_mut(index)?;
        place.waker.queued.store(false, Ordering::SeqCst);
        Some((place.work.take()?, place.waker.clone()))
    }

    /// Puts it back, unless it was cancelled meanwhile: then it is given back for being dropped.
    pub(crate) fn put_back(&mut self, index: usize, work: Work) -> Option<Work> {
        // The loop may have been closed meanwhile.
        let Some(place) = self.places.get_mut(index) else { return Some(work) };
        if place.cancelled {
            self.free.push(index);
            return Some(work);
        }
        place.work = Some(work);
        None
    }

    /// It is over.
    pub(crate) fn release(&mut self, index: usize) {
        if index < self.places.len() {
            self.free.push(index);
        }
    }

    /// Notes whom to tell when it is over.
    pub(crate) fn set_waiter(&mut self, id: TaskId, told: Py<PyAny>) {
        if let Some(place) = self.places.get_mut(id.index)
            && place.number == id.number
            && let Some(Work::Operation { waiter, .. }) = &mut place.work
        {
            *waiter = Some(told);
        }
    }

    /// Ends a piece of work before its time; it is given back for being dropped.
    pub(crate) fn cancel(&mut self, id: TaskId) -> Option<Work> {
        let place = self.places.get_mut(id.index).filter(|place| place.number == id.number)?;
        // Neither polled later, nor taken for the next one of this place.
        place.number = 0;
        match place.work.take() {
            Some(work) => {
                self.free.push(id.index);
                Some(work)
            }
            None => {
                place.cancelled = true;
                None
            }
        }
    }

    /// All of it, for being dropped.
    pub(crate) fn drain(&mut self) -> Vec<Work> {
        self.free.clear();
        std::mem::take(&mut self.places).into_iter().filter_map(|place| place.work).collect()
    }
}

/// Wakes one piece of work. It may be called from any thread.
pub(crate) struct TaskWaker {
    index: usize,
    queued: AtomicBool,
    executor: Weak<LoopExecutor>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::SeqCst)
            && let Some(executor) = self.executor.upgrade()
        {
            executor.make_ready(self.index);
        }
    }
}
