//! Fewer digits of a decimal number, and what a division leaves.

use super::{Decimal, DecimalError, Finite, Infinite, NaN, Natural};
use std::cmp::Ordering;

/// `NUMERIC_MAX_RESULT_SCALE` of PostgreSQL's `numeric.c`.
const MAX_PLACES: i64 = 2000;

/// In which direction digits are dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::backend::sqlite) enum Rounding {
    /// To the nearest, half away from zero.
    Nearest,
    /// Towards zero.
    Zero,
    /// To the greatest that is not greater.
    Down,
    /// To the least that is not less.
    Up,
}

impl Decimal {
    /// With so many digits after the point; before it, where `places` is negative.
    pub(in crate::backend::sqlite) fn rounded(self, places: i64, rounding: Rounding) -> Decimal {
        let Finite { negative, digits, scale } = self else { return self };
        let places = places.clamp(-MAX_PLACES, MAX_PLACES);
        let dropped = scale as i64 - places;
        if dropped <= 0 {
            let digits = digits.shifted(dropped.unsigned_abs() as usize);
            return Finite { negative, digits, scale: places as usize };
        }
        let unit = Natural::from(1).shifted(dropped.unsigned_abs() as usize);
        let (kept, rest) = digits.divide(&unit);
        let away = match rounding {
            Rounding::Nearest => rest.add(&rest).compare(&unit) != Ordering::Less,
            Rounding::Zero => false,
            Rounding::Down => negative && !rest.is_zero(),
            Rounding::Up => !negative && !rest.is_zero(),
        };
        let kept = if away { kept.add(&Natural::from(1)) } else { kept };
        let digits = kept.shifted(places.min(0).unsigned_abs() as usize);
        Finite { negative, digits, scale: places.max(0) as usize }.signed()
    }

    /// Without its sign.
    pub(in crate::backend::sqlite) fn abs(self) -> Decimal {
        if self.is_negative() { self.neg() } else { self }
    }

    /// -1, 0 or 1; `None` of what is not a number.
    pub(in crate::backend::sqlite) fn sign(&self) -> Option<i64> {
        match self {
            NaN => None,
            number if number.is_zero() => Some(0),
            number => Some(if number.is_negative() { -1 } else { 1 }),
        }
    }

    /// What a division leaves, with the sign of the dividend.
    pub(in crate::backend::sqlite) fn rem(
        &self,
        divisor: &Decimal,
    ) -> Result<Decimal, DecimalError> {
        Ok(match (self, divisor) {
            (NaN, _) | (_, NaN) => NaN,
            (_, divisor) if divisor.is_zero() => return Err(DecimalError::DivisionByZero),
            (Infinite(_), _) => NaN,
            (number, Infinite(_)) => number.clone(),
            (
                Finite { negative, digits: left, scale: left_scale },
                Finite { digits: right, scale: right_scale, .. },
            ) => {
                let scale = *left_scale.max(right_scale);
                let left = left.shifted(scale - left_scale);
                let (_, digits) = left.divide(&right.shifted(scale - right_scale));
                Finite { negative: *negative, digits, scale }.signed()
            }
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    /// Each line is what PostgreSQL 15 answers.
    #[test]
    fn digits_are_dropped_as_in_postgresql() {
        use Rounding::{Down, Nearest, Up, Zero};
        for (given, places, rounding, expected) in [
            ("2.5", 0, Nearest, "3"),
            ("-2.5", 0, Nearest, "-3"),
            ("1.25", 1, Nearest, "1.3"),
            ("1.5", 3, Nearest, "1.500"),
            ("1250", -2, Nearest, "1300"),
            ("49", -2, Nearest, "0"),
            ("50", -2, Nearest, "100"),
            ("-0.4", 0, Nearest, "0"),
            ("-1.29", 1, Zero, "-1.2"),
            ("-1.2", 0, Down, "-2"),
            ("1.2", 0, Up, "2"),
            ("-1.2", 0, Up, "-1"),
            ("3.00", 0, Up, "3"),
            ("NaN", 2, Nearest, "NaN"),
        ] {
            assert_eq!(number(given).rounded(places, rounding).to_string(), expected, "{given}");
        }
    }

    #[test]
    fn remainders_have_the_sign_of_the_dividend() {
        for (left, right, rest) in [
            ("7", "3", "1"),
            ("-7", "3", "-1"),
            ("7", "-3", "1"),
            ("7.5", "2", "1.5"),
            ("1", "0.30", "0.10"),
            ("5", "Infinity", "5"),
            ("Infinity", "5", "NaN"),
        ] {
            assert_eq!(number(left).rem(&number(right)).unwrap().to_string(), rest);
        }
        assert!(number("1").rem(&number("0.0")).is_err());
    }
}
