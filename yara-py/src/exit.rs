//! The end of the interpreter, which threads without it must not meet: CPython ends a thread that
//! asks for the interpreter when it is being taken down, in the middle of whatever it does.

use pyo3::prelude::*;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};
use yara_core::error::{Error, ErrorKind, Result};

/// The interpreter is about to go.
static EXITING: AtomicBool = AtomicBool::new(false);
/// The thread that takes it down, which goes on.
static LAST_THREAD: OnceLock<ThreadId> = OnceLock::new();
/// So many threads have it, or wait for it.
static ATTACHING: AtomicUsize = AtomicUsize::new(0);

/// Calls Python, from any thread. Errs where the interpreter is about to go.
pub(crate) fn attach<T>(call: impl FnOnce(Python<'_>) -> T) -> Result<T> {
    let _count = Count::new();
    if EXITING.load(Ordering::SeqCst) {
        return Err(gone());
    }
    Python::try_attach(call).ok_or_else(gone)
}

/// Waits without the interpreter, as [`Python::detach`] does. Where the interpreter goes meanwhile,
/// the wait never ends: only threads that Python does not wait for are in one by then, and they end
/// with the process.
pub(crate) fn detached<T: Send>(py: Python<'_>, wait: impl FnOnce() -> T + Send) -> T {
    let (result, _count) = py.detach(|| {
        let result = wait();
        let count = Count::new();
        let is_last = || LAST_THREAD.get() == Some(&thread::current().id());
        if EXITING.load(Ordering::SeqCst) && !is_last() {
            drop(count);
            loop {
                thread::park();
            }
        }
        (result, count)
    });
    result
}

/// What Python raises at this moment is set aside as long as the result lives. Whatever calls Python
/// while an object is dropped needs it: objects are dropped while errors are on their way, too.
pub(crate) fn set_aside(py: Python<'_>) -> SetAside<'_> {
    SetAside(py, PyErr::take(py))
}

/// See [`set_aside`].
pub(crate) struct SetAside<'py>(Python<'py>, Option<PyErr>);

impl Drop for SetAside<'_> {
    fn drop(&mut self) {
        if let Some(raised) = self.1.take() {
            raised.restore(self.0);
        }
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::QueryCanceled, "the interpreter is about to exit")
}

struct Count;

impl Count {
    fn new() -> Count {
        ATTACHING.fetch_add(1, Ordering::SeqCst);
        Count
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        ATTACHING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Called by `atexit`: no other thread calls Python from now on, and those that do are waited for.
#[pyfunction]
fn before_exit(py: Python<'_>) {
    const LONGEST: Duration = Duration::from_secs(5);
    let _ = LAST_THREAD.set(thread::current().id());
    EXITING.store(true, Ordering::SeqCst);
    py.detach(|| {
        let begin = Instant::now();
        while ATTACHING.load(Ordering::SeqCst) > 0 && begin.elapsed() < LONGEST {
            thread::sleep(Duration::from_micros(200));
        }
    });
}

/// In the child of a fork there are no other threads.
pub(crate) fn forget_threads() {
    ATTACHING.store(0, Ordering::SeqCst);
}

/// Has [`before_exit`] called.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let function = wrap_pyfunction!(before_exit, module)?;
    py.import("atexit")?.call_method1("register", (function,)).map(drop)
}
