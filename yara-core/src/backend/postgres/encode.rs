//! Values to the wire: the number of their type, and their binary form.
//!
//! Text is the exception: it goes as text of no type, so that the server makes of it what the
//! statement wants — an enum, a domain, `citext`, `xml`.

use super::decode::{
    EMPTY, EPOCH_DAYS, EPOCH_MICROS, INET4, INET6, LOWER_INCLUDED, LOWER_OPEN, UPPER_INCLUDED,
    UPPER_OPEN,
};
use crate::value::{Array, Inet, Range, Type, Value};
use bytes::{BufMut, BytesMut};
use std::net::IpAddr;
use std::ops::Bound;

/// The type that a parameter is declared as; 0 leaves it to the server.
pub(super) fn oid(kind: Type) -> u32 {
    match kind {
        Type::Text | Type::Foreign(_) => 0,
        kind => item_oid(kind),
    }
}

fn item_oid(kind: Type) -> u32 {
    match kind {
        Type::Bool => 16,
        Type::I16 => 21,
        Type::I32 => 23,
        Type::I64 => 20,
        Type::F32 => 700,
        Type::F64 => 701,
        Type::Numeric => 1700,
        Type::Text => 25,
        Type::Bytes => 17,
        Type::Uuid => 2950,
        Type::Date => 1082,
        Type::Time => 1083,
        Type::Timestamp => 1114,
        Type::TimestampTz => 1184,
        Type::Interval => 1186,
        Type::Json => 114,
        Type::Inet => 869,
        Type::Range(element) => range_oid(element).0,
        // Sent as texts, which the statement casts.
        Type::Foreign(_) => 25,
        Type::Array(element) => array_oid(element),
    }
}

/// The array type of an element; an array of arrays is the array of the innermost.
fn array_oid(element: &Type) -> u32 {
    match element {
        Type::Bool => 1000,
        Type::I16 => 1005,
        Type::I32 => 1007,
        Type::I64 => 1016,
        Type::F32 => 1021,
        Type::F64 => 1022,
        Type::Numeric => 1231,
        Type::Text => 1009,
        Type::Bytes => 1001,
        Type::Uuid => 2951,
        Type::Date => 1182,
        Type::Time => 1183,
        Type::Timestamp => 1115,
        Type::TimestampTz => 1185,
        Type::Interval => 1187,
        Type::Json => 199,
        Type::Inet => 1041,
        Type::Range(element) => range_oid(element).1,
        Type::Foreign(_) => 1009,
        Type::Array(inner) => array_oid(inner),
    }
}

/// The type of ranges of an element, and of lists of them.
fn range_oid(element: &Type) -> (u32, u32) {
    match element {
        Type::I64 => (3926, 3927),
        Type::Numeric => (3906, 3907),
        Type::Date => (3912, 3913),
        Type::Timestamp => (3908, 3909),
        Type::TimestampTz => (3910, 3911),
        _ => (3904, 3905),
    }
}

