//! A socket of the engine over a file descriptor.

use super::executor::{Chore, LoopExecutor};
use super::io::{Direction, Io};
use super::{Home, driver};
use socket2::SockRef;
use std::io;
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Reads and writes without blocking; who waits is woken by the place it lives in.
pub(crate) struct FdSocket {
    io: Arc<Io>,
    home: Home,
}

impl FdSocket {
    pub(crate) fn new(io: Arc<Io>, home: Home) -> FdSocket {
        if let Home::Loop(executor) = &home {
            executor.adopt(&io);
        }
        FdSocket { io, home }
    }

    /// Asks to be woken when the kernel is ready.
    fn watch(&self, direction: Direction, context: &Context<'_>) -> io::Result<()> {
        watch(&self.io, &self.home, direction, context)
    }

    /// Whether nobody would have been told that something came. A loop watches idle connections too;
    /// a thread watches only what it waits for, so that one that was closed meanwhile is found by
    /// trying, before anything is sent.
    fn is_unwatched(&self) -> bool {
        matches!(self.home, Home::Thread)
            && !driver::poller().is_some_and(|poller| poller.is_watching(&self.io, Direction::Read))
    }

    /// Waits until the connection is there, or is not.
    pub(crate) fn poll_connected(&self, context: &Context<'_>) -> Poll<io::Result<()>> {
        let look = |socket: &socket2::Socket| match socket.peer_addr() {
            Ok(_) => Ok(1),
            Err(_) => match socket.take_error()? {
                Some(error) => Err(error),
                None => Err(io::ErrorKind::WouldBlock.into()),
            },
        };
        match self.io.attempt(Direction::Write, context, look, 1) {
            Poll::Pending => {
                self.watch(Direction::Write, context)?;
                Poll::Pending
            }
            Poll::Ready(connected) => Poll::Ready(connected.map(drop)),
        }
    }
}

fn watch(io: &Arc<Io>, home: &Home, direction: Direction, context: &Context<'_>) -> io::Result<()> {
    match home {
        Home::Loop(executor) => {
            if io.side(direction).begin_watch() {
                executor.note(Chore::Watch(io.clone(), direction));
            }
        }
        Home::Thread => match driver::poller() {
            Some(poller) => poller.watch(io, direction, context.waker()),
            None => {
                return Err(io::Error::other(
                    "a connection of blocking calls was used on an event loop",
                ));
            }
        },
    }
    Ok(())
}

impl AsyncRead for FdSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // SAFETY: `recv` only writes to the memory, and never makes what is initialized otherwise.
        let memory: &mut [MaybeUninit<u8>] = unsafe { buffer.unfilled_mut() };
        let wanted = memory.len();
        if self.is_unwatched() {
            self.io.reading.assume_ready();
        }
        match self.io.attempt(Direction::Read, context, |socket| socket.recv(memory), wanted) {
            Poll::Ready(Ok(count)) => {
                // SAFETY: the kernel has written so many bytes.
                unsafe { buffer.assume_init(count) };
                buffer.advance(count);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                self.watch(Direction::Read, context)?;
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for FdSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let send = |socket: &socket2::Socket| SockRef::from(socket).send_with_flags(bytes, FLAGS);
        // A short write says nothing about the next one: it is tried again.
        match self.io.attempt(Direction::Write, context, send, 0) {
            Poll::Pending => {
                self.watch(Direction::Write, context)?;
                Poll::Pending
            }
            written => written,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.shut_down(Shutdown::Write);
        Poll::Ready(Ok(()))
    }
}

/// Writing to a socket that the server has closed is an error, not a signal.
#[cfg(not(target_vendor = "apple"))]
const FLAGS: libc::c_int = libc::MSG_NOSIGNAL;
#[cfg(target_vendor = "apple")]
const FLAGS: libc::c_int = 0;

impl Drop for FdSocket {
    fn drop(&mut self) {
        if let Home::Loop(executor) = &self.home {
            release(executor, &self.io);
        }
    }
}

/// The file descriptor must leave the loop's selector before it is closed, and only the loop may
/// do that.
fn release(executor: &Arc<LoopExecutor>, io: &Arc<Io>) {
    let watched = io.reading.end_watch() | io.writing.end_watch();
    if watched && io.is_own() {
        executor.note(Chore::Release(io.clone()));
    }
}
