//! Cells from the wire: binary forms as borrowed values.
//!
//! Source: the `*_send` functions in PostgreSQL's `src/backend/utils/adt`. PostgreSQL counts dates
//! and times from 2000, the engine from 1970.

use super::types::Kind;
use super::wire::Reader;
use crate::value::{ArrayRef, Inet, Interval, Range, ValueRef};
use std::net::IpAddr;
use std::ops::Bound;
use uuid::Uuid;

/// Days between 1970-01-01 and 2000-01-01.
pub(super) const EPOCH_DAYS: i32 = 10_957;
/// Microseconds between them.
pub(super) const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// The families of addresses on the wire (source: `PGSQL_AF_INET` in `src/include/utils/inet.h`).
pub(super) const INET4: u8 = 2;
pub(super) const INET6: u8 = 3;
/// What the first byte of a range says.
pub(super) const EMPTY: u8 = 0x01;
pub(super) const LOWER_INCLUDED: u8 = 0x02;
pub(super) const UPPER_INCLUDED: u8 = 0x04;
pub(super) const LOWER_OPEN: u8 = 0x08;
pub(super) const UPPER_OPEN: u8 = 0x10;

/// Why a cell could not be read.
pub(super) type Fault = &'static str;

const LENGTH: Fault = "it has the wrong length for its type";

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Fault> {
    bytes.try_into().map_err(|_| LENGTH)
}

fn text(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| "it is text that is not UTF-8")
}

/// Days or microseconds from 1970; the infinities stay what they are.
fn days(from_2000: i32) -> Result<i32, Fault> {
    match from_2000 {
        i32::MAX | i32::MIN => Ok(from_2000),
        days => days.checked_add(EPOCH_DAYS).ok_or("the date is too far in the future"),
    }
}

fn micros(from_2000: i64) -> Result<i64, Fault> {
    match from_2000 {
        i64::MAX | i64::MIN => Ok(from_2000),
        micros => micros.checked_add(EPOCH_MICROS).ok_or("the timestamp is too far in the future"),
    }
}

/// A value that is not NULL.
#[inline]
pub(super) fn value<'a>(kind: &'a Kind, bytes: &'a [u8]) -> Result<ValueRef<'a>, Fault> {
    Ok(match kind {
        Kind::Bool => ValueRef::Bool(exactly::<1>(bytes)? != [0]),
        Kind::I16 => ValueRef::I16(i16::from_be_bytes(exactly(bytes)?)),
        Kind::I32 => ValueRef::I32(i32::from_be_bytes(exactly(bytes)?)),
        Kind::I64 => ValueRef::I64(i64::from_be_bytes(exactly(bytes)?)),
        Kind::F32 => ValueRef::F32(f32::from_be_bytes(exactly(bytes)?)),
        Kind::F64 => ValueRef::F64(f64::from_be_bytes(exactly(bytes)?)),
        Kind::Numeric => ValueRef::Numeric(bytes),
        Kind::Text => ValueRef::Text(text(bytes)?),
        Kind::Bytes => ValueRef::Bytes(bytes),
        Kind::Uuid => ValueRef::Uuid(Uuid::from_bytes(exactly(bytes)?)),
        Kind::Date => ValueRef::Date(days(i32::from_be_bytes(exactly(bytes)?))?),
        Kind::Time => ValueRef::Time(i64::from_be_bytes(exactly(bytes)?)),
        Kind::Timestamp => ValueRef::Timestamp(micros(i64::from_be_bytes(exactly(bytes)?))?),
        Kind::TimestampTz => ValueRef::TimestampTz(micros(i64::from_be_bytes(exactly(bytes)?))?),
        Kind::Interval => ValueRef::Interval(interval(bytes)?),
        Kind::Json => ValueRef::Json(text(bytes)?),
        Kind::Jsonb => match bytes.split_first() {
            Some((1, document)) => ValueRef::Json(text(document)?),
            _ => return Err("it is jsonb of an unknown version"),
        },
        Kind::Oid => ValueRef::I64(u32::from_be_bytes(exactly(bytes)?).into()),
        Kind::Inet => ValueRef::Inet(inet(bytes)?),
        Kind::Range(element) => ValueRef::Range(Box::new(range(element, bytes)?)),
        Kind::Array(element) => ValueRef::Array(Box::new(array(element, bytes)?)),
        Kind::Other(name) => ValueRef::Other { type_name: name, bytes },
    })
}

fn interval(bytes: &[u8]) -> Result<Interval, Fault> {
    let [micros @ .., d0, d1, d2, d3, m0, m1, m2, m3] = exactly::<16>(bytes)?;
    Ok(Interval {
        months: i32::from_be_bytes([m0, m1, m2, m3]),
        days: i32::from_be_bytes([d0, d1, d2, d3]),
        micros: i64::from_be_bytes(micros),
    })
}

