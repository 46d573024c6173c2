//! Rows in portions.

use super::{Runner, Target, elsewhere};
use crate::bridge::operation::Operation;
use crate::bridge::{Home, blocking};
use crate::errors::raise;
use crate::rows::{PyRows, RowShape};
use pyo3::exceptions::PyStopAsyncIteration;
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Mutex as AsyncMutex;
use yara_core::backend;
use yara_core::tree::Statement;

/// Rows that are read in portions: `async for row in cursor`, or `for row in cursor` where no event
/// loop runs. Memory holds one portion, and a connection is held until the last row, until
/// `close()`, or until it is dropped.
#[pyclass(frozen, weakref, module = "yara_orm._engine")]
pub(crate) struct Cursor {
    shared: Arc<Shared>,
}

/// What the operations of a cursor share.
struct Shared {
    target: Target,
    shape: Arc<RowShape>,
    /// Where it was opened.
    home: Mutex<Option<Home>>,
    progress: AsyncMutex<Progress>,
    /// Rows that have been read and not been given.
    ready: Mutex<VecDeque<Py<PyAny>>>,
}

enum Progress {
    New(Box<Statement>),
    Open(Box<dyn backend::Cursor>),
    Over,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// What it runs on, which must be where it was opened.
    fn runner(&self, py: Python<'_>, home: &Home) -> PyResult<Runner> {
        let runner = self.target.runner(py, home)?.annotated(py)?;
        let embedded = match &self.target {
            Target::Engine(engine) => engine.is_embedded(),
            // It has looked itself.
            Target::Transaction(_) => true,
        };
        let mut opened = lock(&self.home);
        match &*opened {
            Some(opened) if !embedded && !opened.is(home) => {
                Err(elsewhere(py, "cursor", opened, home))
            }
            _ => {
                opened.get_or_insert_with(|| home.clone());
                Ok(runner)
            }
        }
    }

    /// The next portion; `None` after the last.
    async fn portion(&self, runner: &Runner) -> yara_core::error::Result<Option<PyRows>> {
        let mut progress = self.progress.lock().await;
        // An error, or a caller that goes, leaves it at its end.
        let mut cursor = match std::mem::replace(&mut *progress, Progress::Over) {
            Progress::Over => return Ok(None),
            Progress::Open(cursor) => cursor,
            Progress::New(mut statement) => {
                let request = runner.request(&mut statement)?;
                runner.executor().open(request).await?
            }
        };
        let (sink, more) = cursor.next(PyRows::new(self.shape.clone())).await?;
        if more {
            *progress = Progress::Open(cursor);
        }
        PyRows::of(sink).map(Some)
    }

    /// Makes sure that there is a row, unless there is none any more.
    async fn fill(&self, runner: &Runner) -> PyResult<()> {
        while lock(&self.ready).is_empty() {
            let Some(rows) = self.portion(runner).await.map_err(raise)? else { break };
            Python::attach(|py| -> PyResult<()> {
                let rows = rows.result(py)?;
                let rows = rows.bind(py).cast::<PyList>()?.iter();
                lock(&self.ready).extend(rows.map(Bound::unbind));
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Cursor {
    pub(crate) fn new(target: Target, statement: Statement, shape: Arc<RowShape>) -> Cursor {
        let progress = AsyncMutex::new(Progress::New(Box::new(statement)));
        let (home, ready) = (Mutex::default(), Mutex::default());
        Cursor { shared: Arc::new(Shared { target, shape, home, progress, ready }) }
    }

    fn next_ready(&self) -> Option<Py<PyAny>> {
        lock(&self.shared.ready).pop_front()
    }
}

#[pymethods]
impl Cursor {
    /// The next portion as a list: what the database gives at a time, and an empty list after the
    /// last.
    fn next_batch(&self) -> Operation {
        let shared = self.shared.clone();
        Operation::new("next_batch", move |py, home| {
            let runner = shared.runner(py, home)?;
            Ok(Box::pin(async move {
                shared.fill(&runner).await?;
                let rows = std::mem::take(&mut *lock(&shared.ready));
                Python::attach(|py| Ok(PyList::new(py, rows)?.into_any().unbind()))
            }))
        })
    }

    fn __aiter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __anext__(&self) -> Operation {
        if let Some(row) = self.next_ready() {
            return Operation::ready("__anext__", row);
        }
        let shared = self.shared.clone();
        Operation::new("__anext__", move |py, home| {
            let runner = shared.runner(py, home)?;
            Ok(Box::pin(async move {
                shared.fill(&runner).await?;
                let row = lock(&shared.ready).pop_front();
                row.ok_or_else(|| PyStopAsyncIteration::new_err(()))
            }))
        })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        if let Some(row) = self.next_ready() {
            return Ok(Some(row));
        }
        blocking::check(py)?;
        let shared = self.shared.clone();
        let runner = shared.runner(py, &Home::Thread)?;
        let filled = Box::pin(async move {
            shared.fill(&runner).await?;
            Ok(Python::attach(|py| py.None()))
        });
        blocking::run(py, filled)?;
        Ok(self.next_ready())
    }

    /// Ends it and frees its connection.
    fn close(&self) -> Operation {
        let shared = self.shared.clone();
        Operation::new("close", move |_, _| {
            Ok(Box::pin(async move {
                lock(&shared.ready).clear();
                *shared.progress.lock().await = Progress::Over;
                Ok(Python::attach(|py| py.None()))
            }))
        })
    }
}
