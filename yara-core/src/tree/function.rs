//! Functions that every backend has, with one meaning, or that it refuses by name.

use super::Expr;
use crate::error::{Error, ErrorKind, Result};
use crate::value::Type;
use std::borrow::Cow;

/// A function; what stands behind each name is its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// `(value, …)`: the first argument that is not NULL.
    Coalesce,
    /// `(value, other)`: NULL where both are equal, else the first.
    NullIf,
    /// `(value, …)`: the greatest argument; NULLs are passed over.
    Greatest,
    /// `(value, …)`: the least argument; NULLs are passed over.
    Least,

    /// `(text)`: in lower case, all of Unicode.
    Lower,
    /// `(text)`: in upper case, all of Unicode.
    Upper,
    /// `(text)`: the number of characters.
    Length,
    /// `(text[, characters])`: without spaces, or these characters, at either end.
    Trim,
    /// `(text[, characters])`: without them at the start.
    TrimStart,
    /// `(text[, characters])`: without them at the end.
    TrimEnd,
    /// `(text, start[, length])`: a part, from the character `start`, counted from 1.
    Substring,
    /// `(text, old, new)`: every `old` replaced.
    Replace,
    /// `(text, length[, fill])`: filled up at the start, or cut at the end, to so many characters.
    PadLeft,
    /// `(text, length[, fill])`: filled up, or cut, at the end.
    PadRight,
    /// `(text, part)`: where `part` begins, counted from 1; 0 where it is not in the text.
    Position,
    /// `(text, times)`: the text so many times.
    Repeat,
    /// `(text)`: backwards, character by character.
    Reverse,
    /// `(text, pattern)`: whether a regular expression matches somewhere in the text.
    RegexMatches {
        /// Whether `É` matches `é`.
        ignore_case: bool,
    },
    /// `(text, pattern, replacement)`: matches of a regular expression replaced; `\1` is what the
    /// first group matched.
    RegexReplace {
        /// Every match, not the first only.
        all: bool,
        /// Whether `É` matches `é`.
        ignore_case: bool,
    },

    /// `(number)`: without its sign.
    Abs,
    /// `(number)`: -1, 0 or 1.
    Sign,
    /// `(number[, digits])`: rounded, half away from zero.
    Round,
    /// `(number[, digits])`: cut off, towards zero.
    Trunc,
    /// `(number)`: the greatest whole number that is not greater.
    Floor,
    /// `(number)`: the least whole number that is not less.
    Ceil,
    /// `(number, exponent)`: a power, as a 64-bit float.
    Power,
    /// `(number)`: the square root, as a 64-bit float.
    Sqrt,
    /// `(number)`: e to this power.
    Exp,
    /// `(number)`: the natural logarithm.
    Ln,
    /// `()`: a random float from 0 to below 1, another one for each row.
    Random,

    /// `()`: the time at which the transaction began, with time zone.
    Now,
    /// `()`: the date of [`Function::Now`] in UTC.
    Today,
    /// `(moment)`: a part of a date, time, timestamp or interval as a number.
    Extract(DatePart),
    /// `(moment)`: a date or timestamp, cut down to the start of its year, month, ….
    Truncate(DatePart),
    /// `(later, earlier)`: the time between two timestamps, in years, months, days and time.
    Age,

    /// `(document, step, …)`: what stands at a path, as JSON; a step is a key or an index.
    JsonGet,
    /// `(document, step, …)`: what stands at a path, as text; strings without their quotes.
    JsonText,
    /// `(document)`: the number; NULL of anything else.
    JsonNumber,
    /// `(document)`: the string; NULL of anything else.
    JsonString,
    /// `(document)`: true or false; NULL of anything else.
    JsonBool,
    /// `(document, other)`: whether both are the same value: numbers as numbers, objects whatever
    /// the order of their keys.
    JsonEquals,
    /// `(document, part)`: whether `part` is contained in the document.
    JsonContains,
    /// `(document, key)`: whether the object has the key, or the array the string; of a string,
    /// whether it is that.
    JsonHasKey,
    /// `(document, keys)`: whether it has one of the keys of a list of texts.
    JsonHasAnyKey,
    /// `(document, keys)`: whether it has all keys of a list of texts.
    JsonHasAllKeys,
    /// `(document)`: the number of elements of an array; NULL of anything else.
    JsonLength,
    /// `(document)`: the keys of an object, as a list of texts.
    JsonKeys,
    /// `(document)`: `object, array, string, number, boolean` or `null`.
    JsonType,
    /// `(document, value, step, …)`: with another value at a path. What lacks the last key, or ends
    /// before the last index, gets it; where the way there is missing, nothing changes.
    JsonSet,
    /// `(document, step, …)`: without what stands at a path.
    JsonRemove,
    /// `(document, other)`: two objects as one; keys of the second win, and NULL adds nothing. Unless
    /// both are objects, the second alone.
    JsonMerge,
    /// `(key, value, …)`: an object.
    JsonObject,
    /// `(value, …)`: an array.
    JsonArray,

    /// `(list, other)`: whether every item of `other` is in the list; NULL never is.
    ArrayContains,
    /// `(list, other)`: whether the two have an item in common.
    ArrayOverlaps,
    /// `(list, item)`: whether the item is in the list; NULL never is.
    ArrayHas,
    /// `(list)`: whether NULL is in the list.
    ArrayHasNull,
    /// `(list)`: the number of items.
    ArrayLength,
    /// `(list, index)`: an item, counted from 0; NULL where there is none.
    ArrayGet,
    /// `(list, item)`: with an item more at the end; NULL counts as an empty list.
    ArrayAppend,
    /// `(list, item)`: without the items that are equal to one; NULL equals NULL.
    ArrayRemove,
    /// `(list, other)`: one after the other; NULL counts as an empty list.
    ArrayConcat,
    /// Whether a range has everything of another one in it, or a value.
    RangeContains,
    /// Whether two ranges have a value in common.
    RangeOverlaps,

    /// `(query, text, …)`: whether the texts match a full-text query.
    Search(&'static str),
    /// `(query, text, …)`: how well the texts match a full-text query; more is better.
    SearchRank(&'static str),
}

/// A part of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// The year.
    Year,
    /// The quarter, from 1 to 4.
    Quarter,
    /// The month, from 1 to 12.
    Month,
    /// The week of ISO 8601, from 1 to 53; truncating gives its Monday.
    Week,
    /// The day of the month.
    Day,
    /// The day of the week, from 1 for Monday to 7 for Sunday.
    WeekDay,
    /// The day of the year, from 1.
    YearDay,
    /// The hour.
    Hour,
    /// The minute.
    Minute,
    /// The second, a whole number.
    Second,
    /// The microseconds after the second.
    Microsecond,
    /// The seconds since 1970, as a float.
    Epoch,
}

