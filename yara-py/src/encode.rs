//! From a Python object to a value of the engine: exactly, or an error that says what was given.
//!
//! The error is `ValidationError`, without the name of the field, which whoever binds the value puts
//! before it.

mod guess;
mod moments;
mod numbers;
mod special;

pub(crate) use guess::guess;

use crate::errors;
use crate::rows::objects::known;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyList, PyMemoryView, PyString, PyTuple};
use uuid::Uuid;
use yara_core::value::{Array, Type, Value};

/// The value of an object for a column of a kind. `None` is NULL.
pub(crate) fn encode(object: &Bound<'_, PyAny>, kind: Type) -> PyResult<Value> {
    if object.is_none() {
        return Ok(Value::Null(kind));
    }
    match kind {
        Type::Bool => numbers::boolean(object),
        Type::I16 => numbers::integer(object, kind).map(|value| Value::I16(value as i16)),
        Type::I32 => numbers::integer(object, kind).map(|value| Value::I32(value as i32)),
        Type::I64 => numbers::integer(object, kind).map(Value::I64),
        Type::F32 | Type::F64 => numbers::float(object, kind),
        Type::Numeric => numbers::numeric(object),
        Type::Text => text(object).map(|text| Value::Text(text.into())),
        Type::Bytes => bytes(object),
        Type::Uuid => uuid(object),
        Type::Date => moments::date(object),
        Type::Time => moments::time(object),
        Type::Timestamp => moments::timestamp(object),
        Type::TimestampTz => moments::instant(object),
        Type::Interval => moments::interval(object),
        Type::Json => json(object),
        Type::Inet => special::inet(object),
        Type::Range(element) => special::range(object, *element),
        Type::Foreign(kind) => special::foreign(object, kind),
        Type::Array(element) => array(object, kind, *element),
    }
}

/// A refusal: what was given, and what would work.
fn refuse(object: &Bound<'_, PyAny>, wanted: &str) -> PyErr {
    let message = format!("{} was given, and {wanted} is wanted", given(object));
    errors::invalid_value(object.py(), &message)
}

/// An object as a message names it: `str 'abc'`.
fn given(object: &Bound<'_, PyAny>) -> String {
    const LONGEST: usize = 60;
    let kind = object.get_type();
    let kind = kind.name().map_or_else(|_| "an object".into(), |name| name.to_string());
    // Of a lone surrogate, too: `repr` escapes it.
    let Ok(shown) = object.repr() else { return kind };
    let shown = shown.to_string_lossy().into_owned();
    let short: String = shown.chars().take(LONGEST).collect();
    let dots = if short.len() < shown.len() { "…" } else { "" };
    format!("{kind} {short}{dots}")
}

/// Text that a database can hold.
fn text<'o>(object: &'o Bound<'_, PyAny>) -> PyResult<&'o str> {
    let text = object.cast::<PyString>().map_err(|_| refuse(object, "str"))?;
    let text = text
        .to_str()
        .map_err(|_| refuse(object, "text that is valid Unicode, without lone surrogates,"))?;
    if text.contains('\0') {
        return Err(refuse(object, "text without NUL characters, which databases do not store,"));
    }
    Ok(text)
}

fn bytes(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(Value::Bytes(bytes.as_bytes().into()));
    }
    if let Ok(bytes) = object.cast::<PyByteArray>() {
        return Ok(Value::Bytes(bytes.to_vec().into()));
    }
    if object.is_instance_of::<PyMemoryView>() {
        let bytes = object.call_method0("tobytes")?;
        return Ok(Value::Bytes(bytes.cast::<PyBytes>()?.as_bytes().into()));
    }
    Err(refuse(object, "bytes, bytearray or memoryview"))
}

fn uuid(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = object.py();
    if object.is_instance(known(py)?.uuid_type(py))? {
        let number: u128 = object.getattr(pyo3::intern!(py, "int"))?.extract()?;
        return Ok(Value::Uuid(Uuid::from_u128(number)));
    }
    let parsed = object.cast::<PyString>().ok().and_then(|text| text.to_str().ok()?.parse().ok());
    parsed.map(Value::Uuid).ok_or_else(|| refuse(object, "uuid.UUID, or a str with one,"))
}

/// A JSON document that has been written already, by an encoder of the program's.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct JsonDocument {
    text: Py<PyString>,
}

#[pymethods]
impl JsonDocument {
    #[new]
    fn new(text: Py<PyString>) -> JsonDocument {
        JsonDocument { text }
    }
}

fn json(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = object.py();
    if let Ok(document) = object.cast::<JsonDocument>() {
        return Ok(Value::Json(text(document.get().text.bind(py))?.into()));
    }
    let document = known(py)?.write_json(object).map_err(|error| {
        let message = format!("{} cannot be written as JSON: {error}", given(object));
        errors::invalid_value(py, &message)
    })?;
    Ok(Value::Json(text(&document)?.into()))
}

fn array(object: &Bound<'_, PyAny>, kind: Type, element: Type) -> PyResult<Value> {
    if !object.is_instance_of::<PyList>() && !object.is_instance_of::<PyTuple>() {
        return Err(refuse(object, "a list or tuple"));
    }
    let items = object.try_iter()?.map(|item| encode(&item?, element));
    Ok(Value::Array(Box::new(Array::new(kind, items.collect::<PyResult<_>>()?))))
}
