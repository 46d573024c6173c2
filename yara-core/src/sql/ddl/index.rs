//! Indexes.

use super::column::sql_for;
use super::{CreateOptions, Subject, if_not_exists, index_name};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::{IndexDefinition, KeyDefinition, KeySource};
use crate::sql::{Dialect, Writer};
use crate::tree::Nulls;

/// The statements that create a table's indexes.
pub fn create_indexes(
    table: Subject<'_>,
    options: CreateOptions,
    dialect: &dyn Dialect,
) -> Result<Vec<String>> {
    check_index_names(table, dialect)?;
    let words = if_not_exists(options);
    let indexes = table.table.indexes.iter();
    indexes.map(|index| create_index(table, index, words, dialect)).collect()
}

/// Refuses two indexes of one name.
pub(super) fn check_index_names(table: Subject<'_>, dialect: &dyn Dialect) -> Result<()> {
    let indexes = table.table.indexes.iter();
    let names: Vec<String> = indexes.map(|index| index_name(table.table, index, dialect)).collect();
    match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        None => Ok(()),
        Some((_, name)) => Err(Error::new(
            ErrorKind::Configuration,
            format!("two indexes of {} are called `{name}`; give one a name", table.title()),
        )),
    }
}

/// `CREATE INDEX …`, with `words` before the name.
pub(super) fn create_index(
    table: Subject<'_>,
    index: &IndexDefinition,
    words: &str,
    dialect: &dyn Dialect,
) -> Result<String> {
    let name = index_name(table.table, index, dialect);
    let owner = || format!("the index `{name}` of {}", table.title());
    let lacks = |what: &str, asked: &str| lacks(&owner(), dialect, what, asked);
    let mut writer = Writer::new(dialect);
    writer.push(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    writer.push(words);
    writer.name(&name);
    writer.push(" ON ");
    writer.table_name(&table.table.name);
    let capable = dialect.capabilities().index_methods;
    if let Some(method) = &index.method {
        if capable {
            writer.push(" USING ");
            writer.name(method);
        } else if method != "btree" {
            return Err(lacks("access methods", method));
        }
    }
    writer.push(" (");
    writer.list(&index.keys, |writer, key| {
        match &key.of {
            KeySource::Column(column) => writer.name(column),
            KeySource::Expression(sql) => {
                writer.push("(");
                writer.push(sql_for(sql, dialect, owner)?);
                writer.push(")");
            }
        }
        if let Some(class) = &key.class {
            if !capable {
                return Err(lacks("operator classes", class));
            }
            write_class(writer, class);
        }
        direction(writer, key, &lacks)
    })?;
    writer.push(")");
    if !index.include.is_empty() {
        if !capable {
            return Err(lacks("columns beside the keys", &index.include.join(", ")));
        }
        writer.push(" INCLUDE (");
        writer.list(&index.include, |writer, column| {
            writer.name(column);
            Ok(())
        })?;
        writer.push(")");
    }
    if let Some(condition) = &index.condition {
        writer.push(" WHERE ");
        writer.push(sql_for(condition, dialect, owner)?);
    }
    Ok(writer.into_text())
}

/// An operator class, which may stand in a schema.
fn write_class(writer: &mut Writer<'_>, class: &str) {
    for (at, part) in class.split('.').enumerate() {
        writer.push(if at > 0 { "." } else { " " });
        writer.name(part);
    }
}

/// What follows a part of an index; where NULL stands by itself is not said.
fn direction(
    writer: &mut Writer<'_>,
    key: &KeyDefinition,
    lacks: &impl Fn(&str, &str) -> Error,
) -> Result<()> {
    if key.descending {
        writer.push(" DESC");
    }
    let dialect = writer.dialect;
    let words = match key.nulls {
        Nulls::Greatest => return Ok(()),
        Nulls::First => "NULLS FIRST",
        Nulls::Last => "NULLS LAST",
    };
    let last_by_itself = dialect.capabilities().null_is_greatest != key.descending;
    if last_by_itself == (key.nulls == Nulls::Last) {
        return Ok(());
    }
    if !dialect.capabilities().index_nulls {
        return Err(lacks("a place for NULL", words));
    }
    writer.push(" ");
    writer.push(words);
    Ok(())
}

fn lacks(index: &str, dialect: &dyn Dialect, what: &str, asked: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "{index} asks for `{asked}`, and indexes of {} have no {what}; leave it out for this \
             database",
            dialect.name()
        ),
    )
}
