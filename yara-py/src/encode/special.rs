//! Addresses, ranges, and values of kinds that a program has registered.

use super::{encode, refuse, text};
use crate::errors;
use crate::rows::special::special;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::ops::Bound as RangeBound;
use yara_core::value::{Foreign, ForeignKind, Inet, Interval, Range, RangeValue, Type, Value};

pub(super) fn inet(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = object.py();
    if object.is_instance_of::<PyString>() || special(py)?.is_address(object)? {
        let spelled = object.str()?;
        let parsed = spelled.to_str().ok().and_then(|spelled| spelled.parse::<Inet>().ok());
        if let Some(address) = parsed {
            return Ok(Value::Inet(address));
        }
    }
    Err(refuse(
        object,
        "an address or interface of the module `ipaddress` without a scope, or a str with one,",
    ))
}

pub(super) fn range(object: &Bound<'_, PyAny>, element: Type) -> PyResult<Value> {
    let py = object.py();
    if !special(py)?.is_range(object)? {
        return Err(refuse(object, "yara_orm.Range"));
    }
    let range = if object.getattr(intern!(py, "is_empty"))?.extract()? {
        Range::Empty
    } else {
        let bound = |value: &str, included: &str| -> PyResult<RangeBound<Value>> {
            let value = object.getattr(value)?;
            if value.is_none() {
                return Ok(RangeBound::Unbounded);
            }
            let value = encode(&value, element)?;
            let included: bool = object.getattr(included)?.extract()?;
            Ok(if included { RangeBound::Included(value) } else { RangeBound::Excluded(value) })
        };
        Range::Between(bound("lower", "lower_inc")?, bound("upper", "upper_inc")?)
    };
    let range = RangeValue::new(element, range).map_err(|reason| {
        errors::invalid_value(py, &format!("{}: {reason}", super::given(object)))
    })?;
    Ok(Value::Range(Box::new(range)))
}

/// Months, days and microseconds, of an `Interval`; `None` where it is none.
pub(super) fn interval(object: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    let py = object.py();
    if !special(py)?.is_interval(object)? {
        return Ok(None);
    }
    let out_of_range = || refuse(object, "an interval of which each part fits its number of bits");
    Ok(Some(Value::Interval(Interval {
        months: object.getattr(intern!(py, "months"))?.extract().map_err(|_| out_of_range())?,
        days: object.getattr(intern!(py, "days"))?.extract().map_err(|_| out_of_range())?,
        micros: object
            .getattr(intern!(py, "microseconds"))?
            .extract()
            .map_err(|_| out_of_range())?,
    })))
}

pub(super) fn foreign(object: &Bound<'_, PyAny>, kind: &'static ForeignKind) -> PyResult<Value> {
    if !object.is_instance_of::<PyString>() {
        let wanted = format!("the text of a {} (`to_db_value` of its field makes it)", kind.name);
        return Err(refuse(object, &wanted));
    }
    let text = text(object)?.into();
    Ok(Value::Foreign(Box::new(Foreign { kind, text })))
}
