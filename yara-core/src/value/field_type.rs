//! [`FieldType`]: which Rust types can be fields, and how each becomes a value and comes back.

use super::decode::wanted;
use super::{Array, DecodeError, Nullability, Type, Value, ValueRef};
use std::fmt;
use uuid::Uuid;

/// Why a Rust value cannot be sent. It carries no field name: whoever binds it adds the name.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodeError(String);

impl EncodeError {
    /// A reason that says what was given and what would work.
    pub fn new(reason: impl Into<String>) -> EncodeError {
        EncodeError(reason.into())
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EncodeError {}

/// A Rust type that a field of a model can have.
///
/// An implementor MUST decode what it encodes to an equal value on every backend, and MUST refuse
/// a cell that it cannot hold exactly.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a field",
    label = "not a field type",
    note = "fields are bool, i16, i32, i64, u32, u64, f32, f64, String, Vec<u8>, Uuid, chrono dates and times, Decimal, Numeric, Interval, IpAddr, Inet, Range<T>, serde_json::Value, Json<T>, Vec<T> of these, an enum with #[derive(DbEnum)], or an Option of any of them"
)]
pub trait FieldType: Sized + Send + Sync + 'static {
    /// The kind that is stored.
    const TYPE: Type;
    /// Whether NULL is one of the values, as it is for an `Option`.
    const NULLABLE: bool = false;
    /// The largest number of characters, where the type itself knows it (an enum does).
    const MAX_LENGTH: Option<u32> = None;
    /// All that a value can be, where the type itself knows it (an enum does).
    const CHOICES: &'static [&'static str] = &[];
    /// The same, where values are numbers.
    const NUMBERS: &'static [i64] = &[];

    /// The type of the same values and NULL: `Option<Self>`, and for an `Option` itself. It is what
    /// a column becomes behind an optional relation.
    type Optional: FieldType;

    /// The value to send.
    fn encode(&self) -> Result<Value, EncodeError>;
    /// [`encode`](FieldType::encode) for a value that is not needed any more, without a copy of
    /// what it holds where that is possible.
    fn into_value(self) -> Result<Value, EncodeError> {
        self.encode()
    }
    /// The value that a cell holds.
    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError>;
}

/// Types with an order that both databases agree on, for `gt`, `between`, `min` and so on. Enums
/// that are stored as text have the order of that text.
#[diagnostic::on_unimplemented(message = "`{Self}` has no order that a database could compare by")]
pub trait Comparable: FieldType {}

/// Types of which there is a sum and a mean: numbers, and lengths of time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number to calculate with",
    note = "arithmetic, `sum` and `avg` are for numbers; `.concat(…)` joins texts"
)]
pub trait Summable: FieldType {
    /// What a sum of them is, `None` being that of no rows. It is wider than the numbers where many
    /// of these soon add up to more than one of them can be, as both databases have it.
    type Sum: FieldType;
    /// What a mean of them is, `None` being that of no rows: a decimal of decimals, a length of
    /// time of those, else a 64-bit float.
    type Mean: FieldType;
}

/// Types to calculate with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number to calculate with",
    note = "arithmetic, `sum` and `avg` are for numbers; `.concat(…)` joins texts"
)]
pub trait Number: Comparable + Nullability + Summable {}

/// Types that are text in the database, for `like`, `contains` and so on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    note = "`max_length`, `like`, `contains`, `lower` and their kin are for `String` and `Option<String>`"
)]
pub trait Textual: Nullability {}

/// Types that are JSON documents in the database, for `path`, `json_set` and so on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a JSON document",
    note = "`path`, `contains_json`, `json_set` and their kin are for `serde_json::Value` and `Json<…>`, and an `Option` of one"
)]
pub trait Document: FieldType {
    /// The type of a text about the document: `String`, or an `Option` of it where the document may
    /// be NULL.
    type About: FieldType;
}

/// Types that are lists in the database, for `has`, `overlaps` and so on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list",
    note = "`has`, `contains_all`, `item` and their kin are for `Vec<…>` and an `Option` of one; `Vec<u8>` is bytes"
)]
pub trait List: FieldType {
    /// The type of the items.
    type Item: FieldType;
    /// The type of their number: `i32`, or an `Option` of it where the list may be NULL.
    type Length: FieldType;
}

/// Whole numbers: keys that the database counts up, and versions of rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a whole number",
    note = "`auto` and `version` are for i16, i32, i64, u32 and u64"
)]
pub trait Whole: FieldType {}

