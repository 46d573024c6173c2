//! A connected file descriptor, and who waits for it.

use super::fork;
use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Read,
    Write,
}

/// One direction of a socket.
#[derive(Debug)]
pub(crate) struct Side {
    /// Trying may work: nothing has shown otherwise since the kernel last said so.
    ready: AtomicBool,
    /// The event loop watches the file descriptor.
    watched: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Side {
    fn new() -> Side {
        Side {
            ready: AtomicBool::new(true),
            watched: AtomicBool::new(false),
            waker: Mutex::new(None),
        }
    }

    fn set_waker(&self, context: &Context<'_>) {
        let mut waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
    }

    /// Trying may work: nothing has shown otherwise to anyone who looked.
    pub(crate) fn assume_ready(&self) {
        self.ready.store(true, Ordering::SeqCst);
    }

    /// Whether the loop has to be asked to watch, from now on.
    pub(crate) fn begin_watch(&self) -> bool {
        !self.watched.swap(true, Ordering::SeqCst)
    }

    /// Whether the loop watches, until now.
    pub(crate) fn end_watch(&self) -> bool {
        self.watched.swap(false, Ordering::SeqCst)
    }

    /// The kernel says that trying may work. True where it had said so before and nobody tried.
    pub(crate) fn fire(&self) -> bool {
        let ignored = self.ready.swap(true, Ordering::SeqCst);
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
        ignored
    }
}

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct Io {
    socket: socket2::Socket,
    generation: u32,
    /// Its event loop is closed.
    dead: AtomicBool,
    pub(crate) reading: Side,
    pub(crate) writing: Side,
}

impl Io {
    /// A socket that does not block.
    pub(crate) fn new(socket: socket2::Socket) -> Io {
        Io {
            socket,
            generation: fork::generation(),
            dead: AtomicBool::new(false),
            reading: Side::new(),
            writing: Side::new(),
        }
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    pub(crate) fn side(&self, direction: Direction) -> &Side {
        match direction {
            Direction::Read => &self.reading,
            Direction::Write => &self.writing,
        }
    }

    /// Whether this process opened it.
    pub(crate) fn is_own(&self) -> bool {
        fork::is_own(self.generation)
    }

    /// The event loop is closed: nobody will say any more when the socket is ready. The server is
    /// told now, and the file descriptor closed with the last owner.
    pub(crate) fn die(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.shut_down(Shutdown::Both);
        self.reading.fire();
        self.writing.fire();
    }

    /// Never in the child of a fork: what is shut down is the connection, for the parent too.
    pub(crate) fn shut_down(&self, how: Shutdown) {
        if self.is_own() {
            let _ = self.socket.shutdown(how);
        }
    }

    /// Tries, where trying may work. `Pending` has noted whom to wake, but nobody watches yet.
    pub(crate) fn attempt(
        &self,
        direction: Direction,
        context: &Context<'_>,
        mut attempt: impl FnMut(&socket2::Socket) -> io::Result<usize>,
        wanted: usize,
    ) -> Poll<io::Result<usize>> {
        if self.dead.load(Ordering::SeqCst) {
            return Poll::Ready(Err(io::Error::new(
                ErrorKind::NotConnected,
                "the event loop that the connection belongs to is closed",
            )));
        }
        if !self.is_own() {
            return Poll::Ready(Err(io::Error::new(
                ErrorKind::NotConnected,
                "the connection belongs to the process that this one was forked from",
            )));
        }
        let side = self.side(direction);
        // First, so that a readiness that comes meanwhile wakes.
        side.set_waker(context);
        while side.ready.load(Ordering::SeqCst) {
            match attempt(&self.socket) {
                Ok(count) => {
                    // A short read has emptied the socket: whoever asked for more need not try.
                    if count > 0 && count < wanted {
                        side.ready.store(false, Ordering::SeqCst);
                    }
                    return Poll::Ready(Ok(count));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    side.ready.store(false, Ordering::SeqCst);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Pending
    }
}
