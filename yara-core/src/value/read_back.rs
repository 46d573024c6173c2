//! Reading a [`Value`] as if it had come back from a database.

use super::{ArrayRef, DecodeError, FieldType, Value, ValueRef};

impl Value {
    /// The Rust value that this was made from, or would be read as.
    pub fn decode<T: FieldType>(&self) -> Result<T, DecodeError> {
        T::decode(&self.as_cell())
    }

    /// The value as a cell that borrows from it.
    fn as_cell(&self) -> ValueRef<'_> {
        match self {
            Value::Null(_) => ValueRef::Null,
            Value::Bool(value) => ValueRef::Bool(*value),
            Value::I16(value) => ValueRef::I16(*value),
            Value::I32(value) => ValueRef::I32(*value),
            Value::I64(value) => ValueRef::I64(*value),
            Value::F32(value) => ValueRef::F32(*value),
            Value::F64(value) => ValueRef::F64(*value),
            // The one kind whose borrowed form is binary; every reader of it takes text, too.
            Value::Numeric(value) => ValueRef::Text(value.as_str()),
            Value::Text(value) => ValueRef::Text(value),
            Value::Bytes(value) => ValueRef::Bytes(value),
            Value::Uuid(value) => ValueRef::Uuid(*value),
            Value::Date(value) => ValueRef::Date(*value),
            Value::Time(value) => ValueRef::Time(*value),
            Value::Timestamp(value) => ValueRef::Timestamp(*value),
            Value::TimestampTz(value) => ValueRef::TimestampTz(*value),
            Value::Interval(value) => ValueRef::Interval(*value),
            Value::Json(value) => ValueRef::Json(value),
            Value::Array(array) => ValueRef::Array(Box::new(ArrayRef {
                items: array.items.iter().map(Value::as_cell).collect(),
            })),
        }
    }
}
