//! Foreign keys that come and go.

use super::order::Ordered;
use super::pair::Pair;
use crate::migrate::Operation;
use crate::schema::definition::{
    ForeignKeyDefinition, IndexDefinition, TableDefinition, TableName,
};

/// Those that go, those that have to be away while a column or key at one of their ends changes,
/// and those among tables that go by which they refer to each other in a circle.
pub(super) fn dropped(pairs: &[Pair], going: &Ordered) -> Vec<Operation> {
    let drop = |table: &TableName, key: &ForeignKeyDefinition| Operation::DropForeignKey {
        table: table.clone(),
        columns: key.columns.clone(),
    };
    let mut operations = Vec::new();
    for pair in pairs {
        let gone = pair.old.foreign_keys.iter().filter(|key| !keeps(pair, key, pairs));
        operations.extend(gone.map(|key| drop(&pair.old.name, key)));
    }
    for table in &going.tables {
        let disturbed = |key: &&ForeignKeyDefinition| {
            going.is_late(&table.name, key) || disturbed_there(key, pairs)
        };
        let gone = table.foreign_keys.iter().filter(disturbed);
        operations.extend(gone.map(|key| drop(&table.name, key)));
    }
    operations
}

/// Those that are not there yet, or not any more, and those of new tables that lead to newer ones.
pub(super) fn added(pairs: &[Pair], coming: &Ordered) -> Vec<Operation> {
    let add = |table: &TableName, key: &ForeignKeyDefinition| Operation::AddForeignKey {
        table: table.clone(),
        foreign_key: key.clone(),
    };
    let mut operations = Vec::new();
    for pair in pairs {
        let is_new = |key: &&ForeignKeyDefinition| {
            !pair.old.foreign_keys.iter().any(|known| known == *key && keeps(pair, known, pairs))
        };
        operations.extend(
            pair.new.foreign_keys.iter().filter(is_new).map(|key| add(&pair.new.name, key)),
        );
    }
    operations.extend(coming.late.iter().map(|(table, key)| add(table, key)));
    operations
}

fn keeps(pair: &Pair, key: &ForeignKeyDefinition, pairs: &[Pair]) -> bool {
    pair.new.foreign_keys.contains(key)
        && !pair.converts(&key.columns)
        && !pair.remakes(key.columns.iter().map(String::as_str))
        && !disturbed_there(key, pairs)
}

/// Whether what it leads to changes, so that it has to be away meanwhile.
fn disturbed_there(key: &ForeignKeyDefinition, pairs: &[Pair]) -> bool {
    let Some(target) = pairs.iter().find(|pair| pair.old.name == key.table) else { return false };
    target.converts(&key.to)
        || target.remakes(key.to.iter().map(String::as_str))
        || loses_key(target, &key.to)
}

/// Whether one of the keys goes by which a row of the table is found.
fn loses_key(pair: &Pair, to: &[String]) -> bool {
    let same =
        |known: &[String]| known.len() == to.len() && to.iter().all(|one| known.contains(one));
    let old: &TableDefinition = &pair.old;
    let of_index = |index: &&IndexDefinition| {
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        index.unique && same(&columns)
    };
    (old.primary_key != pair.new.primary_key && same(&old.primary_key))
        || old.uniques.iter().any(|one| same(&one.columns) && !pair.keeps_unique(one))
        || old.indexes.iter().filter(of_index).any(|one| !pair.keeps_index(one))
}
