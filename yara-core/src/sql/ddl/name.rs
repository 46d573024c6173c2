//! Names of tables, columns and constraints.

use super::Subject;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::{
    IndexDefinition, KeySource, TableDefinition, TableName, UniqueDefinition,
};
use crate::sql::{Dialect, Writer};

/// The name of a constraint or an index: table, columns and `what`, as PostgreSQL makes them. A
/// name that is too long is cut and gets a hash of the whole, so that it stays one of a kind.
pub fn made_name<C: AsRef<str>>(
    table: &str,
    columns: &[C],
    what: &str,
    dialect: &dyn Dialect,
) -> String {
    let mut stem = table.to_owned();
    for column in columns {
        stem.push('_');
        stem.push_str(column.as_ref());
    }
    let whole = format!("{stem}_{what}");
    let limit = dialect.capabilities().name_bytes;
    if whole.len() <= limit {
        return whole;
    }
    let tail = format!("_{:08x}_{what}", hash(&whole));
    let mut end = limit.saturating_sub(tail.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    stem.truncate(end);
    stem + &tail
}

/// FNV-1a: the names of constraints must be the same in every version of this library.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The name of a unique constraint: its own, or the one that is made.
pub fn unique_name(
    table: &TableDefinition,
    unique: &UniqueDefinition,
    dialect: &dyn Dialect,
) -> String {
    let made = || made_name(&table.name.name, &unique.columns, "key", dialect);
    unique.name.clone().unwrap_or_else(made)
}

/// The name of an index: its own, or one made from table and columns.
pub fn index_name(
    table: &TableDefinition,
    index: &IndexDefinition,
    dialect: &dyn Dialect,
) -> String {
    if let Some(name) = &index.name {
        return name.clone();
    }
    let columns = index.keys.iter().map(|key| match &key.of {
        KeySource::Column(column) => Some(column),
        KeySource::Expression(_) => None,
    });
    let columns: Option<Vec<&String>> = columns.collect();
    made_name(&table.name.name, &columns.unwrap_or_default(), "idx", dialect)
}

/// Refuses a name that the database would cut, or could not hold.
pub fn check_name(name: &str, what: &str, dialect: &dyn Dialect) -> Result<()> {
    let limit = dialect.capabilities().name_bytes;
    let wrong = if name.is_empty() {
        "is empty".to_owned()
    } else if name.contains('\0') {
        "holds a NUL character".to_owned()
    } else if name.len() > limit {
        format!("has {} bytes, and {} keeps {limit} of them", name.len(), dialect.name())
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Configuration, format!("the name of the {what} `{name}` {wrong}")))
}

/// Checks every name that a table was given.
pub(super) fn check_names(table: &TableDefinition, dialect: &dyn Dialect) -> Result<()> {
    check_name(&table.name.name, "table", dialect)?;
    table.columns.iter().try_for_each(|column| check_name(&column.name, "column", dialect))?;
    let given = table.uniques.iter().filter_map(|unique| unique.name.as_ref());
    let given = given.chain(table.indexes.iter().filter_map(|index| index.name.as_ref()));
    let given = given.chain(table.fulltext.iter().map(|index| &index.name));
    let mut given = given.chain(table.checks.iter().map(|check| &check.name));
    given.try_for_each(|name| check_name(name, "constraint", dialect))
}

/// The statement that makes the schema of a table, where it is in one. Errs where the database has
/// no schemas.
pub(super) fn create_schema(table: Subject<'_>, dialect: &dyn Dialect) -> Result<Option<String>> {
    let Some(schema) = &table.table.name.schema else { return Ok(None) };
    if !dialect.capabilities().schemas {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "{} has no schemas, and {} is to be in the schema `{schema}`; leave the schema \
                 out, or put it into the table's name",
                dialect.name(),
                table.title()
            ),
        ));
    }
    check_name(schema, "schema", dialect)?;
    Ok(Some(format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema, dialect))))
}

/// An identifier, quoted.
pub(in crate::sql) fn quoted(name: &str, dialect: &dyn Dialect) -> String {
    let mut writer = Writer::new(dialect);
    writer.name(name);
    writer.into_text()
}

/// A table's name with its schema.
pub(in crate::sql) fn table_name(name: &TableName, dialect: &dyn Dialect) -> String {
    let mut writer = Writer::new(dialect);
    writer.table_name(name);
    writer.into_text()
}

/// Columns with commas between them.
pub(super) fn column_list(columns: &[String], dialect: &dyn Dialect) -> String {
    let names: Vec<String> = columns.iter().map(|column| quoted(column, dialect)).collect();
    names.join(", ")
}
