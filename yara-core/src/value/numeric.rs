//! Decimal numbers of any size.

use super::decode::wanted;
use super::{
    Comparable, DecodeError, EncodeError, FieldType, Number, Summable, Type, Value, ValueRef,
};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A decimal number of any size, or NaN or an infinity where the database has them.
///
/// It is kept as decimal digits, scale included: `1.50` stays `1.50`, and equals `1.5`. It is for
/// carrying exact numbers, not for calculating; convert it to the number type of your choice.
///
/// ```
/// use yara_core::value::Numeric;
/// let price: Numeric = "1.50".parse()?;
/// assert_eq!(price.to_string(), "1.50");
/// assert_eq!(price, "1.5".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// As a field, it is a number on every backend:
///
/// ```
/// use yara_orm::prelude::*;
/// use yara_orm::value::Numeric;
///
/// #[derive(Model, Debug, Clone)]
/// struct Price {
///     id: i64,
///     value: Numeric,
/// }
///
/// # library::run(async |db| {
/// db.create_tables::<Price>().await?;
/// let number = |digits: &str| digits.parse::<Numeric>().expect("these are digits");
/// let rows = ["10", "9", "1.50"].map(|digits| Price::create().value(number(digits)));
/// Price::insert_many(rows).exec(&db).await?;
/// let prices = Price::query().order_by(Price::value).select(Price::value).all(&db).await?;
/// assert_eq!(prices[0].to_string(), "1.50");
/// assert_eq!(Price::filter(Price::value.eq(number("1.5"))).count(&db).await?, 1);
/// # Ok(()) })
/// ```
#[derive(Debug, Clone)]
pub struct Numeric(Box<str>);

/// The text is not a decimal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseNumericError(Box<str>);

impl fmt::Display for ParseNumericError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a decimal number", self.0)
    }
}

impl std::error::Error for ParseNumericError {}

impl Numeric {
    /// The digits, such as `-12.50`, `NaN` or `-Infinity`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a number, neither NaN nor infinite.
    pub fn is_finite(&self) -> bool {
        !matches!(&*self.0, "NaN" | "Infinity" | "-Infinity")
    }

    /// Why it does not fit a column of so many digits in all, so many of them after the point. A
    /// database would round what is too fine; this library does not lose digits in silence.
    pub(crate) fn misfit(&self, digits: u32, scale: u32) -> Option<String> {
        if !self.is_finite() {
            return Some(format!("{self} does not fit a number of {digits} digits"));
        }
        let (_, whole, fraction) = significant(&self.0);
        if fraction.len() > scale as usize {
            return Some(format!("{self} has more than {scale} digits after the point"));
        }
        if whole.len() > digits.saturating_sub(scale) as usize {
            let room = digits.saturating_sub(scale);
            return Some(format!("{self} has more than {room} digits before the point"));
        }
        None
    }

    /// Reads PostgreSQL's binary form: `ndigits`, `weight`, `sign`, `dscale`, then groups of four
    /// decimal digits, all as big-endian 16-bit integers
    /// (source: `numeric_send` in PostgreSQL's `src/backend/utils/adt/numeric.c`).
    pub fn from_groups(bytes: &[u8]) -> Result<Numeric, DecodeError> {
        groups::to_text(bytes).map(|text| Numeric(text.into()))
    }

    /// Writes the form that [`Numeric::from_groups`] reads. Errs where PostgreSQL's limits are
    /// passed: 131 072 digits before the point and 16 383 after it.
    pub fn to_groups(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        groups::from_text(&self.0, out)
    }

    /// The digits without zeros that mean nothing: the same for all that are equal.
    #[cfg(feature = "sqlite")]
    pub(crate) fn shortest(&self) -> String {
        if rank(&self.0) != 0 {
            return self.0.to_string();
        }
        let (negative, whole, fraction) = significant(&self.0);
        let is_zero = whole.is_empty() && fraction.is_empty();
        let sign = if negative && !is_zero { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }
}

impl FromStr for Numeric {
    type Err = ParseNumericError;