/// A function or operator that the engine does not know: the user's word for its name and type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Custom {
    /// What is called.
    pub call: CustomCall,
    /// The arguments; of an operator two.
    pub arguments: Vec<Expr>,
    /// The kind of the result.
    pub kind: Option<Type>,
}

/// What is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CustomCall {
    /// A function by its name, with its schema where it has one; quoted when written.
    Function(Vec<Cow<'static, str>>),
    /// An operator made of the characters `+ - * / < > = ~ ! @ # % ^ & | ?`.
    Operator(Cow<'static, str>),
}

/// `case when … then … else … end`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Case {
    /// Conditions and values; the first condition that is true counts.
    pub whens: Vec<(Expr, Expr)>,
    /// The value where none is true; NULL if there is none.
    pub otherwise: Option<Expr>,
}

/// A family of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Which of several values.
    Choice,
    /// Texts.
    Text,
    /// Regular expressions.
    Regex,
    /// Numbers.
    Number,
    /// Dates and times.
    Moment,
    /// JSON documents.
    Json,
    /// Lists.
    Array,
    /// Ranges.
    Range,
    /// Full-text search.
    Search,
}

impl Function {
    /// Which family a function belongs to: each has a file of its own in every dialect.
    pub fn family(self) -> Family {
        use Function::*;
        match self {
            Coalesce | NullIf | Greatest | Least => Family::Choice,
            Lower | Upper | Length | Trim | TrimStart | TrimEnd | Substring | Replace | PadLeft
            | PadRight | Position | Repeat | Reverse => Family::Text,
            RegexMatches { .. } | RegexReplace { .. } => Family::Regex,
            Abs | Sign | Round | Trunc | Floor | Ceil | Power | Sqrt | Exp | Ln | Random => {
                Family::Number
            }
            Now | Today | Extract(_) | Truncate(_) | Age => Family::Moment,
            JsonGet | JsonText | JsonNumber | JsonString | JsonBool | JsonEquals | JsonContains
            | JsonHasKey | JsonHasAnyKey | JsonHasAllKeys | JsonLength | JsonKeys | JsonType
            | JsonSet | JsonRemove | JsonMerge | JsonObject | JsonArray => Family::Json,
            ArrayContains | ArrayOverlaps | ArrayHas | ArrayHasNull | ArrayLength | ArrayGet
            | ArrayAppend | ArrayRemove | ArrayConcat => Family::Array,
            RangeContains | RangeOverlaps => Family::Range,
            Search(_) | SearchRank(_) => Family::Search,
        }
    }

