//! What the engine asks of the program's event loop: sockets, sleep, and tasks for cleaning up.
//!
//! Nothing on the path of a query names a reactor. tokio's implementation is
//! [`TokioRuntime`]; a program on another loop brings its own.

#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "tokio")]
pub use self::tokio::TokioRuntime;

use crate::future::BoxFuture;
use ::tokio::io::{AsyncRead, AsyncWrite};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A host name or address, and a port.
    Tcp {
        /// Name or address.
        host: String,
        /// Port.
        port: u16,
    },
    /// A Unix socket.
    Unix(PathBuf),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp { host, port } => write!(f, "{host}:{port}"),
            Address::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

/// A connected socket. These are traits only; no reactor of tokio's is behind them.
pub trait Socket: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Socket for S {}

/// The event loop of the program.
///
/// An implementor MUST let the returned futures be dropped at any time, and MUST NOT run a spawned
/// task inside the call of [`spawn`](Runtime::spawn).
pub trait Runtime: Send + Sync + 'static {
    /// Opens a socket; with TCP, small writes are sent at once (`TCP_NODELAY`).
    fn connect<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, io::Result<Box<dyn Socket>>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Runs a task beside the program: a rollback or a cancellation after a future was dropped.
    /// Where the loop is gone, the task is dropped, and the sockets in it close.
    fn spawn(&self, task: BoxFuture<'static, ()>);
}
