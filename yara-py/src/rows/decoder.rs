//! From a cell to a Python object. Which decoder a column has is decided once for a statement.

use super::objects::known;
use super::special::special;
use super::written::{Written, written};
use crate::{errors, settings};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDate, PyDateTime, PyDelta, PyList, PyString, PyTime, PyTzInfo};
use uuid::Uuid;
use yara_core::error::{Error, ErrorKind, Result};
use yara_core::value::{DecodeError, FieldType, Inet, Interval, Numeric, Type, ValueRef};

/// How the cells of a column become objects. NULL is `None` for all of them.
pub(crate) enum Decoder {
    /// The nearest object: for columns of which nothing is known.
    Any,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `float`.
    Float,
    /// `str`.
    Text,
    /// `bytes`.
    Bytes,
    /// `uuid.UUID`.
    Uuid,
    /// `datetime.date`.
    Date,
    /// `datetime.time`.
    Time,
    /// `datetime.datetime` without a zone.
    Timestamp,
    /// `datetime.datetime` that is an instant.
    Instant(Zone),
    /// `datetime.timedelta`.
    Delta,
    /// `yara_orm.Interval`, which has months.
    Interval,
    /// An address of the module `ipaddress`.
    Inet,
    /// `yara_orm.Range`.
    Range(Box<Decoder>),
    /// `decimal.Decimal`.
    Decimal,
    /// The objects of a JSON document.
    Json,
    /// The text of a JSON document.
    JsonText,
    /// `list`.
    List(Box<Decoder>, Type),
    /// What a function makes of it. It is not asked about NULL.
    Call(Box<Decoder>, Py<PyAny>),
}

/// How instants are given.
pub(crate) enum Zone {
    /// In UTC, and saying so.
    Utc,
    /// In UTC, without saying so.
    Naive,
    /// In a zone of the program's.
    In(Py<PyTzInfo>),
}

impl Zone {
    /// What the program has said.
    fn chosen(py: Python<'_>) -> Zone {
        match (settings::use_tz(), settings::zone(py)) {
            (false, _) => Zone::Naive,
            (true, None) => Zone::Utc,
            (true, Some(zone)) => Zone::In(zone),
        }
    }
}

impl Decoder {
    /// The decoder of a kind.
    pub(crate) fn of(py: Python<'_>, kind: Type) -> Decoder {
        match kind {
            Type::Bool => Decoder::Bool,
            Type::I16 | Type::I32 | Type::I64 => Decoder::Int,
            Type::F32 | Type::F64 => Decoder::Float,
            Type::Numeric => Decoder::Decimal,
            Type::Text | Type::Foreign(_) => Decoder::Text,
            Type::Inet => Decoder::Inet,
            Type::Range(element) => Decoder::Range(Box::new(Decoder::of(py, *element))),
            Type::Bytes => Decoder::Bytes,
            Type::Uuid => Decoder::Uuid,
            Type::Date => Decoder::Date,
            Type::Time => Decoder::Time,
            Type::Timestamp => Decoder::Timestamp,
            Type::TimestampTz => Decoder::Instant(Zone::chosen(py)),
            Type::Interval => Decoder::Delta,
            Type::Json => Decoder::Json,
            Type::Array(element) => Decoder::List(Box::new(Decoder::of(py, *element)), kind),
        }
    }

    /// The same, and then a function, if there is one.
    pub(crate) fn then(self, function: Option<Py<PyAny>>) -> Decoder {
        match function {
            Some(function) => Decoder::Call(Box::new(self), function),
            None => self,
        }
    }

