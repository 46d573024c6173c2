//! Indexes.

use super::constraint::uniques;
use super::{CreateOptions, if_not_exists, made_name};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Index, IndexPart, RelationKind, Table};
use crate::sql::{Dialect, Level, Writer};
use crate::tree::{ColumnRef, Expr, Nulls, Order};

/// The statements that create a table's indexes.
pub fn create_indexes(
    table: &'static Table,
    options: CreateOptions,
    dialect: &dyn Dialect,
) -> Result<Vec<String>> {
    let indexes = all_indexes(table);
    let names: Vec<String> =
        indexes.iter().map(|index| index_name(table, index, dialect)).collect();
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!("two indexes of {} are called `{name}`; give one a name", table.model),
            ));
        }
    }
    let named = indexes.iter().zip(&names);
    named.map(|(index, name)| create_index(table, index, name, options, dialect)).collect()
}

/// The name of an index: its own, or one made from table and columns.
fn index_name(table: &Table, index: &Index, dialect: &dyn Dialect) -> String {
    if let Some(name) = index.name {
        return name.to_owned();
    }
    let fields = index.fields().unwrap_or_default();
    let columns: Vec<&str> = fields.iter().map(|at| table.fields[*at].column).collect();
    made_name(table, &columns, "idx", dialect)
}

fn create_index(
    table: &'static Table,
    index: &Index,
    name: &str,
    options: CreateOptions,
    dialect: &dyn Dialect,
) -> Result<String> {
    let mut writer = Writer::new(dialect);
    writer.constants = true;
    writer.push(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    writer.push(if_not_exists(options));
    writer.name(name);
    writer.push(" ON ");
    writer.table(table);
    let capable = dialect.capabilities().index_methods;
    if let Some(method) = index.method {
        if capable {
            writer.push(" USING ");
            writer.name(&method.to_ascii_lowercase());
        } else if !method.eq_ignore_ascii_case("btree") {
            return Err(lacks(table, name, dialect, "access methods", method));
        }
    }
    writer.push(" (");
    writer.list(&index.keys, |writer, key| {
        let order = match &key.part {
            IndexPart::Field { field, descending, nulls } => Order {
                expr: Expr::Column(ColumnRef::own(table, table.fields[*field].name)),
                descending: *descending,
                nulls: *nulls,
            },
            IndexPart::Expression(order) => order(),
        };
        match &order.expr {
            column @ Expr::Column(_) => writer.expr(column)?,
            expression => {
                writer.push("(");
                dialect.write_key(writer, expression)?;
                writer.push(")");
            }
        }
        if let Some(class) = key.class {
            if !capable {
                return Err(lacks(table, name, dialect, "operator classes", class));
            }
            writer.push(" ");
            // It may stand in a schema.
            for (at, part) in class.split('.').enumerate() {
                writer.push(if at > 0 { "." } else { "" });
                writer.name(part);
            }
        }
        direction(writer, table, name, &order)
    })?;
    writer.push(")");
    if !index.include.is_empty() {
        let columns = index.include.iter().map(|at| table.fields[*at].column);
        if !capable {
            let columns: Vec<&str> = columns.collect();
            return Err(lacks(
                table,
                name,
                dialect,
                "columns beside the keys",
                &columns.join(", "),
            ));
        }
        writer.push(" INCLUDE (");
        writer.list(columns, |writer, column| {
            writer.name(column);
            Ok(())
        })?;
        writer.push(")");
    }
    write_condition(&mut writer, index)?;
    Ok(writer.into_text())
}

/// Which rows an index is of.
fn write_condition(writer: &mut Writer<'_>, index: &Index) -> Result<()> {
    if let Some(condition) = &index.condition {
        writer.push(" WHERE ");
        writer.operand(&condition.expression(), Level::Raw)?;
    }
    Ok(())
}

/// The unique index of a name that a model declares.
pub(crate) fn unique_index<'t>(table: &'t Table, name: &str) -> Option<&'t Index> {
    table.indexes.iter().find(|index| index.unique && index.name == Some(name))
}

/// The parts and the condition of a unique index, by which an upsert tells that a row is there:
/// databases know constraints by their names, and indexes by what they are made of.
pub(crate) fn told_by_index(
    writer: &mut Writer<'_>,
    table: &'static Table,
    index: &Index,
) -> Result<()> {
    let bound = std::mem::replace(&mut writer.constants, true);
    writer.push(" (");
    writer.list(&index.keys, |writer, key| match &key.part {
        IndexPart::Field { field, .. } => {
            writer.name(table.fields[*field].column);
            Ok(())
        }
        IndexPart::Expression(order) => {
            writer.push("(");
            writer.dialect.write_key(writer, &order().expr)?;
            if let Some(collation) = writer.dialect.capabilities().dropped_collation {
                writer.drop_end(collation);
            }
            writer.push(")");
            Ok(())
        }
    })?;
    writer.push(")");
    write_condition(writer, index)?;
    writer.constants = bound;
    Ok(())
}

/// What follows a part of an index; where NULL stands by itself is not said.
fn direction(writer: &mut Writer<'_>, table: &Table, name: &str, order: &Order) -> Result<()> {
    if order.descending {
        writer.push(" DESC");
    }
    let dialect = writer.dialect;
    let words = match order.nulls {
        Nulls::Greatest => return Ok(()),
        Nulls::First => "NULLS FIRST",
        Nulls::Last => "NULLS LAST",
    };
    let last_by_itself = dialect.capabilities().null_is_greatest != order.descending;
    if last_by_itself == (order.nulls == Nulls::Last) {
        return Ok(());
    }
    if !dialect.capabilities().index_nulls {
        return Err(lacks(table, name, dialect, "a place for NULL", words));
    }
    writer.push(" ");
    writer.push(words);
    Ok(())
}

fn lacks(table: &Table, index: &str, dialect: &dyn Dialect, what: &str, asked: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "the index `{index}` of {} asks for `{asked}`, and indexes of {} have no {what}; leave \
             it out for this database",
            table.model,
            dialect.name()
        ),
    )
}

/// The indexes of a table: those that were asked for, and one for each foreign key, unless another
/// index or constraint begins with its columns.
pub fn all_indexes(table: &Table) -> Vec<Index> {
    let mut indexes: Vec<Index> = Vec::new();
    for index in &table.indexes {
        let plain = index.plain();
        if plain.is_none() || !indexes.iter().any(|known| known.plain() == plain) {
            indexes.push(index.clone());
        }
    }
    for (at, field) in table.fields.iter().enumerate() {
        let alone = Some(vec![at]);
        if field.index && !indexes.iter().any(|known| known.plain() == alone) {
            indexes.push(Index::of(None, vec![at]));
        }
    }
    for relation in &table.relations {
        let RelationKind::ToOne { fields, .. } = &relation.kind else { continue };
        let begins = |known: &[usize]| known.starts_with(fields);
        let covered = begins(&table.primary_key)
            || uniques(table).iter().any(|(_, known)| begins(known))
            || indexes.iter().any(|known| known.begins_with(fields));
        if !covered {
            indexes.push(Index::of(None, fields.clone()));
        }
    }
    indexes
}
