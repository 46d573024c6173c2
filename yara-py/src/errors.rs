//! The engine's errors as Python's: `yara_orm.exceptions` has a class for each kind.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use std::error::Error as _;
use yara_core::error::{Error, ErrorKind};

const UNDEFINED_TABLE: &str = "42P01";
const NO_TABLE: &str = "`YaraOrm.generate_schemas()` creates the tables of the models";

/// The Python error of an engine's error. One that Python raised in the middle of a query, such as
/// in an enum's constructor, comes back as it was.
pub(crate) fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    let mut cause = error.source();
    while let Some(found) = cause {
        if let Some(raised) = found.downcast_ref::<PyErr>() {
            return raised.clone_ref(py);
        }
        cause = found.source();
    }
    let kind = format!("{:?}", error.kind());
    let mut message = error.to_string();
    let mut hint = error.hint();
    if hint.is_none() && error.sqlstate() == Some(UNDEFINED_TABLE) {
        message = format!("{message}; {NO_TABLE}");
        hint = Some(NO_TABLE);
    }
    make(py, &kind, &message, error.is_retryable(), |attributes| {
        let known = [
            ("sqlstate", error.sqlstate()),
            ("constraint", error.constraint()),
            ("table", error.table()),
            ("column", error.column()),
            ("detail", error.detail()),
            ("hint", hint),
            ("statement", error.statement()),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                attributes.set_item(name, value)?;
            }
        }
        Ok(())
    })
}

/// For results of the engine, which come where the interpreter is attached.
pub(crate) fn raise(error: Error) -> PyErr {
    Python::attach(|py| to_python(py, &error))
}

/// An error of the engine around one of Python's, on its way through the engine.
pub(crate) fn carry(error: PyErr) -> Error {
    Error::new(ErrorKind::Decode, error.to_string()).with_cause(error)
}

/// The library was used wrongly.
pub(crate) fn interface(py: Python<'_>, message: &str) -> PyErr {
    make(py, "Interface", message, false, |_| Ok(()))
}

/// A value was refused.
pub(crate) fn invalid_value(py: Python<'_>, message: &str) -> PyErr {
    make(py, "InvalidValue", message, false, |_| Ok(()))
}

fn make(
    py: Python<'_>,
    kind: &str,
    message: &str,
    retryable: bool,
    fill: impl FnOnce(&Bound<'_, PyDict>) -> PyResult<()>,
) -> PyErr {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let made = || -> PyResult<PyErr> {
        let make = MAKE.get_or_try_init(py, || {
            py.import("yara_orm.exceptions")?.getattr("_make").map(Bound::unbind)
        })?;
        let attributes = PyDict::new(py);
        fill(&attributes)?;
        let error = make.bind(py).call1((kind, message, retryable, attributes))?;
        Ok(PyErr::from_value(error))
    };
    made().unwrap_or_else(|error| error)
}