    /// The object of a cell.
    #[inline]
    pub(crate) fn decode<'py>(
        &self,
        py: Python<'py>,
        cell: &ValueRef<'_>,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        Ok(match (self, cell) {
            (_, ValueRef::Null) => py.None().into_bound(py),
            (Decoder::Int | Decoder::Any, ValueRef::I64(value)) => value.into_bound_py_any(py)?,
            (Decoder::Int | Decoder::Any, ValueRef::I32(value)) => value.into_bound_py_any(py)?,
            (Decoder::Int | Decoder::Any, ValueRef::I16(value)) => value.into_bound_py_any(py)?,
            (Decoder::Text | Decoder::Any, ValueRef::Text(text)) => {
                PyString::new(py, text).into_any()
            }
            (Decoder::Float | Decoder::Any, ValueRef::F64(value)) => value.into_bound_py_any(py)?,
            (Decoder::Bool | Decoder::Any, ValueRef::Bool(value)) => value.into_bound_py_any(py)?,
            (Decoder::Bytes | Decoder::Any, ValueRef::Bytes(bytes)) => {
                PyBytes::new(py, bytes).into_any()
            }
            (Decoder::Uuid | Decoder::Any, ValueRef::Uuid(value)) => known(py)?.uuid(py, *value)?,
            (Decoder::Call(inner, function), cell) => {
                function.bind(py).call1((inner.decode(py, cell)?,))?
            }
            (Decoder::Any, cell) => nearest(py, cell)?,
            (decoder, cell) => decoder.stored_otherwise(py, cell)?,
        })
    }

    /// Whether a cell is of the very kind that is decoded, which has an object for each value.
    pub(super) fn is_sure_of(&self, cell: &ValueRef<'_>) -> bool {
        matches!(
            (self, cell),
            (Decoder::Int, ValueRef::I64(_))
                | (Decoder::Float, ValueRef::F64(_))
                | (Decoder::Text, ValueRef::Text(_))
                | (Decoder::Bytes, ValueRef::Bytes(_))
        )
    }

    /// Whether what it gives is a value of Python's own that holds nothing else.
    pub(super) fn is_plain(&self) -> bool {
        match self {
            Decoder::Bool
            | Decoder::Int
            | Decoder::Float
            | Decoder::Text
            | Decoder::Bytes
            | Decoder::Uuid
            | Decoder::Date
            | Decoder::Time
            | Decoder::Timestamp
            | Decoder::Instant(_)
            | Decoder::Delta
            | Decoder::Decimal
            | Decoder::JsonText => true,
            Decoder::Any
            | Decoder::Interval
            | Decoder::Inet
            | Decoder::Range(_)
            | Decoder::Json
            | Decoder::List(..)
            | Decoder::Call(..) => false,
        }
    }

    /// Kinds that are seldom, and those that a database stores as another one.
    fn stored_otherwise<'py>(
        &self,
        py: Python<'py>,
        cell: &ValueRef<'_>,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        Ok(match self {
            Decoder::Any | Decoder::Call(..) => nearest(py, cell)?,
            Decoder::Bool => bool::decode(cell)?.into_bound_py_any(py)?,
            Decoder::Int => i64::decode(cell)?.into_bound_py_any(py)?,
            Decoder::Float => match cell {
                ValueRef::F32(value) => shortest(*value).into_bound_py_any(py)?,
                cell => f64::decode(cell)?.into_bound_py_any(py)?,
            },
            Decoder::Text => String::decode(cell)?.into_bound_py_any(py)?,
            Decoder::Bytes => PyBytes::new(py, &Vec::<u8>::decode(cell)?).into_any(),
            Decoder::Uuid => known(py)?.uuid(py, Uuid::decode(cell)?)?,
            Decoder::Date => date(py, NaiveDate::decode(cell)?)?,
            Decoder::Time => time(py, NaiveTime::decode(cell)?)?,
            Decoder::Timestamp => match stored(py, cell, b"", None) {
                Some(object) => object,
                None => moment(py, NaiveDateTime::decode(cell)?, None)?,
            },
            Decoder::Instant(zone) => match stored(py, cell, b"+00:00", Some(zone)) {
                Some(object) => object,
                None => instant(py, DateTime::<Utc>::decode(cell)?, zone)?,
            },
            Decoder::Delta => delta(py, Interval::decode(cell)?)?,
            Decoder::Interval => special(py)?.interval(py, Interval::decode(cell)?)?,
            Decoder::Inet => special(py)?.inet(py, Inet::decode(cell)?)?,
            Decoder::Range(item) => match cell {
                ValueRef::Range(range) => {
                    let range = range.as_ref().as_ref().map(|cell| item.decode(py, cell))?;
                    special(py)?.range(py, range)?
                }
                cell => return Err(DecodeError::wrong_kind(cell, "range").into()),
            },
            Decoder::Decimal => known(py)?.decimal(py, Numeric::decode(cell)?.as_str())?,
            Decoder::Json => known(py)?.read_json(py, document(cell)?)?,
            Decoder::JsonText => PyString::new(py, document(cell)?).into_any(),
            Decoder::List(item, kind) => list(py, cell, item, *kind)?,
        })
    }
}

