//! Constraints of a table.

use super::column::sql_for;
use super::{Subject, column_list, made_name, quoted, table_name, unique_name};
use crate::error::Result;
use crate::schema::OnDelete;
use crate::schema::definition::{CheckDefinition, ForeignKeyDefinition, UniqueDefinition};
use crate::sql::Dialect;

/// The primary key, what is unique, and the conditions of a table.
pub fn table_constraints(table: Subject<'_>, dialect: &dyn Dialect) -> Result<Vec<String>> {
    let mut parts = Vec::new();
    if !table.table.primary_key.is_empty() && !key_is_declared(table, dialect)? {
        parts.push(primary_key(table, dialect));
    }
    parts.extend(table.table.uniques.iter().map(|one| unique(table, one, dialect)));
    for one in &table.table.checks {
        parts.push(check(table, one, dialect)?);
    }
    Ok(parts)
}

/// Whether a column's own definition makes it the primary key.
fn key_is_declared(table: Subject<'_>, dialect: &dyn Dialect) -> Result<bool> {
    let key = table.table.primary_key.iter().filter_map(|name| table.table.column(name));
    for column in key.filter(|column| column.counted) {
        if dialect.auto_column(table, column)?.is_key {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `CONSTRAINT … PRIMARY KEY (…)`
pub(super) fn primary_key(table: Subject<'_>, dialect: &dyn Dialect) -> String {
    let name = made_name::<&str>(&table.table.name.name, &[], "pkey", dialect);
    let columns = column_list(&table.table.primary_key, dialect);
    format!("CONSTRAINT {} PRIMARY KEY ({columns})", quoted(&name, dialect))
}

/// `CONSTRAINT … UNIQUE (…)`
pub(super) fn unique(
    table: Subject<'_>,
    unique: &UniqueDefinition,
    dialect: &dyn Dialect,
) -> String {
    let name = quoted(&unique_name(table.table, unique, dialect), dialect);
    format!("CONSTRAINT {name} UNIQUE ({})", column_list(&unique.columns, dialect))
}

/// `CONSTRAINT … CHECK (…)`
pub(super) fn check(
    table: Subject<'_>,
    check: &CheckDefinition,
    dialect: &dyn Dialect,
) -> Result<String> {
    let owner = || format!("the check `{}` of {}", check.name, table.title());
    let condition = sql_for(&check.condition, dialect, owner)?;
    Ok(format!("CONSTRAINT {} CHECK ({condition})", quoted(&check.name, dialect)))
}

/// `CONSTRAINT … FOREIGN KEY (…) REFERENCES …`
pub fn foreign_key(
    table: Subject<'_>,
    key: &ForeignKeyDefinition,
    dialect: &dyn Dialect,
) -> String {
    let name = made_name(&table.table.name.name, &key.columns, "fkey", dialect);
    format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){}{}",
        quoted(&name, dialect),
        column_list(&key.columns, dialect),
        table_name(&key.table, dialect),
        column_list(&key.to, dialect),
        action(" ON DELETE ", key.on_delete),
        action(" ON UPDATE ", key.on_update)
    )
}

fn action(event: &str, action: OnDelete) -> String {
    let words = match action {
        OnDelete::NoAction => return String::new(),
        OnDelete::Restrict => "RESTRICT",
        OnDelete::Cascade => "CASCADE",
        OnDelete::SetNull => "SET NULL",
        OnDelete::SetDefault => "SET DEFAULT",
    };
    format!("{event}{words}")
}
