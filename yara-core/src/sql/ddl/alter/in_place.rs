//! Tables that the database changes in place.

use super::super::column::column_sql;
use super::super::constraint::{check, primary_key, unique};
use super::super::{Subject, column_definition, extension, quoted, unique_name};
use super::aside::{Aside, all_keys, can_be_held, key_name};
use super::{Alter, alter_table, comment, missing, update};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::{
    ColumnDefinition, ForeignKeyDefinition, Sql, TableDefinition, TableName, UniqueDefinition,
};
use crate::schema::operation::Operation;

impl Alter<'_> {
    pub(super) fn in_place(&self, operation: &Operation) -> Result<Vec<String>> {
        match operation {
            Operation::RenameTable { from, to } => self.rename_table(from, to),
            Operation::RenameColumn { table, from, to } => self.rename_column(table, from, to),
            Operation::AddColumn { table, column, fill } => {
                self.add_column(table, column, fill.as_ref())
            }
            Operation::DropColumn { table, column } => self.drop_column(table, column),
            Operation::AlterColumn { table, column, fill } => {
                self.alter_column(table, column, fill.as_ref())
            }
            Operation::SetPrimaryKey { table, .. } => self.set_primary_key(table),
            Operation::AddUnique { table, unique: one } => {
                let table = self.checked(table)?;
                Ok(vec![self.add_constraint(table.table, &unique(table, one, self.dialect))])
            }
            Operation::DropUnique { table, unique } => self.drop_unique(table, unique),
            Operation::AddCheck { table, check: one } => {
                let table = self.checked(table)?;
                Ok(vec![self.add_constraint(table.table, &check(table, one, self.dialect)?)])
            }
            Operation::DropCheck { table, name } => {
                Ok(vec![self.drop_constraint(self.before(table)?, name)])
            }
            Operation::AddForeignKey { table, foreign_key } => {
                Ok(vec![self.add_foreign_key(self.checked(table)?.table, foreign_key)])
            }
            Operation::DropForeignKey { table, columns } => self.foreign_key_away(table, columns),
            _ => Err(Error::new(ErrorKind::Internal, "an operation has no statements")),
        }
    }

    fn add_column(
        &self,
        name: &TableName,
        column: &ColumnDefinition,
        fill: Option<&Sql>,
    ) -> Result<Vec<String>> {
        let table = self.checked(name)?;
        let mut statements: Vec<String> =
            extension(column.kind, self.dialect).into_iter().collect();
        match fill.filter(|_| !column.counted && column.computed.is_none()) {
            None => statements.push(self.new_column(table, column)?),
            // The rows there are get their values before the database asks for one.
            Some(fill) => {
                let fill = self.fill(&table.path(&column.name), fill)?;
                let bare = ColumnDefinition { nullable: true, default: None, ..column.clone() };
                statements.push(self.new_column(table, &bare)?);
                statements.push(update(name, &column.name, &fill, "", self.dialect));
                statements.extend(self.set_default(table, column)?);
                if !column.nullable {
                    statements.push(self.change(name, &column.name, "SET NOT NULL"));
                }
            }
        }
        statements.extend(self.comment_column(name, column)?);
        Ok(statements)
    }

    pub(super) fn new_column(
        &self,
        table: Subject<'_>,
        column: &ColumnDefinition,
    ) -> Result<String> {
        let definition = column_definition(table, column, self.dialect)?;
        Ok(alter_table(&table.table.name, self.dialect, &format!("ADD COLUMN {definition}")))
    }

    /// `ALTER TABLE … ALTER COLUMN …`
    pub(super) fn change(&self, table: &TableName, column: &str, change: &str) -> String {
        let column = quoted(column, self.dialect);
        alter_table(table, self.dialect, &format!("ALTER COLUMN {column} {change}"))
    }

    /// What sets a column's default, if it has one.
    pub(super) fn set_default(
        &self,
        table: Subject<'_>,
        column: &ColumnDefinition,
    ) -> Result<Option<String>> {
        let Some(default) = &column.default else { return Ok(None) };
        let default = column_sql(table, column, default, self.dialect)?;
        let change = format!("SET DEFAULT ({default})");
        Ok(Some(self.change(&table.table.name, &column.name, &change)))
    }

    /// What says what a column is for, if something is to be said.
    pub(super) fn comment_column(
        &self,
        table: &TableName,
        column: &ColumnDefinition,
    ) -> Result<Option<String>> {
        match &column.comment {
            Some(text) if self.dialect.capabilities().comments => {
                self.comment_on(table, &column.name, Some(text)).map(Some)
            }
            _ => Ok(None),
        }
    }

    pub(super) fn comment_on(
        &self,
        table: &TableName,
        column: &str,
        text: Option<&str>,
    ) -> Result<String> {
        let column = quoted(column, self.dialect);
        let table = super::table_name(table, self.dialect);
        Ok(format!("COMMENT ON COLUMN {table}.{column} IS {}", comment(text)?))
    }

    fn drop_column(&self, name: &TableName, column: &str) -> Result<Vec<String>> {
        self.unnamed(self.after(name)?, column)?;
        Ok(vec![self.column_away(name, column)])
    }

    pub(super) fn column_away(&self, table: &TableName, column: &str) -> String {
        let column = quoted(column, self.dialect);
        alter_table(table, self.dialect, &format!("DROP COLUMN {column}"))
    }

    /// Errs where an expression of the table still names a column that goes: PostgreSQL would drop
    /// what it is part of without a word.
    pub(super) fn unnamed(&self, table: &TableDefinition, column: &str) -> Result<()> {
        let aside = table.checks.iter().find(|check| self.names(&check.condition, column));
        let mut named = aside.map(|check| format!("the check `{}`", check.name));
        for index in &table.indexes {
            if self.is_indexed(index, column, super::aside::Part::Any) {
                let name = super::index_name(table, index, self.dialect);
                named.get_or_insert_with(|| format!("the index `{name}`"));
            }
        }
        for other in &table.columns {
            if other.computed.as_ref().is_some_and(|sql| self.names(sql, column)) {
                named.get_or_insert_with(|| format!("the computed column `{}`", other.name));
            }
        }
        let Some(named) = named else { return Ok(()) };
        Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "`{}.{column}` goes, and {named} of that table names it; drop or change that before",
                table.name
            ),
        ))
    }

    fn set_primary_key(&self, name: &TableName) -> Result<Vec<String>> {
        let (before, after) = (self.before(name)?, self.checked(name)?);
        let mut own = Vec::new();
        if !before.primary_key.is_empty() {
            own.push(self.drop_constraint(before, &key_name(before, self.dialect)));
        }
        if !after.table.primary_key.is_empty() {
            own.push(self.add_constraint(after.table, &primary_key(after, self.dialect)));
        }
        Ok(self.keys_to(before, &before.primary_key).around(own))
    }

    fn drop_unique(&self, name: &TableName, unique: &UniqueDefinition) -> Result<Vec<String>> {
        let table = self.before(name)?;
        let own = self.drop_constraint(table, &unique_name(table, unique, self.dialect));
        Ok(self.keys_to(table, &unique.columns).around(vec![own]))
    }

    /// The foreign keys that lead to some columns of a table; they hold on to the constraint by
    /// which those are unique, and find another one if there is one.
    fn keys_to(&self, table: &TableDefinition, columns: &[String]) -> Aside {
        let leads = |key: &ForeignKeyDefinition| {
            key.table == table.name
                && key.to.len() == columns.len()
                && key.to.iter().all(|column| columns.contains(column))
        };
        self.keys_aside(
            all_keys(self.before)
                .filter(|(owner, key)| leads(key) && can_be_held(self.before, &owner.name, key)),
        )
    }

    fn foreign_key_away(&self, name: &TableName, columns: &[String]) -> Result<Vec<String>> {
        let table = self.before(name)?;
        let known = table.foreign_keys.iter().find(|key| key.columns == columns);
        let key = known.ok_or_else(|| missing(table, "foreign key of", &columns.join(", ")))?;
        let held = can_be_held(self.before, &table.name, key);
        Ok(held.then(|| self.drop_foreign_key(table, key)).into_iter().collect())
    }
}
