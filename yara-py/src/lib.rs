//! `yara_orm._engine`: the engine of yara-orm for Python.
//!
//! ```text
//! python/yara_orm   declares models, spells queries
//!   │
//! schema   a class → the engine's description      query   expressions → the engine's tree
//! db       Engine, Transaction, Cursor: what Python runs statements on
//! encode   Python objects → values        rows   cells → Python objects
//! migrate  operations, files and runs of migrations
//! errors   the engine's errors → yara_orm.exceptions
//! bridge   the engine's futures on asyncio's loops, and without one
//!   │
//! yara-core
//! ```

mod bridge;
mod db;
mod encode;
mod errors;
mod exit;
mod migrate;
mod query;
mod rows;
mod schema;
mod settings;

use pyo3::prelude::*;

/// The engine of yara-orm. Programs import `yara_orm`, which is made of it.
#[pymodule(gil_used = true)]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    bridge::fork::watch();
    exit::register(module)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<bridge::operation::Operation>()?;
    module.add_class::<encode::JsonDocument>()?;
    db::register(module)?;
    rows::register(module)?;
    module.add_function(wrap_pyfunction!(bridge::blocking::refuse_in_loop, module)?)?;
    module.add_function(wrap_pyfunction!(settings::set_time_zone, module)?)?;
    schema::register(module)?;
    migrate::register(module)?;
    query::register(module)
}
