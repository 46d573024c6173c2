//! Tables that come and go.

use super::hints::Answers;
use super::order::Ordered;
use super::question::Questions;
use crate::error::{Error, ErrorKind, Result};
use crate::migrate::{Operation, State};
use crate::schema::definition::{TableDefinition, TableName};

/// The tables that go; errs where nobody has said that they may.
pub(super) fn going(old: &State, new: &State, answers: &Answers) -> Result<Vec<TableName>> {
    let renamed =
        |table: &TableDefinition| answers.table_renames.iter().any(|(from, _)| *from == table.name);
    let gone = old.tables.iter().filter(|table| new.table(&table.name).is_none());
    let gone: Vec<&TableDefinition> = gone.filter(|table| !renamed(table)).collect();
    let coming: Vec<&TableDefinition> = new
        .tables
        .iter()
        .filter(|table| old.table(&table.name).is_none())
        .filter(|table| !answers.table_renames.iter().any(|(_, to)| *to == table.name))
        .collect();
    let mut questions = Questions::default();
    let mut going = Vec::new();
    let mut renamable = false;
    for table in &gone {
        if answers.table_drops.contains(&table.name) {
            going.push(table.name.clone());
        } else if !answers.partial {
            let like = like(table, &coming);
            renamable |= !like.is_empty();
            ask(table, &like, answers, &mut questions);
            going.push(table.name.clone());
        }
    }
    let told = going.iter().all(|name| answers.table_drops.contains(name));
    if going.len() == old.tables.len() && !told && !renamable && !answers.destructive {
        return Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "none of the tables has a model any more, and all rows would go; were the models \
                 imported? There is {} in the migrations. If they are to go, allow destructive \
                 changes",
                listed(&going)
            ),
        ));
    }
    questions.asked()?;
    Ok(going)
}

fn listed(names: &[TableName]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The tables that come and may be the one that goes: with columns of the same kinds.
fn like<'t>(table: &TableDefinition, coming: &[&'t TableDefinition]) -> Vec<&'t TableName> {
    let like = coming.iter().filter(|other| kinds(other) == kinds(table));
    like.map(|other| &other.name).collect()
}

/// Asks about a table that nobody spoke of.
fn ask(table: &TableDefinition, like: &[&TableName], answers: &Answers, questions: &mut Questions) {
    let name = table.name.to_string();
    if !like.is_empty() {
        let rename = |other: &&TableName| format!("rename({name:?}, {:?})", other.to_string());
        questions.ask(format!(
            "the table `{name}` goes, and one with such columns comes: {} keeps its rows, \
             drop({name:?}) lets them go",
            like.iter().map(rename).collect::<Vec<_>>().join(" or ")
        ));
    } else if !answers.destructive {
        questions.ask(format!(
            "the table `{name}` has no model any more, and its rows would go: drop({name:?}) says \
             so; if it has another name now, rename({name:?}, …) keeps them; if another program \
             has its model, make a partial migration"
        ));
    }
}

/// The kinds of a table's columns, in an order of their own.
fn kinds(table: &TableDefinition) -> Vec<String> {
    let kinds = table.columns.iter().map(|column| format!("{:?}", column.kind));
    let mut kinds: Vec<String> = kinds.collect();
    kinds.sort();
    kinds
}

/// The tables that are not there yet.
pub(super) fn coming(state: &State, new: &State) -> Vec<TableDefinition> {
    new.tables.iter().filter(|table| state.table(&table.name).is_none()).cloned().collect()
}

/// New tables, without the foreign keys that come later.
pub(super) fn created(coming: &Ordered) -> Vec<Operation> {
    let create = |table: &TableDefinition| {
        let mut table = table.clone();
        let name = table.name.clone();
        table.foreign_keys.retain(|key| !coming.is_late(&name, key));
        Operation::CreateTable(table)
    };
    coming.tables.iter().map(create).collect()
}

/// Tables that go: those that refer to others first.
pub(super) fn dropped(going: &Ordered) -> Vec<Operation> {
    going.tables.iter().rev().map(|table| Operation::DropTable(table.name.clone())).collect()
}

/// Whether something that comes has a name which one of these tables has for itself: indexes have
/// names of their own in a database.
pub(super) fn shares_names(going: &[TableDefinition], new: &State) -> bool {
    let taken: Vec<&str> = going.iter().flat_map(given_names).collect();
    new.tables.iter().flat_map(given_names).any(|name| taken.contains(&name))
}

fn given_names(table: &TableDefinition) -> impl Iterator<Item = &str> {
    let uniques = table.uniques.iter().filter_map(|unique| unique.name.as_deref());
    let indexes = table.indexes.iter().filter_map(|index| index.name.as_deref());
    uniques.chain(indexes).chain(table.fulltext.iter().map(|index| index.name.as_str()))
}
