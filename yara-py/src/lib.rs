//! `yara_orm._engine`: the engine of yara-orm for Python.

mod encode;
mod errors;
mod query;
mod schema;

use pyo3::prelude::*;

/// The engine of yara-orm. Programs import `yara_orm`, which is made of it.
#[pymodule]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    schema::register(module)?;
    query::register(module)
}
