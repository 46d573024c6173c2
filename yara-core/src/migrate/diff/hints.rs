//! Answers to what a difference alone does not tell.

use crate::backend::DIALECTS;
use crate::error::{Error, ErrorKind, Result};
use crate::migrate::State;
use crate::names::nearest;
use crate::schema::definition::{Part, Sql, TableDefinition, TableName, dotted};
use crate::schema::{Default, Table};
use crate::sql::ddl::{define_constant, defined_name};
use std::cell::Cell;
use std::collections::BTreeMap;

/// What somebody who knows says about a difference, see [`diff`](super::diff).
///
/// Tables and columns that are there have the names that they have: `book`, `book.title`,
/// `shop.book.title`. A hint that answers nothing is an error.
#[derive(Debug, Clone, std::default::Default, PartialEq, Eq)]
pub struct Hints {
    renames: Vec<(String, String)>,
    drops: Vec<String>,
    fills: Vec<(String, Sql)>,
    constants: BTreeMap<(TableName, String), Sql>,
    partial: bool,
    destructive: bool,
}

impl Hints {
    /// No hint.
    pub fn new() -> Hints {
        Hints::default()
    }

    /// A column or a table gets another name, and keeps its values: `rename("book.title", "name")`,
    /// `rename("book", "publication")`.
    #[must_use]
    pub fn rename(mut self, from: impl Into<String>, to: impl Into<String>) -> Hints {
        self.renames.push((from.into(), to.into()));
        self
    }

    /// A column or a table goes, with its values: `drop("book.title")`.
    #[must_use]
    pub fn drop(mut self, name: impl Into<String>) -> Hints {
        self.drops.push(name.into());
        self
    }

    /// What the rows there are have in a column that comes, changes its kind, or cannot be NULL any
    /// more: `fill("book.slug", "lower(\"title\")")`. The column has the name that it gets. Where
    /// nothing changes but that it cannot be NULL, the rows that are NULL get it.
    #[must_use]
    pub fn fill(mut self, column: impl Into<String>, sql: impl Into<Sql>) -> Hints {
        self.fills.push((column.into(), sql.into()));
        self
    }

    /// What a model gives a column where a row is made without a value: as good as a
    /// [`fill`](Hints::fill) where there is none, and no error where it is not needed.
    #[must_use]
    pub fn constant(mut self, table: TableName, column: impl Into<String>, sql: Sql) -> Hints {
        self.constants.insert((table, column.into()), sql);
        self
    }

