//! What an event loop calls.

use super::executor::LoopExecutor;
use super::io::{Direction, Io};
use crate::exit;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

/// Watches the bell of an executor. The loop owns it, so that it lives as long as the loop is open:
/// its end is the loop's.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Doorbell {
    executor: Arc<LoopExecutor>,
}

impl Doorbell {
    pub(super) fn new(executor: Arc<LoopExecutor>) -> Doorbell {
        Doorbell { executor }
    }
}

#[pymethods]
impl Doorbell {
    fn __call__(&self, py: Python<'_>) {
        self.executor.answer_bell(py);
    }
}

impl Drop for Doorbell {
    fn drop(&mut self) {
        self.executor.close();
    }
}

/// Called in the next iteration of the loop.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Tick {
    executor: Weak<LoopExecutor>,
}

impl Tick {
    pub(super) fn new(executor: Weak<LoopExecutor>) -> Tick {
        Tick { executor }
    }
}

#[pymethods]
impl Tick {
    fn __call__(&self, py: Python<'_>) {
        if let Some(executor) = self.executor.upgrade() {
            executor.on_tick(py);
        }
    }
}

/// Called when a timer has run out, or a little before: loops count from when their iteration began.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Alarm {
    executor: Weak<LoopExecutor>,
    deadline: Instant,
}

impl Alarm {
    pub(super) fn new(executor: Weak<LoopExecutor>, deadline: Instant) -> Alarm {
        Alarm { executor, deadline }
    }
}

#[pymethods]
impl Alarm {
    fn __call__(&self, py: Python<'_>) {
        if let Some(executor) = self.executor.upgrade() {
            executor.on_alarm(py, self.deadline);
        }
    }
}

/// Called when a file descriptor is ready.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Ready {
    io: Weak<Io>,
    direction: Direction,
    executor: Weak<LoopExecutor>,
}

impl Ready {
    pub(super) fn new(io: &Arc<Io>, direction: Direction, executor: &Weak<LoopExecutor>) -> Ready {
        Ready { io: Arc::downgrade(io), direction, executor: executor.clone() }
    }
}

#[pymethods]
impl Ready {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let (Some(io), Some(executor)) = (self.io.upgrade(), self.executor.upgrade()) else {
            return Ok(());
        };
        let ignored = executor.fire(&io, self.direction);
        // The loop would call again and again for what nobody reads, and for a socket that takes
        // what is written, as sockets mostly do.
        if ignored || self.direction == Direction::Write {
            executor.unwatch(py, &io, self.direction)?;
        }
        executor.turn(py);
        Ok(())
    }
}

/// An asyncio future that Rust waits for.
pub(crate) struct Answered {
    future: Py<PyAny>,
    waker: Arc<Mutex<Option<Waker>>>,
}

/// Called when the asyncio future is done.
#[pyclass(frozen, module = "yara_orm._engine")]
struct Done {
    waker: Arc<Mutex<Option<Waker>>>,
}

#[pymethods]
impl Done {
    fn __call__(&self, _future: &Bound<'_, PyAny>) {
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Answered {
    /// Begins to wait.
    pub(super) fn listen(future: &Bound<'_, PyAny>) -> PyResult<Answered> {
        let waker = Arc::new(Mutex::new(None));
        let done = Py::new(future.py(), Done { waker: waker.clone() })?;
        future.call_method1("add_done_callback", (done,))?;
        Ok(Answered { future: future.clone().unbind(), waker })
    }

    /// What the future gives, once it is done.
    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<std::io::Result<Py<PyAny>>> {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        let answer = Python::attach(|py| -> PyResult<Option<Py<PyAny>>> {
            let future = self.future.bind(py);
            if !future.call_method0("done")?.is_truthy()? {
                return Ok(None);
            }
            future.call_method0("result").map(|result| Some(result.unbind()))
        });
        match answer {
            Ok(None) => Poll::Pending,
            Ok(Some(result)) => Poll::Ready(Ok(result)),
            Err(error) => Poll::Ready(Err(std::io::Error::other(error))),
        }
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        // Done already, mostly; then it changes nothing.
        Python::try_attach(|py| {
            let _raised = exit::set_aside(py);
            let _ = self.future.bind(py).call_method0("cancel");
        });
    }
}
