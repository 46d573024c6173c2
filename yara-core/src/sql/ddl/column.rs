//! One column of a table.

use super::constraint::named;
use super::quoted;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Default, Field, Table};
use crate::sql::{AutoColumn, Dialect, Level, Writer, constant};
use crate::value::Type;

/// `"views" bigint NOT NULL DEFAULT (0)`, and the conditions that are about this column alone.
pub fn column_definition(table: &Table, field: &Field, dialect: &dyn Dialect) -> Result<String> {
    dialect.check_kind(field.kind).map_err(|error| {
        Error::new(error.kind(), format!("{}.{}: {error}", table.model, field.name))
    })?;
    let column = quoted(field.column, dialect);
    if matches!(field.default, Default::Auto) {
        let auto = dialect.auto_column(table, field)?;
        let not_null = if auto.is_key { "" } else { " NOT NULL" };
        let mut definition = format!("{column} {}{not_null}", auto.definition);
        // A key of 64 bits ends where counting does.
        if field.kind != Type::I64 {
            definition.push_str(&range_check(table, field, &column, dialect)?);
        }
        return Ok(definition);
    }
    let mut definition = format!("{column} {}", dialect.column_type(field));
    if !field.nullable {
        definition.push_str(" NOT NULL");
    }
    if let Some(computed) = &field.computed {
        let mut writer = Writer::new(dialect);
        writer.constants = true;
        writer.operand(&computed.expression(), Level::Raw)?;
        let expression = writer.into_text();
        definition.push_str(&format!(" GENERATED ALWAYS AS ({expression}) STORED"));
    }
    if let Some(default) = default(table, field, dialect)? {
        definition.push_str(&format!(" DEFAULT ({default})"));
    }
    definition.push_str(&range_check(table, field, &column, dialect)?);
    if let Some(choices) = choices(field)? {
        let name = named(table, &[field.column], "check", dialect)?;
        definition.push_str(&format!(" CONSTRAINT {name} CHECK ({column} IN ({choices}))"));
    }
    Ok(definition)
}

/// What the database fills in.
fn default(table: &Table, field: &Field, dialect: &dyn Dialect) -> Result<Option<String>> {
    Ok(Some(match &field.default {
        Default::None | Default::Auto | Default::Value(_) | Default::Now => return Ok(None),
        Default::Sql(sql) => (*sql).to_owned(),
        Default::Constant(value) => dialect.constant(value)?,
        Default::Clock => match dialect.clock(field.kind) {
            Some(sql) => sql.to_owned(),
            None => {
                return Err(wrong_default(table, field, "the time, which is for dates and times"));
            }
        },
        Default::RandomHex(bytes) if field.kind == Type::Text => dialect.random_hex(*bytes),
        Default::RandomHex(_) => {
            return Err(wrong_default(table, field, "random digits, which are for texts"));
        }
    }))
}

fn wrong_default(table: &Table, field: &Field, what: &str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!(
            "{}.{} is a {}, and its default is {what}",
            table.model,
            field.name,
            field.kind.name()
        ),
    )
}

/// The condition that keeps out what the declared type alone would let in, where there is one.
fn range_check(
    table: &Table,
    field: &Field,
    column: &str,
    dialect: &dyn Dialect,
) -> Result<String> {
    let Some(condition) = dialect.column_check(field, column) else { return Ok(String::new()) };
    let name = named(table, &[field.column], "type", dialect)?;
    Ok(format!(" CONSTRAINT {name} CHECK ({condition})"))
}

/// What an enum can be, as constants.
fn choices(field: &Field) -> Result<Option<String>> {
    let spelled: Vec<String> = match field.kind {
        Type::Text => {
            field.choices.iter().map(|text| constant::quoted(text)).collect::<Result<_>>()?
        }
        Type::I16 | Type::I32 | Type::I64 => field
            .choices
            .iter()
            .map(|number| {
                number.parse::<i64>().map(|number| number.to_string()).map_err(|_| {
                    Error::new(
                        ErrorKind::Configuration,
                        format!("`{number}` is a choice of `{}`, and no integer", field.name),
                    )
                })
            })
            .collect::<Result<_>>()?,
        _ => return Ok(None),
    };
    Ok((!spelled.is_empty()).then(|| spelled.join(", ")))
}

/// A column that the database counts up, if it is one of integers.
pub(in crate::sql) fn identity(
    table: &Table,
    field: &Field,
    make: impl FnOnce() -> AutoColumn,
) -> Result<AutoColumn> {
    if matches!(field.kind, Type::I16 | Type::I32 | Type::I64) {
        return Ok(make());
    }
    Err(Error::new(
        ErrorKind::Configuration,
        format!(
            "{}.{} is a {}, and a database counts up integers only",
            table.model,
            field.name,
            field.kind.name()
        ),
    ))
}
