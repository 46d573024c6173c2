//! What is made of a column, and has to be away while the column changes.

use super::super::column::choices_name;
use super::super::constraint::{check, foreign_key, primary_key, unique};
use super::super::index::create_index;
use super::super::{CreateOptions, Subject, made_name, quoted, unique_name};
use super::{Alter, alter_table};
use crate::error::Result;
use crate::schema::definition::{
    ForeignKeyDefinition, IndexDefinition, KeySource, Sql, TableDefinition, TableName,
};
use crate::sql::Dialect;
use crate::sql::mention::mentions;
use crate::value::Type;

/// Statements that take things away, and those that bring them back, each in order.
#[derive(Default)]
pub(super) struct Aside {
    pub(super) away: Vec<String>,
    pub(super) back: Vec<String>,
}

impl Aside {
    /// What is within is away while what is around it is: `away` after its own, `back` before.
    pub(super) fn around(self, within: Vec<String>) -> Vec<String> {
        self.away.into_iter().chain(within).chain(self.back).collect()
    }
}

/// How a column takes part in something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It stands there by its name, or in an expression.
    Any,
    /// It stands in an expression, or is compared by rules that were chosen for its type: what a
    /// database does not carry over to another type.
    Expression,
}

impl Alter<'_> {
    /// Everything of a table that a column is part of, foreign keys left out.
    pub(super) fn made_of(
        &self,
        table: &TableDefinition,
        column: &str,
        part: Part,
    ) -> Result<Aside> {
        let mut aside = Aside::default();
        let subject = Subject::of(table);
        let dialect = self.dialect;
        let of = |columns: &[String]| columns.iter().any(|one| one == column);
        let own = |aside: &mut Aside, name: &str, constraint: &str| {
            aside.away.push(self.drop_constraint(table, name));
            aside.back.push(self.add_constraint(table, constraint));
        };
        if part == Part::Any && of(&table.primary_key) {
            own(&mut aside, &key_name(table, dialect), &primary_key(subject, dialect));
        }
        for one in table.uniques.iter().filter(|one| part == Part::Any && of(&one.columns)) {
            let constraint = unique(subject, one, dialect);
            own(&mut aside, &unique_name(table, one, dialect), &constraint);
        }
        for one in table.checks.iter().filter(|one| self.names(&one.condition, column)) {
            own(&mut aside, &one.name, &check(subject, one, dialect)?);
        }
        for index in &table.indexes {
            if self.is_indexed(index, column, part) {
                aside.away.push(self.drop_index(table, index, false));
                aside.back.push(create_index(subject, index, "", dialect)?);
            }
        }
        for index in table.fulltext.iter().filter(|index| of(&index.columns)) {
            aside.away.extend(dialect.remove_fulltext(table, index));
            let options = CreateOptions::default();
            aside.back.extend(dialect.create_fulltext(subject, index, options)?);
        }
        Ok(aside)
    }

    pub(super) fn is_indexed(&self, index: &IndexDefinition, column: &str, part: Part) -> bool {
        let key = |of: &KeySource| match of {
            KeySource::Column(name) => name == column,
            KeySource::Expression(sql) => self.names(sql, column),
        };
        let whole = part == Part::Any;
        index.condition.as_ref().is_some_and(|condition| self.names(condition, column))
            || (whole && index.include.iter().any(|name| name == column))
            || index.keys.iter().any(|one| {
                let bare = matches!(one.of, KeySource::Column(_)) && one.class.is_none();
                (whole || !bare) && key(&one.of)
            })
    }

    /// Whether SQL of this database names a column.
    pub(super) fn names(&self, sql: &Sql, column: &str) -> bool {
        sql.text(self.dialect.name()).is_some_and(|text| mentions(text, column))
    }

    /// The foreign keys, of all tables, that a column is part of on either side.
    pub(super) fn keys_of<'t>(
        &'t self,
        tables: &'t [TableDefinition],
        table: &'t TableDefinition,
        column: &'t str,
    ) -> impl Iterator<Item = (&'t TableDefinition, &'t ForeignKeyDefinition)> {
        all_keys(tables).filter(move |(owner, key)| {
            let of = |columns: &[String]| columns.iter().any(|one| one == column);
            (owner.name == table.name && of(&key.columns))
                || (key.table == table.name && of(&key.to))
        })
    }

    /// Foreign keys, away while what they lead to is.
    pub(super) fn keys_aside<'t>(
        &self,
        keys: impl Iterator<Item = (&'t TableDefinition, &'t ForeignKeyDefinition)>,
    ) -> Aside {
        let mut aside = Aside::default();
        for (owner, key) in keys {
            aside.away.push(self.drop_foreign_key(owner, key));
            aside.back.push(self.add_foreign_key(owner, key));
        }
        aside
    }

    pub(super) fn drop_foreign_key(
        &self,
        owner: &TableDefinition,
        key: &ForeignKeyDefinition,
    ) -> String {
        let name = made_name(&owner.name.name, &key.columns, "fkey", self.dialect);
        self.drop_constraint(owner, &name)
    }

    pub(super) fn add_foreign_key(
        &self,
        owner: &TableDefinition,
        key: &ForeignKeyDefinition,
    ) -> String {
        self.add_constraint(owner, &foreign_key(Subject::of(owner), key, self.dialect))
    }

    pub(super) fn drop_constraint(&self, table: &TableDefinition, name: &str) -> String {
        let name = quoted(name, self.dialect);
        alter_table(&table.name, self.dialect, &format!("DROP CONSTRAINT {name}"))
    }

    pub(super) fn add_constraint(&self, table: &TableDefinition, constraint: &str) -> String {
        alter_table(&table.name, self.dialect, &format!("ADD {constraint}"))
    }
}

