//! Parts of texts, and texts made longer, counted in characters.

use super::failure::Failure;
use super::scalar::{as_small, refuse};
use super::{FLAGS, text};
use rusqlite::{Connection, Result};

/// No text is longer: that is what PostgreSQL keeps, in bytes.
const LONGEST: usize = 1 << 28;

/// Registers the functions.
pub(super) fn register(database: &Connection) -> Result<()> {
    for arguments in [2, 3] {
        database.create_scalar_function("yara_substring", arguments, FLAGS, move |context| {
            let (Some(text), Some(start)) = (text(context, 0)?, as_small(context, 1)?) else {
                return Ok(None);
            };
            let length = match arguments {
                3 => match as_small(context, 2)? {
                    Some(length) => Some(length),
                    None => return Ok(None),
                },
                _ => None,
            };
            substring(&text, start, length).map(Some).map_err(refuse)
        })?;
        for (name, at_start) in [("yara_pad_left", true), ("yara_pad_right", false)] {
            database.create_scalar_function(name, arguments, FLAGS, move |context| {
                let fill = if arguments == 3 { text(context, 2)? } else { Some(" ".into()) };
                let (Some(text), Some(length), Some(fill)) =
                    (text(context, 0)?, as_small(context, 1)?, fill)
                else {
                    return Ok(None);
                };
                padded(&text, length, &fill, at_start).map(Some).map_err(refuse)
            })?;
        }
    }
    database.create_scalar_function("yara_repeat", 2, FLAGS, |context| {
        let (Some(text), Some(times)) = (text(context, 0)?, as_small(context, 1)?) else {
            return Ok(None);
        };
        let times = usize::try_from(times).unwrap_or(0);
        if text.len().saturating_mul(times) > LONGEST {
            return Err(refuse(Failure::TooLong));
        }
        Ok(Some(text.repeat(times)))
    })?;
    database.create_scalar_function("yara_reverse", 1, FLAGS, |context| {
        Ok(text(context, 0)?.map(|text| text.chars().rev().collect::<String>()))
    })
}

/// The characters from `start`, counted from 1; what would stand before the first counts.
fn substring(text: &str, start: i32, length: Option<i32>) -> std::result::Result<String, Failure> {
    let start = i64::from(start) - 1;
    let end = match length {
        Some(length) if length < 0 => return Err(Failure::NegativeLength),
        Some(length) => start + i64::from(length),
        None => i64::MAX,
    };
    let position = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX);
    let (from, to) = (position(start), position(end));
    Ok(text.chars().skip(from).take(to.saturating_sub(from)).collect())
}

/// Filled up to so many characters, or cut at the end.
fn padded(
    text: &str,
    length: i32,
    fill: &str,
    at_start: bool,
) -> std::result::Result<String, Failure> {
    let length = usize::try_from(length).unwrap_or(0);
    if length > LONGEST {
        return Err(Failure::TooLong);
    }
    let cut: String = text.chars().take(length).collect();
    let missing = length - cut.chars().count();
    let filled: String = fill.chars().cycle().take(missing).collect();
    Ok(if at_start { filled + &cut } else { cut + &filled })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Each line is what PostgreSQL 15 answers.
    #[test]
    fn parts_are_those_of_postgresql() {
        for (start, length, expected) in [
            (1, Some(2), "Éc"),
            (2, None, "cole"),
            (0, Some(2), "É"),
            (-5, Some(7), "É"),
            (-5, None, "École"),
            (9, Some(2), ""),
            (2, Some(0), ""),
            (i32::MIN, Some(i32::MAX), ""),
        ] {
            assert_eq!(substring("École", start, length).unwrap(), expected, "{start} {length:?}");
        }
        assert_eq!(substring("x", 1, Some(-1)), Err(Failure::NegativeLength));
        for (length, fill, left, right) in [
            (7, "xy", "xyÉcole", "Écolexy"),
            (6, "xy", "xÉcole", "Écolex"),
            (2, "x", "Éc", "Éc"),
            (8, "", "École", "École"),
            (-1, "x", "", ""),
        ] {
            assert_eq!(padded("École", length, fill, true).unwrap(), left);
            assert_eq!(padded("École", length, fill, false).unwrap(), right);
        }
    }
}
