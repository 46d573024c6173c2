//! Functions without a receiver: `func::now()`, `func::coalesce((a, b))`, `func::case()`.

pub use super::functions::case::{Case, CaseStart, CaseValue, case};
pub use super::functions::choice::{Alternatives, LastOf, coalesce, greatest, least};
pub use super::functions::custom::{Arguments, custom, operator};
pub use super::functions::moment::{now, today};
pub use super::functions::number::random;
pub use super::functions::operators::{Addend, Subtrahend};
pub use super::functions::value::value;
