//! Functions of 64-bit floats, with the errors of PostgreSQL
//! (source: `src/backend/utils/adt/float.c`).

use super::failure::Failure;

/// `base` to the power of `exponent`.
pub(super) fn power(base: f64, exponent: f64) -> Result<f64, Failure> {
    if base == 0.0 && exponent < 0.0 {
        return Err(Failure::Undefined("zero to a negative power"));
    }
    // Infinity is whole.
    if base < 0.0 && exponent.floor() != exponent {
        return Err(Failure::Undefined("a negative number to a power that is not whole"));
    }
    let result = base.powf(exponent);
    if base.is_finite() && exponent.is_finite() {
        return in_range(result, base == 0.0);
    }
    Ok(result)
}

/// The square root.
pub(super) fn sqrt(number: f64) -> Result<f64, Failure> {
    if number < 0.0 {
        return Err(Failure::Undefined("the square root of a negative number"));
    }
    Ok(number.sqrt())
}

/// e to this power.
pub(super) fn exp(number: f64) -> Result<f64, Failure> {
    let result = number.exp();
    if number.is_finite() { in_range(result, false) } else { Ok(result) }
}

/// The natural logarithm.
pub(super) fn ln(number: f64) -> Result<f64, Failure> {
    if number <= 0.0 {
        return Err(Failure::Undefined("the logarithm of a number that is not above zero"));
    }
    Ok(number.ln())
}

/// Neither too large nor, unless it `may_be_zero`, too small for a float.
fn in_range(result: f64, may_be_zero: bool) -> Result<f64, Failure> {
    if result.is_infinite() || (result == 0.0 && !may_be_zero) {
        return Err(Failure::OutOfRange);
    }
    Ok(result)
}

/// A float as PostgreSQL writes it: the shortest digits that are read back as the same number, with
/// an exponent where it is large or small
/// (source: `double_to_shortest_decimal_buf` in `src/common/d2s.c`, and `f2s.c`).
pub(super) fn spelled(number: f64, bits: i64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    let (plain, scientific, widest) = if bits == 32 {
        let number = number as f32;
        (format!("{number}"), format!("{number:e}"), 6)
    } else {
        (format!("{number}"), format!("{number:e}"), 15)
    };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..widest).contains(&exponent) {
        return plain;
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::spelled;

    /// Each line is what PostgreSQL 15 answers.
    #[test]
    fn floats_are_written_as_postgresql_does() {
        for (number, text) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (-0.1, "-0.1"),
            (1e14, "100000000000000"),
            (1e15, "1e+15"),
            (1.2345e20, "1.2345e+20"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e300, "1e+300"),
        ] {
            assert_eq!(spelled(number, 64), text);
        }
        assert_eq!(spelled(f64::from(0.1_f32), 32), "0.1");
        assert_eq!(spelled(1e6, 32), "1e+06");
    }
}
