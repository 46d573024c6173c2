//! The law, for random states.

use super::states;
use super::{diff, normal};
use crate::migrate::random::Random;
use crate::migrate::{Operation, State};
use crate::schema::definition::{ColumnDefinition, TableDefinition, TableName};
use crate::sql::rewrite::mentions;

#[test]
fn a_difference_makes_one_state_of_another_and_undone_the_first() {
    let mut seen = Vec::new();
    for seed in 0..600 {
        let mut random = Random::new(seed);
        let (old, new) = (states::state(&mut random), states::state(&mut random));
        let hints = states::hints(&old, &new, &mut random);
        let operations =
            diff(&old, &new, &hints).unwrap_or_else(|error| panic!("{seed}: {error}\n{hints:?}"));
        let mut state = old.clone();
        let mut undo = Vec::new();
        for operation in &operations {
            can_run(&state, operation, seed);
            undo.push(state.undo(operation).unwrap().unwrap());
            state.apply(operation).unwrap();
            let shared = state.tables.iter().flat_map(|table| &table.indexes);
            let shared = shared.filter(|index| index.name.as_deref() == Some("shared"));
            assert!(shared.count() < 2, "{seed}: {operation:?}");
        }
        assert_eq!(normal(state.clone()), normal(new), "{seed}");
        for operation in undo.iter().rev() {
            state.apply(operation).unwrap_or_else(|error| panic!("{seed}: {error}"));
        }
        assert_eq!(normal(state), normal(old), "{seed}");
        seen.extend(operations.iter().map(Operation::name));
    }
    for name in Operation::NAMES {
        let by_hand = ["sql", "step"].contains(&name);
        assert!(by_hand || seen.contains(&name), "{name} never happened");
    }
}

/// What databases ask of an operation and a state does not.
fn can_run(state: &State, operation: &Operation, seed: u64) {
    let table = |name: &TableName| state.table(name).unwrap();
    let wrong = match operation {
        Operation::AddColumn { table: name, column, fill } => {
            let there = |known: &str| table(name).column(known).is_some();
            match &column.computed {
                Some(sql)
                    if states::column_names().any(|one| mentions(sql, one) && !there(one)) =>
                {
                    Some("it is computed from what is not there")
                }
                None if needs_value(column) && fill.is_none() => Some("rows have nothing in it"),
                _ => None,
            }
        }
        Operation::DropColumn { table: name, column } if is_read(table(name), column) => {
            Some("another column is computed from it")
        }
        Operation::AlterColumn { table: name, column, .. } => altered(state, name, column),
        Operation::SetPrimaryKey { table: name, .. }
            if is_key_of_others(state, name, &table(name).primary_key) =>
        {
            Some("a foreign key needs the old one")
        }
        Operation::DropUnique { table: name, unique }
            if is_key_of_others(state, name, &unique.columns) =>
        {
            Some("a foreign key needs it")
        }
        _ => None,
    };
    assert_eq!(wrong, None, "{seed}: {operation:?}");
}

fn needs_value(column: &ColumnDefinition) -> bool {
    !column.nullable && !column.counted && column.default.is_none()
}

fn altered(state: &State, name: &TableName, column: &ColumnDefinition) -> Option<&'static str> {
    let table = state.table(name).unwrap();
    let old = table.column(&column.name).unwrap();
    let shape = |one: &ColumnDefinition| (one.kind, one.max_length, one.precision);
    if shape(old) != shape(column) && is_read(table, &column.name) {
        Some("another column is computed from it")
    } else if old.kind != column.kind && is_referring(state, name, &column.name) {
        Some("a foreign key needs its kind")
    } else if column.computed.is_some() && column.computed != old.computed {
        Some("computed columns are made anew")
    } else {
        None
    }
}

fn is_read(table: &TableDefinition, column: &str) -> bool {
    let mut computed = table.columns.iter().filter_map(|column| column.computed.as_ref());
    computed.any(|sql| mentions(sql, column))
}

fn is_referring(state: &State, name: &TableName, column: &str) -> bool {
    state.tables.iter().any(|table| {
        table.foreign_keys.iter().any(|key| {
            (table.name == *name && key.columns.iter().any(|one| one == column))
                || (key.table == *name && key.to.iter().any(|one| one == column))
        })
    })
}

fn is_key_of_others(state: &State, name: &TableName, columns: &[String]) -> bool {
    let same =
        |to: &[String]| to.len() == columns.len() && to.iter().all(|one| columns.contains(one));
    let mut keys = state.tables.iter().flat_map(|table| &table.foreign_keys);
    keys.any(|key| key.table == *name && same(&key.to))
}
