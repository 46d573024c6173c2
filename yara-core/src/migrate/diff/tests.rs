//! Differences by hand, and the law: `old` with what is different is `new`, each operation can run
//! where it stands, and undone all of it is `old` again.

mod columns;
mod law;
mod questions;
mod states;
mod tables;

use super::{Hints, diff};
use crate::migrate::samples::{author, book, book_tag, tag};
use crate::migrate::{Migration, Operation, State};
use crate::schema::definition::{TableDefinition, TableName};

fn library() -> State {
    State { tables: vec![author(), book(), tag(), book_tag()] }
}

/// The library after a change.
fn changed(change: impl FnOnce(&mut Vec<TableDefinition>)) -> State {
    let mut state = library();
    change(&mut state.tables);
    state
}

/// What makes one state of another, in the words of a file and without headings.
fn lines(old: &State, new: &State, hints: &Hints) -> String {
    let operations = diff(old, new, hints).unwrap();
    let mut state = old.clone();
    for operation in &operations {
        state.apply(operation).unwrap();
    }
    assert_eq!(normal(state.clone()), normal(new.clone()));
    assert_eq!(diff(&state, new, &Hints::new()).unwrap(), []);
    words(operations)
}

fn words(operations: Vec<Operation>) -> String {
    Migration::new(operations).to_toml().replace("[[operation]]\n", "").replace("\n\n", "\n")
}

/// What is asked, or refused.
fn refused(old: &State, new: &State, hints: &Hints) -> String {
    diff(old, new, hints).unwrap_err().to_string()
}

/// Tables in an order of their own, and so are their columns and parts.
fn normal(mut state: State) -> State {
    for table in &mut state.tables {
        table.columns.sort_by(|one, other| one.name.cmp(&other.name));
        table.uniques.sort_by_key(|one| format!("{one:?}"));
        table.checks.sort_by_key(|one| format!("{one:?}"));
        table.foreign_keys.sort_by_key(|one| format!("{one:?}"));
        table.indexes.sort_by_key(|one| format!("{one:?}"));
        table.fulltext.sort_by_key(|one| format!("{one:?}"));
    }
    state.tables.sort_by(|one, other| one.name.cmp(&other.name));
    state
}

fn named(name: &str) -> TableName {
    TableName::new(name)
}
