//! JSON documents as fields.

use super::decode::wanted;
use super::{ArrayRef, DecodeError, Document, EncodeError, FieldType, Type, Value, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ops::{Deref, DerefMut};

/// Any serde type, stored as one JSON document.
///
/// ```
/// use yara_core::value::{FieldType, Json, Value};
/// let tags = Json(vec!["a", "b"].into_iter().map(String::from).collect::<Vec<_>>());
/// assert_eq!(tags.encode()?, Value::Json(r#"["a","b"]"#.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// As a field, it is read and written like the type inside:
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use yara_orm::prelude::*;
///
/// #[derive(Serialize, Deserialize, Debug, Clone)]
/// struct Theme {
///     dark: bool,
/// }
///
/// #[derive(Model, Debug, Clone)]
/// struct Settings {
///     id: i64,
///     theme: Json<Theme>,
/// }
///
/// # library::run(async |db| {
/// db.create_tables::<Settings>().await?;
/// let mut settings = Settings::create().theme(Json(Theme { dark: false })).insert(&db).await?;
/// settings.theme.dark = true;
/// settings.save(&db).await?;
/// assert!(Settings::find(settings.id).one(&db).await?.theme.dark);
/// # Ok(()) })
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// The document in a cell.
fn document<'a>(cell: &'a ValueRef<'_>) -> Result<&'a str, DecodeError> {
    match cell {
        ValueRef::Json(text) | ValueRef::Text(text) => Ok(text),
        cell => Err(DecodeError::wrong_kind(cell, wanted(Type::Json))),
    }
}

fn encode(document: &impl Serialize) -> Result<Value, EncodeError> {
    let text = serde_json::to_string(document)
        .map_err(|error| EncodeError::new(format!("it cannot be written as JSON: {error}")))?;
    Ok(Value::Json(text.into()))
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> FieldType for Json<T> {
    const TYPE: Type = Type::Json;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        encode(&self.0)
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        serde_json::from_str(document(cell)?).map(Json).map_err(|error| {
            DecodeError::bad_value(format!(
                "the JSON document is not a `{}`: {error}",
                std::any::type_name::<T>()
            ))
        })
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Document for Json<T> {
    type About = String;
}
impl Document for serde_json::Value {
    type About = String;
}

impl FieldType for serde_json::Value {
    const TYPE: Type = Type::Json;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        encode(self)
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        let text = document(cell)?;
        if let Some(number) = integer_past_64_bits(text) {
            return Err(DecodeError::bad_value(format!(
                "the JSON document holds the integer {number}, which `serde_json::Value` would round; \
                 `Json<T>` with a type that holds it would not"
            )));
        }
        serde_json::from_str(text)
            .map_err(|error| DecodeError::bad_value(format!("it is not a JSON document: {error}")))
    }
}

/// The first integer in a document that neither `i64` nor `u64` holds; serde_json would make a
/// float of it without a word.
fn integer_past_64_bits(document: &str) -> Option<&str> {
    let bytes = document.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = after_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = bytes[at..]
                    .iter()
                    .position(|byte| {
                        !matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
                    })
                    .map_or(bytes.len(), |length| at + length);
                let number = &document[at..end];
                let whole = !number.contains(['.', 'e', 'E']);
                if whole
                    && number.len() > 18
                    && number.parse::<i64>().is_err()
                    && number.parse::<u64>().is_err()
                {
                    return Some(number);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    None
}

/// The position after the string that starts at `start`.
fn after_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// Reads a JSON list as the items of an array of kind `kind`, which is how backends without arrays
/// store them, and hands them to `read`: for who decodes lists into other things than a `Vec`.
///
/// ```
/// use yara_core::value::{Type, ValueRef, with_array};
///
/// let length = with_array("[1, 2, null]", Type::I64.list(), |items| {
///     assert_eq!(items[2], ValueRef::Null);
///     Ok(items.len())
/// })?;
/// assert_eq!(length, 3);
/// # Ok::<(), yara_core::value::DecodeError>(())
/// ```
pub fn with_array<R>(
    text: &str,
    kind: Type,
    read: impl FnOnce(&[ValueRef<'_>]) -> Result<R, DecodeError>,
) -> Result<R, DecodeError> {
    let list: Vec<serde_json::Value> = serde_json::from_str(text)
        .map_err(|error| DecodeError::bad_value(format!("it is not a JSON list: {error}")))?;
    let Type::Array(element) = kind else {
        return Err(DecodeError::bad_value("a list was read as a value that is none"));
    };
    let items = list.iter().map(|item| item_of(item, *element)).collect::<Result<Vec<_>, _>>()?;
    read(&items)
}

/// One item of a stored list: numbers and booleans as they are, everything else as text. Documents
/// are text too, so that the document `null` is not NULL.
fn item_of(item: &serde_json::Value, element: Type) -> Result<ValueRef<'_>, DecodeError> {
    use serde_json::Value as Item;
    Ok(match item {
        Item::Null => ValueRef::Null,
        Item::Bool(value) => ValueRef::Bool(*value),
        Item::String(document) if element == Type::Json => ValueRef::Json(document),
        Item::String(text) => ValueRef::Text(text),
        Item::Number(number) => match (element, number.as_i64(), number.as_f64()) {
            (Type::F32 | Type::F64, _, Some(value)) => ValueRef::F64(value),
            (_, Some(value), _) => ValueRef::I64(value),
            (_, _, Some(value)) => ValueRef::F64(value),
            _ => {
                return Err(DecodeError::bad_value(format!("{number} is not a number of 64 bits")));
            }
        },
        Item::Array(items) => {
            let inner = match element {
                Type::Array(inner) => *inner,
                other => other,
            };
            let items = items.iter().map(|item| item_of(item, inner)).collect::<Result<_, _>>()?;
            ValueRef::Array(Box::new(ArrayRef { items }))
        }
        Item::Object(_) => return Err(DecodeError::bad_value("the list holds an object")),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn integers_that_would_be_rounded_are_refused() {
        for text in ["18446744073709551616", r#"{"a": [1, -9223372036854775809]}"#] {
            let error = serde_json::Value::decode(&ValueRef::Json(text)).unwrap_err();
            assert!(error.to_string().contains("would round"), "{error}");
        }
        for text in [
            "18446744073709551615",
            "-9223372036854775808",
            "1e30",
            r#"{"18446744073709551616": "99999999999999999999\""}"#,
        ] {
            serde_json::Value::decode(&ValueRef::Json(text)).unwrap();
        }
    }

    #[test]
    fn key_order_is_kept() {
        let document = serde_json::Value::decode(&ValueRef::Json(r#"{"z":1,"a":2}"#)).unwrap();
        assert_eq!(document.encode().unwrap(), Value::Json(r#"{"z":1,"a":2}"#.into()));
    }
}
