//! The engine on tokio.

use super::{Address, Runtime, Socket};
use crate::future::BoxFuture;
use std::io;
use std::sync::Mutex;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Handle;

/// The tokio runtime that the caller runs on.
///
/// It remembers the runtime that it last connected from, so that cleaning up works also from a
/// thread outside of it.
#[derive(Debug, Default)]
pub struct TokioRuntime {
    last: Mutex<Option<Handle>>,
}

impl TokioRuntime {
    fn handle(&self) -> Option<Handle> {
        Handle::try_current().ok().or_else(|| self.last.lock().ok().and_then(|last| last.clone()))
    }
}

impl Runtime for TokioRuntime {
    fn connect<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, io::Result<Box<dyn Socket>>> {
        Box::pin(async move {
            let handle = Handle::try_current().map_err(|_| {
                io::Error::other(
                    "the call was not made within a tokio runtime, which the connection needs; \
                     use `#[tokio::main]`, `#[tokio::test]` or `Runtime::block_on`",
                )
            })?;
            if let Ok(mut last) = self.last.lock() {
                *last = Some(handle);
            }
            match address {
                Address::Tcp { host, port } => {
                    let stream = TcpStream::connect((host.as_str(), *port)).await?;
                    stream.set_nodelay(true)?;
                    Ok(Box::new(stream) as Box<dyn Socket>)
                }
                #[cfg(unix)]
                Address::Unix(path) => {
                    Ok(Box::new(tokio::net::UnixStream::connect(path).await?) as Box<dyn Socket>)
                }
                #[cfg(not(unix))]
                Address::Unix(_) => Err(io::Error::from(io::ErrorKind::Unsupported)),
            }
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        // Made inside the future: a timer that is never awaited needs no runtime.
        Box::pin(async move { tokio::time::sleep(duration).await })
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        if let Some(handle) = self.handle() {
            handle.spawn(task);
        }
    }
}