    /// Reads digits with an optional sign, point and exponent, or `NaN`, `Infinity`, `-Infinity`.
    fn from_str(text: &str) -> Result<Numeric, ParseNumericError> {
        if matches!(text, "NaN" | "Infinity" | "-Infinity") {
            return Ok(Numeric(text.into()));
        }
        plain_digits(text)
            .map(|digits| Numeric(digits.into()))
            .ok_or_else(|| ParseNumericError(text.into()))
    }
}

/// `text` without exponent, plus sign and leading zeros; `None` if it is not a number.
fn plain_digits(text: &str) -> Option<String> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], rest[at + 1..].parse::<i32>().ok()?),
        None => (rest, 0),
    };
    // Past these PostgreSQL has no numeric, and the digits would only fill memory.
    if !(-200_000..=200_000).contains(&exponent) {
        return None;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let mut digits = format!("{whole}{fraction}");
    let point = whole.len() as i64 + i64::from(exponent);
    if point < 0 {
        digits.insert_str(0, &"0".repeat(point.unsigned_abs() as usize));
    }
    let point = point.max(0) as usize;
    if point > digits.len() {
        digits.push_str(&"0".repeat(point - digits.len()));
    }
    let (whole, fraction) = digits.split_at(point);
    let whole = whole.trim_start_matches('0');
    let mut plain = String::with_capacity(digits.len() + 3);
    if negative && digits.bytes().any(|byte| byte != b'0') {
        plain.push('-');
    }
    plain.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

impl fmt::Display for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a number stands, in the order PostgreSQL gives them: `-Infinity`, finite, `Infinity`, `NaN`.
fn rank(text: &str) -> i8 {
    match text {
        "-Infinity" => -1,
        "Infinity" => 1,
        "NaN" => 2,
        _ => 0,
    }
}

/// Sign, digits before and after the point, without zeros that mean nothing.
fn significant(text: &str) -> (bool, &str, &str) {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    (negative, whole.trim_start_matches('0'), fraction.trim_end_matches('0'))
}

/// Compares two decimal numbers written as [`Numeric`] writes them, as numbers.
pub(crate) fn compare_digits(left: &str, right: &str) -> Ordering {
    let ranks = rank(left).cmp(&rank(right));
    if ranks != Ordering::Equal || rank(left) != 0 {
        return ranks;
    }
    let (left_negative, left_whole, left_fraction) = significant(left);
    let (right_negative, right_whole, right_fraction) = significant(right);
    if left_negative != right_negative {
        return right_negative.cmp(&left_negative);
    }
    let magnitude = left_whole
        .len()
        .cmp(&right_whole.len())
        .then_with(|| left_whole.cmp(right_whole))
        .then_with(|| left_fraction.cmp(right_fraction));
    if left_negative { magnitude.reverse() } else { magnitude }
}

impl Ord for Numeric {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_digits(&self.0, &other.0)
    }
}

impl PartialOrd for Numeric {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Numeric {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Numeric {}

impl std::hash::Hash for Numeric {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        significant(&self.0).hash(state);
    }
}

impl From<i64> for Numeric {
    fn from(value: i64) -> Numeric {
        Numeric(value.to_string().into())
    }
}

impl FieldType for Numeric {
    const TYPE: Type = Type::Numeric;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::Numeric(self.clone()))
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Numeric(groups) => Numeric::from_groups(groups),
            ValueRef::Text(text) => text
                .parse()
                .map_err(|error: ParseNumericError| DecodeError::bad_value(error.to_string())),
            ValueRef::I64(value) => Ok(Numeric::from(*value)),
            ValueRef::I32(value) => Ok(Numeric::from(i64::from(*value))),
            ValueRef::I16(value) => Ok(Numeric::from(i64::from(*value))),
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

impl Comparable for Numeric {}
impl Number for Numeric {}
impl Summable for Numeric {
    type Sum = Option<Numeric>;
    type Mean = Option<Numeric>;
}

#[cfg(feature = "decimal")]
impl FieldType for rust_decimal::Decimal {
    const TYPE: Type = Type::Numeric;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::Numeric(Numeric(self.to_string().into())))
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        let number = Numeric::decode(cell)?;
        rust_decimal::Decimal::from_str_exact(number.as_str()).map_err(|_| {
            DecodeError::bad_value(format!(
                "{number} is past what `Decimal` holds exactly (96 bits, 28 decimals); `Numeric` would hold it"
            ))
        })
    }
}

#[cfg(feature = "decimal")]
impl Comparable for rust_decimal::Decimal {}
#[cfg(feature = "decimal")]
impl Number for rust_decimal::Decimal {}
#[cfg(feature = "decimal")]
impl Summable for rust_decimal::Decimal {
    type Sum = Option<rust_decimal::Decimal>;
    type Mean = Option<rust_decimal::Decimal>;
}

/// Floats that a backend without them stores as text: SQLite turns a stored NaN into NULL, so NaN
/// and the infinities travel as words there.
pub(super) fn float_from_text(cell: &ValueRef<'_>) -> Result<f64, DecodeError> {
    match cell {
        ValueRef::Text("NaN") => Ok(f64::NAN),
        ValueRef::Text("Infinity") => Ok(f64::INFINITY),
        ValueRef::Text("-Infinity") => Ok(f64::NEG_INFINITY),
        ValueRef::I64(value) if value.unsigned_abs() <= 1 << 53 => Ok(*value as f64),
        cell => Err(DecodeError::wrong_kind(cell, wanted(Type::F64))),
    }
}

/// PostgreSQL's groups of four digits.
mod groups {
    use super::{DecodeError, EncodeError};

    const NEGATIVE: u16 = 0x4000;
    const NAN: u16 = 0xC000;
    const INFINITY: u16 = 0xD000;
    const NEGATIVE_INFINITY: u16 = 0xF000;

