//! From what a program declares to what databases hold of it.

mod index;

pub(super) use index::{fulltext, indexes, uniques};

use super::in_order;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::{
    CheckDefinition, ColumnDefinition, ForeignKeyDefinition, Sql, TableDefinition, TableName,
    UniqueDefinition,
};
use crate::schema::{Default, Field, OnDelete, Relation, Shape, Table};
use crate::sql::{Dialect, Level, Writer};
use crate::tree::Expr;
use crate::value::Type;
#[cfg(feature = "migrate")]
use crate::value::Value;
use std::collections::BTreeMap;

/// What databases hold of a model, with its expressions in the SQL of each of `dialects`.
///
/// A database that has no SQL for an expression gets none; it is refused when the table is created
/// there. Errs where none of them has, and where the model contradicts itself.
pub fn define(table: &'static Table, dialects: &[&dyn Dialect]) -> Result<TableDefinition> {
    let columns = (0..table.fields.len()).map(|at| column(table, at, dialects));
    let unique = |(name, fields): (Option<&'static str>, Vec<usize>)| UniqueDefinition {
        name: name.map(str::to_owned),
        columns: names(table, &fields),
    };
    Ok(TableDefinition {
        name: name(table),
        comment: table.comment.map(str::to_owned),
        columns: columns.collect::<Result<_>>()?,
        primary_key: names(table, &table.primary_key),
        uniques: uniques(table).into_iter().map(unique).collect(),
        checks: checks(table, dialects)?,
        foreign_keys: foreign_keys(table)?,
        indexes: indexes(table, dialects)?,
        fulltext: fulltext(table),
    })
}

/// What databases hold of several models, the tables between them included, in an order in which
/// they can be created: each after those that it refers to, as far as there is such an order.
///
/// Errs as [`define`] does, where two models have one table, and where a foreign key leads to a
/// model that is not among `tables`, unless `complete` is false.
pub fn define_all(
    tables: &[&'static Table],
    complete: bool,
    dialects: &[&dyn Dialect],
) -> Result<Vec<TableDefinition>> {
    in_order(tables, complete)?.iter().map(|table| define(table, dialects)).collect()
}

/// A value as SQL of each of `dialects` that can write it. Errs where none can.
#[cfg(feature = "migrate")]
pub(crate) fn define_constant(value: &Value, dialects: &[&dyn Dialect]) -> Result<Sql> {
    texts(dialects, |dialect| dialect.constant(value))
}

/// The name of a model's table.
pub(crate) fn name(table: &Table) -> TableName {
    TableName { schema: table.schema.map(str::to_owned), name: table.name.to_owned() }
}

fn names(table: &Table, fields: &[usize]) -> Vec<String> {
    fields.iter().map(|at| table.fields[*at].column.to_owned()).collect()
}

fn column(table: &Table, at: usize, dialects: &[&dyn Dialect]) -> Result<ColumnDefinition> {
    let (field, size) = (&table.fields[at], table.size(at));
    let computed = field.computed.as_ref().map(|computed| computed.expression());
    // Other kinds have no constants to choose from.
    let chosen = matches!(field.kind, Type::Text | Type::I16 | Type::I32 | Type::I64);
    let choices: &[&str] = if chosen { field.choices } else { &[] };
    Ok(ColumnDefinition {
        name: field.column.to_owned(),
        kind: field.kind,
        max_length: size.max_length,
        precision: size.precision,
        nullable: field.nullable,
        counted: matches!(field.default, Default::Auto),
        default: default(table, field, dialects)?,
        computed: computed.map(|expr| expression(dialects, &expr)).transpose()?,
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        comment: field.comment.map(str::to_owned),
    })
}

/// What the database fills in.
fn default(table: &Table, field: &Field, dialects: &[&dyn Dialect]) -> Result<Option<Sql>> {
    Ok(Some(match &field.default {
        Default::None | Default::Auto | Default::Value(_) | Default::Now => return Ok(None),
        Default::Sql(sql) => Sql::Same((*sql).to_owned()),
        Default::Constant(value) => texts(dialects, |dialect| dialect.constant(value))?,
        Default::Clock => texts(dialects, |dialect| match dialect.clock(field.kind) {
            Some(sql) => Ok(sql.to_owned()),
            None => Err(wrong_default(table, field, "the time, which is for dates and times")),
        })?,
        Default::RandomHex(bytes) if field.kind == Type::Text => {
            texts(dialects, |dialect| Ok(dialect.random_hex(*bytes)))?
        }
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

fn checks(table: &Table, dialects: &[&dyn Dialect]) -> Result<Vec<CheckDefinition>> {
    let check = |check: &crate::schema::Check| {
        let condition = expression(dialects, &(check.condition)())?;
        Ok(CheckDefinition { name: check.name.to_owned(), condition })
    };
    table.checks.iter().map(check).collect()
}

fn foreign_keys(table: &'static Table) -> Result<Vec<ForeignKeyDefinition>> {
    let checked = table.relations.iter().filter(|one| one.is_owning() && one.db_constraint);
    checked.map(|relation| foreign_key(table, relation)).collect()
}

fn foreign_key(table: &'static Table, relation: &Relation) -> Result<ForeignKeyDefinition> {
    let Shape::Direct(pairs) = relation.shape(table)? else {
        return Err(Error::new(
            ErrorKind::Internal,
            format!("{}.{} is no foreign key", table.model, relation.name),
        ));
    };
    let target = relation.target.table()?;
    if relation.on_delete == OnDelete::SetNull && !relation.optional {
        return Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "{}.{} is set to NULL when its {} is deleted, and is not optional",
                table.model, relation.name, target.model
            ),
        ));
    }
    let (near, far): (Vec<usize>, Vec<usize>) = pairs.into_iter().unzip();
    Ok(ForeignKeyDefinition {
        columns: names(table, &near),
        table: name(target),
        to: names(target, &far),
        on_delete: relation.on_delete,
        on_update: relation.on_update,
    })
}

/// An expression over the columns of a table alone.
fn expression(dialects: &[&dyn Dialect], expr: &Expr) -> Result<Sql> {
    written(dialects, |writer| writer.operand(expr, Level::Raw))
}

/// What `write` writes, in the SQL of each database.
fn written(
    dialects: &[&dyn Dialect],
    write: impl Fn(&mut Writer<'_>) -> Result<()>,
) -> Result<Sql> {
    texts(dialects, |dialect| {
        let mut writer = Writer::new(dialect);
        writer.constants = true;
        write(&mut writer)?;
        Ok(writer.into_text())
    })
}

/// The texts of several databases: one where they are alike.
fn texts(dialects: &[&dyn Dialect], text: impl Fn(&dyn Dialect) -> Result<String>) -> Result<Sql> {
    let mut found = BTreeMap::new();
    let mut refused = None;
    for dialect in dialects {
        match text(*dialect) {
            Ok(text) => drop(found.insert(dialect.name().to_ascii_lowercase(), text)),
            Err(error) => drop(refused.get_or_insert(error)),
        }
    }
    let Some(first) = found.values().next() else {
        let none = || Error::new(ErrorKind::Internal, "tables are defined for no database");
        return Err(refused.unwrap_or_else(none));
    };
    let same = refused.is_none() && found.values().all(|text| text == first);
    Ok(if same { Sql::Same(first.clone()) } else { Sql::Each(found) })
}
