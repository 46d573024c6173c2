//! Values as the kind that a field has, where nothing is lost.

use super::LookupValue;
use crate::value::{FieldType, Type, Value};

/// The value as one of `kind`: whole numbers of any width, and numbers that are the same number as
/// a float or decimal. The error says what was wanted.
pub(super) fn fit(value: Value, kind: Type) -> Result<Value, String> {
    let given = value.kind();
    if value.is_null() {
        return Ok(Value::Null(kind));
    }
    if given == kind {
        return Ok(value);
    }
    if kind == Type::Json {
        return document(&value).map(|document| Value::Json(document.to_string().into()));
    }
    let whole = match value {
        Value::I16(number) => Some(i64::from(number)),
        Value::I32(number) => Some(i64::from(number)),
        Value::I64(number) => Some(number),
        _ => None,
    };
    let past = |number: i64| format!("{number} does not fit a {}", kind.name());
    match (kind, whole, value) {
        (Type::I16, Some(number), _) => {
            i16::try_from(number).map(Value::I16).map_err(|_| past(number))
        }
        (Type::I32, Some(number), _) => {
            i32::try_from(number).map(Value::I32).map_err(|_| past(number))
        }
        (Type::I64, Some(number), _) => Ok(Value::I64(number)),
        (Type::F64, Some(number), _) if is_exact(number, 53) => Ok(Value::F64(number as f64)),
        (Type::F32, Some(number), _) if is_exact(number, 24) => Ok(Value::F32(number as f32)),
        (Type::F32 | Type::F64, Some(number), _) => Err(past(number)),
        (Type::Numeric, Some(number), _) => {
            crate::value::Numeric::from(number).into_value().map_err(|reason| reason.to_string())
        }
        (Type::F64, None, Value::F32(number)) => Ok(Value::F64(number.into())),
        (Type::F32, None, Value::F64(number)) if f64::from(number as f32) == number => {
            Ok(Value::F32(number as f32))
        }
        (Type::Array(item), None, Value::Array(array)) => {
            let items = array.items.into_iter().map(|value| fit(value, *item));
            Ok(list(*item, items.collect::<Result<_, _>>()?))
        }
        _ => Err(format!(
            "it compares with a value of kind {}, and was given {}",
            kind.name(),
            given.name()
        )),
    }
}

/// Whether a float with so many bits of precision is the same number.
fn is_exact(number: i64, bits: u32) -> bool {
    number.unsigned_abs() <= 1 << bits
}

/// A list of values of one kind.
pub(super) fn list(item: Type, items: Vec<Value>) -> Value {
    Value::Array(Box::new(crate::value::Array::new(item.list(), items)))
}

/// The items of a list of values.
pub(super) fn items(value: LookupValue) -> Result<Vec<LookupValue>, LookupValue> {
    match value {
        LookupValue::List(items) => Ok(items),
        LookupValue::Value(Value::Array(array)) => {
            Ok(array.items.into_iter().map(LookupValue::Value).collect())
        }
        LookupValue::Value(Value::Json(text)) => match json(&text) {
            Ok(serde_json::Value::Array(items)) => {
                Ok(items.iter().map(|item| LookupValue::Value(of_document(item))).collect())
            }
            _ => Err(LookupValue::Value(Value::Json(text))),
        },
        value => Err(value),
    }
}

/// A JSON document from its text; integers that would be rounded are refused.
pub(super) fn json(text: &str) -> Result<serde_json::Value, String> {
    let cell = crate::value::ValueRef::Json(text);
    <serde_json::Value as FieldType>::decode(&cell).map_err(|reason| reason.to_string())
}

/// A document as a value.
pub(super) fn of_document(document: &serde_json::Value) -> Value {
    Value::Json(document.to_string().into())
}

/// A value as a JSON document.
fn document(value: &Value) -> Result<serde_json::Value, String> {
    use serde_json::Value as Document;
    Ok(match value {
        Value::Null(_) => Document::Null,
        Value::Bool(value) => (*value).into(),
        Value::I16(number) => (*number).into(),
        Value::I32(number) => (*number).into(),
        Value::I64(number) => (*number).into(),
        Value::F32(number) => Document::from(f64::from(*number)),
        Value::F64(number) if number.is_finite() => (*number).into(),
        Value::Text(text) => (&**text).into(),
        Value::Json(text) => json(text)?,
        Value::Array(array) => {
            array.items.iter().map(document).collect::<Result<Vec<_>, _>>()?.into()
        }
        value => return Err(format!("{} has no form in JSON", value.kind().name())),
    })
}
