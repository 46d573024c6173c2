//! The names of types.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::ColumnDefinition;
use crate::value::Type;
use std::borrow::Cow;

/// The type of a kind. PostgreSQL does not tell arrays of different depth apart.
pub(super) fn name(kind: Type) -> Cow<'static, str> {
    Cow::Borrowed(match kind {
        Type::Bool => "boolean",
        Type::I16 => "smallint",
        Type::I32 => "integer",
        Type::I64 => "bigint",
        Type::F32 => "real",
        Type::F64 => "double precision",
        Type::Numeric => "numeric",
        Type::Text => "text",
        Type::Bytes => "bytea",
        Type::Uuid => "uuid",
        Type::Date => "date",
        Type::Time => "time",
        Type::Timestamp => "timestamp",
        Type::TimestampTz => "timestamptz",
        Type::Interval => "interval",
        // Not `jsonb`, which forgets the order of keys.
        Type::Json => "json",
        Type::Inet => "inet",
        Type::Range(element) => match element {
            Type::I64 => "int8range",
            Type::Numeric => "numrange",
            Type::Date => "daterange",
            Type::Timestamp => "tsrange",
            Type::TimestampTz => "tstzrange",
            _ => "int4range",
        },
        Type::Foreign(kind) => kind.postgres.unwrap_or("text"),
        Type::Array(item) => return Cow::Owned(array(&name(innermost(*item)))),
    })
}

/// Errs where a registered kind has no type here.
pub(super) fn check(kind: Type) -> Result<()> {
    match innermost(kind) {
        Type::Foreign(kind) if kind.postgres.is_none() => Err(Error::new(
            ErrorKind::Unsupported,
            format!("the kind `{}` was registered without a type on PostgreSQL", kind.name),
        )),
        _ => Ok(()),
    }
}

/// The declared type of a column.
pub(super) fn of_column(column: &ColumnDefinition) -> Cow<'static, str> {
    let sized = |kind: Type| match (kind, column.max_length, column.precision) {
        (Type::Text, Some(length), _) => Some(format!("varchar({length})")),
        (Type::Numeric, _, Some((digits, scale))) => Some(format!("numeric({digits}, {scale})")),
        _ => None,
    };
    match column.kind {
        // Not `varchar(n)[]`, which no operator compares with the `text[]` of values.
        Type::Array(item) if innermost(*item) == Type::Text => name(column.kind),
        Type::Array(item) => {
            let item = innermost(*item);
            Cow::Owned(array(&sized(item).map_or_else(|| name(item), Cow::Owned)))
        }
        kind => sized(kind).map_or_else(|| name(kind), Cow::Owned),
    }
}

fn array(item: &str) -> String {
    format!("{item}[]")
}

fn innermost(kind: Type) -> Type {
    match kind {
        Type::Array(item) => innermost(*item),
        kind => kind,
    }
}