/// The foreign keys of all tables, with the table that each is of.
pub(super) fn all_keys(
    tables: &[TableDefinition],
) -> impl Iterator<Item = (&TableDefinition, &ForeignKeyDefinition)> {
    tables.iter().flat_map(|owner| owner.foreign_keys.iter().map(move |key| (owner, key)))
}

/// Whether a database can hold a foreign key: its two sides have values that can be equal. While a
/// key and the columns that refer to it get another type one after the other, it is away.
pub(super) fn can_be_held(
    tables: &[TableDefinition],
    owner: &TableName,
    key: &ForeignKeyDefinition,
) -> bool {
    let kind = |table: &TableName, column: &str| {
        let table = tables.iter().find(|known| known.name == *table)?;
        table.column(column).map(|column| column.kind)
    };
    let integer = |kind| matches!(kind, Type::I16 | Type::I32 | Type::I64);
    let alike = |(near, far): (&String, &String)| match (kind(owner, near), kind(&key.table, far)) {
        (Some(near), Some(far)) => near == far || (integer(near) && integer(far)),
        _ => true,
    };
    key.columns.iter().zip(&key.to).all(alike)
}

/// The name of the primary key.
pub(super) fn key_name(table: &TableDefinition, dialect: &dyn Dialect) -> String {
    made_name::<&str>(&table.name.name, &[], "pkey", dialect)
}

/// The names of everything without a name of its own, and of what has one; the same things in the
/// same order for a table before and after something in it got another name. What is an index and
/// no constraint comes with `true`.
pub(super) fn all_names(
    tables: &[TableDefinition],
    table: &TableDefinition,
    dialect: &dyn Dialect,
) -> Vec<(String, bool)> {
    let subject = Subject::of(table);
    let mut names = Vec::new();
    if !table.primary_key.is_empty() {
        names.push((key_name(table, dialect), false));
    }
    names.extend(table.uniques.iter().map(|one| (unique_name(table, one, dialect), false)));
    let chosen = table.columns.iter().filter(|column| !column.choices.is_empty());
    names.extend(chosen.map(|column| (choices_name(subject, column, dialect), false)));
    let held = table.foreign_keys.iter().filter(|key| can_be_held(tables, &table.name, key));
    let key = |key: &ForeignKeyDefinition| {
        (made_name(&table.name.name, &key.columns, "fkey", dialect), false)
    };
    names.extend(held.map(key));
    let index = |index| (super::super::index_name(table, index, dialect), true);
    names.extend(table.indexes.iter().map(index));
    names
}