    /// The [constants](Hints::constant) that models give their columns: the values of defaults that
    /// the program fills in and that are the same each time.
    #[must_use]
    pub fn constants_of(mut self, models: &[&'static Table]) -> Hints {
        for table in models {
            for field in &table.fields {
                if let Default::Value(make) = field.default
                    && let value = make()
                    && make() == value
                    && let Ok(sql) = define_constant(&value, &DIALECTS)
                {
                    self = self.constant(defined_name(table), field.column, sql);
                }
            }
        }
        self
    }

    /// Tables that are not wanted are left alone: another program declares them.
    #[must_use]
    pub fn partial(mut self, partial: bool) -> Hints {
        self.partial = partial;
        self
    }

    /// Tables that are not wanted go, with their rows.
    #[must_use]
    pub fn allow_destructive(mut self, allow: bool) -> Hints {
        self.destructive = allow;
        self
    }
}

/// Hints about tables and columns that there are. Tables have the names that they get, but for
/// those that are renamed or go.
pub(super) struct Answers {
    pub(super) table_renames: Vec<(TableName, TableName)>,
    pub(super) column_renames: Vec<(TableName, String, String)>,
    pub(super) table_drops: Vec<TableName>,
    pub(super) column_drops: Vec<(TableName, String)>,
    fills: Vec<Fill>,
    constants: BTreeMap<(TableName, String), Sql>,
    pub(super) partial: bool,
    pub(super) destructive: bool,
}

struct Fill {
    table: TableName,
    column: String,
    sql: Sql,
    used: Cell<bool>,
}

/// What a name is of.
enum Named<'s> {
    Table(&'s TableDefinition),
    Column(&'s TableDefinition, String),
}

impl Answers {
    /// Errs where a hint names what is not there, or contradicts the states.
    pub(super) fn of(hints: &Hints, old: &State, new: &State) -> Result<Answers> {
        let mut answers = Answers {
            table_renames: Vec::new(),
            column_renames: Vec::new(),
            table_drops: Vec::new(),
            column_drops: Vec::new(),
            fills: Vec::new(),
            constants: hints.constants.clone(),
            partial: hints.partial,
            destructive: hints.destructive,
        };
        for (from, to) in &hints.renames {
            if let Named::Table(table) = named(from, old)? {
                answers.rename_table(table, to, new)?;
            }
        }
        for (from, to) in &hints.renames {
            if let Named::Column(table, column) = named(from, old)? {
                answers.rename_column(table, column, to, new)?;
            }
        }
        for name in &hints.drops {
            answers.drop(name, old, new)?;
        }
        for (name, sql) in &hints.fills {
            answers.fill(name, sql, new)?;
        }
        Ok(answers)
    }

    /// What a table is called afterwards.
    pub(super) fn later(&self, name: &TableName) -> TableName {
        let renamed = self.table_renames.iter().find(|(from, _)| from == name);
        renamed.map_or(name, |(_, to)| to).clone()
    }

    /// What hints call a column of a table that has its new name already: by the old one.
    pub(super) fn label(&self, table: &TableName, column: &str) -> String {
        let renamed = self.table_renames.iter().find(|(_, to)| to == table);
        format!("{}.{}", renamed.map_or(table, |(from, _)| from), Part(column))
    }

    fn rename_table(&mut self, table: &TableDefinition, to: &str, new: &State) -> Result<()> {
        let hint = || format!("rename({:?}, {to:?})", table.name.to_string());
        let to: TableName = to.parse().map_err(|error: Error| error.context(hint()))?;
        if new.table(&table.name).is_some() {
            return Err(wrong(format!("{}: a model is stored in `{}` still", hint(), table.name)));
        }
        if new.table(&to).is_none() {
            let known: Vec<String> =
                new.tables.iter().map(|table| table.name.to_string()).collect();
            let near = nearest(&to.to_string(), known.iter().map(String::as_str));
            let near = near.replacen("it has", "there are", 1);
            return Err(wrong(format!("{}: no model is stored in `{to}`{near}", hint())));
        }
        self.table_renames.push((table.name.clone(), to));
        Ok(())
    }

    fn rename_column(
        &mut self,
        table: &TableDefinition,
        column: String,
        to: &str,
        new: &State,
    ) -> Result<()> {
        let hint = || format!("rename({:?}, {to:?})", format!("{}.{column}", table.name));
        let later = self.later(&table.name);
        let wanted = new.table(&later).ok_or_else(|| {
            wrong(format!("{}: no model is stored in `{later}` any more", hint()))
        })?;
        if wanted.column(&column).is_some() {
            let what = format!("{}: `{later}` is to have a column `{column}` still", hint());
            return Err(wrong(what));
        }
        if wanted.column(to).is_none() {
            let near = nearest(to, wanted.columns.iter().map(|column| column.name.as_str()));
            let what = format!("{}: `{later}` is to have no column `{to}`{near}", hint());
            return Err(wrong(what));
        }
        self.column_renames.push((later, column, to.to_owned()));
        Ok(())
    }

    fn drop(&mut self, name: &str, old: &State, new: &State) -> Result<()> {
        let hint = |what: String| wrong(format!("drop({name:?}): {what}"));
        match named(name, old)? {
            Named::Table(table) if new.table(&table.name).is_some() => {
                Err(hint(format!("a model is stored in `{}` still", table.name)))
            }
            Named::Table(table) if self.later(&table.name) != table.name => {
                Err(hint("another hint gives it another name".into()))
            }
            Named::Table(table) => {
                self.table_drops.push(table.name.clone());
                Ok(())
            }
            Named::Column(table, column) => {
                let later = self.later(&table.name);
                let wanted = new
                    .table(&later)
                    .ok_or_else(|| hint(format!("no model is stored in `{later}` any more")))?;
                let is_plain = |name| wanted.column(name).is_some_and(|one| one.computed.is_none());
                if is_plain(&column) {
                    return Err(hint(format!("`{later}` is to have a column `{column}` still")));
                }
                self.column_drops.push((later, column));
                Ok(())
            }
        }
    }

    fn fill(&mut self, name: &str, sql: &Sql, new: &State) -> Result<()> {
        match named(name, new)? {
            Named::Table(table) => Err(wrong(format!(
                "fill({name:?}, …): `{}` is a table; a column of it is `{}.column`",
                table.name, table.name
            ))),
            Named::Column(table, column) => {
                let (table, sql) = (table.name.clone(), sql.clone());
                self.fills.push(Fill { table, column, sql, used: Cell::new(false) });
                Ok(())
            }
        }
    }

    /// What a hint fills a column with.
    pub(super) fn fill_of(&self, table: &TableName, column: &str) -> Option<&Sql> {
        let fill = self.fills.iter().find(|fill| fill.table == *table && fill.column == column)?;
        fill.used.set(true);
        Some(&fill.sql)
    }

    /// What the model gives a column.
    pub(super) fn constant_of(&self, table: &TableName, column: &str) -> Option<&Sql> {
        self.constants.get(&(table.clone(), column.to_owned()))
    }

    /// Errs where a column was to be filled that nobody asked about.
    pub(super) fn all_used(&self) -> Result<()> {
        match self.fills.iter().find(|fill| !fill.used.get()) {
            None => Ok(()),
            Some(fill) => Err(wrong(format!(
                "fill(\"{}.{}\", …): the column neither comes nor changes, so that nothing is \
                 filled",
                fill.table, fill.column
            ))),
        }
    }
}

/// The table, or the column of one, that has a name in a state.
fn named<'s>(name: &str, state: &'s State) -> Result<Named<'s>> {
    let mut parts = dotted(name)?;
    if parts.len() <= 2
        && let Some(table) = name.parse().ok().and_then(|name| state.table(&name))
    {
        return Ok(Named::Table(table));
    }
    let column = if parts.len() > 1 { parts.pop() } else { None };
    let of = match (parts.pop(), parts.pop(), parts.len()) {
        (Some(name), schema, 0) => TableName { schema, name },
        _ => {
            return Err(wrong(format!(
                "`{name}` is no name of a table or column, such as `book`, `book.title` or \
                 `shop.book.title`"
            )));
        }
    };
    let table = state.need(&of)?;
    match column {
        None => Ok(Named::Table(table)),
        Some(column) if table.column(&column).is_some() => Ok(Named::Column(table, column)),
        Some(column) => {
            let near = nearest(&column, table.columns.iter().map(|column| column.name.as_str()));
            Err(wrong(format!("the table `{of}` has no column `{column}`{near}")))
        }
    }
}

fn wrong(what: String) -> Error {
    Error::new(ErrorKind::Configuration, what)
}
