//! The statements of a migration's operations.
//!
//! Where a database changes tables in place, that is what they do; where it cannot, a table is made
//! anew and its rows are copied. Either way the tables are afterwards what creating them would have
//! made, but for the order of columns: constraints and indexes without a name of their own have
//! the one that is made from table and columns, also where these got another name.

mod aside;
mod column;
mod in_place;
mod rebuild;
mod rename;

use super::column::sql_for;
use super::index::{check_index_names, create_index};
use super::name::{check_names, create_schema};
use super::{CreateOptions, Subject, create, index_name, quoted, table_name};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::{
    ColumnDefinition, FulltextDefinition, IndexDefinition, Sql, TableDefinition, TableName,
};
use crate::schema::operation::Operation;
use crate::sql::{Dialect, constant};

/// The statements of one operation, in the order in which they run, all of them in one transaction
/// unless an index is built concurrently. `before` and `after` are all tables there are before and
/// after the operation.
///
/// # Errors
///
/// With [`Unsupported`](ErrorKind::Unsupported) where the database cannot hold what is asked for, or
/// cannot convert the values of a column, and with [`Configuration`](ErrorKind::Configuration)
/// where a column is dropped that an expression of its table still names.
pub fn alter(
    operation: &Operation,
    before: &[TableDefinition],
    after: &[TableDefinition],
    dialect: &dyn Dialect,
) -> Result<Vec<String>> {
    Alter { before, after, dialect }.statements(operation)
}

/// Whether the database must not look at foreign keys while the statements of an operation run,
/// because a table that others refer to goes and comes back. It is told so outside of the
/// transaction, and asked about them before the commit.
pub fn needs_foreign_keys_off(operation: &Operation, dialect: &dyn Dialect) -> bool {
    !dialect.capabilities().alter_table
        && !matches!(
            operation,
            Operation::CreateTable(_)
                | Operation::CommentTable { .. }
                | Operation::AddIndex { .. }
                | Operation::DropIndex { .. }
                | Operation::AddFulltext { .. }
                | Operation::DropFulltext { .. }
                | Operation::Sql { .. }
                | Operation::Step { .. }
        )
}

/// What an operation changes, and where.
#[derive(Clone, Copy)]
struct Alter<'a> {
    before: &'a [TableDefinition],
    after: &'a [TableDefinition],
    dialect: &'a dyn Dialect,
}

impl<'a> Alter<'a> {
    fn statements(&self, operation: &Operation) -> Result<Vec<String>> {
        let in_place = self.dialect.capabilities().alter_table;
        match operation {
            Operation::CreateTable(table) => self.create_table(&table.name),
            Operation::DropTable(name) => self.drop_table(name),
            Operation::CommentTable { table, .. } => self.comment_table(table),
            Operation::AddIndex { table, index, concurrently } => {
                self.add_index(table, index, *concurrently)
            }
            Operation::DropIndex { table, index, concurrently } => {
                let table = self.before(table)?;
                Ok(vec![self.drop_index(table, index, *concurrently)])
            }
            Operation::AddFulltext { table, fulltext } => {
                let table = self.checked(table)?;
                self.dialect.create_fulltext(table, fulltext, CreateOptions::default())
            }
            Operation::DropFulltext { table, name } => self.drop_fulltext(table, name),
            Operation::Sql { up, .. } => self.own_sql(up),
            Operation::Step { .. } => Ok(Vec::new()),
            operation if in_place => self.in_place(operation),
            operation => self.rebuilt(operation),
        }
    }

