//! Functions that have no receiver.

pub use super::subquery::{exists, outer};
pub use super::whole::whole;
