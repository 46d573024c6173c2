//! Dates with times as SQLite stores them: text of a fixed form, `2024-01-02 03:04:05.000006`, and
//! `+00:00` behind it for an instant. It is what the engine writes, so it is read without a parser
//! that knows more; any other spelling is left to one.

/// What a text says. Whether there is such a day is for the calendar to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) year: i32,
    pub(super) month: u8,
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) micros: u32,
}

/// The parts of a text that ends with `suffix`, if it has the form.
pub(super) fn written(text: &str, suffix: &[u8]) -> Option<Written> {
    let bytes = text.as_bytes().strip_suffix(suffix)?;
    let punctuated = bytes.len() == 26
        && [bytes[4], bytes[7], bytes[10], bytes[13], bytes[16], bytes[19]] == *b"-- ::.";
    if !punctuated {
        return None;
    }
    let small = |at: usize| number(&bytes[at..at + 2]).map(|number| number as u8);
    Some(Written {
        year: number(&bytes[..4])? as i32,
        month: small(5)?,
        day: small(8)?,
        hour: small(11)?,
        minute: small(14)?,
        second: small(17)?,
        micros: number(&bytes[20..])?,
    })
}

/// A few digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
    })
}
