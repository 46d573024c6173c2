//! Decimal arithmetic on text: what SQLite lacks, with the digits and the scales that PostgreSQL's
//! `numeric` gives.

mod natural;
mod rounding;

use natural::Natural;
pub(super) use rounding::Rounding;
use std::cmp::Ordering;
use std::fmt;

/// Decimal digits that PostgreSQL puts into one group, by which its scale of a quotient goes.
const GROUP: usize = 4;
/// `NUMERIC_MIN_SIG_DIGITS` and `NUMERIC_MAX_DISPLAY_SCALE` of PostgreSQL's `numeric.h`.
const MIN_SIGNIFICANT: i64 = 16;
const MAX_SCALE: i64 = 1000;

/// A number: finite with its scale, or one of the three that are not.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decimal {
    /// `digits` divided by ten to the power of `scale`.
    Finite {
        /// Below zero.
        negative: bool,
        /// All digits, without the point.
        digits: Natural,
        /// How many of them follow the point.
        scale: usize,
    },
    /// Above or, if `true`, below every number.
    Infinite(bool),
    /// Not a number.
    NaN,
}

use Decimal::{Finite, Infinite, NaN};

/// Why there is no result.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DecimalError {
    /// The text is no number.
    NotANumber(String),
    /// The divisor is zero.
    DivisionByZero,
    /// An integer has no room for the result.
    Overflow,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecimalError::NotANumber(text) => write!(f, "`{text}` is not a decimal number"),
            DecimalError::DivisionByZero => f.write_str("division by zero"),
            DecimalError::Overflow => f.write_str("integer overflow"),
        }
    }
}

impl std::error::Error for DecimalError {}

impl From<i64> for Decimal {
    fn from(value: i64) -> Decimal {
        Finite { negative: value < 0, digits: Natural::from(value.unsigned_abs()), scale: 0 }
    }
}

impl Decimal {
    /// Reads digits as `Numeric` writes them.
    pub(super) fn parse(text: &str) -> Result<Decimal, DecimalError> {
        match text {
            "NaN" => return Ok(NaN),
            "Infinity" => return Ok(Infinite(false)),
            "-Infinity" => return Ok(Infinite(true)),
            _ => {}
        }
        let refuse = || DecimalError::NotANumber(text.to_owned());
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(refuse());
        }
        let digits = Natural::parse(whole, fraction).ok_or_else(refuse)?;
        Ok(Finite { negative, digits, scale: fraction.len() }.signed())
    }

    /// Zero has no sign.
    fn signed(self) -> Decimal {
        match self {
            Finite { digits, scale, .. } if digits.is_zero() => {
                Finite { negative: false, digits, scale }
            }
            other => other,
        }
    }

    fn is_zero(&self) -> bool {
        matches!(self, Finite { digits, .. } if digits.is_zero())
    }

    fn is_negative(&self) -> bool {
        matches!(self, Finite { negative: true, .. } | Infinite(true))
    }

    /// How many digits follow the point; 0 of what is not finite.
    pub(super) fn scale(&self) -> usize {
        match self {
            Finite { scale, .. } => *scale,
            Infinite(_) | NaN => 0,
        }
    }

    /// The number without the last digits, which must be zeros, so that `places` follow the point.
    pub(super) fn cut(self, places: usize) -> Decimal {
        match self {
            Finite { negative, digits, scale } if scale > places => {
                let (digits, _) = digits.divide(&Natural::from(1).shifted(scale - places));
                Finite { negative, digits, scale: places }
            }
            other => other,
        }
    }

    /// The sum.
    pub(super) fn add(&self, other: &Decimal) -> Decimal {
        match (self, other) {
            (NaN, _) | (_, NaN) => NaN,
            (Infinite(left), Infinite(right)) if left != right => NaN,
            (Infinite(negative), _) | (_, Infinite(negative)) => Infinite(*negative),
            (
                Finite { negative: left_negative, digits: left, scale: left_scale },
                Finite { negative: right_negative, digits: right, scale: right_scale },
            ) => {
                let scale = *left_scale.max(right_scale);
                let left = left.shifted(scale - left_scale);
                let right = right.shifted(scale - right_scale);
                let (negative, digits) = if left_negative == right_negative {
                    (*left_negative, left.add(&right))
                } else if left.compare(&right) == Ordering::Less {
                    (*right_negative, right.subtract(&left))
                } else {
                    (*left_negative, left.subtract(&right))
                };
                Finite { negative, digits, scale }.signed()
            }
        }
    }

    /// The number with the other sign.
    pub(super) fn neg(self) -> Decimal {
        match self {
            Finite { negative, digits, scale } => {
                Finite { negative: !negative, digits, scale }.signed()
            }
            Infinite(negative) => Infinite(!negative),
            NaN => NaN,
        }
    }

    /// The product; its scale is the sum of both.
    pub(super) fn mul(&self, other: &Decimal) -> Decimal {
        match (self, other) {
            (NaN, _) | (_, NaN) => NaN,
            (Infinite(_), other) | (other, Infinite(_)) if other.is_zero() => NaN,
            (Infinite(_), _) | (_, Infinite(_)) => {
                Infinite(self.is_negative() != other.is_negative())
            }
            (
                Finite { negative: left_negative, digits: left, scale: left_scale },
                Finite { negative: right_negative, digits: right, scale: right_scale },
            ) => Finite {
                negative: left_negative != right_negative,
                digits: left.multiply(right),
                scale: left_scale + right_scale,
            }
            .signed(),
        }
    }

    /// The quotient, rounded half away from zero to PostgreSQL's scale for it.
    pub(super) fn div(&self, other: &Decimal) -> Result<Decimal, DecimalError> {
        Ok(match (self, other) {
            (NaN, _) | (_, NaN) => NaN,
            (_, other) if other.is_zero() => return Err(DecimalError::DivisionByZero),
            (Infinite(_), Infinite(_)) => NaN,
            (Infinite(negative), other) => Infinite(*negative != other.is_negative()),
            (_, Infinite(_)) => Decimal::from(0),
            (
                Finite { negative: left_negative, digits: left, scale: left_scale },
                Finite { negative: right_negative, digits: right, scale: right_scale },
            ) => {
                let scale = quotient_scale((left, *left_scale), (right, *right_scale));
                // left / 10^ls / (right / 10^rs), as a whole number of 10^-scale.
                let (dividend, divisor) = match (scale + right_scale).checked_sub(*left_scale) {
                    Some(more) => (left.shifted(more), right.clone()),
                    None => (left.clone(), right.shifted(left_scale - scale - right_scale)),
                };
                let (quotient, rest) = dividend.divide(&divisor);
                let digits = if rest.add(&rest).compare(&divisor) == Ordering::Less {
                    quotient
                } else {
                    quotient.add(&Natural::from(1))
                };
                Finite { negative: left_negative != right_negative, digits, scale }.signed()
            }
        })
    }
}

