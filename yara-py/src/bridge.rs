//! The engine on Python's event loops, and without one.
//!
//! The engine asks its caller for sockets, sleep and tasks (`Runtime`). Here they come from the
//! program's own event loop, on the program's own thread: no other thread is asked, and an answer
//! needs no hand-over.
//!
//! ```text
//! await operation ─► Operation.__next__ ─► LoopExecutor: polls the Rust future at once
//!                                             │ pending: an asyncio future is yielded to the task
//! loop: fd is readable ─► Readable() ─► turn ─┴ polls who waits ─► asyncio future is set
//!
//! operation.run()  ─► blocking: polls the same future; between polls, poll(2) without the GIL
//! ```
//!
//! What keeps it sound:
//! - A future is polled by one driver from its first poll to its last; drivers are a
//!   [`LoopExecutor`](executor::LoopExecutor) or a thread's [`Poller`](poller::Poller).
//! - While a future is polled, Python is called only where no lock is held. What a socket wants of
//!   the loop (watch a file descriptor, stop watching it) is noted, and done after the poll.
//! - A file descriptor leaves the loop's selector before it is closed.
//! - After a fork, the child forgets what the parent had: see [`fork`].

pub(crate) mod background;
pub(crate) mod bell;
pub(crate) mod blocking;
pub(crate) mod callbacks;
pub(crate) mod connect;
pub(crate) mod current;
pub(crate) mod driver;
pub(crate) mod executor;
pub(crate) mod fork;
pub(crate) mod io;
pub(crate) mod operation;
pub(crate) mod poller;
mod ringer;
pub(crate) mod runtime;
pub(crate) mod socket;
pub(crate) mod tasks;
pub(crate) mod timers;
mod transport;
pub(crate) mod turn;

use executor::LoopExecutor;
use pyo3::prelude::*;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A future that gives a Python object. It is polled with the interpreter attached.
pub(crate) type PyFuture = Pin<Box<dyn Future<Output = PyResult<Py<PyAny>>> + Send>>;

/// Where a piece of work runs.
#[derive(Clone)]
pub(crate) enum Home {
    /// On an event loop.
    Loop(Arc<LoopExecutor>),
    /// In the thread that asks, which waits for it.
    Thread,
}

impl Home {
    /// Whether both are the same place; all threads that wait by themselves are one.
    pub(crate) fn is(&self, other: &Home) -> bool {
        match (self, other) {
            (Home::Loop(one), Home::Loop(other)) => Arc::ptr_eq(one, other),
            (Home::Thread, Home::Thread) => true,
            _ => false,
        }
    }

    /// For messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Home::Loop(_) => "an event loop",
            Home::Thread => "blocking calls",
        }
    }
}
