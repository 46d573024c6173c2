//! Lists of values, owned and borrowed.

use super::{Type, Value, ValueRef};

/// A list of values of one kind.
///
/// A list of lists is an array whose items are [`Value::Array`]; PostgreSQL wants all inner lists
/// of one length.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    kind: Type,
    /// The items, each of the element kind or [`Value::Null`].
    pub items: Vec<Value>,
}

impl Array {
    /// A list of kind `kind`, which is [`Type::Array`] of the items' kind.
    pub fn new(kind: Type, items: Vec<Value>) -> Array {
        Array { kind, items }
    }

    /// The kind of the list itself.
    pub fn kind(&self) -> Type {
        self.kind
    }

    /// The kind of the items.
    pub fn element(&self) -> Type {
        match self.kind {
            Type::Array(element) => *element,
            other => other,
        }
    }
}

/// A list that a backend has read: its items in order, each of which may borrow from the row.
///
/// Arrays are rare and seldom large, so a backend allocates the list of items; the items
/// themselves still borrow.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayRef<'a> {
    /// The items; a nested list is [`ValueRef::Array`].
    pub items: Vec<ValueRef<'a>>,
}
