//! What an operation names, in a state; or an error with the nearest names.

use super::State;
use crate::error::{Error, ErrorKind, Result};
use crate::names::nearest;
use crate::schema::definition::{
    ColumnDefinition, IndexDefinition, TableDefinition, TableName, UniqueDefinition,
};

pub(super) fn wrong(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, what)
}

/// Names with commas between them, for messages.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl State {
    pub(super) fn position(&self, name: &TableName) -> Result<usize> {
        let found = self.tables.iter().position(|table| table.name == *name);
        found.ok_or_else(|| {
            let known: Vec<String> =
                self.tables.iter().map(|table| table.name.to_string()).collect();
            let near = match nearest(&name.to_string(), known.iter().map(String::as_str)) {
                near if near.starts_with("; it has") => near.replacen("it has", "there are", 1),
                near => near,
            };
            wrong(format!("there is no table `{name}`{near}"))
        })
    }

    pub(in crate::migrate) fn need(&self, name: &TableName) -> Result<&TableDefinition> {
        self.position(name).map(|at| &self.tables[at])
    }

    pub(super) fn need_mut(&mut self, name: &TableName) -> Result<&mut TableDefinition> {
        self.position(name).map(|at| &mut self.tables[at])
    }
}

pub(super) fn column<'t>(table: &'t TableDefinition, name: &str) -> Result<&'t ColumnDefinition> {
    table.column(name).ok_or_else(|| {
        lacks(table, "column", name, table.columns.iter().map(|column| column.name.as_str()))
    })
}

/// That a table has no part of a name.
fn lacks<'a>(
    table: &TableDefinition,
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Error {
    let near = nearest(name, known);
    wrong(format!("the table `{}` has no {what} `{name}`{near}", table.name))
}

/// The constraint that an operation names: by its name if it has one, else by its columns.
pub(super) fn unique(table: &TableDefinition, wanted: &UniqueDefinition) -> Result<usize> {
    let same = |known: &UniqueDefinition| match &wanted.name {
        Some(_) => known.name == wanted.name,
        None => known.name.is_none() && known.columns == wanted.columns,
    };
    table.uniques.iter().position(same).ok_or_else(|| {
        let known = table.uniques.iter().map(unique_label).collect();
        unknown(table, "unique constraint", &unique_label(wanted), known)
    })
}

/// The index that an operation names: by its name if it has one, else by its columns, of which a
/// name is made.
pub(super) fn index(table: &TableDefinition, wanted: &IndexDefinition) -> Result<usize> {
    let same = |known: &IndexDefinition| match &wanted.name {
        Some(_) => known.name == wanted.name,
        None => known.name.is_none() && known.columns().eq(wanted.columns()),
    };
    table.indexes.iter().position(same).ok_or_else(|| {
        let known = table.indexes.iter().map(index_label).collect();
        unknown(table, "index", &index_label(wanted), known)
    })
}

/// The foreign key of some columns.
pub(super) fn foreign_key(table: &TableDefinition, names: &[String]) -> Result<usize> {
    let columns = |key: &[String]| listed(key.iter().map(String::as_str));
    let found = table.foreign_keys.iter().position(|known| known.columns == *names);
    found.ok_or_else(|| {
        let known =
            table.foreign_keys.iter().map(|known| format!("of {}", columns(&known.columns)));
        unknown(table, "foreign key", &format!("of {}", columns(names)), known.collect())
    })
}

/// The check of a name.
pub(super) fn check(table: &TableDefinition, name: &str) -> Result<usize> {
    let found = table.checks.iter().position(|known| known.name == name);
    let known = table.checks.iter().map(|known| known.name.as_str());
    found.ok_or_else(|| lacks(table, "check", name, known))
}

/// The full-text index of a name.
pub(super) fn fulltext(table: &TableDefinition, name: &str) -> Result<usize> {
    let found = table.fulltext.iter().position(|known| known.name == name);
    let known = table.fulltext.iter().map(|known| known.name.as_str());
    found.ok_or_else(|| lacks(table, "full-text index", name, known))
}

fn unknown(table: &TableDefinition, what: &str, label: &str, known: Vec<String>) -> Error {
    let known = match known.len() {
        0 => "none".to_owned(),
        _ => known.join(", "),
    };
    wrong(format!("the table `{}` has no {what} {label}; it has {known}", table.name))
}

/// What a unique constraint is called in messages.
pub(super) fn unique_label(unique: &UniqueDefinition) -> String {
    label(unique.name.as_deref(), unique.columns.iter().map(String::as_str))
}

/// What an index is called in messages.
pub(super) fn index_label(index: &IndexDefinition) -> String {
    label(index.name.as_deref(), index.columns())
}

fn label<'a>(name: Option<&str>, columns: impl Iterator<Item = &'a str>) -> String {
    match name {
        Some(name) => format!("`{name}`"),
        None => format!("of {}", listed(columns)),
    }
}
