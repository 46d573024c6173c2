//! One column of a table.

use super::{Subject, made_name, quoted};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::{ColumnDefinition, Sql};
use crate::sql::{AutoColumn, Dialect, constant};
use crate::value::Type;

/// `"views" bigint NOT NULL DEFAULT (0)`, and the conditions that are about this column alone.
pub fn column_definition(
    table: Subject<'_>,
    column: &ColumnDefinition,
    dialect: &dyn Dialect,
) -> Result<String> {
    dialect.check_kind(column.kind).map_err(|error| {
        Error::new(error.kind(), format!("{}: {error}", table.path(&column.name)))
    })?;
    let name = quoted(&column.name, dialect);
    if column.counted {
        let auto = dialect.auto_column(table, column)?;
        let not_null = if auto.is_key { "" } else { " NOT NULL" };
        let mut definition = format!("{name} {}{not_null}", auto.definition);
        // A key of 64 bits ends where counting does.
        if column.kind != Type::I64 {
            definition.push_str(&range_check(table, column, dialect));
        }
        return Ok(definition);
    }
    let mut definition = format!("{name} {}", dialect.column_type(column));
    if !column.nullable {
        definition.push_str(" NOT NULL");
    }
    if let Some(computed) = &column.computed {
        let expression = column_sql(table, column, computed, dialect)?;
        definition.push_str(&format!(" GENERATED ALWAYS AS ({expression}) STORED"));
    }
    if let Some(default) = &column.default {
        let default = column_sql(table, column, default, dialect)?;
        definition.push_str(&format!(" DEFAULT ({default})"));
    }
    definition.push_str(&range_check(table, column, dialect));
    if let Some(check) = choices_check(table, column, dialect)? {
        definition.push_str(&format!(" {check}"));
    }
    Ok(definition)
}

/// The SQL that a column has for this database.
pub(super) fn column_sql<'s>(
    table: Subject<'_>,
    column: &ColumnDefinition,
    sql: &'s Sql,
    dialect: &dyn Dialect,
) -> Result<&'s str> {
    sql_for(sql, dialect, || table.path(&column.name))
}

/// The text for this database of what belongs to `owner`.
pub(super) fn sql_for<'s>(
    sql: &'s Sql,
    dialect: &dyn Dialect,
    owner: impl FnOnce() -> String,
) -> Result<&'s str> {
    sql.text(dialect.name()).ok_or_else(|| {
        Error::new(
            ErrorKind::Unsupported,
            format!("{} has an expression without SQL for {}", owner(), dialect.name()),
        )
    })
}

/// The condition that keeps out what the declared type alone would let in, where there is one.
fn range_check(table: Subject<'_>, column: &ColumnDefinition, dialect: &dyn Dialect) -> String {
    let name = quoted(&column.name, dialect);
    let Some(condition) = dialect.column_check(column, &name) else { return String::new() };
    let made = made_name(&table.table.name.name, &[&column.name], "type", dialect);
    format!(" CONSTRAINT {} CHECK ({condition})", quoted(&made, dialect))
}

/// The name of the condition that a column is one of its choices.
pub(super) fn choices_name(
    table: Subject<'_>,
    column: &ColumnDefinition,
    dialect: &dyn Dialect,
) -> String {
    made_name(&table.table.name.name, &[&column.name], "check", dialect)
}

/// `CONSTRAINT … CHECK ("kind" IN ('big', 'small'))`, for a column that is one of some.
pub(super) fn choices_check(
    table: Subject<'_>,
    column: &ColumnDefinition,
    dialect: &dyn Dialect,
) -> Result<Option<String>> {
    let Some(choices) = choices(table, column)? else { return Ok(None) };
    let name = quoted(&choices_name(table, column, dialect), dialect);
    let column = quoted(&column.name, dialect);
    Ok(Some(format!("CONSTRAINT {name} CHECK ({column} IN ({choices}))")))
}

/// What an enum can be, as constants.
fn choices(table: Subject<'_>, column: &ColumnDefinition) -> Result<Option<String>> {
    let number = |number: &String| {
        number.parse::<i64>().map(|number| number.to_string()).map_err(|_| {
            Error::new(
                ErrorKind::Configuration,
                format!(
                    "`{number}` is a choice of `{}`, and no integer",
                    table.member(&column.name)
                ),
            )
        })
    };
    let spelled: Vec<String> = match column.kind {
        Type::Text => {
            column.choices.iter().map(|text| constant::quoted(text)).collect::<Result<_>>()?
        }
        Type::I16 | Type::I32 | Type::I64 => {
            column.choices.iter().map(number).collect::<Result<_>>()?
        }
        _ => return Ok(None),
    };
    Ok((!spelled.is_empty()).then(|| spelled.join(", ")))
}

/// A column that the database counts up, if it is one of integers.
pub(in crate::sql) fn identity(
    table: Subject<'_>,
    column: &ColumnDefinition,
    make: impl FnOnce() -> AutoColumn,
) -> Result<AutoColumn> {
    if matches!(column.kind, Type::I16 | Type::I32 | Type::I64) {
        return Ok(make());
    }
    Err(Error::new(
        ErrorKind::Configuration,
        format!(
            "{} is a {}, and a database counts up integers only",
            table.path(&column.name),
            column.kind.name()
        ),
    ))
}
