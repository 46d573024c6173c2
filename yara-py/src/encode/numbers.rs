//! Numbers and truth.

use super::{given, refuse};
use crate::errors;
use crate::rows::objects::known;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};
use yara_core::value::{Numeric, Type, Value};

pub(super) fn boolean(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    match object.cast::<PyBool>() {
        Ok(truth) => Ok(Value::Bool(truth.is_true())),
        Err(_) => Err(refuse(object, "True or False")),
    }
}

/// An integer in the range of its kind. A `bool` is none, though Python takes it for one.
pub(super) fn integer(object: &Bound<'_, PyAny>, kind: Type) -> PyResult<i64> {
    let is_integer = object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>();
    // What has `__index__` is one, too, such as the integers of NumPy; nothing else is.
    if !is_integer && (object.is_instance_of::<PyBool>() || !object.hasattr("__index__")?) {
        return Err(refuse(object, "int"));
    }
    let (least, most) = match kind {
        Type::I16 => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Type::I32 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    match object.extract::<i64>() {
        Ok(value) if (least..=most).contains(&value) => Ok(value),
        _ => {
            let range = format!("an int from {least} to {most}");
            Err(refuse(object, &range))
        }
    }
}

pub(super) fn float(object: &Bound<'_, PyAny>, kind: Type) -> PyResult<Value> {
    let value = if let Ok(float) = object.cast::<PyFloat>() {
        float.value()
    } else if object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>() {
        let exact = object.extract::<f64>().ok();
        let exact = exact.filter(|float| {
            let back = PyFloat::new(object.py(), *float);
            object.eq(back).unwrap_or(false)
        });
        exact.ok_or_else(|| refuse(object, "a number that a float holds exactly"))?
    } else {
        return Err(refuse(object, "float"));
    };
    if kind == Type::F64 {
        return Ok(Value::F64(value));
    }
    // The nearest small float, as the shortest spelling of it comes back.
    let small = value as f32;
    if small.is_infinite() && value.is_finite() {
        return Err(refuse(object, "a number that a float of 32 bits can hold"));
    }
    Ok(Value::F32(small))
}

pub(super) fn numeric(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = object.py();
    let is_digits = object.is_instance(known(py)?.decimal_type(py))?
        || object.is_instance_of::<PyString>()
        || (object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>());
    if object.is_instance_of::<PyFloat>() {
        let message = format!(
            "{} was given, and Decimal is wanted: a float is seldom the decimal number that it \
             looks like; Decimal(str(x)) is",
            given(object)
        );
        return Err(errors::invalid_value(py, &message));
    }
    if !is_digits {
        return Err(refuse(object, "Decimal"));
    }
    let digits = object.str()?;
    let number = digits.to_str().ok().and_then(|digits| digits.parse::<Numeric>().ok());
    match number.filter(Numeric::is_finite) {
        Some(number) => Ok(Value::Numeric(number)),
        None => Err(refuse(object, "a finite decimal number")),
    }
}
