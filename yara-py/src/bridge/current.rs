//! From the event loop that runs in this thread to its executor.

use super::executor::LoopExecutor;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::cell::RefCell;
use std::sync::{Arc, Weak};

/// The address of a loop, with its executor. The executor is closed when the loop is, so that an
/// address that is used again is not mistaken.
type Known = (usize, Weak<LoopExecutor>);

thread_local! {
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

/// The loop that runs in this thread.
pub(crate) fn running_loop(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    static GET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let get = GET.get_or_try_init(py, || {
        py.import("asyncio")?.getattr("_get_running_loop").map(Bound::unbind)
    })?;
    let found = get.bind(py).call0()?;
    Ok(if found.is_none() { None } else { Some(found) })
}

/// The executor of a loop that runs in this thread.
pub(crate) fn executor(event_loop: &Bound<'_, PyAny>) -> PyResult<Arc<LoopExecutor>> {
    let address = event_loop.as_ptr() as usize;
    if let Some(executor) = known(address) {
        return Ok(executor);
    }
    let executor = LoopExecutor::new(event_loop)?;
    KNOWN.with(|known| {
        let mut known = known.borrow_mut();
        known.retain(|(at, executor)| {
            *at != address && executor.upgrade().is_some_and(|executor| executor.is_usable())
        });
        known.push((address, Arc::downgrade(&executor)));
    });
    Ok(executor)
}

fn known(address: usize) -> Option<Arc<LoopExecutor>> {
    KNOWN.with(|known| {
        let known = known.borrow();
        let (_, executor) = known.iter().find(|(at, _)| *at == address)?;
        executor.upgrade().filter(|executor| executor.is_usable())
    })
}
