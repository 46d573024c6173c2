//! Rows as Python objects, decoded once, straight from what a backend has read.
//!
//! A [`RowShape`] says what the rows of a statement become; [`PyRows`] is the sink that makes it so.
//! No owned value for a cell, no dict for a row, no lookup by name lies in between.

mod batch;
mod collecting;
mod declared;
pub(crate) mod decoder;
pub(crate) mod instance;
mod maker;
pub(crate) mod objects;
mod owned;
mod relating;
mod shape;
mod sink;
pub(crate) mod special;
mod written;

pub(crate) use batch::PyBatch;
pub(crate) use declared::Shape;
pub(crate) use shape::{Part, RowShape};
pub(crate) use sink::PyRows;

use pyo3::prelude::*;

/// Adds the classes and functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Shape>()?;
    module.add_class::<maker::Maker>()?;
    module.add_class::<maker::Reader>()?;
    collecting::register(module)?;
    relating::register(module)
}