    /// How many arguments it takes: at least, and at most.
    pub fn arity(self) -> (usize, usize) {
        use Function::*;
        const ANY: usize = usize::MAX;
        match self {
            Random | Now | Today => (0, 0),
            Lower | Upper | Length | Reverse | Abs | Sign | Floor | Ceil | Sqrt | Exp | Ln
            | Extract(_) | Truncate(_) | JsonLength | JsonKeys | JsonType | JsonNumber
            | JsonString | JsonBool | ArrayLength | ArrayHasNull => (1, 1),
            Trim | TrimStart | TrimEnd | Round | Trunc => (1, 2),
            NullIf
            | Position
            | Repeat
            | RegexMatches { .. }
            | Power
            | Age
            | JsonEquals
            | JsonContains
            | JsonHasKey
            | JsonHasAnyKey
            | JsonHasAllKeys
            | JsonMerge
            | ArrayContains
            | ArrayOverlaps
            | ArrayHas
            | ArrayGet
            | ArrayAppend
            | ArrayRemove
            | ArrayConcat
            | RangeContains
            | RangeOverlaps => (2, 2),
            Substring | PadLeft | PadRight => (2, 3),
            Replace | RegexReplace { .. } => (3, 3),
            Coalesce | Greatest | Least => (1, ANY),
            JsonText => (1, ANY),
            JsonGet | JsonRemove | Search(_) | SearchRank(_) => (2, ANY),
            JsonSet => (3, ANY),
            JsonObject | JsonArray => (0, ANY),
        }
    }

    /// Errs where it does not take so many arguments.
    pub fn check_arity(self, given: usize) -> Result<()> {
        let (least, most) = self.arity();
        if (least..=most).contains(&given) {
            return Ok(());
        }
        let wanted = match (least, most) {
            (least, usize::MAX) => format!("at least {least}"),
            (least, most) if least == most => least.to_string(),
            (least, most) => format!("{least} to {most}"),
        };
        Err(Error::new(
            ErrorKind::InvalidQuery,
            format!("{self:?} takes {wanted} arguments and was given {given}"),
        ))
    }

    /// The kind of the result for these arguments, where it is known.
    pub fn kind(self, arguments: &[Expr]) -> Option<Type> {
        use Function::*;
        let first = || arguments.first().and_then(Expr::kind);
        match self {
            Coalesce | NullIf | Greatest | Least => super::kind::common_kind(arguments.iter()),
            Lower
            | Upper
            | Trim
            | TrimStart
            | TrimEnd
            | Substring
            | Replace
            | PadLeft
            | PadRight
            | Repeat
            | Reverse
            | RegexReplace { .. }
            | JsonText
            | JsonString
            | JsonType => Some(Type::Text),
            JsonNumber => Some(Type::Numeric),
            Length | Position | JsonLength | ArrayLength => Some(Type::I32),
            RegexMatches { .. }
            | JsonBool
            | JsonEquals
            | JsonContains
            | JsonHasKey
            | JsonHasAnyKey
            | JsonHasAllKeys
            | ArrayContains
            | ArrayOverlaps
            | ArrayHas
            | ArrayHasNull
            | RangeContains
            | RangeOverlaps
            | Search(_) => Some(Type::Bool),
            Sign => Some(Type::I32),
            Abs | Round | Trunc | Floor | Ceil => first(),
            Power | Sqrt | Exp | Ln | Random | SearchRank(_) => Some(Type::F64),
            Now => Some(Type::TimestampTz),
            Today => Some(Type::Date),
            Extract(DatePart::Epoch) => Some(Type::F64),
            Extract(_) => Some(Type::I32),
            Truncate(_) | ArrayAppend | ArrayRemove | ArrayConcat => first(),
            Age => Some(Type::Interval),
            JsonGet | JsonSet | JsonRemove | JsonMerge | JsonObject | JsonArray => Some(Type::Json),
            JsonKeys => Some(Type::Text.list()),
            ArrayGet => match first() {
                Some(Type::Array(item)) => Some(*item),
                _ => None,
            },
        }
    }

    /// Whether the result can be NULL for these arguments.
    pub fn is_nullable(self, arguments: &[Expr]) -> bool {
        use Function::*;
        match self {
            Coalesce | Greatest | Least => arguments.iter().all(Expr::is_nullable),
            Random | Now | Today | JsonObject | JsonArray => false,
            NullIf | JsonGet | JsonText | JsonNumber | JsonString | JsonBool | JsonLength
            | JsonKeys | ArrayGet | Sqrt | Ln | Power | Extract(_) | Search(_) | SearchRank(_) => {
                true
            }
            _ => arguments.iter().any(Expr::is_nullable),
        }
    }
}
