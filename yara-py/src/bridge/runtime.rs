//! What the engine asks of its caller, on an event loop and in a thread.

use super::executor::LoopExecutor;
use super::timers::Sleep;
use super::{Home, background, connect, fork};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use yara_core::future::BoxFuture;
use yara_core::runtime::{Address, Runtime, Socket};

/// An event loop.
pub(crate) struct LoopRuntime(pub(crate) Arc<LoopExecutor>);

impl Runtime for LoopRuntime {
    fn connect<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, io::Result<Box<dyn Socket>>> {
        Box::pin(connect::connect(address, Home::Loop(self.0.clone())))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(Sleep::new(duration))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(task);
    }
}

/// Threads that wait by themselves. What nobody waits for is done by the background thread.
///
/// A database without sockets lives on this one for every loop, too: sleep is that of whoever
/// polls.
pub(crate) struct ThreadRuntime {
    generation: u32,
}

impl ThreadRuntime {
    pub(crate) fn new() -> ThreadRuntime {
        ThreadRuntime { generation: fork::generation() }
    }
}

impl Runtime for ThreadRuntime {
    fn connect<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, io::Result<Box<dyn Socket>>> {
        Box::pin(connect::connect(address, Home::Thread))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(Sleep::new(duration))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        if fork::is_own(self.generation) {
            background::spawn(task);
        } else {
            // What it would clear away is the parent's.
            std::mem::forget(task);
        }
    }
}