/// The first group of four decimal digits that is not zero, and its weight: groups are counted from
/// the point.
fn first_group(digits: &Natural, scale: usize) -> (i64, u32) {
    let text = digits.to_string();
    if digits.is_zero() {
        return (0, 0);
    }
    // The position of the first digit, counted from the point; 0 is that of the ones.
    let position = text.len() as i64 - 1 - scale as i64;
    let weight = position.div_euclid(GROUP as i64);
    let length = position.rem_euclid(GROUP as i64) as usize + 1;
    let group = (0..length)
        .fold(0, |sum, at| sum * 10 + text.as_bytes().get(at).map_or(0, |d| u32::from(d - b'0')));
    (weight, group)
}

/// (source: `select_div_scale` in PostgreSQL's `src/backend/utils/adt/numeric.c`)
fn quotient_scale(left: (&Natural, usize), right: (&Natural, usize)) -> usize {
    let (left_weight, left_group) = first_group(left.0, left.1);
    let (right_weight, right_group) = first_group(right.0, right.1);
    let mut weight = left_weight - right_weight;
    if left_group <= right_group {
        weight -= 1;
    }
    let scale = (MIN_SIGNIFICANT - weight * GROUP as i64)
        .max(left.1 as i64)
        .max(right.1 as i64)
        .clamp(0, MAX_SCALE);
    scale as usize
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NaN => f.write_str("NaN"),
            Infinite(negative) => f.write_str(if *negative { "-Infinity" } else { "Infinity" }),
            Finite { negative, digits, scale } => {
                if *negative {
                    f.write_str("-")?;
                }
                let digits = format!("{digits:0>width$}", width = scale + 1);
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                f.write_str(whole)?;
                if *scale > 0 {
                    write!(f, ".{fraction}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    /// Each line is what PostgreSQL 15 answers, digits and scale.
    #[test]
    fn results_have_the_digits_of_postgresql() {
        for (left, right, quotient) in [
            ("1", "3", "0.33333333333333333333"),
            ("2", "3", "0.66666666666666666667"),
            ("10", "4", "2.5000000000000000"),
            ("1.00", "3.0", "0.33333333333333333333"),
            ("100000", "3", "33333.333333333333"),
            ("-7", "2", "-3.5000000000000000"),
            ("0", "7", "0.00000000000000000000"),
            ("1", "7000000", "0.000000142857142857142857"),
            ("12345678901234567890", "1", "12345678901234567890"),
            ("0.00", "5", "0.00000000000000000000"),
        ] {
            assert_eq!(
                number(left).div(&number(right)).unwrap().to_string(),
                quotient,
                "{left} / {right}"
            );
        }
        assert_eq!(number("1.50").mul(&number("-2.5")).to_string(), "-3.750");
        assert_eq!(number("0.1").add(&number("0.20")).to_string(), "0.30");
        assert_eq!(number("1").add(&number("-1.00")).to_string(), "0.00");
        assert_eq!(number("1").div(&number("0.0")), Err(DecimalError::DivisionByZero));
    }

    #[test]
    fn what_is_not_finite_follows_postgresql() {
        let (nan, plus, minus) = (number("NaN"), number("Infinity"), number("-Infinity"));
        assert_eq!(plus.add(&minus), NaN);
        assert_eq!(plus.add(&number("1")), plus);
        assert_eq!(plus.mul(&number("0")), NaN);
        assert_eq!(minus.mul(&number("-2")), plus);
        assert_eq!(number("1").div(&minus).unwrap().to_string(), "0");
        assert_eq!(nan.mul(&minus), NaN);
        assert_eq!(nan.div(&number("0")), Ok(NaN));
    }

    #[test]
    fn no_digit_is_lost() {
        let large = format!("{}.{}", "9".repeat(60), "9".repeat(30));
        let sum = number(&large).add(&number(&format!("0.{}1", "0".repeat(29))));
        assert_eq!(sum.to_string(), format!("1{}.{}", "0".repeat(60), "0".repeat(30)));
        for bad in ["", "-", ".", "1e5", "1.2.3", " 1", "+1", "0x1"] {
            assert!(Decimal::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(number("-0.00").to_string(), "0.00");
        assert_eq!(number(".5").to_string(), "0.5");
    }
}