/// Why there is no object.
pub(crate) enum Fault {
    /// The cell cannot be read exactly.
    Cell(DecodeError),
    /// Python raised.
    Python(PyErr),
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Fault {
        Fault::Cell(error)
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Fault {
        Fault::Python(error)
    }
}

impl Fault {
    /// The engine's error, with the name of the column.
    pub(crate) fn named(self, column: &str) -> Error {
        match self {
            Fault::Cell(reason) => {
                Error::new(ErrorKind::Decode, format!("column `{column}`: {reason}"))
            }
            Fault::Python(raised) => errors::carry(raised),
        }
    }
}

fn bad(reason: impl Into<String>) -> Fault {
    Fault::Cell(DecodeError::bad_value(reason))
}

fn document<'c>(cell: &ValueRef<'c>) -> Result<&'c str, Fault> {
    match cell {
        ValueRef::Json(text) | ValueRef::Text(text) => Ok(text),
        cell => Err(DecodeError::wrong_kind(cell, Type::Json.name()).into()),
    }
}

/// The float of Python whose shortest spelling is that of the small one: 0.1, not
/// 0.10000000149011612. It rounds back to the same.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

/// The nearest object of a cell of which nothing is known.
fn nearest<'py>(py: Python<'py>, cell: &ValueRef<'_>) -> Result<Bound<'py, PyAny>, Fault> {
    let decoder = match cell {
        ValueRef::Null => return Ok(py.None().into_bound(py)),
        ValueRef::Bool(_) => Decoder::Bool,
        ValueRef::I16(_) | ValueRef::I32(_) | ValueRef::I64(_) => Decoder::Int,
        ValueRef::F32(_) | ValueRef::F64(_) => Decoder::Float,
        ValueRef::Numeric(_) => Decoder::Decimal,
        ValueRef::Text(_) => Decoder::Text,
        ValueRef::Bytes(_) => Decoder::Bytes,
        ValueRef::Uuid(_) => Decoder::Uuid,
        ValueRef::Date(_) => Decoder::Date,
        ValueRef::Time(_) => Decoder::Time,
        ValueRef::Timestamp(_) => Decoder::Timestamp,
        ValueRef::TimestampTz(_) => Decoder::Instant(Zone::Utc),
        ValueRef::Interval(_) => Decoder::Delta,
        ValueRef::Json(_) => Decoder::Json,
        ValueRef::Inet(_) => Decoder::Inet,
        ValueRef::Range(_) => Decoder::Range(Box::new(Decoder::Any)),
        ValueRef::Array(array) => {
            let items = array.items.iter().map(|item| nearest(py, item));
            let items = items.collect::<Result<Vec<_>, Fault>>()?;
            return Ok(PyList::new(py, items)?.into_any());
        }
        ValueRef::Other { type_name, .. } => {
            return Err(bad(format!(
                "it is of the type `{type_name}`, which is not known here; cast it to text"
            )));
        }
    };
    decoder.stored_otherwise(py, cell)
}

fn list<'py>(
    py: Python<'py>,
    cell: &ValueRef<'_>,
    item: &Decoder,
    kind: Type,
) -> Result<Bound<'py, PyAny>, Fault> {
    let objects = |items: &[ValueRef<'_>]| -> Result<Bound<'py, PyAny>, Fault> {
        let decoded = items.iter().map(|cell| item.decode(py, cell));
        let decoded = decoded.collect::<Result<Vec<_>, Fault>>()?;
        Ok(PyList::new(py, decoded)?.into_any())
    };
    match cell {
        ValueRef::Array(array) => objects(&array.items),
        // A database without arrays stores a JSON list.
        ValueRef::Text(text) | ValueRef::Json(text) => {
            let mut result = Err(bad("the list was not read"));
            yara_core::value::with_array(text, kind, |items| {
                result = objects(items);
                Ok(())
            })?;
            result
        }
        cell => Err(DecodeError::wrong_kind(cell, kind.name()).into()),
    }
}

