//! What stays as yara-orm 1.19 has made it.
//!
//! Its files say less than models do: nothing of comments, of what an enum can be, of indexes of
//! foreign keys; and they give names to what has none here. Where a model differs from a table in
//! that alone, the table is left alone: `wanted` becomes what the table is.

use yara_core::migrate::State;
use yara_core::schema::definition::{
    ColumnDefinition, IndexDefinition, KeyDefinition, TableDefinition, UniqueDefinition,
};
use yara_core::value::Type;

/// Makes `wanted` say of the tables of these names what `now` says, where 1.19 could not say it.
pub(super) fn adopt(now: &State, wanted: &mut State, tables: &[String]) {
    for table in &mut wanted.tables {
        let name = table.name.to_string();
        if let Some(known) = now.table(&table.name).filter(|_| tables.contains(&name)) {
            adopt_table(known, table);
        }
    }
}

fn adopt_table(known: &TableDefinition, wanted: &mut TableDefinition) {
    if known.comment.is_none() {
        wanted.comment = None;
    }
    let keys: Vec<String> =
        wanted.foreign_keys.iter().flat_map(|key| key.columns.clone()).collect();
    for column in &mut wanted.columns {
        if let Some(known) = known.column(&column.name) {
            adopt_column(known, column, keys.contains(&column.name));
        }
    }
    adopt_uniques(known, wanted);
    adopt_indexes(known, wanted);
}

fn adopt_column(known: &ColumnDefinition, wanted: &mut ColumnDefinition, is_key: bool) {
    if known.comment.is_none() {
        wanted.comment = None;
    }
    let integer = |kind| matches!(kind, Type::I16 | Type::I32 | Type::I64);
    if known.choices.is_empty() && !wanted.choices.is_empty() {
        wanted.choices.clear();
        if integer(known.kind) && integer(wanted.kind) {
            wanted.kind = known.kind;
        }
    }
    if is_key && known.kind == wanted.kind {
        // The type of what it refers to, or that without its length.
        wanted.max_length = known.max_length;
        wanted.precision = known.precision;
    }
}

/// What is unique by a constraint of another name, or by an index.
fn adopt_uniques(known: &TableDefinition, wanted: &mut TableDefinition) {
    let same = |one: &UniqueDefinition, other: &UniqueDefinition| {
        one.columns == other.columns && (other.name.is_none() || one.name == other.name)
    };
    let is_such = |index: &&IndexDefinition, unique: &UniqueDefinition| {
        let parts = index.keys.iter().all(KeyDefinition::is_plain);
        index.unique && parts && index.condition.is_none() && index.columns().eq(&unique.columns)
    };
    let uniques = std::mem::take(&mut wanted.uniques);
    for unique in uniques {
        if let Some(found) = known.uniques.iter().find(|known| same(known, &unique)) {
            wanted.uniques.push(found.clone());
        } else if let Some(index) = known.indexes.iter().find(|index| is_such(index, &unique)) {
            wanted.indexes.push(index.clone());
        } else {
            wanted.uniques.push(unique);
        }
    }
}

/// What has another name, and foreign keys without an index.
fn adopt_indexes(known: &TableDefinition, wanted: &mut TableDefinition) {
    let unnamed = |index: &IndexDefinition| IndexDefinition { name: None, ..index.clone() };
    let foreign = |index: &IndexDefinition| {
        let is_of = |columns: &[String]| {
            !index.unique && index.condition.is_none() && index.columns().eq(columns)
        };
        let was = known.foreign_keys.iter().any(|key| is_of(&key.columns));
        was && wanted.foreign_keys.iter().any(|key| is_of(&key.columns))
    };
    let mut indexes = Vec::with_capacity(wanted.indexes.len());
    for index in &wanted.indexes {
        if index.name.is_some() {
            indexes.push(index.clone());
        } else if let Some(found) = known.indexes.iter().find(|known| unnamed(known) == *index) {
            indexes.push(found.clone());
        } else if !foreign(index) {
            indexes.push(index.clone());
        }
    }
    wanted.indexes = indexes;
}
