//! Rows and the rows that they belong to: what is done for each of many rows.

use super::objects;
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
    rows.iter().try_for_each(|row| objects::assign(&row, name, value))
}

/// Gives a row an attribute, past what its class says of it.
#[pyfunction]
fn assign(
    row: &Bound<'_, PyAny>,
    name: &Bound<'_, PyString>,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    objects::assign(row, name, value)
}

/// The attributes of a row as a dict, by which they may be changed too.
#[pyfunction]
fn attributes<'py>(row: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    objects::attributes(row)
}

/// Adds the functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(group, module)?)?;
    module.add_function(wrap_pyfunction!(relate, module)?)?;
    module.add_function(wrap_pyfunction!(assign, module)?)?;
    module.add_function(wrap_pyfunction!(attributes, module)?)
}
