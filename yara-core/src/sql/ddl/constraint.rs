//! Constraints of a table.

use super::name::made_name;
use super::{column_list, quoted, table_name};
use crate::error::{Error, ErrorKind, Result};
use crate::names::nearest;
use crate::schema::{Default, OnDelete, Relation, Shape, Table};
use crate::sql::{Dialect, Level, Writer};

/// The primary key, what is unique, and the conditions of a table.
pub fn table_constraints(table: &'static Table, dialect: &dyn Dialect) -> Result<Vec<String>> {
    let mut parts = Vec::new();
    if !key_is_declared(table, dialect)? {
        let name = named(table, &[], "pkey", dialect)?;
        let columns = column_list(table, &table.primary_key, dialect);
        parts.push(format!("CONSTRAINT {name} PRIMARY KEY ({columns})"));
    }
    for (given, fields) in uniques(table) {
        let columns: Vec<&str> = fields.iter().map(|at| table.fields[*at].column).collect();
        let name = match given {
            Some(name) => quoted(name, dialect),
            None => named(table, &columns, "key", dialect)?,
        };
        let columns = column_list(table, &fields, dialect);
        parts.push(format!("CONSTRAINT {name} UNIQUE ({columns})"));
    }
    for check in &table.checks {
        let mut writer = Writer::new(dialect);
        writer.constants = true;
        writer.push("CONSTRAINT ");
        writer.name(check.name);
        writer.push(" CHECK (");
        let condition = (check.condition)();
        writer.operand(&condition, Level::Raw)?;
        writer.push(")");
        parts.push(writer.into_text());
    }
    Ok(parts)
}

/// Whether a column's own definition makes it the primary key.
fn key_is_declared(table: &Table, dialect: &dyn Dialect) -> Result<bool> {
    for field in table.key_fields().filter(|field| matches!(field.default, Default::Auto)) {
        if dialect.auto_column(table, field)?.is_key {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every set of columns that is unique, the primary key left out.
pub(super) fn uniques(table: &Table) -> Vec<(Option<&'static str>, Vec<usize>)> {
    let mut found: Vec<(Option<&'static str>, Vec<usize>)> = Vec::new();
    let single = table.fields.iter().enumerate().filter(|(_, field)| field.unique);
    let single = single.map(|(at, _)| (None, vec![at]));
    let several = table.uniques.iter().map(|unique| (unique.name, unique.fields.clone()));
    for (name, fields) in single.chain(several) {
        if fields != table.primary_key && !found.iter().any(|(_, known)| *known == fields) {
            found.push((name, fields));
        }
    }
    found
}

/// Every constraint by which no two rows are alike, with its name in the database.
pub(crate) fn unique_constraints(
    table: &Table,
    dialect: &dyn Dialect,
) -> Vec<(String, Vec<usize>)> {
    let key = made_name(table, &[], "pkey", dialect);
    let mut found = vec![(key, table.primary_key.clone())];
    for (given, fields) in uniques(table) {
        let columns: Vec<&str> = fields.iter().map(|at| table.fields[*at].column).collect();
        let made = || made_name(table, &columns, "key", dialect);
        found.push((given.map_or_else(made, str::to_owned), fields));
    }
    found
}

/// The fields of the constraint of a name by which no two rows are alike.
pub(crate) fn constraint_fields(
    table: &Table,
    name: &str,
    dialect: &dyn Dialect,
) -> Result<Vec<usize>> {
    let known = unique_constraints(table, dialect);
    if let Some((_, fields)) = known.iter().find(|(known, _)| known == name) {
        return Ok(fields.clone());
    }
    let indexes = table.indexes.iter().filter(|index| index.unique);
    let others = indexes.filter_map(|index| index.name);
    let near = nearest(name, known.iter().map(|(name, _)| name.as_str()).chain(others));
    Err(Error::new(
        ErrorKind::InvalidQuery,
        format!("{} has no unique constraint `{name}`{near}", table.model),
    ))
}

/// `CONSTRAINT … FOREIGN KEY (…) REFERENCES …`
pub fn foreign_key(
    table: &'static Table,
    relation: &Relation,
    dialect: &dyn Dialect,
) -> Result<String> {
    let Shape::Direct(pairs) = relation.shape(table)? else {
        return Err(Error::new(
            ErrorKind::Internal,
            format!("{}.{} is no foreign key", table.model, relation.name),
        ));
    };
    let target = relation.target.table()?;
    let (near, far): (Vec<usize>, Vec<usize>) = pairs.into_iter().unzip();
    if relation.on_delete == OnDelete::SetNull && !relation.optional {
        return Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "{}.{} is set to NULL when its {} is deleted, and is not optional",
                table.model, relation.name, target.model
            ),
        ));
    }
    let columns: Vec<&str> = near.iter().map(|at| table.fields[*at].column).collect();
    Ok(format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){}{}",
        named(table, &columns, "fkey", dialect)?,
        column_list(table, &near, dialect),
        table_name(target, dialect),
        column_list(target, &far, dialect),
        action(" ON DELETE ", relation.on_delete),
        action(" ON UPDATE ", relation.on_update)
    ))
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

/// The quoted name of a constraint that was given none.
pub(super) fn named(
    table: &Table,
    columns: &[&str],
    what: &str,
    dialect: &dyn Dialect,
) -> Result<String> {
    Ok(quoted(&made_name(table, columns, what, dialect), dialect))
}
