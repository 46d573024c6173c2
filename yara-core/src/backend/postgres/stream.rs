//! A socket with its buffers: bytes out, bytes in.

use crate::runtime::Socket;
use bytes::{Buf, BytesMut};
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use tokio::io::AsyncReadExt;

/// How much is asked of the socket at a time, and how much once a read has filled that.
const SMALL_READ: usize = 16 * 1024;
const LARGE_READ: usize = 128 * 1024;
/// How much the buffer grows at once for a message that is larger than what is there already.
const LARGEST_STEP: usize = 16 * 1024 * 1024;
/// Buffers that grew past this are given back when they are empty.
const KEPT_BUFFER: usize = 1024 * 1024;

/// See the [module](self).
pub(super) struct Stream {
    socket: Box<dyn Socket>,
    /// What waits to be written.
    pub(super) out: BytesMut,
    /// What has been read and not been taken.
    pub(super) input: BytesMut,
    /// So many bytes are missing from the message that `input` begins with.
    pub(super) missing: usize,
    /// Something was written since the socket was last flushed.
    unflushed: bool,
    /// The last read filled what it was given.
    large: bool,
}

impl Stream {
    /// `input` is what has been read already.
    pub(super) fn new(socket: Box<dyn Socket>, input: BytesMut) -> Stream {
        Stream {
            socket,
            out: BytesMut::with_capacity(4 * 1024),
            input,
            missing: 0,
            unflushed: false,
            large: false,
        }
    }

    /// Tells the other side that nothing more comes, as far as that goes without waiting.
    pub(super) fn shut_down(&mut self, context: &mut Context<'_>) {
        let _ = self.flush(context);
        let _ = Pin::new(&mut *self.socket).poll_shutdown(context);
    }

    /// Closes the file descriptor.
    pub(super) fn close(&mut self) {
        *self = Stream::new(Box::new(tokio::io::empty()), BytesMut::new());
    }

    /// Writes as much as the socket takes.
    pub(super) fn flush(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        while !self.out.is_empty() {
            match Pin::new(&mut *self.socket).poll_write(context, &self.out) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(count)) => {
                    self.out.advance(count);
                    self.unflushed = true;
                }
                Poll::Ready(Err(error)) => return Err(error),
            }
        }
        if self.unflushed {
            if self.out.capacity() > KEPT_BUFFER {
                self.out = BytesMut::new();
            }
            if let Poll::Ready(flushed) = Pin::new(&mut *self.socket).poll_flush(context) {
                flushed?;
                self.unflushed = false;
            }
        }
        Ok(())
    }

    /// Reads once.
    pub(super) fn fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.input.is_empty() && self.input.capacity() > KEPT_BUFFER {
            self.input = BytesMut::new();
        }
        let usual = if self.large { LARGE_READ } else { SMALL_READ };
        // What the server announces is believed step by step.
        let missing = self.missing.min(self.input.len().max(LARGEST_STEP));
        let room = self.input.capacity() - self.input.len();
        if room < missing || room < usual / 4 {
            self.input.reserve(missing.max(usual));
        }
        let room = self.input.capacity() - self.input.len();
        let read = pin!(self.socket.read_buf(&mut self.input)).poll(context);
        if let Poll::Ready(Ok(count)) = read {
            self.large = count == room;
            self.missing = self.missing.saturating_sub(count);
        }
        read
    }
}
