//! One async ORM for Rust and Python, over one query engine.
pub use yara_core::*;
