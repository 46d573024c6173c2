//! TEMP
use pyo3::PyErr;
pub(crate) fn raise(e: yara_core::error::Error) -> PyErr { pyo3::exceptions::PyValueError::new_err(e.to_string()) }
