//! Why a function has no result. [`error`](super::super::error) knows these by their words.

use std::fmt;

/// Why there is no result.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Failure {
    /// A number has no room in the type of the result.
    OutOfRange,
    /// A text cannot be read as what it is to be.
    BadText(&'static str, String),
    /// The square root of a negative number, a logarithm of zero, and their like.
    Undefined(&'static str),
    /// A part of a negative length.
    NegativeLength,
    /// A text longer than a database keeps.
    TooLong,
    /// An interval with months or days, where microseconds are counted.
    NoExactLength,
    /// No number, or an infinite one, that is to be an integer.
    NotFinite,
    /// A moment outside of the years that are stored.
    MomentOutOfRange,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::OutOfRange => f.write_str("the number is out of range"),
            Failure::BadText(what, text) => write!(f, "`{text}` cannot be read as {what}"),
            Failure::Undefined(what) => write!(f, "{what} is undefined"),
            Failure::NegativeLength => f.write_str("a part of a text has a negative length"),
            Failure::TooLong => f.write_str("the text would be too long"),
            Failure::NoExactLength => f.write_str(
                "an interval with months or days has no exact length, and SQLite aggregates \
                 microseconds alone",
            ),
            Failure::NotFinite => f.write_str("NaN and infinities cannot become an integer"),
            Failure::MomentOutOfRange => {
                f.write_str("the date or time is outside of the years 0001 to 9999")
            }
        }
    }
}

impl std::error::Error for Failure {}