fn date(py: Python<'_>, value: NaiveDate) -> Result<Bound<'_, PyAny>, Fault> {
    use chrono::Datelike;
    let year = year(value.year())?;
    Ok(PyDate::new(py, year, value.month() as u8, value.day() as u8)?.into_any())
}

fn time(py: Python<'_>, value: NaiveTime) -> Result<Bound<'_, PyAny>, Fault> {
    use chrono::Timelike;
    let micros = value.nanosecond() / 1000;
    let (hour, minute, second) = (value.hour() as u8, value.minute() as u8, value.second() as u8);
    Ok(PyTime::new(py, hour, minute, second, micros, None)?.into_any())
}

fn moment<'py>(
    py: Python<'py>,
    value: NaiveDateTime,
    zone: Option<&Bound<'py, PyTzInfo>>,
) -> Result<Bound<'py, PyAny>, Fault> {
    use chrono::{Datelike, Timelike};
    let (year, month, day) = (year(value.year())?, value.month() as u8, value.day() as u8);
    let (hour, minute, second) = (value.hour() as u8, value.minute() as u8, value.second() as u8);
    let micros = value.nanosecond() / 1000;
    let object = PyDateTime::new(py, year, month, day, hour, minute, second, micros, zone)?;
    Ok(object.into_any())
}

/// A date with a time as SQLite stores it, where that is what the cell holds: in UTC where there is
/// a zone.
fn stored<'py>(
    py: Python<'py>,
    cell: &ValueRef<'_>,
    suffix: &[u8],
    zone: Option<&Zone>,
) -> Option<Bound<'py, PyAny>> {
    let ValueRef::Text(text) = cell else { return None };
    let Written { year, month, day, hour, minute, second, micros } = written(text, suffix)?;
    let zone = match zone {
        None | Some(Zone::Naive) => None,
        Some(Zone::Utc) => Some(PyTzInfo::utc(py).ok()?),
        Some(Zone::In(_)) => return None,
    };
    let zone = zone.as_deref();
    // What is no date is left to the parser, which says so in other words.
    PyDateTime::new(py, year, month, day, hour, minute, second, micros, zone)
        .ok()
        .map(Bound::into_any)
}

fn instant<'py>(
    py: Python<'py>,
    value: DateTime<Utc>,
    zone: &Zone,
) -> Result<Bound<'py, PyAny>, Fault> {
    let value = value.naive_utc();
    match zone {
        Zone::Naive => moment(py, value, None),
        Zone::Utc => moment(py, value, Some(&*PyTzInfo::utc(py)?)),
        Zone::In(zone) => {
            let utc = moment(py, value, Some(&*PyTzInfo::utc(py)?))?;
            Ok(utc.call_method1(pyo3::intern!(py, "astimezone"), (zone,))?)
        }
    }
}

/// Python's years are 1 to 9999.
fn year(year: i32) -> Result<i32, Fault> {
    if (1..=9999).contains(&year) {
        return Ok(year);
    }
    Err(bad(format!("the year {year} is past what Python's dates can hold (1 to 9999)")))
}

/// A day is 24 hours to Python; a month has no length.
fn delta(py: Python<'_>, value: Interval) -> Result<Bound<'_, PyAny>, Fault> {
    if value.months != 0 {
        return Err(bad(format!(
            "the interval has {} months, which are no fixed length of time; an IntervalField \
             holds it",
            value.months
        )));
    }
    let (seconds, micros) =
        (value.micros.div_euclid(1_000_000), value.micros.rem_euclid(1_000_000));
    let days = i64::from(value.days) + seconds.div_euclid(86_400);
    let days = i32::try_from(days).map_err(|_| bad("the interval is too long for Python"))?;
    let seconds = seconds.rem_euclid(86_400) as i32;
    Ok(PyDelta::new(py, days, seconds, micros as i32, false)?.into_any())
}
