//! Places in an order as text: what [`Keyset`](super::Keyset) gives out and takes back.
//!
//! A token is, in the alphabet of URLs: a version, a fingerprint of the order, and for each value
//! its length and bytes. The fingerprint tells a token of another order from this one's; values are
//! of the kinds that the order says, so their bytes need no kind.

use crate::error::{Error, ErrorKind, Result};
use crate::value::{Interval, Type, Value};
use uuid::Uuid;

const VERSION: u8 = 1;
/// The length of NULL.
const NULL: u32 = u32::MAX;

/// Whether values of a kind can stand in a token.
pub(super) fn holds(kind: Type) -> bool {
    !matches!(kind, Type::Json | Type::Array(_))
}

/// A number that is the same for the same texts wherever the program runs (FNV-1a).
pub(super) fn fingerprint(texts: &[&str]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    texts
        .iter()
        .flat_map(|text| text.as_bytes().iter().chain(&[0]))
        .fold(0xcbf2_9ce4_8422_2325, step)
}

pub(super) fn encode(fingerprint: u64, values: &[Value]) -> Result<String> {
    let mut bytes = vec![VERSION];
    bytes.extend(fingerprint.to_le_bytes());
    for value in values {
        match bytes_of(value)? {
            None => bytes.extend(NULL.to_le_bytes()),
            Some(content) => {
                let length = u32::try_from(content.len()).ok().filter(|length| *length < NULL);
                let length = length.ok_or_else(|| wrong("a value is too long for it"))?;
                bytes.extend(length.to_le_bytes());
                bytes.extend(content);
            }
        }
    }
    Ok(to_text(&bytes))
}

pub(super) fn decode(fingerprint: u64, kinds: &[Type], text: &str) -> Result<Vec<Value>> {
    let damaged = || wrong("it is damaged, or no token at all");
    let bytes = from_text(text).ok_or_else(damaged)?;
    let (version, rest) = bytes.split_first().ok_or_else(damaged)?;
    if *version != VERSION {
        return Err(wrong("it is of another version; begin at the first page"));
    }
    let (print, mut rest) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
    if u64::from_le_bytes(*print) != fingerprint {
        return Err(wrong("it is of a query in another order; begin at the first page"));
    }
    let mut values = Vec::with_capacity(kinds.len());
    for kind in kinds {
        let (length, after) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        rest = after;
        let length = u32::from_le_bytes(*length);
        if length == NULL {
            values.push(Value::Null(*kind));
            continue;
        }
        let content = rest.get(..length as usize).ok_or_else(damaged)?;
        rest = &rest[length as usize..];
        values.push(value_of(*kind, content).ok_or_else(damaged)?);
    }
    if rest.is_empty() { Ok(values) } else { Err(damaged()) }
}

fn wrong(reason: &str) -> Error {
    Error::new(ErrorKind::InvalidValue, format!("the token of a page cannot be used: {reason}"))
}

/// The bytes of a value; `None` for NULL.
fn bytes_of(value: &Value) -> Result<Option<Vec<u8>>> {
    Ok(Some(match value {
        Value::Null(_) => return Ok(None),
        Value::Bool(value) => vec![u8::from(*value)],
        Value::I16(number) => number.to_le_bytes().into(),
        Value::I32(number) | Value::Date(number) => number.to_le_bytes().into(),
        Value::I64(number)
        | Value::Time(number)
        | Value::Timestamp(number)
        | Value::TimestampTz(number) => number.to_le_bytes().into(),
        Value::F32(number) => number.to_bits().to_le_bytes().into(),
        Value::F64(number) => number.to_bits().to_le_bytes().into(),
        Value::Numeric(number) => number.as_str().as_bytes().into(),
        Value::Text(text) => text.as_bytes().into(),
        Value::Bytes(bytes) => bytes.to_vec(),
        Value::Uuid(uuid) => uuid.as_bytes().into(),
        Value::Interval(interval) => {
            let Interval { months, days, micros } = interval;
            let parts = [months.to_le_bytes(), days.to_le_bytes()].concat();
            [parts.as_slice(), &micros.to_le_bytes()].concat()
        }
        Value::Inet(address) => address.to_string().into_bytes(),
        Value::Json(_) | Value::Array(_) | Value::Range(_) | Value::Foreign(_) => {
            return Err(wrong("documents and lists have no place in it"));
        }
    }))
}