    /// A table before the operation.
    fn before(&self, name: &TableName) -> Result<&'a TableDefinition> {
        find(self.before, name)
    }

    /// A table after the operation.
    fn after(&self, name: &TableName) -> Result<&'a TableDefinition> {
        find(self.after, name)
    }

    /// A table after the operation, whose names the database can hold.
    fn checked(&self, name: &TableName) -> Result<Subject<'a>> {
        let table = self.after(name)?;
        let table = Subject::of(table);
        check_names(table.table, self.dialect)?;
        create_schema(table, self.dialect)?;
        Ok(table)
    }

    fn create_table(&self, name: &TableName) -> Result<Vec<String>> {
        create(&[self.checked(name)?], CreateOptions::default(), self.dialect)
    }

    fn drop_table(&self, name: &TableName) -> Result<Vec<String>> {
        let table = self.before(name)?;
        let beside = table.fulltext.iter().filter_map(|index| self.dialect.drop_fulltext(index));
        let own = format!("DROP TABLE {}", table_name(name, self.dialect));
        Ok(beside.chain([own]).collect())
    }

    fn comment_table(&self, name: &TableName) -> Result<Vec<String>> {
        if !self.dialect.capabilities().comments {
            return Ok(Vec::new());
        }
        let comment = comment(self.after(name)?.comment.as_deref())?;
        let name = table_name(name, self.dialect);
        Ok(vec![format!("COMMENT ON TABLE {name} IS {comment}")])
    }

    fn add_index(
        &self,
        table: &TableName,
        index: &IndexDefinition,
        concurrently: bool,
    ) -> Result<Vec<String>> {
        let table = self.checked(table)?;
        check_index_names(table, self.dialect)?;
        create_index(table, index, self.concurrently(concurrently), self.dialect)
            .map(|statement| vec![statement])
    }

    fn drop_index(
        &self,
        table: &TableDefinition,
        index: &IndexDefinition,
        concurrently: bool,
    ) -> String {
        let schema = table.name.schema.clone();
        let name = TableName { schema, name: index_name(table, index, self.dialect) };
        let words = self.concurrently(concurrently);
        format!("DROP INDEX {words}{}", table_name(&name, self.dialect))
    }

    fn concurrently(&self, asked: bool) -> &'static str {
        if asked && self.dialect.capabilities().concurrent_indexes { "CONCURRENTLY " } else { "" }
    }

    fn drop_fulltext(&self, table: &TableName, name: &str) -> Result<Vec<String>> {
        let table = self.before(table)?;
        let known = table.fulltext.iter().find(|index| index.name == name);
        let index: &FulltextDefinition =
            known.ok_or_else(|| missing(table, "full-text index", name))?;
        Ok(self.dialect.remove_fulltext(table, index))
    }

    /// SQL of the user's own; none where it is empty.
    fn own_sql(&self, sql: &Sql) -> Result<Vec<String>> {
        let database = self.dialect.name();
        let text = sql.text(database).ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                format!(
                    "an operation of SQL has no text for {database}; add one under `{}`, which may \
                     be empty",
                    database.to_ascii_lowercase()
                ),
            )
        })?;
        Ok(if text.trim().is_empty() { Vec::new() } else { vec![text.to_owned()] })
    }

    /// What a new value of a column is made of.
    fn fill(&self, column: &str, fill: &Sql) -> Result<String> {
        sql_for(fill, self.dialect, || format!("what fills `{column}`")).map(str::to_owned)
    }
}

fn find<'a>(tables: &'a [TableDefinition], name: &TableName) -> Result<&'a TableDefinition> {
    tables
        .iter()
        .find(|table| table.name == *name)
        .ok_or_else(|| Error::new(ErrorKind::Configuration, format!("there is no table `{name}`")))
}

fn column<'t>(table: &'t TableDefinition, name: &str) -> Result<&'t ColumnDefinition> {
    table.column(name).ok_or_else(|| missing(table, "column", name))
}

fn missing(table: &TableDefinition, what: &str, name: &str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!("the table `{}` has no {what} `{name}`", table.name),
    )
}

/// A comment as a constant; NULL takes it away.
fn comment(text: Option<&str>) -> Result<String> {
    text.map_or_else(|| Ok("NULL".to_owned()), constant::quoted)
}

/// `ALTER TABLE … `
fn alter_table(name: &TableName, dialect: &dyn Dialect, change: &str) -> String {
    format!("ALTER TABLE {} {change}", table_name(name, dialect))
}

/// `UPDATE … SET … = (…)`, for all rows or those that a condition holds for.
fn update(
    name: &TableName,
    column: &str,
    value: &str,
    condition: &str,
    dialect: &dyn Dialect,
) -> String {
    let (table, column) = (table_name(name, dialect), quoted(column, dialect));
    format!("UPDATE {table} SET {column} = ({value}){condition}")
}
