//! `yara_orm._engine`: the engine of yara-orm for Python.

use pyo3::prelude::*;

/// The engine of yara-orm. Programs import `yara_orm`, which is made of it.
#[pymodule]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    Ok(())
}