/// Writes a parameter: its length and its bytes. The error says what is wrong with it.
pub(super) fn parameter(value: &Value, out: &mut BytesMut) -> Result<(), String> {
    if value.is_null() {
        out.put_i32(-1);
        return Ok(());
    }
    let start = out.len();
    out.put_i32(0);
    body(value, out)?;
    let length = i32::try_from(out.len() - start - 4)
        .map_err(|_| "it is larger than the two gigabytes that a message can hold".to_owned())?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

fn body(value: &Value, out: &mut BytesMut) -> Result<(), String> {
    match value {
        Value::Null(_) => {}
        Value::Bool(value) => out.put_u8((*value).into()),
        Value::I16(value) => out.put_i16(*value),
        Value::I32(value) => out.put_i32(*value),
        Value::I64(value) => out.put_i64(*value),
        Value::F32(value) => out.put_f32(*value),
        Value::F64(value) => out.put_f64(*value),
        Value::Numeric(value) => {
            let mut groups = Vec::new();
            value.to_groups(&mut groups).map_err(|error| error.to_string())?;
            out.put_slice(&groups);
        }
        Value::Text(value) => text(value, "text", out)?,
        Value::Json(value) => text(value, "a JSON document", out)?,
        Value::Bytes(value) => out.put_slice(value),
        Value::Uuid(value) => out.put_slice(value.as_bytes()),
        Value::Date(days) => out.put_i32(date(*days)?),
        Value::Time(micros) => out.put_i64(time(*micros)?),
        Value::Timestamp(micros) | Value::TimestampTz(micros) => out.put_i64(timestamp(*micros)?),
        Value::Interval(interval) => {
            out.put_i64(interval.micros);
            out.put_i32(interval.days);
            out.put_i32(interval.months);
        }
        Value::Inet(address) => inet(*address, out),
        Value::Range(value) => range(value.range(), out)?,
        Value::Foreign(value) => text(&value.text, value.kind.name, out)?,
        Value::Array(value) => array(value, out)?,
    }
    Ok(())
}

/// Family, bits of the network, whether it is a network alone, and the address
/// (source: `network_send` in `src/backend/utils/adt/network.c`).
fn inet(value: Inet, out: &mut BytesMut) {
    let family = if value.address().is_ipv4() { INET4 } else { INET6 };
    out.put_slice(&[family, value.prefix(), 0]);
    match value.address() {
        IpAddr::V4(address) => {
            out.put_u8(4);
            out.put_slice(&address.octets());
        }
        IpAddr::V6(address) => {
            out.put_u8(16);
            out.put_slice(&address.octets());
        }
    }
}

/// A byte that says which bounds there are, and these (source: `range_send` in
/// `src/backend/utils/adt/rangetypes.c`, and the flags in `src/include/utils/rangetypes.h`).
fn range(value: &Range<Value>, out: &mut BytesMut) -> Result<(), String> {
    let Range::Between(lower, upper) = value else {
        out.put_u8(EMPTY);
        return Ok(());
    };
    let flag = |bound: &Bound<Value>, included: u8, open: u8| match bound {
        Bound::Included(_) => included,
        Bound::Excluded(_) => 0,
        Bound::Unbounded => open,
    };
    out.put_u8(flag(lower, LOWER_INCLUDED, LOWER_OPEN) | flag(upper, UPPER_INCLUDED, UPPER_OPEN));
    for bound in [lower, upper] {
        if let Bound::Included(value) | Bound::Excluded(value) = bound {
            parameter(value, out)?;
        }
    }
    Ok(())
}

fn text(value: &str, what: &str, out: &mut BytesMut) -> Result<(), String> {
    match value.find('\0') {
        None => {
            out.put_slice(value.as_bytes());
            Ok(())
        }
        Some(at) => Err(format!(
            "{what} must not hold a NUL character, and this has one at byte {at}; bytes may"
        )),
    }
}

/// From 4713 BC, and to the largest day that the server takes
/// (source: `IS_VALID_DATE` in `src/include/datatype/timestamp.h`).
fn date(days: i32) -> Result<i32, String> {
    match days {
        i32::MAX | i32::MIN => Ok(days),
        days => days
            .checked_sub(EPOCH_DAYS)
            .filter(|days| (-2_451_545..2_145_031_949).contains(days))
            .ok_or_else(|| {
                format!("day {days} from 1970 is outside PostgreSQL's dates (4713 BC to 5874897)")
            }),
    }
}

/// Source: `IS_VALID_TIMESTAMP`.
fn timestamp(micros: i64) -> Result<i64, String> {
    match micros {
        i64::MAX | i64::MIN => Ok(micros),
        micros => micros
            .checked_sub(EPOCH_MICROS)
            .filter(|micros| (-211_813_488_000_000_000..9_223_371_331_200_000_000).contains(micros))
            .ok_or_else(|| {
                format!(
                    "microsecond {micros} from 1970 is outside PostgreSQL's timestamps (4713 BC to 294276)"
                )
            }),
    }
}

/// Midnight at the end of the day is a time too.
fn time(micros: i64) -> Result<i64, String> {
    if (0..=86_400_000_000).contains(&micros) {
        Ok(micros)
    } else {
        Err(format!("microsecond {micros} is not one of a day (0 to 86400000000)"))
    }
}

/// Dimensions, then the items of all of them in a row.
fn array(array: &Array, out: &mut BytesMut) -> Result<(), String> {
    let mut lengths = Vec::new();
    let mut list = array;
    let innermost = loop {
        lengths.push(list.items.len());
        match (list.element(), list.items.first()) {
            (Type::Array(_), Some(Value::Array(inner))) => list = inner,
            (Type::Array(_), Some(_)) => return Err("a list of lists must not hold NULL".into()),
            (Type::Array(_), None) => {
                // Lists with nothing in them have no depth.
                break innermost(list.element());
            }
            (element, _) => break element,
        }
    };
    if lengths == [0] {
        lengths.clear();
    } else if lengths.contains(&0) {
        return Err("PostgreSQL has no list of empty lists".into());
    } else if lengths.len() > 6 {
        return Err("PostgreSQL has no lists nested more than six deep".into());
    }
    out.put_u32(lengths.len() as u32);
    out.put_u32(1);
    out.put_u32(item_oid(innermost));
    for length in &lengths {
        out.put_u32(u32::try_from(*length).map_err(|_| "it has more than 2^32 items".to_owned())?);
        out.put_u32(1);
    }
    match lengths.split_first() {
        Some((length, inner)) => items(array, *length, inner, innermost, out),
        None => Ok(()),
    }
}

fn innermost(kind: Type) -> Type {
    match kind {
        Type::Array(element) => innermost(*element),
        kind => kind,
    }
}

fn items(
    list: &Array,
    length: usize,
    inner: &[usize],
    innermost: Type,
    out: &mut BytesMut,
) -> Result<(), String> {
    if list.items.len() != length {
        return Err(format!(
            "the lists in a list must have one length, and these have {length} and {}",
            list.items.len()
        ));
    }
    for (at, item) in list.items.iter().enumerate() {
        match (inner.split_first(), item) {
            (Some((length, inner)), Value::Array(list)) => {
                items(list, *length, inner, innermost, out)?;
            }
            (Some(_), _) => return Err("a list of lists must not hold NULL".into()),
            (None, item) if item.is_null() || item.kind() == innermost => {
                parameter(item, out).map_err(|error| format!("item {at}: {error}"))?;
            }
            (None, item) => {
                return Err(format!(
                    "item {at} is {}, in a list of {}",
                    item.kind().name(),
                    innermost.name()
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn bytes(value: &Value) -> Result<Vec<u8>, String> {
        let mut out = BytesMut::new();
        parameter(value, &mut out).map(|()| out.to_vec())
    }

    #[test]
    fn what_the_server_would_refuse_is_refused_here() {
        let nested = Type::Array(&Type::Array(&Type::I32));
        let list = |items| Value::Array(Box::new(Array::new(Type::Array(&Type::I32), items)));
        let lists = |items| Value::Array(Box::new(Array::new(nested, items)));
        for (value, reason) in [
            (Value::Text("a\0".into()), "NUL"),
            (Value::Json("\"\0\"".into()), "NUL"),
            (Value::Date(i32::MIN + 1), "outside"),
            (Value::Date(i32::MAX - 1), "outside"),
            (Value::Timestamp(i64::MIN + 1), "outside"),
            (Value::Time(-1), "not one of a day"),
            (Value::Time(86_400_000_001), "not one of a day"),
            (list(vec![Value::I64(1)]), "item 0 is 64-bit integer"),
            (lists(vec![list(vec![Value::I32(1)]), list(vec![])]), "one length"),
            (lists(vec![list(vec![])]), "no list of empty lists"),
            (lists(vec![Value::Null(Type::Array(&Type::I32))]), "NULL"),
            (lists(vec![list(vec![Value::I32(1)]), Value::Null(Type::I32)]), "NULL"),
        ] {
            let error = bytes(&value).unwrap_err();
            assert!(error.contains(reason), "{value:?}: {error}");
        }
    }

    #[test]
    fn lengths_come_first() {
        assert_eq!(bytes(&Value::Null(Type::I16)).unwrap(), [255; 4]);
        assert_eq!(bytes(&Value::I16(-2)).unwrap(), [0, 0, 0, 2, 255, 254]);
        assert_eq!(bytes(&Value::Date(10_957)).unwrap(), [0, 0, 0, 4, 0, 0, 0, 0]);
        let empty = Value::Array(Box::new(Array::new(Type::Array(&Type::Text), vec![])));
        assert_eq!(bytes(&empty).unwrap(), [0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 25]);
    }
}
