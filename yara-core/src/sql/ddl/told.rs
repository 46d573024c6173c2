//! By which constraints and indexes of a model an upsert tells that a row is there.

use super::define::uniques;
use super::made_name;
use crate::error::{Error, ErrorKind, Result};
use crate::names::nearest;
use crate::schema::{Index, IndexPart, Table};
use crate::sql::{Dialect, Level, Writer};

/// Every constraint by which no two rows are alike, with its name in the database.
pub(crate) fn unique_constraints(
    table: &Table,
    dialect: &dyn Dialect,
) -> Vec<(String, Vec<usize>)> {
    let key = made_name::<&str>(table.name, &[], "pkey", dialect);
    let mut found = vec![(key, table.primary_key.clone())];
    for (given, fields) in uniques(table) {
        let columns: Vec<&str> = fields.iter().map(|at| table.fields[*at].column).collect();
        let made = || made_name(table.name, &columns, "key", dialect);
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
    if let Some(condition) = &index.condition {
        writer.push(" WHERE ");
        writer.operand(&condition.expression(), Level::Raw)?;
    }
    writer.constants = bound;
    Ok(())
}
