//! The value of an object for which nobody says what it is for: a parameter of SQL text.

use super::{encode, refuse};
use crate::rows::objects::known;
use crate::rows::special::special;
use crate::settings;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDate, PyDateTime, PyDelta, PyDict, PyFloat, PyInt, PyList,
    PyMemoryView, PyString, PyTime, PyTuple,
};
use yara_core::value::{Array, Type, Value};

/// The value of the kind that an object looks like. `None` is NULL of no kind in particular, an
/// `Enum` is its value, a dict is a JSON document.
pub(crate) fn guess(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    match kind_of(object)? {
        Some(kind) => encode(object, kind),
        None if object.is_none() => Ok(Value::Null(Type::Text)),
        None => other(object),
    }
}

/// The kind of a plain object.
fn kind_of(object: &Bound<'_, PyAny>) -> PyResult<Option<Type>> {
    let py = object.py();
    Ok(Some(if object.is_exact_instance_of::<PyString>() {
        Type::Text
    } else if object.is_instance_of::<PyBool>() {
        Type::Bool
    } else if object.is_exact_instance_of::<PyInt>() {
        // Past 64 bits there are numbers of any size.
        if object.extract::<i64>().is_ok() { Type::I64 } else { Type::Numeric }
    } else if object.is_instance_of::<PyFloat>() {
        Type::F64
    } else if let Ok(moment) = object.cast::<PyDateTime>() {
        if settings::is_aware(moment) { Type::TimestampTz } else { Type::Timestamp }
    } else if object.is_instance_of::<PyDate>() {
        Type::Date
    } else if object.is_instance_of::<PyTime>() {
        Type::Time
    } else if object.is_instance_of::<PyDelta>() {
        Type::Interval
    } else if object.is_instance_of::<PyBytes>()
        || object.is_instance_of::<PyByteArray>()
        || object.is_instance_of::<PyMemoryView>()
    {
        Type::Bytes
    } else if object.is_instance_of::<PyDict>() {
        Type::Json
    } else if object.is_instance(known(py)?.uuid_type(py))? {
        Type::Uuid
    } else if object.is_instance(known(py)?.decimal_type(py))? {
        Type::Numeric
    } else {
        return Ok(None);
    }))
}

/// Lists, enums, and subclasses of plain classes.
fn other(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = object.py();
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        return list(object);
    }
    if object.is_instance(&py.import("enum")?.getattr("Enum")?)? {
        return guess(&object.getattr("value")?);
    }
    if object.is_instance_of::<PyString>() {
        return encode(object, Type::Text);
    }
    if special(py)?.is_interval(object)? {
        return encode(object, Type::Interval);
    }
    if object.hasattr("__index__")? {
        return encode(object, Type::I64);
    }
    Err(refuse(
        object,
        "None, bool, int, float, Decimal, str, bytes, UUID, a date or time, timedelta, an Enum, \
         dict, or a list of one of these",
    ))
}

/// A list is of the kind of its first item.
fn list(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let mut items = Vec::new();
    let mut kind = None;
    for item in object.try_iter()? {
        let item = item?;
        if item.is_none() {
            items.push(None);
            continue;
        }
        let value = match kind {
            None => guess(&item)?,
            Some(Type::Array(_)) => guess(&item)?,
            Some(kind) => encode(&item, kind)?,
        };
        match kind {
            Some(kind) if kind != value.kind() => {
                return Err(refuse(object, "a list of values of one kind"));
            }
            _ => kind = Some(value.kind()),
        }
        items.push(Some(value));
    }
    let element = kind.unwrap_or(Type::Text);
    let items = items.into_iter().map(|item| item.unwrap_or(Value::Null(element))).collect();
    Ok(Value::Array(Box::new(Array::new(element.list(), items))))
}
