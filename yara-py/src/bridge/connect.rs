//! Opening a socket without blocking: names, then addresses in their order.

use super::callbacks::Answered;
use super::io::Io;
use super::socket::FdSocket;
use super::{Home, transport};
use crate::exit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use socket2::{Domain, SockAddr, Socket as Raw, Type};
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use yara_core::runtime::{Address, Socket};

/// Opens a socket that lives at `home`.
pub(super) async fn connect(address: &Address, home: Home) -> io::Result<Box<dyn Socket>> {
    if let Home::Loop(executor) = &home
        && !executor.watches()
    {
        return transport::connect(address, executor.clone()).await;
    }
    match address {
        Address::Unix(path) => one(&SockAddr::unix(path)?, Domain::UNIX, home).await,
        Address::Tcp { host, port } => {
            let mut refused = None;
            for found in resolve(host, *port, &home).await? {
                match one(&SockAddr::from(found), Domain::for_address(found), home.clone()).await {
                    Ok(socket) => return Ok(socket),
                    Err(error) => refused = Some(error),
                }
            }
            Err(refused.unwrap_or_else(|| {
                io::Error::new(ErrorKind::NotFound, format!("the name `{host}` has no address"))
            }))
        }
    }
}

async fn one(address: &SockAddr, domain: Domain, home: Home) -> io::Result<Box<dyn Socket>> {
    let raw = Raw::new(domain, Type::STREAM, None)?;
    raw.set_nonblocking(true)?;
    if domain != Domain::UNIX {
        raw.set_tcp_nodelay(true)?;
    }
    #[cfg(target_vendor = "apple")]
    raw.set_nosigpipe(true)?;
    let in_progress = match raw.connect(address) {
        Ok(()) => false,
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => true,
        Err(error) => return Err(error),
    };
    let socket = FdSocket::new(Arc::new(Io::new(raw)), home);
    if in_progress {
        poll_fn(|context| socket.poll_connected(context)).await?;
    }
    Ok(Box::new(socket))
}

/// The addresses of a host.
async fn resolve(host: &str, port: u16, home: &Home) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    match home {
        Home::Loop(executor) => {
            let answer = Python::attach(|py| ask_loop(executor.event_loop(py)?, host, port));
            let answered = answer.map_err(unknown(host))?;
            let result = poll_fn(|context| answered.poll(context)).await;
            Python::attach(|py| addresses(result?.bind(py))).map_err(unknown(host))
        }
        Home::Thread => {
            let look_up = || (host, port).to_socket_addrs().map(Iterator::collect);
            // SAFETY: it only asks whether this thread is attached to an interpreter.
            let found = if unsafe { pyo3::ffi::PyGILState_Check() } == 1 {
                Python::attach(|py| exit::detached(py, look_up))
            } else {
                look_up()
            };
            found.map_err(unknown(host))
        }
    }
}

fn unknown<E: std::fmt::Display>(host: &str) -> impl FnOnce(E) -> io::Error + use<'_, E> {
    move |error| io::Error::other(format!("the name `{host}` cannot be resolved: {error}"))
}

/// Asks the event loop for addresses, as it asks for those of its own connections.
fn ask_loop(event_loop: Bound<'_, PyAny>, host: &str, port: u16) -> PyResult<Answered> {
    let py = event_loop.py();
    let options = PyDict::new(py);
    options.set_item("type", libc::SOCK_STREAM)?;
    let asked = event_loop.call_method("getaddrinfo", (host, port), Some(&options))?;
    let options = PyDict::new(py);
    options.set_item("loop", &event_loop)?;
    let future = py.import("asyncio")?.call_method("ensure_future", (asked,), Some(&options))?;
    Answered::listen(&future)
}

/// The addresses in what `getaddrinfo` gives: family, kind, protocol, name, (address, port, …).
fn addresses(found: &Bound<'_, PyAny>) -> PyResult<Vec<SocketAddr>> {
    let mut addresses = Vec::new();
    for entry in found.cast::<PyList>()?.iter() {
        let place = entry.get_item(4)?;
        let place = place.cast::<PyTuple>()?;
        let text: String = place.get_item(0)?.extract()?;
        let port: u16 = place.get_item(1)?.extract()?;
        // A zone such as `fe80::1%eth0` is beyond what the standard library parses.
        if let Ok(address) = text.parse::<IpAddr>() {
            addresses.push(SocketAddr::new(address, port));
        }
    }
    Ok(addresses)
}
