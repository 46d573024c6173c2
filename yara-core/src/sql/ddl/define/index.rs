//! By which columns rows are found and told apart.

use super::{expression, names, written};
use crate::error::Result;
use crate::schema::definition::{FulltextDefinition, IndexDefinition, KeyDefinition, KeySource};
use crate::schema::{Index, IndexKey, IndexPart, RelationKind, Table};
use crate::sql::Dialect;
use crate::tree::Expr;

/// Every set of columns that is unique, the primary key left out.
pub(in crate::sql::ddl) fn uniques(table: &Table) -> Vec<(Option<&'static str>, Vec<usize>)> {
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

/// The indexes of a table: those that were asked for, and one for each foreign key, unless another
/// index or constraint begins with its columns.
pub(in crate::sql::ddl) fn indexes(
    table: &Table,
    dialects: &[&dyn Dialect],
) -> Result<Vec<IndexDefinition>> {
    all(table).iter().map(|index| define(table, index, dialects)).collect()
}

/// The indexes for full-text searches.
pub(in crate::sql::ddl) fn fulltext(table: &Table) -> Vec<FulltextDefinition> {
    let define = |index: &&'static crate::schema::Fulltext| FulltextDefinition {
        name: index.name.to_owned(),
        language: index.language.to_owned(),
        columns: index.columns.iter().map(|column| (*column).to_owned()).collect(),
    };
    table.fulltext.iter().map(define).collect()
}

fn all(table: &Table) -> Vec<Index> {
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

fn define(table: &Table, index: &Index, dialects: &[&dyn Dialect]) -> Result<IndexDefinition> {
    let condition = index.condition.as_ref().map(|condition| condition.expression());
    Ok(IndexDefinition {
        name: index.name.map(str::to_owned),
        unique: index.unique,
        keys: index.keys.iter().map(|part| key(table, part, dialects)).collect::<Result<_>>()?,
        method: index.method.map(str::to_ascii_lowercase),
        include: names(table, &index.include),
        condition: condition.map(|expr| expression(dialects, &expr)).transpose()?,
    })
}

fn key(table: &Table, key: &IndexKey, dialects: &[&dyn Dialect]) -> Result<KeyDefinition> {
    let class = key.class.map(str::to_owned);
    let order = match &key.part {
        IndexPart::Field { field, descending, nulls } => {
            let of = KeySource::Column(table.fields[*field].column.to_owned());
            return Ok(KeyDefinition { of, descending: *descending, nulls: *nulls, class });
        }
        IndexPart::Expression(order) => order(),
    };
    let of = match &order.expr {
        Expr::Column(own) if own.path.is_empty() => {
            KeySource::Column(own.table.field(&own.field)?.column.to_owned())
        }
        expr => KeySource::Expression(written(dialects, |writer| {
            writer.dialect.write_key(writer, expr)
        })?),
    };
    Ok(KeyDefinition { of, descending: order.descending, nulls: order.nulls, class })
}