/// Times that the clock can tell: the types of `auto_now` and `auto_now_add`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a date or time",
    note = "`auto_now` and `auto_now_add` are for chrono's `DateTime<Utc>`, `NaiveDateTime`, `NaiveDate` and `NaiveTime`, or an Option of one"
)]
pub trait Moment: Nullability {}

#[diagnostic::do_not_recommend]
impl<T: FieldType> FieldType for Option<T> {
    const TYPE: Type = T::TYPE;
    const NULLABLE: bool = true;
    const MAX_LENGTH: Option<u32> = T::MAX_LENGTH;
    const CHOICES: &'static [&'static str] = T::CHOICES;
    const NUMBERS: &'static [i64] = T::NUMBERS;

    type Optional = Option<T>;

    fn encode(&self) -> Result<Value, EncodeError> {
        match self {
            Some(value) => value.encode(),
            None => Ok(Value::Null(T::TYPE)),
        }
    }

    fn into_value(self) -> Result<Value, EncodeError> {
        match self {
            Some(value) => value.into_value(),
            None => Ok(Value::Null(T::TYPE)),
        }
    }

    #[inline]
    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Null => Ok(None),
            cell => T::decode(cell).map(Some),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Comparable> Comparable for Option<T> {}
#[diagnostic::do_not_recommend]
impl<T: Number> Number for Option<T> {}
#[diagnostic::do_not_recommend]
impl<T: Summable> Summable for Option<T>
where
    Option<T>: FieldType,
{
    type Sum = T::Sum;
    type Mean = T::Mean;
}
#[diagnostic::do_not_recommend]
impl<T: Textual> Textual for Option<T> {}
#[diagnostic::do_not_recommend]
impl<T: Moment> Moment for Option<T> {}
#[diagnostic::do_not_recommend]
impl<T: Document> Document for Option<T> {
    type About = Option<String>;
}
#[diagnostic::do_not_recommend]
impl<T: List> List for Option<T> {
    type Item = T::Item;
    type Length = Option<i32>;
}
#[diagnostic::do_not_recommend]
impl<T: Item> List for Vec<T> {
    type Item = T;
    type Length = i32;
}

impl FieldType for bool {
    const TYPE: Type = Type::Bool;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::Bool(*self))
    }

    #[inline]
    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Bool(value) => Ok(*value),
            ValueRef::I64(0) => Ok(false),
            ValueRef::I64(1) => Ok(true),
            ValueRef::I64(other) => {
                Err(DecodeError::bad_value(format!("{other} is neither 0 (false) nor 1 (true)")))
            }
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

impl Comparable for bool {}

/// Types that are true or false, for `is_true`.
#[diagnostic::on_unimplemented(message = "`{Self}` is neither true nor false")]
pub trait Boolean: FieldType {}

impl Boolean for bool {}
impl Boolean for Option<bool> {}

/// The integer in a cell of any width.
#[inline]
fn integer(cell: &ValueRef<'_>, wanted: &str) -> Result<i64, DecodeError> {
    match cell {
        ValueRef::I64(value) => Ok(*value),
        ValueRef::I32(value) => Ok((*value).into()),
        ValueRef::I16(value) => Ok((*value).into()),
        cell => Err(DecodeError::wrong_kind(cell, wanted)),
    }
}

/// Integers: the Rust type, the stored kind, the variant that carries it, and what many add up to.
macro_rules! integer_fields {
    ($($rust:ty => $kind:ident as $stored:ty, sum $sum:ty);+) => {$(
        impl FieldType for $rust {
            const TYPE: Type = Type::$kind;

            type Optional = Option<Self>;

            fn encode(&self) -> Result<Value, EncodeError> {
                <$stored>::try_from(*self).map(Value::$kind).map_err(|_| {
                    EncodeError::new(format!("{self} is past the largest {} ({})", Type::$kind.name(), <$stored>::MAX))
                })
            }

            #[inline]
            fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
                let value = integer(cell, wanted(Self::TYPE))?;
                <$rust>::try_from(value).map_err(|_| {
                    DecodeError::bad_value(format!("{value} does not fit `{}`", stringify!($rust)))
                })
            }
        }
        impl Comparable for $rust {}
        impl Number for $rust {}
        impl Summable for $rust {
            type Sum = Option<$sum>;
            type Mean = Option<f64>;
        }
        impl Whole for $rust {}
    )+};
}

