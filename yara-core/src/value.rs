//! What travels between a program and a database: owned [`Value`]s on the way in, borrowed
//! [`ValueRef`]s on the way out, and [`FieldType`], which turns Rust types into the one and out of
//! the other.
//!
//! Nothing here knows a model, SQL or a driver. A backend maps these few kinds to its wire format;
//! a language binding maps them to its objects.

mod array;
mod chrono_types;
mod decode;
mod field_type;
mod foreign;
mod inet;
mod interval;
mod json;
mod moment;
mod nullability;
mod numeric;
mod range;
mod read_back;
mod value_ref;

pub use array::{Array, ArrayRef};
pub use decode::{DecodeError, RowReader};
pub use field_type::{
    Boolean, Comparable, Document, EncodeError, FieldType, Item, List, Moment, Number, Summable,
    Textual, Whole,
};
pub use foreign::{Foreign, ForeignKind};
pub use inet::Inet;
#[cfg(feature = "sqlite")]
pub(crate) use inet::compare_addresses;
pub use interval::Interval;
pub use json::{Json, with_array};
pub use moment::{Dated, Timed};
pub use nullability::Nullability;
#[cfg(feature = "sqlite")]
pub(crate) use numeric::compare_digits;
pub use numeric::{Numeric, ParseNumericError};
pub use range::{Range, RangeItem, RangeValue};
pub use value_ref::ValueRef;

use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// The kinds of values that every backend stores.
///
/// A kind is about meaning, not storage: SQLite keeps a [`Type::Uuid`] as text and PostgreSQL as
/// sixteen bytes, and both return what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// True or false.
    Bool,
    /// A signed integer of 16 bits.
    I16,
    /// A signed integer of 32 bits.
    I32,
    /// A signed integer of 64 bits.
    I64,
    /// An IEEE 754 number of 32 bits.
    F32,
    /// An IEEE 754 number of 64 bits.
    F64,
    /// A decimal number of any size, see [`Numeric`].
    Numeric,
    /// Unicode text without NUL.
    Text,
    /// Bytes.
    Bytes,
    /// A UUID.
    Uuid,
    /// A day of the Gregorian calendar.
    Date,
    /// A time of day, to the microsecond.
    Time,
    /// A date with a time and no zone, to the microsecond.
    Timestamp,
    /// An instant, to the microsecond.
    TimestampTz,
    /// Months, days and microseconds, see [`Interval`].
    Interval,
    /// A JSON document, kept as it was written.
    Json,
    /// An address of the internet, see [`Inet`].
    Inet,
    /// A range of values of one kind, see [`Range`].
    Range(&'static Type),
    /// What a program has registered, see [`ForeignKind`].
    Foreign(&'static ForeignKind),
    /// A list of values of one kind; PostgreSQL arrays, JSON text on SQLite.
    Array(&'static Type),
}

impl Type {
    /// The kind of a list of this.
    pub fn list(self) -> Type {
        macro_rules! known {
            ($($kind:ident)+) => {
                match self {
                    $(Type::$kind => Type::Array(&Type::$kind),)+
                    Type::Array(_) | Type::Range(_) | Type::Foreign(_) => Type::Array(kept(self)),
                }
            };
        }
        known!(Bool I16 I32 I64 F32 F64 Numeric Text Bytes Uuid Date Time Timestamp TimestampTz Interval Json Inet)
    }

    /// The kind of a range of this, if there are such ranges.
    pub fn range(self) -> Option<Type> {
        Some(match self {
            Type::I32 => Type::Range(&Type::I32),
            Type::I64 => Type::Range(&Type::I64),
            Type::Numeric => Type::Range(&Type::Numeric),
            Type::Date => Type::Range(&Type::Date),
            Type::Timestamp => Type::Range(&Type::Timestamp),
            Type::TimestampTz => Type::Range(&Type::TimestampTz),
            _ => return None,
        })
    }

    /// The name used in messages.
    pub fn name(self) -> &'static str {
        match self {
            Type::Bool => "boolean",
            Type::I16 => "16-bit integer",
            Type::I32 => "32-bit integer",
            Type::I64 => "64-bit integer",
            Type::F32 => "32-bit float",
            Type::F64 => "64-bit float",
            Type::Numeric => "numeric",
            Type::Text => "text",
            Type::Bytes => "bytes",
            Type::Uuid => "UUID",
            Type::Date => "date",
            Type::Time => "time",
            Type::Timestamp => "timestamp without time zone",
            Type::TimestampTz => "timestamp with time zone",
            Type::Interval => "interval",
            Type::Json => "JSON",
            Type::Inet => "internet address",
            Type::Range(_) => "range",
            Type::Foreign(kind) => kind.name,
            Type::Array(_) => "array",
        }
    }
}

/// A kind that is no constant, kept for as long as the program runs. There are few of them.
fn kept(kind: Type) -> &'static Type {
    static KEPT: Mutex<Vec<&'static Type>> = Mutex::new(Vec::new());
    let mut known = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    match known.iter().find(|known| ***known == kind) {
        Some(found) => found,
        None => {
            let fresh: &'static Type = Box::leak(Box::new(kind));
            known.push(fresh);
            fresh
        }
    }
}

