//! Python values as values of the engine.

use super::configuration;
use crate::encode::{encode, guess as guessed};
use crate::schema::Codec;
use pyo3::prelude::*;
use pyo3::types::PyList;
use yara_core::value::{Type, Value};

/// A value of a kind, and of a field, if it is for one.
pub(super) fn literal_of(
    value: &Bound<'_, PyAny>,
    kind: Type,
    codec: Option<&Codec>,
) -> PyResult<Value> {
    if value.is_none() {
        return Ok(Value::Null(kind));
    }
    let Some(codec) = codec else { return encode(value, kind) };
    let encoded = match &codec.encode {
        Some(hook) => hook.bind(value.py()).call1((value,))?,
        None => value.clone(),
    };
    let value = encode(&encoded, codec.kind).and_then(|encoded| match encoded {
        Value::Interval(interval) if interval.months != 0 && !codec.months => Err(refused_months()),
        encoded => Ok(encoded),
    });
    value.map_err(|error| named(encoded.py(), codec, error))
}

/// A value as one item of lists of a kind, which is that of `element`.
pub(super) fn item_of(
    value: &Bound<'_, PyAny>,
    kind: Type,
    element: Type,
    codec: Option<&Codec>,
) -> PyResult<Value> {
    let list = PyList::new(value.py(), [value])?;
    let item = match literal_of(list.as_any(), kind, codec)? {
        Value::Array(array) => array.items.into_iter().next(),
        _ => None,
    };
    Ok(item.unwrap_or(Value::Null(element)))
}

/// The error for months where a `timedelta` is read.
fn refused_months() -> PyErr {
    Python::attach(|py| {
        let message = "an interval has months, which a TimeDeltaField cannot give back; an \
                       IntervalField can";
        crate::errors::invalid_value(py, message)
    })
}

/// A value of the kind that it looks like.
pub(super) fn guess(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    guessed(value)
}

/// Values of one kind without `None`, and whether `None` was among them.
pub(super) fn list_of(
    values: &[Bound<'_, PyAny>],
    kind: Option<Type>,
    codec: Option<&Codec>,
) -> PyResult<(Vec<Value>, bool)> {
    let mut items = Vec::with_capacity(values.len());
    let mut with_null = false;
    for value in values {
        if value.is_none() {
            with_null = true;
            continue;
        }
        items.push(match kind {
            Some(kind) => literal_of(value, kind, codec)?,
            None => guess(value)?,
        });
    }
    if let Some(first) = items.first().map(Value::kind)
        && items.iter().any(|item| item.kind() != first)
    {
        return Err(configuration("the values of a list are of different kinds"));
    }
    Ok((items, with_null))
}

/// An error about a value, with the model and the field before it.
pub(super) fn named(py: Python<'_>, codec: &Codec, error: PyErr) -> PyErr {
    let text = error.value(py).to_string();
    let message = format!("{}.{}: {text}", codec.model, codec.field);
    match error.get_type(py).call1((message,)) {
        Ok(named) => PyErr::from_value(named),
        Err(_) => error,
    }
}
