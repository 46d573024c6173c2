//! What an operation makes of one table.

use super::find::{self, index_label, listed, unique_label, wrong};
use super::{State, check};
use crate::error::{Error, Result};
use crate::migrate::Operation;
use crate::schema::definition::{KeySource, TableDefinition, TableName};
use crate::sql::rewrite::renamed;

/// The table within which an operation changes something.
pub(super) fn changed(operation: &Operation) -> Option<&TableName> {
    match operation {
        Operation::CreateTable(_)
        | Operation::DropTable(_)
        | Operation::RenameTable { .. }
        | Operation::Sql { .. }
        | Operation::Step { .. } => None,
        Operation::CommentTable { table, .. }
        | Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::RenameColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::SetPrimaryKey { table, .. }
        | Operation::AddUnique { table, .. }
        | Operation::DropUnique { table, .. }
        | Operation::AddCheck { table, .. }
        | Operation::DropCheck { table, .. }
        | Operation::AddForeignKey { table, .. }
        | Operation::DropForeignKey { table, .. }
        | Operation::AddIndex { table, .. }
        | Operation::DropIndex { table, .. }
        | Operation::AddFulltext { table, .. }
        | Operation::DropFulltext { table, .. } => Some(table),
    }
}

/// Changes a table of `state`; whether others refer to what goes is not looked at, but for columns.
pub(super) fn change(
    state: &State,
    table: &mut TableDefinition,
    operation: &Operation,
) -> Result<()> {
    match operation {
        Operation::AddColumn { .. }
        | Operation::DropColumn { .. }
        | Operation::AlterColumn { .. } => column(state, table, operation),
        Operation::SetPrimaryKey { columns, .. } => {
            check::primary_key(table, columns)?;
            table.primary_key.clone_from(columns);
            Ok(())
        }
        Operation::AddForeignKey { foreign_key, .. } => {
            check::foreign_key(state, table, foreign_key)?;
            if find::foreign_key(table, &foreign_key.columns).is_ok() {
                let of = listed(foreign_key.columns.iter().map(String::as_str));
                return Err(there(table, &format!("a foreign key of {of}")));
            }
            table.foreign_keys.push(foreign_key.clone());
            Ok(())
        }
        Operation::DropForeignKey { columns, .. } => {
            let at = find::foreign_key(table, columns)?;
            table.foreign_keys.remove(at);
            Ok(())
        }
        Operation::AddIndex { .. } | Operation::DropIndex { .. } => index(table, operation),
        operation => constraint(table, operation),
    }
}

fn there(table: &TableDefinition, what: &str) -> Error {
    wrong(format!("the table `{}` has {what} already", table.name))
}

fn column(state: &State, table: &mut TableDefinition, operation: &Operation) -> Result<()> {
    match operation {
        Operation::AddColumn { column, .. } => {
            check::column(table, column)?;
            if table.column(&column.name).is_some() {
                return Err(there(table, &format!("a column `{}`", column.name)));
            }
            table.columns.push(column.clone());
        }
        Operation::DropColumn { column, .. } => {
            find::column(table, column)?;
            check::unused(state, table, column)?;
            if table.columns.len() == 1 {
                return Err(wrong(format!(
                    "`{column}` is the only column of `{}`; drop the table",
                    table.name
                )));
            }
            table.columns.retain(|known| known.name != *column);
        }
        Operation::AlterColumn { column, .. } => {
            find::column(table, &column.name)?;
            check::column(table, column)?;
            if let Some(known) = table.columns.iter_mut().find(|known| known.name == column.name) {
                known.clone_from(column);
            }
            if table.primary_key.contains(&column.name) {
                check::primary_key(table, &table.primary_key)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn index(table: &mut TableDefinition, operation: &Operation) -> Result<()> {
    match operation {
        Operation::AddIndex { index, .. } => {
            check::index(table, index)?;
            if find::index(table, index).is_ok() {
                return Err(there(table, &format!("an index {}", index_label(index))));
            }
            table.indexes.push(index.clone());
        }
        Operation::DropIndex { index, .. } => {
            let at = find::index(table, index)?;
            table.indexes.remove(at);
        }
        _ => {}
    }
    Ok(())
}

fn constraint(table: &mut TableDefinition, operation: &Operation) -> Result<()> {
    match operation {
        Operation::AddUnique { unique, .. } => {
            check::columns(table, &unique.columns, "a unique constraint")?;
            if find::unique(table, unique).is_ok() {
                return Err(there(table, &format!("a unique constraint {}", unique_label(unique))));
            }
            table.uniques.push(unique.clone());
        }
        Operation::DropUnique { unique, .. } => {
            let at = find::unique(table, unique)?;
            table.uniques.remove(at);
        }
        Operation::AddCheck { check, .. } => {
            if find::check(table, &check.name).is_ok() {
                return Err(there(table, &format!("a check `{}`", check.name)));
            }
            table.checks.push(check.clone());
        }
        Operation::DropCheck { name, .. } => {
            let at = find::check(table, name)?;
            table.checks.remove(at);
        }
        Operation::AddFulltext { fulltext, .. } => {
            check::columns(table, &fulltext.columns, "a full-text index")?;
            if find::fulltext(table, &fulltext.name).is_ok() {
                return Err(there(table, &format!("a full-text index `{}`", fulltext.name)));
            }
            table.fulltext.push(fulltext.clone());
        }
        Operation::DropFulltext { name, .. } => {
            let at = find::fulltext(table, name)?;
            table.fulltext.remove(at);
        }
        _ => {}
    }
    Ok(())
}

/// Gives a column another name, wherever its table names it.
pub(super) fn rename_column(table: &mut TableDefinition, from: &str, to: &str) -> Result<()> {
    find::column(table, from)?;
    if table.column(to).is_some() {
        return Err(there(table, &format!("a column `{to}`")));
    }
    for column in &mut table.columns {
        if column.name == from {
            to.clone_into(&mut column.name);
        }
        if let Some(sql) = &mut column.computed {
            *sql = renamed(sql, from, to);
        }
    }
    rename_in(&mut table.primary_key, from, to);
    table.uniques.iter_mut().for_each(|unique| rename_in(&mut unique.columns, from, to));
    table.foreign_keys.iter_mut().for_each(|key| rename_in(&mut key.columns, from, to));
    table.fulltext.iter_mut().for_each(|index| rename_in(&mut index.columns, from, to));
    for check in &mut table.checks {
        check.condition = renamed(&check.condition, from, to);
    }
    for index in &mut table.indexes {
        for key in &mut index.keys {
            match &mut key.of {
                KeySource::Column(name) if name == from => to.clone_into(name),
                KeySource::Column(_) => {}
                KeySource::Expression(sql) => *sql = renamed(sql, from, to),
            }
        }
        rename_in(&mut index.include, from, to);
        if let Some(sql) = &mut index.condition {
            *sql = renamed(sql, from, to);
        }
    }
    Ok(())
}

pub(super) fn rename_in(names: &mut [String], from: &str, to: &str) {
    for name in names.iter_mut().filter(|name| *name == from) {
        to.clone_into(name);
    }
}
