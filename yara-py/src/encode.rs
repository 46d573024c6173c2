//! TEMP
use pyo3::prelude::*;
use pyo3::types::*;
use yara_core::value::{Type, Value};
pub(crate) fn encode(v: &Bound<'_, PyAny>, kind: Type) -> PyResult<Value> {
    Ok(match kind {
        Type::I16 => Value::I16(v.extract()?), Type::I32 => Value::I32(v.extract()?), Type::I64 => Value::I64(v.extract()?),
        Type::F64 => Value::F64(v.extract()?), Type::Bool => Value::Bool(v.extract()?),
        Type::Text => Value::Text(v.extract::<String>()?.into()),
        _ => return Err(crate::query::refuse("temp")),
    })
}
pub(crate) fn guess(v: &Bound<'_, PyAny>) -> PyResult<Value> {
    if v.is_instance_of::<PyBool>() { encode(v, Type::Bool) } else if v.is_instance_of::<PyInt>() { encode(v, Type::I64) }
    else if v.is_instance_of::<PyFloat>() { encode(v, Type::F64) } else { encode(v, Type::Text) }
}
