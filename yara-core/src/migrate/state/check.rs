//! What makes no sense in a table, whatever the database.

use super::State;
use super::find::{self, index_label, listed, unique_label, wrong};
use crate::error::{Error, Result};
use crate::schema::definition::{
    ColumnDefinition, ForeignKeyDefinition, IndexDefinition, TableDefinition, TableName,
};
use crate::value::Type;

/// Refuses a table that could not be made in the order in which its parts are written.
pub(super) fn new_table(state: &State, table: &TableDefinition) -> Result<()> {
    if state.table(&table.name).is_some() {
        return Err(wrong(format!("there is a table `{}` already", table.name)));
    }
    if table.columns.is_empty() {
        return Err(wrong(format!("the table `{}` has no columns", table.name)));
    }
    for (at, column) in table.columns.iter().enumerate() {
        if table.columns[..at].iter().any(|known| known.name == column.name) {
            return Err(twice(table, &format!("columns `{}`", column.name)));
        }
        self::column(table, column)?;
    }
    if !table.primary_key.is_empty() {
        primary_key(table, &table.primary_key)?;
    }
    for (at, unique) in table.uniques.iter().enumerate() {
        columns(table, &unique.columns, "a unique constraint")?;
        let same = |known: &_| unique_label(known) == unique_label(unique);
        if table.uniques[..at].iter().any(same) {
            return Err(twice(table, &format!("unique constraints {}", unique_label(unique))));
        }
    }
    for (at, index) in table.indexes.iter().enumerate() {
        self::index(table, index)?;
        let same = |known: &_| index_label(known) == index_label(index);
        if table.indexes[..at].iter().any(same) {
            return Err(twice(table, &format!("indexes {}", index_label(index))));
        }
    }
    for (at, check) in table.checks.iter().enumerate() {
        if table.checks[..at].iter().any(|known| known.name == check.name) {
            return Err(twice(table, &format!("checks `{}`", check.name)));
        }
    }
    for (at, fulltext) in table.fulltext.iter().enumerate() {
        columns(table, &fulltext.columns, "a full-text index")?;
        if table.fulltext[..at].iter().any(|known| known.name == fulltext.name) {
            return Err(twice(table, &format!("full-text indexes `{}`", fulltext.name)));
        }
    }
    for (at, key) in table.foreign_keys.iter().enumerate() {
        foreign_key(state, table, key)?;
        if table.foreign_keys[..at].iter().any(|known| known.columns == key.columns) {
            let of = listed(key.columns.iter().map(String::as_str));
            return Err(twice(table, &format!("foreign keys of {of}")));
        }
    }
    Ok(())
}

fn twice(table: &TableDefinition, what: &str) -> Error {
    wrong(format!("the table `{}` has two {what}", table.name))
}

/// Refuses a column that no database could have.
pub(super) fn column(table: &TableDefinition, column: &ColumnDefinition) -> Result<()> {
    let wrong = |what: &str| Err(wrong(format!("`{}.{}` {what}", table.name, column.name)));
    if column.counted && !matches!(column.kind, Type::I16 | Type::I32 | Type::I64) {
        return wrong("is `counted`, and databases count up `i16`, `i32` and `i64` only");
    }
    if column.counted && column.default.is_some() {
        return wrong("is `counted` and has a `default`; it can be one of them");
    }
    if column.computed.is_some() && (column.counted || column.default.is_some()) {
        return wrong("is `computed`, and so it cannot be `counted` or have a `default`");
    }
    Ok(())
}

/// Refuses columns that are not there, are there twice, or are none.
pub(super) fn columns(table: &TableDefinition, names: &[String], what: &str) -> Result<()> {
    if names.is_empty() {
        return Err(wrong(format!("{what} of `{}` has no columns", table.name)));
    }
    for (at, name) in names.iter().enumerate() {
        find::column(table, name)?;
        if names[..at].contains(name) {
            return Err(wrong(format!("{what} of `{}` has `{name}` twice", table.name)));
        }
    }
    Ok(())
}

pub(super) fn primary_key(table: &TableDefinition, names: &[String]) -> Result<()> {
    columns(table, names, "the primary key")?;
    for name in names {
        if find::column(table, name)?.nullable {
            return Err(wrong(format!(
                "`{}.{name}` is in the primary key, and so it cannot be `nullable`",
                table.name
            )));
        }
    }
    Ok(())
}

