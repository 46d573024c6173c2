//! Running a future in the thread that asks.

use super::driver::{Driver, enter};
use super::poller::{self, Waited};
use super::{PyFuture, current};
use crate::{errors, exit};
use pyo3::prelude::*;
use std::task::{Context, Poll, Waker};

/// Runs a future to its end, without a thread and without a loop: the socket is waited for with
/// the interpreter released, and signals are handled, so that Ctrl-C works.
///
/// Errs where an event loop runs in this thread, which would stand still meanwhile.
pub(crate) fn run(py: Python<'_>, mut future: PyFuture) -> PyResult<Py<PyAny>> {
    let borrowed = poller::borrow()?;
    let poller = &borrowed.0;
    let waker = Waker::from(poller.clone());
    let mut context = Context::from_waker(&waker);
    loop {
        let polled = {
            let _entered = enter(Driver::Thread(poller.clone()));
            future.as_mut().poll(&mut context)
        };
        if let Poll::Ready(result) = polled {
            return result;
        }
        if exit::detached(py, || poller.wait())? == Waited::Interrupted {
            py.check_signals()?;
        }
    }
}

/// Raises where an event loop runs in this thread, as every blocking call does.
#[pyfunction]
pub(crate) fn refuse_in_loop(py: Python<'_>) -> PyResult<()> {
    check(py)
}

/// Refuses to block where an event loop runs.
pub(crate) fn check(py: Python<'_>) -> PyResult<()> {
    match current::running_loop(py)? {
        None => Ok(()),
        Some(_) => Err(errors::interface(
            py,
            "a blocking call was made while an event loop runs in this thread, which would stand \
             still; `await` it instead of calling `.run()`, or call it through \
             `asyncio.to_thread`",
        )),
    }
}
