//! Rows and the rows that they belong to: what is done for each of many rows.

use super::collecting::assign;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

/// Rows by their keys, of pairs of both; and all rows.
#[pyfunction]
fn group<'py>(
    py: Python<'py>,
    pairs: &Bound<'py, PyList>,
) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyList>)> {
    let (groups, all) = (PyDict::new(py), PyList::empty(py));
    for pair in pairs {
        let pair = pair.cast_into::<PyTuple>()?;
        let (key, row) = (pair.get_item(0)?, pair.get_item(1)?);
        match groups.get_item(&key)? {
            Some(rows) => rows.cast::<PyList>()?.append(&row)?,
            None => groups.set_item(key, PyList::new(py, [&row])?)?,
        }
        all.append(row)?;
    }
    Ok((groups, all))
}

/// Gives each of many rows the same attribute, past what its class says of it.
#[pyfunction]
fn relate(
    rows: &Bound<'_, PyList>,
    name: &Bound<'_, PyString>,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    rows.iter().try_for_each(|row| assign(&row, name, value))
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(group, module)?)?;
    module.add_function(wrap_pyfunction!(relate, module)?)
}
