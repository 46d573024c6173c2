//! The rows of several statements that run in one round trip.

use super::shape::RowShape;
use super::sink::PyRows;
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::any::Any;
use std::sync::Arc;
use yara_core::backend::{ColumnInfo, RowSink};
use yara_core::error::{Error, ErrorKind, Result};
use yara_core::value::ValueRef;

/// A sink for each statement.
pub(crate) struct PyBatch(Vec<PyRows>);

impl PyBatch {
    pub(crate) fn new(shapes: Vec<Arc<RowShape>>) -> Box<PyBatch> {
        Box::new(PyBatch(shapes.into_iter().map(|shape| *PyRows::new(shape)).collect()))
    }

    /// The rows, of a sink that a backend gives back.
    pub(crate) fn of(sink: Box<dyn RowSink>) -> Result<PyBatch> {
        match sink.into_any().downcast::<PyBatch>() {
            Ok(batch) => Ok(*batch),
            Err(_) => Err(Error::new(ErrorKind::Internal, "a connection gave back another sink")),
        }
    }

    /// A list of what each statement gave.
    pub(crate) fn result(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let results = self.0.into_iter().map(|rows| rows.result(py));
        Ok(PyList::new(py, results.collect::<PyResult<Vec<_>>>()?)?.into_any().unbind())
    }

    fn at(&mut self, request: usize) -> Result<&mut PyRows> {
        self.0.get_mut(request).ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "a connection gave rows of a statement that is not there",
            )
        })
    }
}

impl RowSink for PyBatch {
    fn wants_columns(&self) -> bool {
        self.0.iter().any(PyRows::wants_columns)
    }

    fn columns(&mut self, request: usize, columns: &[ColumnInfo]) -> Result<()> {
        self.at(request)?.columns(request, columns)
    }

    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        self.at(request)?.row(request, cells)
    }

    fn done(&mut self, request: usize, rows: u64) -> Result<()> {
        self.at(request)?.done(request, rows)
    }

    fn restart(&mut self) {
        self.0.iter_mut().for_each(PyRows::restart);
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
