//! Constraints and indexes that come and go.

use super::pair::Pair;
use crate::migrate::Operation;
use crate::schema::definition::{
    CheckDefinition, FulltextDefinition, IndexDefinition, KeySource, UniqueDefinition,
};

/// Those that are not to be there, or are to be otherwise, and those of columns that are made anew.
pub(super) fn dropped(pairs: &[Pair]) -> Vec<Operation> {
    let mut operations = Vec::new();
    for pair in pairs {
        let old = &pair.old;
        let table = || pair.name();
        let gone = old.fulltext.iter().filter(|one| !pair.keeps_fulltext(one));
        operations.extend(gone.map(|fulltext| Operation::DropFulltext {
            table: table(),
            name: fulltext.name.clone(),
        }));
        let gone = old.indexes.iter().filter(|one| !pair.keeps_index(one));
        operations.extend(gone.map(|index| Operation::DropIndex {
            table: table(),
            index: named(index),
            concurrently: false,
        }));
        let gone = old.checks.iter().filter(|one| !pair.keeps_check(one));
        operations.extend(
            gone.map(|check| Operation::DropCheck { table: table(), name: check.name.clone() }),
        );
        let gone = old.uniques.iter().filter(|one| !pair.keeps_unique(one));
        operations.extend(
            gone.map(|unique| Operation::DropUnique { table: table(), unique: unique.clone() }),
        );
    }
    operations
}

/// What is enough to find an index by.
fn named(index: &IndexDefinition) -> IndexDefinition {
    if index.name.is_none() {
        return index.clone();
    }
    IndexDefinition {
        name: index.name.clone(),
        unique: false,
        keys: Vec::new(),
        method: None,
        include: Vec::new(),
        condition: None,
    }
}

/// Those that are not there yet, or not any more.
pub(super) fn added(pairs: &[Pair]) -> Vec<Operation> {
    let mut operations = Vec::new();
    for pair in pairs {
        let (old, new) = (&pair.old, &pair.new);
        let table = || pair.name();
        let is_new = |one: &&UniqueDefinition| {
            !old.uniques.iter().any(|known| known == *one && pair.keeps_unique(known))
        };
        operations.extend(
            new.uniques
                .iter()
                .filter(is_new)
                .map(|unique| Operation::AddUnique { table: table(), unique: unique.clone() }),
        );
        let is_new = |one: &&CheckDefinition| {
            !old.checks.iter().any(|known| known == *one && pair.keeps_check(known))
        };
        operations.extend(
            new.checks
                .iter()
                .filter(is_new)
                .map(|check| Operation::AddCheck { table: table(), check: check.clone() }),
        );
        let is_new = |one: &&IndexDefinition| {
            !old.indexes.iter().any(|known| known == *one && pair.keeps_index(known))
        };
        operations.extend(new.indexes.iter().filter(is_new).map(|index| Operation::AddIndex {
            table: table(),
            index: index.clone(),
            concurrently: false,
        }));
        let is_new = |one: &&FulltextDefinition| {
            !old.fulltext.iter().any(|known| known == *one && pair.keeps_fulltext(known))
        };
        operations.extend(
            new.fulltext.iter().filter(is_new).map(|fulltext| Operation::AddFulltext {
                table: table(),
                fulltext: fulltext.clone(),
            }),
        );
    }
    operations
}

impl Pair {
    pub(super) fn keeps_unique(&self, unique: &UniqueDefinition) -> bool {
        self.new.uniques.contains(unique)
            && !self.remakes(unique.columns.iter().map(String::as_str))
    }

    fn keeps_check(&self, check: &CheckDefinition) -> bool {
        self.new.checks.contains(check) && !self.remakes_in(&check.condition)
    }

    pub(super) fn keeps_index(&self, index: &IndexDefinition) -> bool {
        let expressions = index.keys.iter().filter_map(|key| match &key.of {
            KeySource::Expression(sql) => Some(sql),
            KeySource::Column(_) => None,
        });
        let columns = index.columns().chain(index.include.iter().map(String::as_str));
        self.new.indexes.contains(index)
            && !self.remakes(columns)
            && !expressions.chain(&index.condition).any(|sql| self.remakes_in(sql))
    }

    fn keeps_fulltext(&self, fulltext: &FulltextDefinition) -> bool {
        self.new.fulltext.contains(fulltext)
            && !self.remakes(fulltext.columns.iter().map(String::as_str))
    }
}
