//! What a lookup compares with.

use crate::tree::{Expr, Select};
use crate::value::{FieldType, Value};
use std::sync::Arc;

/// The right side of a lookup. Anything that can be a field becomes one, and so do texts, lists,
/// columns, expressions and queries.
#[derive(Debug, Clone)]
pub enum LookupValue {
    /// One value.
    Value(Value),
    /// Several: of `in` and `range`, or the parts of a key of several columns.
    List(Vec<LookupValue>),
    /// An expression over rows of the model that the lookup begins at.
    Expr(Expr),
    /// A query of one column, or of whole rows, which stand for their keys.
    Query(Box<Select>),
    /// What could not be sent, and why.
    Invalid(Arc<str>),
}

impl From<Value> for LookupValue {
    fn from(value: Value) -> LookupValue {
        LookupValue::Value(value)
    }
}

impl<T: FieldType> From<T> for LookupValue {
    fn from(value: T) -> LookupValue {
        match value.into_value() {
            Ok(value) => LookupValue::Value(value),
            Err(reason) => LookupValue::Invalid(reason.to_string().into()),
        }
    }
}

impl From<&str> for LookupValue {
    fn from(text: &str) -> LookupValue {
        LookupValue::from(text.to_owned())
    }
}

impl<V: Into<LookupValue>, const N: usize> From<[V; N]> for LookupValue {
    fn from(values: [V; N]) -> LookupValue {
        LookupValue::List(values.into_iter().map(Into::into).collect())
    }
}

impl From<Vec<&str>> for LookupValue {
    fn from(texts: Vec<&str>) -> LookupValue {
        LookupValue::from(&*texts)
    }
}

impl<V: Clone + Into<LookupValue>> From<&[V]> for LookupValue {
    fn from(values: &[V]) -> LookupValue {
        LookupValue::List(values.iter().cloned().map(Into::into).collect())
    }
}

impl From<Select> for LookupValue {
    fn from(query: Select) -> LookupValue {
        LookupValue::Query(Box::new(query))
    }
}

impl LookupValue {
    /// What it is, for messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            LookupValue::Value(Value::Null(_)) => "NULL",
            LookupValue::Value(value) => value.kind().name(),
            LookupValue::List(_) => "a list",
            LookupValue::Expr(_) => "an expression",
            LookupValue::Query(_) => "a query",
            LookupValue::Invalid(_) => "a value that cannot be sent",
        }
    }
}