/// One owned value, as it is bound to a statement.
///
/// Dates and times count from the Unix epoch, so that both languages and both backends convert
/// with one addition: days for [`Value::Date`], microseconds for the others. PostgreSQL's
/// `infinity` is the largest number, `-infinity` the smallest.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL `NULL` of a kind; the kind lets the statement of `None` be that of `Some`.
    Null(Type),
    /// See [`Type::Bool`].
    Bool(bool),
    /// See [`Type::I16`].
    I16(i16),
    /// See [`Type::I32`].
    I32(i32),
    /// See [`Type::I64`].
    I64(i64),
    /// See [`Type::F32`].
    F32(f32),
    /// See [`Type::F64`].
    F64(f64),
    /// See [`Type::Numeric`].
    Numeric(Numeric),
    /// See [`Type::Text`].
    Text(Box<str>),
    /// See [`Type::Bytes`].
    Bytes(Box<[u8]>),
    /// See [`Type::Uuid`].
    Uuid(Uuid),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970-01-01 00:00, without a zone.
    Timestamp(i64),
    /// Microseconds since 1970-01-01 00:00 UTC.
    TimestampTz(i64),
    /// See [`Type::Interval`].
    Interval(Interval),
    /// A JSON document as text.
    Json(Box<str>),
    /// See [`Type::Inet`].
    Inet(Inet),
    /// See [`Type::Range`].
    Range(Box<RangeValue>),
    /// See [`Type::Foreign`].
    Foreign(Box<Foreign>),
    /// A list; PostgreSQL arrays of any depth.
    Array(Box<Array>),
}

impl Value {
    /// The kind of the value.
    pub fn kind(&self) -> Type {
        match self {
            Value::Null(kind) => *kind,
            Value::Bool(_) => Type::Bool,
            Value::I16(_) => Type::I16,
            Value::I32(_) => Type::I32,
            Value::I64(_) => Type::I64,
            Value::F32(_) => Type::F32,
            Value::F64(_) => Type::F64,
            Value::Numeric(_) => Type::Numeric,
            Value::Text(_) => Type::Text,
            Value::Bytes(_) => Type::Bytes,
            Value::Uuid(_) => Type::Uuid,
            Value::Date(_) => Type::Date,
            Value::Time(_) => Type::Time,
            Value::Timestamp(_) => Type::Timestamp,
            Value::TimestampTz(_) => Type::TimestampTz,
            Value::Interval(_) => Type::Interval,
            Value::Json(_) => Type::Json,
            Value::Inet(_) => Type::Inet,
            Value::Range(range) => range.kind(),
            Value::Foreign(value) => Type::Foreign(value.kind),
            Value::Array(array) => array.kind(),
        }
    }

    /// Whether this is SQL `NULL`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null(_))
    }
}
