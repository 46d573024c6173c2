//! Errors of building a query, as Python's exceptions.

use pyo3::PyErr;
use yara_core::error::{Error, ErrorKind};

/// An error of the engine.
pub(crate) fn raise(error: Error) -> PyErr {
    crate::errors::raise(error)
}

/// A declaration that is wrong.
pub(crate) fn configuration(message: impl Into<String>) -> PyErr {
    raise(Error::new(ErrorKind::Configuration, message))
}

/// A query that cannot mean anything.
pub(crate) fn refuse(message: impl Into<String>) -> PyErr {
    raise(Error::new(ErrorKind::InvalidQuery, message))
}