pub(super) fn index(table: &TableDefinition, index: &IndexDefinition) -> Result<()> {
    if index.keys.is_empty() {
        return Err(wrong(format!("an index of `{}` has no keys", table.name)));
    }
    let mut names = index.columns().chain(index.include.iter().map(String::as_str));
    names.try_for_each(|name| find::column(table, name).map(|_| ()))
}

/// Refuses a foreign key to what is not there, or to columns by which no one row is found.
pub(super) fn foreign_key(
    state: &State,
    table: &TableDefinition,
    key: &ForeignKeyDefinition,
) -> Result<()> {
    columns(table, &key.columns, "a foreign key")?;
    let target = if key.table == table.name { table } else { state.need(&key.table)? };
    columns(target, &key.to, "what a foreign key leads to")?;
    if key.columns.len() != key.to.len() {
        return Err(wrong(format!(
            "a foreign key of `{}` has {} columns, and leads to {}",
            table.name,
            key.columns.len(),
            key.to.len()
        )));
    }
    if !is_key(target, &key.to) {
        let to = listed(key.to.iter().map(String::as_str));
        return Err(wrong(format!(
            "a foreign key of `{}` leads to {to} of `{}`, by which its rows are not told apart; \
             make them unique before",
            table.name, target.name
        )));
    }
    Ok(())
}

/// Whether no two rows have the same values there, and the database knows.
pub(in crate::migrate) fn is_key(table: &TableDefinition, names: &[String]) -> bool {
    let same = |known: &[String]| {
        known.len() == names.len() && names.iter().all(|one| known.contains(one))
    };
    let index = |index: &IndexDefinition| {
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        index.unique
            && index.condition.is_none()
            && columns.len() == index.keys.len()
            && same(&columns)
    };
    same(&table.primary_key)
        || table.uniques.iter().any(|unique| same(&unique.columns))
        || table.indexes.iter().any(index)
}

/// Refuses that `table` becomes what it is here while others refer to what it lacks then.
pub(super) fn still_referred(state: &State, changed: &TableDefinition) -> Result<()> {
    for (table, key) in references(state, &changed.name) {
        if !is_key(changed, &key.to) {
            return Err(wrong(format!(
                "the foreign key of {} of `{table}` leads to {} of `{}`; drop it before",
                listed(key.columns.iter().map(String::as_str)),
                listed(key.to.iter().map(String::as_str)),
                changed.name
            )));
        }
    }
    Ok(())
}

/// The foreign keys that lead to a table.
pub(super) fn references<'s>(
    state: &'s State,
    name: &'s TableName,
) -> impl Iterator<Item = (&'s TableName, &'s ForeignKeyDefinition)> {
    let keys =
        |table: &'s TableDefinition| table.foreign_keys.iter().map(move |key| (&table.name, key));
    state.tables.iter().flat_map(keys).filter(move |(_, key)| key.table == *name)
}

/// Refuses to drop a column that something else is made of.
pub(super) fn unused(state: &State, table: &TableDefinition, name: &str) -> Result<()> {
    let of = |names: &[String]| names.iter().any(|one| one == name);
    let used = if of(&table.primary_key) {
        Some("the primary key".to_owned())
    } else if let Some(unique) = table.uniques.iter().find(|unique| of(&unique.columns)) {
        Some(format!("the unique constraint {}", unique_label(unique)))
    } else if let Some(index) = table
        .indexes
        .iter()
        .find(|index| of(&index.include) || index.columns().any(|column| column == name))
    {
        Some(format!("the index {}", index_label(index)))
    } else if let Some(fulltext) = table.fulltext.iter().find(|index| of(&index.columns)) {
        Some(format!("the full-text index `{}`", fulltext.name))
    } else if table.foreign_keys.iter().any(|key| of(&key.columns)) {
        Some("a foreign key".to_owned())
    } else {
        let referring = references(state, &table.name).find(|(_, key)| of(&key.to));
        referring.map(|(other, _)| format!("a foreign key of `{other}`"))
    };
    match used {
        None => Ok(()),
        Some(what) => {
            Err(wrong(format!("`{}.{name}` is part of {what}; change that before", table.name)))
        }
    }
}
