//! What Python awaits, or runs.

use super::executor::{LoopExecutor, Started};
use super::tasks::{Outcome, TaskId};
use super::{Home, PyFuture, blocking, current, turn};
use crate::exit;
use pyo3::exceptions::{PyRuntimeError, PyRuntimeWarning, PyStopIteration, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How work goes on, once it has begun.
pub(crate) enum Begun {
    /// It is over already.
    Over(Py<PyAny>),
    /// It waits for something.
    Waiting(PyFuture),
}

/// Begins the work, once it is known where it runs.
type Begin = Box<dyn FnOnce(Python<'_>, &Home) -> PyResult<Begun> + Send>;

/// A piece of work that has not begun: `await` it on an event loop, or call `.run()` where none
/// runs. It is done once.
///
/// It begins at the first step of the `await`. Cancelling the task that awaits it, or dropping it,
/// ends it, on the server too.
#[pyclass(frozen, weakref, module = "yara_orm._engine")]
pub(crate) struct Operation {
    state: Mutex<State>,
    /// What it is, for the warning that nobody awaited it.
    name: &'static str,
}

enum State {
    New(Begin),
    /// It is over, and the others on the loop have their turn before it is told.
    Rests(Py<PyAny>),
    /// The same, after their turn.
    Rested(Py<PyAny>),
    UnderWay {
        executor: Arc<LoopExecutor>,
        id: TaskId,
        outcome: Arc<Outcome>,
        waiter: Py<PyAny>,
    },
    Over,
}

impl Operation {
    /// Work that is a future, made by `begin`.
    pub(crate) fn new(
        name: &'static str,
        begin: impl FnOnce(Python<'_>, &Home) -> PyResult<PyFuture> + Send + 'static,
    ) -> Operation {
        Operation::begun_by(name, move |py, home| begin(py, home).map(Begun::Waiting))
    }

    /// Work that may be over as soon as it has begun.
    pub(crate) fn begun_by(
        name: &'static str,
        begin: impl FnOnce(Python<'_>, &Home) -> PyResult<Begun> + Send + 'static,
    ) -> Operation {
        Operation { state: Mutex::new(State::New(Box::new(begin))), name }
    }

    /// Work that is over, after the others on the loop have had their turn.
    pub(crate) fn rests(name: &'static str, result: Py<PyAny>) -> Operation {
        Operation { state: Mutex::new(State::Rests(result)), name }
    }

    /// Work whose result is known.
    pub(crate) fn ready(name: &'static str, result: Py<PyAny>) -> Operation {
        Operation::begun_by(name, move |_, _| Ok(Begun::Over(result)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, state: State) -> State {
        std::mem::replace(&mut *self.state(), state)
    }

    /// Begins on the loop that runs in this thread.
    fn start(&self, py: Python<'_>, begin: Begin) -> PyResult<Step> {
        let event_loop = current::running_loop(py)?.ok_or_else(|| no_loop(self.name))?;
        let executor = current::executor(&event_loop)?;
        let future = match begin(py, &Home::Loop(executor.clone()))? {
            Begun::Over(result) if turn::is_over() => {
                self.replace(State::Rested(result));
                return Ok(Step::Wait(py.None()));
            }
            Begun::Over(result) => return Ok(Step::Done(result)),
            Begun::Waiting(future) => future,
        };
        match executor.start(&event_loop, future)? {
            Started::Over(result) => result.map(Step::Done),
            Started::UnderWay { id, outcome, waiter } => {
                let step = wait_for(waiter.bind(py))?;
                self.replace(State::UnderWay { executor, id, outcome, waiter });
                Ok(step)
            }
        }
    }

    /// One step of an `await`.
    fn step(&self, py: Python<'_>) -> PyResult<Step> {
        match self.replace(State::Over) {
            State::New(begin) => self.start(py, begin),
            State::Rests(result) => {
                self.replace(State::Rested(result));
                Ok(Step::Wait(py.None()))
            }
            State::Rested(result) => Ok(Step::Done(result)),
            State::UnderWay { executor, id, outcome, waiter } => match outcome.take() {
                Some(result) => result.map(Step::Done),
                None => {
                    let step = wait_for(waiter.bind(py));
                    self.replace(State::UnderWay { executor, id, outcome, waiter });
                    step
                }
            },
            State::Over => Err(over(self.name)),
        }
    }

    /// Ends it, whatever it is at.
    fn end(&self) {
        if let State::UnderWay { executor, id, .. } = self.replace(State::Over) {
            executor.cancel(id);
        }
    }
}

/// Errs where no event loop runs in this thread.
pub(crate) fn refuse_without_loop(py: Python<'_>, name: &str) -> PyResult<()> {
    current::running_loop(py)?.map(drop).ok_or_else(|| no_loop(name))
}

fn no_loop(name: &str) -> PyErr {
    PyRuntimeError::new_err(format!(
        "no event loop runs in this thread, so `{name}` cannot be awaited; call `.run()`"
    ))
}

/// What a step of an `await` comes to.
enum Step {
    /// The task is to wait for this asyncio future; or, where it is `None`, for the others' turn.
    Wait(Py<PyAny>),
    Done(Py<PyAny>),
}

/// Hands an asyncio future to the task, as its own `__await__` would.
fn wait_for(waiter: &Bound<'_, PyAny>) -> PyResult<Step> {
    waiter.setattr(intern!(waiter.py(), "_asyncio_future_blocking"), true)?;
    Ok(Step::Wait(waiter.clone().unbind()))
}

fn over(name: &str) -> PyErr {
    PyRuntimeError::new_err(format!("`{name}` was awaited or run already; call it again"))
}

#[pymethods]
impl Operation {
    fn __await__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self.step(py)? {
            Step::Wait(waiter) => Ok(waiter),
            Step::Done(result) => Err(PyStopIteration::new_err((result,))),
        }
    }

    /// A step of an `await`, as of a coroutine.
    fn send(&self, py: Python<'_>, _value: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.__next__(py)
    }

    /// Ends the work and raises, as a coroutine does that is cancelled.
    #[pyo3(signature = (kind, value=None, traceback=None))]
    fn throw(
        &self,
        kind: &Bound<'_, PyAny>,
        value: Option<&Bound<'_, PyAny>>,
        traceback: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let _ = traceback;
        self.end();
        let instance = match value {
            Some(value) => value.clone(),
            None if kind.is_callable() => kind.call0()?,
            None => kind.clone(),
        };
        if !instance.is_instance_of::<pyo3::exceptions::PyBaseException>() {
            return Err(PyTypeError::new_err("exceptions must derive from BaseException"));
        }
        Err(PyErr::from_value(instance))
    }

    /// Ends the work.
    fn close(&self) {
        self.end();
    }

    /// Runs it in this thread and waits for it. Not where an event loop runs: `await` it there.
    fn run(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        blocking::check(py)?;
        match self.replace(State::Over) {
            State::New(begin) => match begin(py, &Home::Thread)? {
                Begun::Over(result) => Ok(result),
                Begun::Waiting(future) => blocking::run(py, future),
            },
            under_way => {
                self.replace(under_way);
                Err(over(self.name))
            }
        }
    }

    fn __repr__(&self) -> String {
        let state = match &*self.state() {
            State::New(_) => "not begun",
            State::Rests(_) | State::Rested(_) => "under way",
            State::UnderWay { .. } => "under way",
            State::Over => "over",
        };
        format!("<{} ({state}): await it, or call .run()>", self.name)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // Where it is locked, it is being used, and no garbage.
        let Ok(state) = self.state.try_lock() else { return Ok(()) };
        match &*state {
            State::UnderWay { waiter: object, .. }
            | State::Rests(object)
            | State::Rested(object) => visit.call(object),
            State::New(_) | State::Over => Ok(()),
        }
    }

    fn __clear__(&self) {
        self.end();
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        let state = std::mem::replace(
            self.state.get_mut().unwrap_or_else(PoisonError::into_inner),
            State::Over,
        );
        match state {
            State::UnderWay { executor, id, .. } => {
                executor.cancel(id);
            }
            State::New(begin) => {
                drop(begin);
                Python::try_attach(|py| never_awaited(py, self.name));
            }
            State::Rests(_) | State::Rested(_) | State::Over => {}
        }
    }
}

/// Warns as Python does of a coroutine.
fn never_awaited(py: Python<'_>, name: &str) {
    let _raised = exit::set_aside(py);
    let category = py.get_type::<PyRuntimeWarning>();
    let text = format!("`{name}` was never awaited, nor run");
    if let Ok(text) = std::ffi::CString::new(text)
        && let Err(error) = PyErr::warn(py, &category, &text, 1)
    {
        error.write_unraisable(py, None);
    }
}
