//! Waking a thread that waits in the kernel.

use std::io::{Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;

/// A pair of sockets: what is written to one makes the other readable. It may be rung by any
/// thread, with the interpreter or without.
#[derive(Debug)]
pub(crate) struct Bell {
    inner: UnixStream,
    outer: UnixStream,
}

impl Bell {
    pub(crate) fn new() -> std::io::Result<Bell> {
        let (inner, outer) = UnixStream::pair()?;
        inner.set_nonblocking(true)?;
        outer.set_nonblocking(true)?;
        Ok(Bell { inner, outer })
    }

    /// Where to listen.
    pub(crate) fn fd(&self) -> RawFd {
        self.inner.as_raw_fd()
    }

    pub(crate) fn ring(&self) {
        // Where the buffer is full, it rings already.
        let _ = (&self.outer).write(&[1]);
    }

    /// Stops the ringing.
    pub(crate) fn hush(&self) {
        let mut bytes = [0; 64];
        while matches!((&self.inner).read(&mut bytes), Ok(count) if count == bytes.len()) {}
    }
}
