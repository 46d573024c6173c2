//! A value in a tree.

use crate::value::Value;
use std::hash::{Hash, Hasher};

/// A value, which becomes a parameter. Two literals of one kind are equal, see [`tree`](super).
#[derive(Debug, Clone)]
pub struct Literal {
    /// The value.
    pub value: Value,
    /// The position among the literals of the statement, given by
    /// [`Statement::number_literals`](super::Statement::number_literals); it survives planning, so
    /// that a statement written for one tree can be bound to the values of the next.
    pub slot: usize,
}

impl Literal {
    /// A value that has not been numbered yet.
    pub fn new(value: Value) -> Literal {
        Literal { value, slot: usize::MAX }
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.value.kind() == other.value.kind()
    }
}

impl Eq for Literal {}

impl Hash for Literal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.kind().hash(state);
    }
}
