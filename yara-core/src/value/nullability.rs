//! Whether NULL is among the values of a type, carried over to what is computed from them.

use super::{FieldType, Interval, Item, Json, Numeric};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// What is computed from a value that may be NULL may be NULL, too.
///
/// ```
/// use yara_core::value::Nullability;
///
/// fn length<T: Nullability>() -> &'static str {
///     std::any::type_name::<T::Of<i32>>()
/// }
/// assert_eq!(length::<String>(), "i32");
/// assert!(length::<Option<String>>().contains("Option<i32>"));
/// ```
pub trait Nullability: FieldType {
    /// The type without NULL.
    type Base: FieldType;

    /// `U`, or where NULL is among these values, `U` and NULL.
    type Of<U: FieldType>: FieldType;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> Nullability for Option<T> {
    type Base = T;
    type Of<U: FieldType> = U::Optional;
}

/// Types that are never NULL.
macro_rules! never_null {
    ($($rust:ty),+ $(,)?) => {$(
        impl Nullability for $rust {
            type Base = Self;
            type Of<U: FieldType> = U;
        }
    )+};
}

never_null! {
    bool, i16, i32, i64, u32, u64, f32, f64, Numeric, String, Vec<u8>, Uuid, Interval,
    chrono::NaiveDate, chrono::NaiveTime, chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::FixedOffset>,
    chrono::TimeDelta, std::time::Duration, serde_json::Value,
}

#[cfg(feature = "decimal")]
never_null!(rust_decimal::Decimal);

impl<T: Item> Nullability for Vec<T> {
    type Base = Self;
    type Of<U: FieldType> = U;
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Nullability for Json<T> {
    type Base = Self;
    type Of<U: FieldType> = U;
}
