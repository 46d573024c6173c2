//! Queries as Python builds them: [`Node`]s, which are expressions of the tree, and [`Select`]s.
//!
//! Python says what a query asks; planning it, writing it and decoding its rows are the engine's.

mod aggregate;
mod fault;
mod finder;
mod fit;
mod frame;
mod function;
mod json;
mod keyset;
mod literal;
mod lookup;
mod matching;
mod node;
mod operand;
mod run;
mod select;
mod shape;
mod shown;
mod source;
mod text;
mod window;
mod write;

pub(crate) use fault::{configuration, raise, refuse};
pub(crate) use node::Node;
pub(crate) use select::Select;
pub(crate) use write::assignment;

use pyo3::prelude::*;

/// Adds the classes and functions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Node>()?;
    module.add_class::<Select>()?;
    module.add_class::<keyset::Keyset>()?;
    module.add_class::<source::Source>()?;
    node::register(module)?;
    run::register(module)?;
    text::register(module)?;
    window::register(module)?;
    aggregate::register(module)?;
    function::register(module)?;
    json::register(module)?;
    lookup::register(module)?;
    write::register(module)
}
