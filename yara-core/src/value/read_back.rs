//! Reading a [`Value`] as if it had come back from a database.

use std::convert::Infallible;

use super::{
    ArrayRef, DecodeError, FieldType, Foreign, Inet, Interval, Numeric, RangeValue, Type, Value,
    ValueRef,
};

impl Value {
    /// The Rust value that this was made from, or would be read as.
    pub fn decode<T: FieldType>(&self) -> Result<T, DecodeError> {
        T::decode(&self.as_cell())
    }

    /// The value as a cell that borrows from it.
    pub fn as_cell(&self) -> ValueRef<'_> {
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
            Value::Inet(value) => ValueRef::Inet(*value),
            Value::Range(value) => {
                let range = value.range().as_ref();
                let Ok(range) = range.map(|value| Ok::<_, Infallible>(value.as_cell()));
                ValueRef::Range(Box::new(range))
            }
            Value::Foreign(value) => ValueRef::Text(&value.text),
            Value::Array(array) => ValueRef::Array(Box::new(ArrayRef {
                items: array.items.iter().map(Value::as_cell).collect(),
            })),
        }
    }
}

impl Value {
    /// The owned form of a cell that holds a value of a kind, as a statement that binds it needs it.
    /// Errs where the cell holds no such value; lists are not read.
    pub fn from_cell(cell: &ValueRef<'_>, kind: Type) -> Result<Value, DecodeError> {
        fn read<T: FieldType>(cell: &ValueRef<'_>) -> Result<Value, DecodeError> {
            let value = T::decode(cell)?.into_value();
            value.map_err(|reason| DecodeError::bad_value(reason.to_string()))
        }
        if matches!(cell, ValueRef::Null) {
            return Ok(Value::Null(kind));
        }
        match kind {
            Type::Bool => read::<bool>(cell),
            Type::I16 => read::<i16>(cell),
            Type::I32 => read::<i32>(cell),
            Type::I64 => read::<i64>(cell),
            Type::F32 => read::<f32>(cell),
            Type::F64 => read::<f64>(cell),
            Type::Numeric => read::<Numeric>(cell),
            Type::Text => read::<String>(cell),
            Type::Bytes => read::<Vec<u8>>(cell),
            Type::Uuid => read::<uuid::Uuid>(cell),
            Type::Date => read::<chrono::NaiveDate>(cell),
            Type::Time => read::<chrono::NaiveTime>(cell),
            Type::Timestamp => read::<chrono::NaiveDateTime>(cell),
            Type::TimestampTz => read::<chrono::DateTime<chrono::Utc>>(cell),
            Type::Interval => read::<Interval>(cell),
            Type::Json => match cell {
                ValueRef::Json(text) | ValueRef::Text(text) => Ok(Value::Json((*text).into())),
                cell => Err(DecodeError::wrong_kind(cell, kind.name())),
            },
            Type::Inet => read::<Inet>(cell),
            Type::Foreign(kind) => match cell {
                ValueRef::Text(text) => {
                    Ok(Value::Foreign(Box::new(Foreign { kind, text: (*text).into() })))
                }
                cell => Err(DecodeError::wrong_kind(cell, kind.name)),
            },
            Type::Range(element) => match cell {
                ValueRef::Range(range) => {
                    let bound = |cell: &ValueRef<'_>| Value::from_cell(cell, *element);
                    let range = RangeValue::new(*element, range.as_ref().as_ref().map(bound)?);
                    let range = range.map_err(|error| DecodeError::bad_value(error.to_string()))?;
                    Ok(Value::Range(Box::new(range)))
                }
                cell => Err(DecodeError::wrong_kind(cell, kind.name())),
            },
            Type::Array(_) => Err(DecodeError::bad_value("a list is not one value")),
        }
    }
}