    fn word(bytes: &[u8], at: usize) -> Result<u16, DecodeError> {
        bytes
            .get(at..at + 2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .ok_or_else(|| DecodeError::bad_value("a numeric ended too early"))
    }

    pub(super) fn to_text(bytes: &[u8]) -> Result<String, DecodeError> {
        let count = usize::from(word(bytes, 0)?);
        let weight = i32::from(word(bytes, 2)? as i16);
        let sign = word(bytes, 4)?;
        let scale = usize::from(word(bytes, 6)?);
        match sign {
            NAN => return Ok("NaN".into()),
            INFINITY => return Ok("Infinity".into()),
            NEGATIVE_INFINITY => return Ok("-Infinity".into()),
            _ => {}
        }
        let group = |index: i32| -> Result<u16, DecodeError> {
            match usize::try_from(index) {
                Ok(index) if index < count => word(bytes, 8 + 2 * index),
                _ => Ok(0),
            }
        };
        let mut text = String::with_capacity(count * 4 + 4);
        if sign == NEGATIVE {
            text.push('-');
        }
        if weight < 0 {
            text.push('0');
        }
        for index in 0..=weight {
            let value = group(index)?;
            if index == 0 {
                text.push_str(&value.to_string());
            } else {
                text.push_str(&format!("{value:04}"));
            }
        }
        if scale > 0 {
            text.push('.');
            let end = text.len() + scale;
            let mut index = weight + 1;
            while text.len() < end {
                text.push_str(&format!("{:04}", group(index)?));
                index += 1;
            }
            text.truncate(end);
        }
        Ok(text)
    }

    pub(super) fn from_text(text: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let special = match text {
            "NaN" => Some(NAN),
            "Infinity" => Some(INFINITY),
            "-Infinity" => Some(NEGATIVE_INFINITY),
            _ => None,
        };
        let (sign, digits) = match (special, text.strip_prefix('-')) {
            (Some(sign), _) => {
                for word in [0, 0, sign, 0] {
                    out.extend_from_slice(&word.to_be_bytes());
                }
                return Ok(());
            }
            (None, Some(digits)) => (NEGATIVE, digits),
            (None, None) => (0, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.len() > 131_072 || fraction.len() > 16_383 {
            return Err(EncodeError::new(
                "the number has more digits than a numeric can hold (131072 before the point, 16383 after it)",
            ));
        }
        let padded_whole = format!("{}{whole}", "0".repeat((4 - whole.len() % 4) % 4));
        let padded_fraction = format!("{fraction}{}", "0".repeat((4 - fraction.len() % 4) % 4));
        let mut groups: Vec<u16> = padded_whole
            .as_bytes()
            .chunks(4)
            .chain(padded_fraction.as_bytes().chunks(4))
            .map(|chunk| chunk.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0')))
            .collect();
        let mut weight = (padded_whole.len() / 4) as i32 - 1;
        while groups.first() == Some(&0) {
            groups.remove(0);
            weight -= 1;
        }
        while groups.last() == Some(&0) {
            groups.pop();
        }
        if groups.is_empty() {
            weight = 0;
        }
        for word in [groups.len() as u16, weight as i16 as u16, sign, fraction.len() as u16] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        for group in groups {
            out.extend_from_slice(&group.to_be_bytes());
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn numeric(text: &str) -> Numeric {
        text.parse().unwrap()
    }

    #[test]
    fn digits_are_kept_and_exponents_spelled_out() {
        for (given, kept) in [
            ("1.50", "1.50"),
            ("-0.00", "0.00"),
            ("+7", "7"),
            ("007", "7"),
            (".5", "0.5"),
            ("1e3", "1000"),
            ("12.5e-4", "0.00125"),
            ("1.25E1", "12.5"),
        ] {
            assert_eq!(numeric(given).to_string(), kept, "{given}");
        }
        for bad in ["", "-", ".", "1.2.3", "1e", "e5", "0x10", "1_000", " 1", "1e999999"] {
            assert!(bad.parse::<Numeric>().is_err(), "{bad}");
        }
    }

    #[test]
    fn order_is_numeric_not_textual() {
        let sorted = [
            "-Infinity",
            "-10",
            "-9.5",
            "-0.01",
            "0",
            "0.1",
            "0.10001",
            "2",
            "10",
            "100.5",
            "Infinity",
            "NaN",
        ];
        for (at, left) in sorted.iter().enumerate() {
            for (other, right) in sorted.iter().enumerate() {
                assert_eq!(numeric(left).cmp(&numeric(right)), at.cmp(&other), "{left} {right}");
            }
        }
        assert_eq!(numeric("1.50"), numeric("1.5"));
    }

    #[test]
    fn groups_round_trip() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "9999",
            "10000",
            "123456789.000001",
            "0.0001",
            "0.00001",
            "-98765432109876543210.5",
            "1000000000000",
            "NaN",
            "Infinity",
            "-Infinity",
        ] {
            let mut bytes = Vec::new();
            numeric(text).to_groups(&mut bytes).unwrap();
            assert_eq!(Numeric::from_groups(&bytes).unwrap().to_string(), text);
        }
        assert!(Numeric::from_groups(&[0, 1, 0]).is_err());
    }
}
