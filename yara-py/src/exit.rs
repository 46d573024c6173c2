//! The end of the interpreter, which threads without it must not meet: CPython ends a thread that
//! asks for the interpreter when it is being taken down, in the middle of whatever it does.

use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use yara_core::error::{Error, ErrorKind, Result};

/// The interpreter is about to go.
static EXITING: AtomicBool = AtomicBool::new(false);
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
    EXITING.store(true, Ordering::SeqCst);
    py.detach(|| {
        let begin = Instant::now();
        while ATTACHING.load(Ordering::SeqCst) > 0 && begin.elapsed() < LONGEST {
            std::thread::sleep(Duration::from_micros(200));
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
