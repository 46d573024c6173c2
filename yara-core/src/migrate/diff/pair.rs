//! A table as it is, and as it is to be.

use super::convert::is_alike;
use super::hints::Answers;
use super::question::Questions;
use crate::error::{Error, ErrorKind, Result};
use crate::migrate::State;
use crate::schema::definition::{ColumnDefinition, Sql, TableDefinition, TableName};
use crate::sql::rewrite::mentions;

/// A table that stays, under its new name.
pub(super) struct Pair {
    pub(super) old: TableDefinition,
    pub(super) new: TableDefinition,
    /// Columns that are computed, and made anew.
    pub(super) remade: Vec<String>,
}

/// The tables that stay. Those that another program declares stay as they are.
pub(super) fn pairs(
    state: &State,
    new: &State,
    going: &[TableDefinition],
    answers: &Answers,
    questions: &mut Questions,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for old in &state.tables {
        if going.iter().any(|table| table.name == old.name) {
            continue;
        }
        let new = new.table(&old.name).unwrap_or(old);
        let pair = Pair { old: old.clone(), new: new.clone(), remade: remade(old, new) };
        pair.ask(answers, questions);
        if let Some(name) = pair.remade.iter().find(|name| old.primary_key.contains(name)) {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!(
                    "`{}.{name}` is in the primary key, and how it is computed changes; take it out of the key before",
                    old.name
                ),
            ));
        }
        pairs.push(pair);
    }
    Ok(pairs)
}

/// Computed columns that change, or that read a column which changes: databases do not change a
/// column that another one is computed from.
fn remade(old: &TableDefinition, new: &TableDefinition) -> Vec<String> {
    let both = old.columns.iter().filter_map(|old| Some((old, new.column(&old.name)?)));
    let reshaped: Vec<&str> = both
        .clone()
        .filter(|(old, new)| shape(old) != shape(new))
        .map(|(old, _)| old.name.as_str())
        .collect();
    let reads = |sql: &Sql| reshaped.iter().any(|name| mentions(sql, name));
    both.filter(|(old, new)| match (&old.computed, &new.computed) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(before), Some(after)) => {
            before != after
                || shape(old) != shape(new)
                || old.nullable != new.nullable
                || reads(before)
        }
    })
    .map(|(old, _)| old.name.clone())
    .collect()
}

/// What is the type of a column in a database.
fn shape(column: &ColumnDefinition) -> impl PartialEq {
    (column.kind, column.max_length, column.precision, column.computed.is_some())
}

impl Pair {
    pub(super) fn name(&self) -> TableName {
        self.new.name.clone()
    }

    /// The columns that are not to be there any more.
    pub(super) fn going(&self) -> impl Iterator<Item = &ColumnDefinition> {
        self.old.columns.iter().filter(|column| self.new.column(&column.name).is_none())
    }

    /// The columns that are not there yet.
    pub(super) fn coming(&self) -> impl Iterator<Item = &ColumnDefinition> {
        self.new.columns.iter().filter(|column| self.old.column(&column.name).is_none())
    }

    /// The columns that are there and to be there, as they are and as they are to be; not those
    /// that are made anew.
    pub(super) fn staying(&self) -> impl Iterator<Item = (&ColumnDefinition, &ColumnDefinition)> {
        let both =
            self.old.columns.iter().filter_map(|old| Some((old, self.new.column(&old.name)?)));
        both.filter(|(old, _)| !self.remade.contains(&old.name))
    }

    /// Whether values of one of these columns become those of another kind.
    pub(super) fn converts(&self, names: &[String]) -> bool {
        let kind = |table: &TableDefinition, name: &str| table.column(name).map(|one| one.kind);
        names.iter().any(|name| kind(&self.old, name) != kind(&self.new, name))
    }

    /// Whether one of these columns is made anew.
    pub(super) fn remakes<'a>(&self, mut names: impl Iterator<Item = &'a str>) -> bool {
        names.any(|name| self.remade.iter().any(|remade| remade == name))
    }

    /// Whether SQL reads a column that is made anew.
    pub(super) fn remakes_in(&self, sql: &Sql) -> bool {
        self.remade.iter().any(|name| mentions(sql, name))
    }

    /// Asks whether a column that goes is one that comes.
    fn ask(&self, answers: &Answers, questions: &mut Questions) {
        let name = self.name();
        let told = |column: &str| {
            answers.column_drops.iter().any(|(table, one)| *table == name && one == column)
        };
        for old in self.going().filter(|column| column.computed.is_none()) {
            let label = answers.label(&name, &old.name);
            let like: Vec<String> = self
                .coming()
                .filter(|new| new.computed.is_none() && is_alike(old.kind, new.kind))
                .map(|new| format!("rename({label:?}, {:?})", new.name))
                .collect();
            if !like.is_empty() && !told(&old.name) {
                questions.ask(format!(
                    "`{label}` goes, and a column of its kind comes: {} keeps its values, \
                     drop({label:?}) lets them go",
                    like.join(" or ")
                ));
            }
        }
        for column in &self.remade {
            let was_plain = self.old.column(column).is_some_and(|one| one.computed.is_none());
            if was_plain && !told(column) {
                let label = answers.label(&name, column);
                questions.ask(format!(
                    "`{label}` is to be computed from others, and its own values go: \
                     drop({label:?}) says so"
                ));
            }
        }
    }
}