/// The value of a kind that has these bytes.
fn value_of(kind: Type, bytes: &[u8]) -> Option<Value> {
    let four = || bytes.try_into().ok().map(i32::from_le_bytes);
    let eight = || bytes.try_into().ok().map(i64::from_le_bytes);
    let text = || std::str::from_utf8(bytes).ok();
    Some(match kind {
        Type::Bool => match bytes {
            [0] => Value::Bool(false),
            [1] => Value::Bool(true),
            _ => return None,
        },
        Type::I16 => Value::I16(i16::from_le_bytes(bytes.try_into().ok()?)),
        Type::I32 => Value::I32(four()?),
        Type::I64 => Value::I64(eight()?),
        Type::F32 => Value::F32(f32::from_bits(u32::from_le_bytes(bytes.try_into().ok()?))),
        Type::F64 => Value::F64(f64::from_bits(u64::from_le_bytes(bytes.try_into().ok()?))),
        Type::Numeric => Value::Numeric(text()?.parse().ok()?),
        Type::Text => Value::Text(text()?.into()),
        Type::Bytes => Value::Bytes(bytes.into()),
        Type::Uuid => Value::Uuid(Uuid::from_slice(bytes).ok()?),
        Type::Date => Value::Date(four()?),
        Type::Time => Value::Time(eight()?),
        Type::Timestamp => Value::Timestamp(eight()?),
        Type::TimestampTz => Value::TimestampTz(eight()?),
        Type::Interval => {
            let (months, rest) = bytes.split_first_chunk::<4>()?;
            let (days, rest) = rest.split_first_chunk::<4>()?;
            Value::Interval(Interval {
                months: i32::from_le_bytes(*months),
                days: i32::from_le_bytes(*days),
                micros: i64::from_le_bytes(rest.try_into().ok()?),
            })
        }
        Type::Inet => Value::Inet(text()?.parse().ok()?),
        Type::Json | Type::Array(_) | Type::Range(_) | Type::Foreign(_) => return None,
    })
}

/// The alphabet of base64 for URLs (source: RFC 4648, 5).
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn to_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut word = [0; 4];
        word[1..=chunk.len()].copy_from_slice(chunk);
        let word = u32::from_be_bytes(word);
        for at in 0..=chunk.len() {
            text.push(char::from(LETTERS[(word >> (18 - 6 * at)) as usize & 63]));
        }
    }
    text
}

fn from_text(text: &str) -> Option<Vec<u8>> {
    let letter = |byte: &u8| LETTERS.iter().position(|letter| letter == byte);
    let mut bytes = Vec::with_capacity(text.len());
    for chunk in text.as_bytes().chunks(4) {
        let mut word = 0;
        for (at, byte) in chunk.iter().enumerate() {
            word |= u32::try_from(letter(byte)?).ok()? << (18 - 6 * at);
        }
        let count = chunk.len().checked_sub(1).filter(|count| *count > 0)?;
        let [_, content @ ..] = word.to_be_bytes();
        // What is left over has to be nothing, so that no two texts are one token.
        if content[count..].iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend(&content[..count]);
    }
    Some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::*;

    #[test]
    fn values_survive() {
        let values = vec![
            Value::I64(-5),
            Value::Null(Type::Text),
            Value::Text("École".into()),
            Value::Numeric("1.50".parse().unwrap()),
            Value::F64(-0.0),
            Value::Bytes(Box::new([0, 255])),
            Value::Bool(true),
            Value::Interval(Interval { months: 1, days: -2, micros: 3 }),
        ];
        let kinds: Vec<Type> = values.iter().map(Value::kind).collect();
        let text = encode(7, &values).unwrap();
        assert_eq!(decode(7, &kinds, &text).unwrap(), values);
        assert!(decode(8, &kinds, &text).unwrap_err().to_string().contains("another order"));
        for end in 0..text.len() {
            assert!(decode(7, &kinds, &text[..end]).unwrap_err().is_invalid_value(), "{end}");
        }
        assert!(decode(7, &kinds, &format!("{text}AAAA")).is_err());
        assert!(decode(7, &kinds, "ü%").is_err());
    }
}