fn inet(bytes: &[u8]) -> Result<Inet, Fault> {
    const INET: Fault = "it is no address of the internet that is known here";
    let [family, prefix, _, _, octets @ ..] = bytes else { return Err(LENGTH) };
    let address = match *family {
        INET4 => IpAddr::from(exactly::<4>(octets)?),
        INET6 => IpAddr::from(exactly::<16>(octets)?),
        _ => return Err(INET),
    };
    Inet::new(address, *prefix).ok_or(INET)
}

fn range<'a>(element: &'a Kind, bytes: &'a [u8]) -> Result<Range<ValueRef<'a>>, Fault> {
    const RANGE: Fault = "it is a range that ends too early";
    let (flags, rest) = bytes.split_first().ok_or(RANGE)?;
    if flags & EMPTY != 0 {
        return Ok(Range::Empty);
    }
    let mut reader = Reader::new(rest);
    let mut bound = |included: u8, open: u8| {
        if flags & open != 0 {
            return Ok(Bound::Unbounded);
        }
        let cell = reader.cell().flatten().ok_or(RANGE)?;
        let cell = value(element, cell)?;
        Ok(if flags & included != 0 { Bound::Included(cell) } else { Bound::Excluded(cell) })
    };
    let lower = bound(LOWER_INCLUDED, LOWER_OPEN)?;
    Ok(Range::Between(lower, bound(UPPER_INCLUDED, UPPER_OPEN)?))
}

const ARRAY: Fault = "it is an array that ends too early";

/// An array: dimensions, then the items of all of them in a row. Where its indexes begin is not
/// kept: a list has none.
fn array<'a>(element: &'a Kind, bytes: &'a [u8]) -> Result<ArrayRef<'a>, Fault> {
    let mut reader = Reader::new(bytes);
    let depth = reader.u32().ok_or(ARRAY)?;
    // Whether there are NULLs, and the type of the items, which is known.
    reader.bytes(8).ok_or(ARRAY)?;
    // PostgreSQL's own limit (source: MAXDIM in `src/include/utils/array.h`).
    if depth > 6 {
        return Err("it is an array of more than six dimensions");
    }
    let mut lengths = [0; 6];
    for length in &mut lengths[..depth as usize] {
        *length = reader.u32().ok_or(ARRAY)? as usize;
        reader.u32().ok_or(ARRAY)?;
    }
    match lengths[..depth as usize].split_first() {
        None => Ok(ArrayRef { items: Vec::new() }),
        Some((length, inner)) => list(element, *length, inner, &mut reader),
    }
}

fn list<'a>(
    element: &'a Kind,
    length: usize,
    inner: &[usize],
    reader: &mut Reader<'a>,
) -> Result<ArrayRef<'a>, Fault> {
    // An item has four bytes at least: a length that lies allocates nothing much.
    let mut items = Vec::with_capacity(length.min(reader.rest().len() / 4));
    for _ in 0..length {
        items.push(match inner.split_first() {
            Some((length, inner)) => {
                ValueRef::Array(Box::new(list(element, *length, inner, reader)?))
            }
            None => match reader.cell().ok_or(ARRAY)? {
                Some(bytes) => value(element, bytes)?,
                None => ValueRef::Null,
            },
        });
    }
    Ok(ArrayRef { items })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn lengths_and_text_are_checked() {
        assert_eq!(value(&Kind::I32, &[0; 8]), Err(LENGTH));
        assert!(value(&Kind::Text, &[0xff]).is_err());
        assert!(value(&Kind::Jsonb, b"\x02{}").is_err());
        assert_eq!(value(&Kind::Jsonb, b"\x01{}"), Ok(ValueRef::Json("{}")));
    }

    #[test]
    fn infinity_and_the_far_future() {
        assert_eq!(value(&Kind::Date, &i32::MAX.to_be_bytes()), Ok(ValueRef::Date(i32::MAX)));
        assert_eq!(value(&Kind::Date, &0_i32.to_be_bytes()), Ok(ValueRef::Date(10_957)));
        let latest = 9_223_371_331_199_999_999_i64.to_be_bytes();
        assert!(value(&Kind::Timestamp, &latest).is_err());
    }

    #[test]
    fn an_array_that_lies_about_its_length_is_refused() {
        let mut bytes = Vec::new();
        for word in [1_u32, 0, 23, u32::MAX, 1] {
            bytes.extend_from_slice(&word.to_be_bytes());
        }
        let kind = Kind::Array(Arc::new(Kind::I32));
        assert_eq!(value(&kind, &bytes), Err(ARRAY));
        // Dimensions that multiply to very many empty lists.
        let mut bytes = Vec::new();
        for word in [2_u32, 0, 23, 0, 1, u32::MAX, 1] {
            bytes.extend_from_slice(&word.to_be_bytes());
        }
        assert_eq!(value(&kind, &bytes), Ok(ValueRef::Array(Box::new(ArrayRef { items: vec![] }))));
    }
}