integer_fields! {
    i16 => I16 as i16, sum i64;
    i32 => I32 as i32, sum i64;
    i64 => I64 as i64, sum i64;
    u32 => I64 as i64, sum u64;
    u64 => I64 as i64, sum u64
}

impl FieldType for f64 {
    const TYPE: Type = Type::F64;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::F64(*self))
    }

    #[inline]
    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::F64(value) => Ok(*value),
            ValueRef::F32(value) => Ok((*value).into()),
            cell => super::numeric::float_from_text(cell),
        }
    }
}

impl FieldType for f32 {
    const TYPE: Type = Type::F32;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::F32(*self))
    }

    #[inline]
    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::F32(value) => Ok(*value),
            // SQLite has one float type; what was stored from an f32 comes back exactly.
            ValueRef::F64(value) if value.is_nan() || f64::from(*value as f32) == *value => {
                Ok(*value as f32)
            }
            ValueRef::F64(value) => {
                Err(DecodeError::bad_value(format!("{value} is not exact as `f32`")))
            }
            cell => super::numeric::float_from_text(cell).map(|value| value as f32),
        }
    }
}

impl Comparable for f64 {}
impl Comparable for f32 {}
impl Number for f64 {}
impl Summable for f64 {
    type Sum = Option<f64>;
    type Mean = Option<f64>;
}
impl Number for f32 {}
impl Summable for f32 {
    type Sum = Option<f64>;
    type Mean = Option<f64>;
}

impl FieldType for String {
    const TYPE: Type = Type::Text;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        check_text(self).map(|()| Value::Text(self.as_str().into()))
    }

    fn into_value(self) -> Result<Value, EncodeError> {
        check_text(&self).map(|()| Value::Text(self.into()))
    }

    #[inline]
    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Text(value) => Ok((*value).to_owned()),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

impl Comparable for String {}
impl Textual for String {}

/// Refuses NUL, for every backend, because PostgreSQL cannot store it.
fn check_text(value: &str) -> Result<(), EncodeError> {
    match value.find('\0') {
        None => Ok(()),
        Some(at) => Err(EncodeError::new(format!(
            "text must not hold a NUL character, and this has one at byte {at}; bytes (`Vec<u8>`) may"
        ))),
    }
}

impl FieldType for Vec<u8> {
    const TYPE: Type = Type::Bytes;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::Bytes(self.as_slice().into()))
    }

    fn into_value(self) -> Result<Value, EncodeError> {
        Ok(Value::Bytes(self.into()))
    }

    #[inline]
    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Bytes(value) => Ok(value.to_vec()),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

impl Comparable for Vec<u8> {}

impl FieldType for Uuid {
    const TYPE: Type = Type::Uuid;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::Uuid(*self))
    }

    #[inline]
    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Uuid(value) => Ok(*value),
            ValueRef::Text(text) => Uuid::try_parse(text)
                .map_err(|_| DecodeError::bad_value(format!("`{text}` is not a UUID"))),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

impl Comparable for Uuid {}

/// Types that may be items of a list. `u8` is not one: `Vec<u8>` is bytes.
pub trait Item: FieldType {}

macro_rules! items {
    ($($rust:ty),+) => {$(impl Item for $rust {})+};
}

items!(bool, i16, i32, i64, u32, u64, f32, f64, String, Uuid, super::Numeric, serde_json::Value);
items!(chrono::NaiveDate, chrono::NaiveTime, chrono::NaiveDateTime, chrono::DateTime<chrono::Utc>);
#[cfg(feature = "decimal")]
items!(rust_decimal::Decimal);
#[diagnostic::do_not_recommend]
impl<T: Item> Item for Option<T> {}
#[diagnostic::do_not_recommend]
impl<T: Item> Item for Vec<T> {}

#[diagnostic::do_not_recommend]
impl<T: Item> FieldType for Vec<T> {
    const TYPE: Type = Type::Array(&T::TYPE);

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        let items = self.iter().map(T::encode).collect::<Result<_, _>>()?;
        Ok(Value::Array(Box::new(Array::new(Self::TYPE, items))))
    }

    #[inline]
    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Array(array) => array.items.iter().map(T::decode).collect(),
            // Backends without arrays store a JSON list.
            ValueRef::Text(text) | ValueRef::Json(text) => {
                super::json::with_array(text, Self::TYPE, |items| {
                    items.iter().map(T::decode).collect()
                })
            }
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}
