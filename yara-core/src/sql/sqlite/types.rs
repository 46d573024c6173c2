//! Declared types, and checks that make them hold.
//!
//! SQLite stores anything anywhere. A declared name gives the column its affinity (source: SQLite
//! documentation, "Datatypes", 3.1) and says which kind it is to whoever reads the schema; a CHECK
//! refuses what PostgreSQL would refuse.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::ColumnDefinition;
use crate::value::Type;
use std::borrow::Cow;

/// The declared type of a column. Names that hold `INT` have the affinity of integers, those with
/// `CHAR` or `TEXT` that of texts, `FLOA` and `DOUB` that of floats.
pub(super) fn of_column(column: &ColumnDefinition) -> Cow<'static, str> {
    Cow::Borrowed(match column.kind {
        Type::Bool => "BOOLEAN",
        Type::I16 => "SMALLINT",
        Type::I32 => "INTEGER",
        Type::I64 => "BIGINT",
        Type::F32 => "FLOAT",
        Type::F64 => "DOUBLE",
        Type::Numeric => {
            return Cow::Owned(match column.precision {
                Some((digits, scale)) => {
                    format!("DECIMAL_TEXT({digits}, {scale}) COLLATE yara_numeric")
                }
                None => "DECIMAL_TEXT COLLATE yara_numeric".into(),
            });
        }
        Type::Text => match column.max_length {
            Some(length) => return Cow::Owned(format!("VARCHAR({length})")),
            None => "TEXT",
        },
        Type::Bytes => "BLOB",
        Type::Uuid => "UUID_TEXT",
        Type::Date => "DATE_TEXT",
        Type::Time => "TIME_TEXT",
        Type::Timestamp => "TIMESTAMP_TEXT",
        Type::TimestampTz => "TIMESTAMPTZ_TEXT",
        // Microseconds; the name holds `INT`, as it should.
        Type::Interval => "INTERVAL",
        Type::Json => "JSON_TEXT",
        Type::Inet => "INET_TEXT COLLATE yara_inet",
        Type::Foreign(kind) => kind.sqlite.unwrap_or("TEXT"),
        // Refused before it is written, see `check_kind`.
        Type::Range(_) => "RANGE_TEXT",
        Type::Array(_) => "ARRAY_TEXT",
    })
}

/// Errs where SQLite can keep no values of a kind with the meaning that they have elsewhere.
pub(super) fn check_kind(kind: Type) -> Result<()> {
    let lacks = |what: String| Err(Error::new(ErrorKind::Unsupported, what));
    match kind {
        Type::Array(item) => check_kind(*item),
        Type::Range(_) => Err(no_ranges()),
        Type::Foreign(kind) if kind.sqlite.is_none() => {
            lacks(format!("the kind `{}` was registered without a type on SQLite", kind.name))
        }
        _ => Ok(()),
    }
}

/// The error for ranges, and for what is asked of them.
pub(super) fn no_ranges() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "SQLite has no ranges; keep the two bounds as fields of their own",
    )
}

/// The condition that a value of the column is of its kind; NULL meets it.
pub(super) fn check(column: &ColumnDefinition, name: &str) -> Option<String> {
    let stored = |class: &str| {
        if column.nullable {
            format!("typeof({name}) IN ('{class}', 'null')")
        } else {
            format!("typeof({name}) = '{class}'")
        }
    };
    Some(match column.kind {
        Type::Bool => format!("{name} IN (0, 1)"),
        Type::I16 => format!("{} AND {name} BETWEEN -32768 AND 32767", stored("integer")),
        Type::I32 => {
            format!("{} AND {name} BETWEEN -2147483648 AND 2147483647", stored("integer"))
        }
        Type::I64 | Type::Interval => stored("integer"),
        // NaN and the infinities, which SQLite's floats lack or do not show, are stored as words.
        Type::F32 | Type::F64 => {
            format!("{} OR {name} IN ('NaN', 'Infinity', '-Infinity')", stored("real"))
        }
        Type::Bytes => stored("blob"),
        Type::Text => match column.max_length {
            Some(length) => format!("{} AND length({name}) <= {length}", stored("text")),
            None => stored("text"),
        },
        Type::Json => format!("{} AND json_valid({name})", stored("text")),
        Type::Numeric
        | Type::Uuid
        | Type::Date
        | Type::Time
        | Type::Timestamp
        | Type::TimestampTz
        | Type::Inet
        | Type::Foreign(_)
        | Type::Range(_)
        | Type::Array(_) => stored("text"),
    })
}
