//! Indexes.

use super::constraint::{named, uniques};
use super::{CreateOptions, column_list, if_not_exists, quoted, table_name};
use crate::error::Result;
use crate::schema::{RelationKind, Table};
use crate::sql::{Dialect, Writer};
use crate::tree::Expr;

/// The statements that create a table's indexes.
pub fn create_indexes(
    table: &'static Table,
    options: CreateOptions,
    dialect: &dyn Dialect,
) -> Result<Vec<String>> {
    let mut statements = Vec::new();
    for (given, fields) in index_columns(table) {
        let columns: Vec<&str> = fields.iter().map(|at| table.fields[*at].column).collect();
        let name = match given {
            Some(name) => quoted(name, dialect),
            None => named(table, &columns, "idx", dialect)?,
        };
        statements.push(format!(
            "CREATE INDEX {}{name} ON {} ({})",
            if_not_exists(options),
            table_name(table, dialect),
            column_list(table, &fields, dialect)
        ));
    }
    for index in &table.expression_indexes {
        let mut writer = Writer::new(dialect);
        writer.constants = true;
        writer.push(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
        writer.push(if_not_exists(options));
        writer.name(index.name);
        writer.push(" ON ");
        writer.table(table);
        writer.push(" (");
        writer.list((index.expressions)(), |writer, expression| match expression {
            column @ Expr::Column(_) => writer.expr(&column),
            expression => {
                writer.push("(");
                dialect.write_key(writer, &expression)?;
                writer.push(")");
                Ok(())
            }
        })?;
        writer.push(")");
        statements.push(writer.into_text());
    }
    Ok(statements)
}

/// The indexes of a table, with their names where given: those that were asked for, and one for
/// each foreign key, unless another index or constraint begins with its columns.
pub fn index_columns(table: &Table) -> Vec<(Option<&'static str>, Vec<usize>)> {
    let mut indexes: Vec<(Option<&'static str>, Vec<usize>)> = Vec::new();
    let mut add = |name: Option<&'static str>, fields: Vec<usize>| {
        if !indexes.iter().any(|(_, known)| *known == fields) {
            indexes.push((name, fields));
        }
    };
    for index in &table.indexes {
        add(index.name, index.fields.clone());
    }
    for (at, field) in table.fields.iter().enumerate() {
        if field.index {
            add(None, vec![at]);
        }
    }
    for relation in &table.relations {
        let RelationKind::ToOne { fields, .. } = &relation.kind else { continue };
        let begins = |known: &[usize]| known.starts_with(fields);
        let covered = begins(&table.primary_key)
            || uniques(table).iter().any(|(_, known)| begins(known))
            || indexes.iter().any(|(_, known)| begins(known));
        if !covered {
            indexes.push((None, fields.clone()));
        }
    }
    indexes
}
