//! Takes rows from the engine and makes Python objects of them.

use super::owned::OwnedRows;
use super::shape::RowShape;
use crate::{errors, exit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use pyo3::{IntoPyObjectExt, ffi};
use std::any::Any;
use std::sync::Arc;
use yara_core::backend::{Access, ColumnInfo, RowSink};
use yara_core::error::{Error, ErrorKind, Result};
use yara_core::value::ValueRef;

/// Collects the rows of a statement as a list.
///
/// Where the interpreter is attached, objects are made straight from the cells: an event loop's
/// thread reads the socket itself. SQLite's own thread is not attached; there, rows are kept, and
/// the interpreter is asked for a portion at a time, so that the program's threads go on. The last
/// portion waits for whoever takes the result, and has the interpreter anyway, where nothing would
/// be lost if no objects could be made of it.
pub(crate) struct PyRows {
    shape: Arc<RowShape>,
    list: Option<Py<PyList>>,
    names: Vec<Py<PyString>>,
    kept: OwnedRows,
    count: u64,
    /// The statement only reads, so that it may fail when it is over.
    reads: bool,
    /// Objects can be made of all that was kept.
    sure: bool,
}

impl PyRows {
    pub(crate) fn new(shape: Arc<RowShape>) -> Box<PyRows> {
        let kept = OwnedRows::default();
        let (list, names) = (None, Vec::new());
        Box::new(PyRows { shape, list, names, kept, count: 0, reads: false, sure: true })
    }

    /// For a statement of this access.
    pub(crate) fn of_access(shape: Arc<RowShape>, access: Access) -> Box<PyRows> {
        let rows = PyRows::new(shape);
        Box::new(PyRows { reads: access == Access::Read, ..*rows })
    }

    /// What the statement gave: a list, or a number.
    pub(crate) fn result(mut self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        // A portion of a cursor has no end of its own.
        self.flush().map_err(|error| errors::to_python(py, &error))?;
        match (&*self.shape, self.list) {
            (RowShape::Count, _) => self.count.into_py_any(py),
            (_, Some(list)) => Ok(list.into_any()),
            (_, None) => Ok(PyList::empty(py).into_any().unbind()),
        }
    }

    /// How many rows were written, or read; and those that the statement gave.
    pub(crate) fn counted(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        (self.count, self.result(py)?).into_py_any(py)
    }

    /// The rows and how many were written or read, of a sink that a backend gives back.
    pub(crate) fn of(sink: Box<dyn RowSink>) -> Result<PyRows> {
        match sink.into_any().downcast::<PyRows>() {
            Ok(rows) => Ok(*rows),
            Err(_) => Err(Error::new(ErrorKind::Internal, "a connection gave back another sink")),
        }
    }

    fn add(&mut self, py: Python<'_>, cells: &[ValueRef<'_>]) -> Result<()> {
        let object = self.shape.build(py, &self.names, cells)?;
        let list = self.list.get_or_insert_with(|| PyList::empty(py).unbind());
        list.bind(py).append(object).map_err(errors::carry)
    }

    /// Makes objects of what is kept.
    fn flush(&mut self) -> Result<()> {
        if self.kept.is_empty() {
            return Ok(());
        }
        let mut kept = std::mem::take(&mut self.kept);
        let done = exit::attach(|py| kept.drain(|row| self.add(py, row)));
        self.kept = kept;
        done?
    }
}

/// Whether this thread may call Python.
#[inline]
fn is_attached() -> bool {
    // SAFETY: it may be called by any thread, attached or not.
    unsafe { ffi::PyGILState_Check() == 1 }
}

impl RowSink for PyRows {
    fn wants_columns(&self) -> bool {
        self.shape.wants_columns()
    }

    fn columns(&mut self, _: usize, columns: &[ColumnInfo]) -> Result<()> {
        if !self.shape.wants_columns() {
            return Ok(());
        }
        exit::attach(|py| {
            let named = columns.iter().map(|column| PyString::new(py, &column.name).unbind());
            self.names = named.collect();
        })
    }

    #[inline]
    fn row(&mut self, _: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        if matches!(*self.shape, RowShape::Count) {
            return Ok(());
        }
        if is_attached() {
            return Python::attach(|py| self.add(py, cells));
        }
        if self.kept.push(cells) {
            self.sure = self.sure && self.shape.is_sure_of(cells);
            return if self.kept.is_full() { self.flush() } else { Ok(()) };
        }
        self.flush()?;
        exit::attach(|py| self.add(py, cells))?
    }

    fn done(&mut self, _: usize, rows: u64) -> Result<()> {
        self.count += rows;
        // An error here may still take the batch back, see `RowSink::row`.
        if self.reads || self.sure { Ok(()) } else { self.flush() }
    }

    fn restart(&mut self) {
        self.count = 0;
        self.kept.clear();
        self.list = None;
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
