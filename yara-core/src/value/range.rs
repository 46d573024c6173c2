//! Ranges: everything between two values.

use super::decode::wanted;
use super::{Comparable, DecodeError, EncodeError, FieldType, Numeric, Type, Value, ValueRef};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use std::cmp::Ordering;
use std::ops::Bound;

/// Everything between two values, either of which may be left out; or nothing.
///
/// Ranges of whole numbers and of days have one form for each set of values, the one with the lower
/// bound in it and the upper one not: `1..=4` is sent, and comes back, as `1..5`. A range in which
/// nothing can be is [`Range::Empty`].
///
/// PostgreSQL has them (`int4range` and its kin); other databases refuse them by name.
///
/// ```
/// use std::ops::Bound;
/// use yara_core::value::{FieldType, Range};
///
/// let seats: Range<i32> = (1..=4).into();
/// assert_eq!(seats.encode()?, Range::from(1..5).encode()?);
/// assert!(seats.contains(&4) && !seats.contains(&5));
/// let open: Range<i32> = Range::Between(Bound::Included(7), Bound::Unbounded);
/// assert!(open.contains(&i32::MAX));
/// # Ok::<(), yara_core::value::EncodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Range<T> {
    /// Nothing.
    Empty,
    /// What is above the first bound and below the second.
    Between(Bound<T>, Bound<T>),
}

impl<T> Range<T> {
    /// Whether nothing is in it, as it is written; a range such as `5..5` is made [`Range::Empty`]
    /// when it is sent.
    pub fn is_empty(&self) -> bool {
        matches!(self, Range::Empty)
    }

    /// The same with other values.
    pub fn map<U, E>(self, mut map: impl FnMut(T) -> Result<U, E>) -> Result<Range<U>, E> {
        let mut bound = |bound| {
            Ok(match bound {
                Bound::Included(value) => Bound::Included(map(value)?),
                Bound::Excluded(value) => Bound::Excluded(map(value)?),
                Bound::Unbounded => Bound::Unbounded,
            })
        };
        Ok(match self {
            Range::Empty => Range::Empty,
            Range::Between(lower, upper) => Range::Between(bound(lower)?, bound(upper)?),
        })
    }

    /// The same range of borrowed values.
    pub fn as_ref(&self) -> Range<&T> {
        match self {
            Range::Empty => Range::Empty,
            Range::Between(lower, upper) => Range::Between(lower.as_ref(), upper.as_ref()),
        }
    }
}

impl<T: PartialOrd> Range<T> {
    /// Whether a value is in it.
    pub fn contains(&self, value: &T) -> bool {
        match self {
            Range::Empty => false,
            Range::Between(lower, upper) => {
                let above = match lower {
                    Bound::Included(bound) => value >= bound,
                    Bound::Excluded(bound) => value > bound,
                    Bound::Unbounded => true,
                };
                above
                    && match upper {
                        Bound::Included(bound) => value <= bound,
                        Bound::Excluded(bound) => value < bound,
                        Bound::Unbounded => true,
                    }
            }
        }
    }
}

impl<T> From<std::ops::Range<T>> for Range<T> {
    fn from(range: std::ops::Range<T>) -> Range<T> {
        Range::Between(Bound::Included(range.start), Bound::Excluded(range.end))
    }
}

impl<T> From<std::ops::RangeInclusive<T>> for Range<T> {
    fn from(range: std::ops::RangeInclusive<T>) -> Range<T> {
        let (start, end) = range.into_inner();
        Range::Between(Bound::Included(start), Bound::Included(end))
    }
}

impl<T> From<std::ops::RangeFrom<T>> for Range<T> {
    fn from(range: std::ops::RangeFrom<T>) -> Range<T> {
        Range::Between(Bound::Included(range.start), Bound::Unbounded)
    }
}

impl<T> From<std::ops::RangeTo<T>> for Range<T> {
    fn from(range: std::ops::RangeTo<T>) -> Range<T> {
        Range::Between(Bound::Unbounded, Bound::Excluded(range.end))
    }
}

/// A range of values of one kind, as it is bound: in the one form that its set of values has.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeValue {
    element: Type,
    range: Range<Value>,
}

impl RangeValue {
    /// A range of values of a kind. Errs where the lower bound is above the upper one, where a
    /// bound is of another kind or no number, and past the greatest value.
    pub fn new(element: Type, range: Range<Value>) -> Result<RangeValue, EncodeError> {
        let Range::Between(lower, upper) = range else {
            return Ok(RangeValue { element, range: Range::Empty });
        };
        for bound in [&lower, &upper] {
            if let Bound::Included(value) | Bound::Excluded(value) = bound {
                check(value, element)?;
            }
        }
        if let (
            Bound::Included(low) | Bound::Excluded(low),
            Bound::Included(high) | Bound::Excluded(high),
        ) = (&lower, &upper)
            && compare(low, high) == Ordering::Greater
        {
            return Err(EncodeError::new("the lower bound of the range is above the upper one"));
        }
        let lower = match lower {
            Bound::Excluded(value) if is_discrete(&value) => Bound::Included(next(value)?),
            bound => bound,
        };
        let upper = match upper {
            Bound::Included(value) if is_discrete(&value) => Bound::Excluded(next(value)?),
            bound => bound,
        };
        let nothing = match (&lower, &upper) {
            (Bound::Included(low), Bound::Included(high)) => {
                compare(low, high) == Ordering::Greater
            }
            (
                Bound::Included(low) | Bound::Excluded(low),
                Bound::Included(high) | Bound::Excluded(high),
            ) => compare(low, high) != Ordering::Less,
            _ => false,
        };
        let range = if nothing { Range::Empty } else { Range::Between(lower, upper) };
        Ok(RangeValue { element, range })
    }

