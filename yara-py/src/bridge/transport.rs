//! A socket of the engine over an asyncio transport: for loops that do not watch file descriptors,
//! such as the one of Windows that waits for completions. The loop owns the socket.

use super::callbacks::Answered;
use super::executor::{Chore, LoopExecutor};
use crate::exit;
use bytes::{Buf, BytesMut};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use yara_core::runtime::{Address, Socket};

/// So many bytes may wait for being read, before the loop is asked for no more.
const MOST_WAITING: usize = 4 * 1024 * 1024;

/// What the engine's side and the loop's side of a transport share.
#[derive(Default)]
pub(crate) struct Pipe(Mutex<State>);

#[derive(Default)]
struct State {
    incoming: BytesMut,
    outgoing: BytesMut,
    transport: Option<Py<PyAny>>,
    reader: Option<Waker>,
    writer: Option<Waker>,
    /// Nothing comes any more.
    ended: bool,
    /// Nothing goes any more.
    lost: bool,
    /// The transport takes nothing for the moment.
    full: bool,
    /// The loop was asked for no more.
    reading_paused: bool,
    /// A chore will hand over what goes out.
    noted: bool,
}

impl Pipe {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing comes or goes any more.
    pub(super) fn die(&self) {
        let (wakers, transport) = {
            let mut state = self.state();
            (state.ended, state.lost) = (true, true);
            ([state.reader.take(), state.writer.take()], state.transport.take())
        };
        // Both may run anything.
        drop(transport);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    /// The loop is closed, so that its transport closes nothing any more: the server is told.
    pub(super) fn hang_up(&self) {
        let shut_down = |py: Python<'_>| -> PyResult<()> {
            let _raised = exit::set_aside(py);
            let transport = self.state().transport.as_ref().map(|it| it.clone_ref(py));
            let Some(transport) = transport else { return Ok(()) };
            let socket = transport.call_method1(py, "get_extra_info", ("socket",))?;
            socket.call_method1(py, "shutdown", (libc::SHUT_RDWR,)).map(drop)
        };
        // It may be closed already.
        let _ = Python::try_attach(shut_down);
        self.die();
    }

    /// Hands what goes out to the transport, lets it read again, and with `end` closes it.
    pub(super) fn attend(&self, py: Python<'_>, end: bool) -> PyResult<()> {
        let (transport, bytes, resume) = {
            let mut state = self.state();
            state.noted = false;
            let resume = state.reading_paused && state.incoming.is_empty();
            state.reading_paused &= !resume;
            let Some(transport) = state.transport.as_ref().map(|transport| transport.clone_ref(py))
            else {
                return Ok(());
            };
            (transport, state.outgoing.split(), resume)
        };
        let transport = transport.bind(py);
        if !bytes.is_empty() {
            transport.call_method1(intern!(py, "write"), (PyBytes::new(py, &bytes),))?;
        }
        if resume && !end {
            transport.call_method0(intern!(py, "resume_reading"))?;
        }
        if end {
            transport.call_method0(intern!(py, "close"))?;
        }
        Ok(())
    }
}

/// What the loop calls: an `asyncio.Protocol`, and its own factory.
#[pyclass(frozen, module = "yara_orm._engine")]
struct Protocol {
    pipe: Arc<Pipe>,
    executor: Arc<LoopExecutor>,
}

impl Protocol {
    fn wake(&self, py: Python<'_>, waker: Option<Waker>) {
        if let Some(waker) = waker {
            self.executor.wake(waker);
            self.executor.turn(py);
        }
    }
}

#[pymethods]
impl Protocol {
    fn __call__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn connection_made(&self, transport: Py<PyAny>) {
        self.pipe.state().transport = Some(transport);
    }

    fn data_received(&self, py: Python<'_>, data: &[u8]) -> PyResult<()> {
        let (waker, transport) = {
            let mut state = self.pipe.state();
            state.incoming.extend_from_slice(data);
            let pause = state.incoming.len() > MOST_WAITING && !state.reading_paused;
            state.reading_paused |= pause;
            let transport = state.transport.as_ref().filter(|_| pause);
            (state.reader.clone(), transport.map(|transport| transport.clone_ref(py)))
        };
        if let Some(transport) = transport {
            transport.call_method0(py, intern!(py, "pause_reading"))?;
        }
        self.wake(py, waker);
        Ok(())
    }

    fn eof_received(&self, py: Python<'_>) {
        let waker = {
            let mut state = self.pipe.state();
            state.ended = true;
            state.reader.clone()
        };
        self.wake(py, waker);
    }

    fn connection_lost(&self, py: Python<'_>, _reason: Option<Py<PyAny>>) {
        self.pipe.die();
        self.executor.turn(py);
    }

    fn pause_writing(&self) {
        self.pipe.state().full = true;
    }

    fn resume_writing(&self, py: Python<'_>) {
        let waker = {
            let mut state = self.pipe.state();
            state.full = false;
            state.writer.take()
        };
        self.wake(py, waker);
    }
}

/// The engine's side.
struct TransportSocket {
    pipe: Arc<Pipe>,
    executor: Arc<LoopExecutor>,
}

/// Opens a socket that the loop owns.
pub(super) async fn connect(
    address: &Address,
    executor: Arc<LoopExecutor>,
) -> io::Result<Box<dyn Socket>> {
    let pipe = Arc::new(Pipe::default());
    executor.adopt_pipe(&pipe);
    // Made first: dropped half-way, it closes what has been opened.
    let socket = TransportSocket { pipe: pipe.clone(), executor: executor.clone() };
    let asked = Python::attach(|py| ask_loop(py, address, Protocol { pipe, executor }));
    let answered = asked.map_err(io::Error::other)?;
    poll_fn(|context| answered.poll(context)).await?;
    Ok(Box::new(socket))
}

fn ask_loop(py: Python<'_>, address: &Address, protocol: Protocol) -> PyResult<Answered> {
    let event_loop = protocol.executor.event_loop(py)?;
    let protocol = Py::new(py, protocol)?;
    let asked = match address {
        Address::Tcp { host, port } => {
            event_loop.call_method1("create_connection", (protocol, host, port))?
        }
        Address::Unix(path) => {
            event_loop.call_method1("create_unix_connection", (protocol, path))?
        }
    };
    let options = PyDict::new(py);
    options.set_item("loop", &event_loop)?;
    let future = py.import("asyncio")?.call_method("ensure_future", (asked,), Some(&options))?;
    Answered::listen(&future)
}

impl TransportSocket {
    fn note(&self, state: &mut State) {
        if !std::mem::replace(&mut state.noted, true) {
            self.executor.note(Chore::Attend(self.pipe.clone()));
        }
    }
}

impl AsyncRead for TransportSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.pipe.state();
        if state.incoming.is_empty() {
            if state.ended {
                return Poll::Ready(Ok(()));
            }
            state.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        let count = buffer.remaining().min(state.incoming.len());
        buffer.put_slice(&state.incoming[..count]);
        state.incoming.advance(count);
        if state.reading_paused && state.incoming.is_empty() {
            self.note(&mut state);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for TransportSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.pipe.state();
        if state.lost {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        if state.full {
            state.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        state.outgoing.extend_from_slice(bytes);
        self.note(&mut state);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for TransportSocket {
    fn drop(&mut self) {
        self.executor.note(Chore::End(self.pipe.clone()));
    }
}
