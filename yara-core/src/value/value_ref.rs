//! The borrowed meeting point between a backend's wire format and the type a row is decoded into.

use super::{ArrayRef, Inet, Interval, Range};
use uuid::Uuid;

/// One cell of a row, valid until the next row is read.
///
/// A backend gives the closest kind its wire format knows and nothing cleverer: SQLite gives
/// [`I64`](ValueRef::I64), [`F64`](ValueRef::F64), [`Text`](ValueRef::Text) and
/// [`Bytes`](ValueRef::Bytes) only. A [`FieldType`](super::FieldType) therefore accepts every
/// form in which its values are stored.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueRef<'a> {
    /// SQL `NULL`.
    Null,
    /// True or false.
    Bool(bool),
    /// 16 bits.
    I16(i16),
    /// 32 bits.
    I32(i32),
    /// 64 bits.
    I64(i64),
    /// 32 bits.
    F32(f32),
    /// 64 bits.
    F64(f64),
    /// PostgreSQL's binary `numeric`: groups of four decimal digits in base 10 000.
    Numeric(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A UUID.
    Uuid(Uuid),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970-01-01 00:00.
    Timestamp(i64),
    /// Microseconds since 1970-01-01 00:00 UTC.
    TimestampTz(i64),
    /// Months, days, microseconds.
    Interval(Interval),
    /// A JSON document.
    Json(&'a str),
    /// An address of the internet.
    Inet(Inet),
    /// A range. Boxed, so that the other kinds stay small.
    Range(Box<Range<ValueRef<'a>>>),
    /// A list. Boxed, so that the other kinds stay small.
    Array(Box<ArrayRef<'a>>),
    /// A value of a type that the backend knows by name only; `bytes` are as they came.
    Other {
        /// The database's name of the type, or its number where the name is not known.
        type_name: &'a str,
        /// The value in the wire format.
        bytes: &'a [u8],
    },
}

impl ValueRef<'_> {
    /// The name used in messages, such as "this column holds text".
    pub fn kind_name(&self) -> &str {
        match self {
            ValueRef::Null => "NULL",
            ValueRef::Bool(_) => "boolean",
            ValueRef::I16(_) => "16-bit integer",
            ValueRef::I32(_) => "32-bit integer",
            ValueRef::I64(_) => "64-bit integer",
            ValueRef::F32(_) => "32-bit float",
            ValueRef::F64(_) => "64-bit float",
            ValueRef::Numeric(_) => "numeric",
            ValueRef::Text(_) => "text",
            ValueRef::Bytes(_) => "bytes",
            ValueRef::Uuid(_) => "UUID",
            ValueRef::Date(_) => "date",
            ValueRef::Time(_) => "time",
            ValueRef::Timestamp(_) => "timestamp without time zone",
            ValueRef::TimestampTz(_) => "timestamp with time zone",
            ValueRef::Interval(_) => "interval",
            ValueRef::Json(_) => "JSON",
            ValueRef::Inet(_) => "internet address",
            ValueRef::Range(_) => "range",
            ValueRef::Array(_) => "array",
            ValueRef::Other { type_name, .. } => type_name,
        }
    }
}