    /// The kind of the values in it.
    pub fn element(&self) -> Type {
        self.element
    }

    /// The kind of the range.
    pub fn kind(&self) -> Type {
        self.element.range().unwrap_or(self.element)
    }

    /// The range.
    pub fn range(&self) -> &Range<Value> {
        &self.range
    }
}

fn check(value: &Value, element: Type) -> Result<(), EncodeError> {
    match value {
        Value::Numeric(number) if !number.is_finite() => {
            Err(EncodeError::new(format!("{number} is no bound of a range; leave it open")))
        }
        value if value.is_null() || value.kind() != element => Err(EncodeError::new(format!(
            "a bound of the range is a {}, not a {}",
            value.kind().name(),
            element.name()
        ))),
        _ => Ok(()),
    }
}

/// Whether there is a next value. The ends of time have none.
fn is_discrete(value: &Value) -> bool {
    match value {
        Value::I32(_) | Value::I64(_) => true,
        Value::Date(days) => !matches!(*days, i32::MAX | i32::MIN),
        _ => false,
    }
}

fn next(value: Value) -> Result<Value, EncodeError> {
    let following = match &value {
        Value::I32(number) => number.checked_add(1).map(Value::I32),
        Value::I64(number) => number.checked_add(1).map(Value::I64),
        Value::Date(days) => days.checked_add(1).map(Value::Date),
        _ => None,
    };
    following.ok_or_else(|| {
        EncodeError::new("a bound of the range is the greatest value that there is; leave it open")
    })
}

/// Two bounds of one kind.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::I32(left), Value::I32(right)) | (Value::Date(left), Value::Date(right)) => {
            left.cmp(right)
        }
        (Value::I64(left), Value::I64(right))
        | (Value::Timestamp(left), Value::Timestamp(right))
        | (Value::TimestampTz(left), Value::TimestampTz(right)) => left.cmp(right),
        (Value::Numeric(left), Value::Numeric(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}

/// A Rust type of which a range can be a field: `i32`, `i64`, `Numeric`, `Decimal`, `NaiveDate`,
/// `NaiveDateTime`, `DateTime<Utc>`.
#[diagnostic::on_unimplemented(
    message = "a field cannot be a range of `{Self}`",
    note = "ranges are of i32, i64, Numeric, Decimal, NaiveDate, NaiveDateTime and DateTime<Utc>"
)]
pub trait RangeItem: FieldType {}

impl RangeItem for i32 {}
impl RangeItem for i64 {}
impl RangeItem for Numeric {}
impl RangeItem for NaiveDate {}
impl RangeItem for NaiveDateTime {}
impl RangeItem for DateTime<Utc> {}
#[cfg(feature = "decimal")]
impl RangeItem for rust_decimal::Decimal {}

impl<T: RangeItem> FieldType for Range<T> {
    const TYPE: Type = Type::Range(&T::TYPE);

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        let range = self.as_ref().map(T::encode)?;
        Ok(Value::Range(Box::new(RangeValue::new(T::TYPE, range)?)))
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Range(range) => range.as_ref().as_ref().map(|cell| T::decode(cell)),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

impl<T: RangeItem> Comparable for Range<T> {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sent<T: RangeItem>(range: impl Into<Range<T>>) -> Range<Value> {
        match range.into().encode().unwrap() {
            Value::Range(range) => range.range().clone(),
            value => panic!("{value:?}"),
        }
    }

    #[test]
    fn whole_numbers_and_days_have_one_form() {
        assert_eq!(sent(1..=4), sent(1..5));
        let open = Range::Between(Bound::Excluded(0_i64), Bound::Included(4));
        assert_eq!(sent(open), sent(1_i64..5));
        assert_eq!(sent(5..5), Range::Empty);
        let gap = Range::Between(Bound::Excluded(1), Bound::Excluded(2));
        assert_eq!(sent(gap), Range::Empty);
        let one: Numeric = "1".parse().unwrap();
        assert!(!sent(one.clone()..=one.clone()).is_empty());
        assert!(sent(one.clone()..one).is_empty());
    }

    #[test]
    fn what_is_no_range_is_refused() {
        let (low, high) = (4, 5);
        assert!(Range::from(high..low).encode().is_err());
        assert!(Range::from(0..=i32::MAX).encode().is_err());
        assert!(Range::from(0..i32::MAX).encode().is_ok());
        let nan: Numeric = "NaN".parse().unwrap();
        assert!(Range::from(nan..).encode().is_err());
    }
}
