//! Tables that the database cannot change: they are made anew, and their rows are copied.
//!
//! A new table, the rows, the old table goes, the new one gets its name, then indexes and what
//! keeps full-text indexes in step (source: SQLite documentation, "ALTER TABLE", 7). What somebody
//! else has put on the table would go with it, so that is refused.

use super::super::{CreateOptions, Subject, column_definition, column_list, create_indexes};
use super::column::{converted, only_nulls};
use super::{Alter, alter_table, column, update};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::{
    ColumnDefinition, FulltextDefinition, Sql, TableDefinition, TableName,
};
use crate::schema::operation::Operation;
use crate::sql::ddl::{create_table, index_name, quoted, table_name};

/// What the rows of the new table have in one column: an expression over the old table, or what the
/// database gives by itself.
type Values<'v> = &'v dyn Fn(&ColumnDefinition) -> Result<Option<String>>;

impl Alter<'_> {
    pub(super) fn rebuilt(&self, operation: &Operation) -> Result<Vec<String>> {
        match operation {
            Operation::RenameTable { from, to } => {
                let to_name = quoted(&to.name, self.dialect);
                let own = alter_table(from, self.dialect, &format!("RENAME TO {to_name}"));
                self.after_rename(to, own)
            }
            Operation::RenameColumn { table, from, to } => {
                let (from, to) = (quoted(from, self.dialect), quoted(to, self.dialect));
                let change = format!("RENAME COLUMN {from} TO {to}");
                self.after_rename(table, alter_table(table, self.dialect, &change))
            }
            Operation::AddColumn { table, column, fill } => {
                self.add_or_rebuild(table, column, fill.as_ref())
            }
            Operation::DropColumn { table, column } => {
                self.unnamed(self.after(table)?, column)?;
                Ok(vec![self.column_away(table, column)])
            }
            Operation::AlterColumn { table, column, fill } => {
                self.alter_by_rebuild(table, column, fill.as_ref())
            }
            Operation::SetPrimaryKey { table, .. } => self.rebuild(table, &as_is(self), true),
            Operation::AddUnique { table, .. }
            | Operation::DropUnique { table, .. }
            | Operation::AddCheck { table, .. }
            | Operation::DropCheck { table, .. }
            | Operation::AddForeignKey { table, .. }
            | Operation::DropForeignKey { table, .. } => self.rebuild(table, &as_is(self), false),
            _ => Err(Error::new(ErrorKind::Internal, "an operation has no statements")),
        }
    }

    /// The database carries the name into other tables; the names that are made of it are new with
    /// a new table only.
    fn after_rename(&self, name: &TableName, own: String) -> Result<Vec<String>> {
        let statements = self.rebuild(name, &as_is(self), false)?;
        Ok([own].into_iter().chain(statements).collect())
    }

    fn add_or_rebuild(
        &self,
        name: &TableName,
        new: &ColumnDefinition,
        fill: Option<&Sql>,
    ) -> Result<Vec<String>> {
        let table = self.checked(name)?;
        let fill = fill.filter(|_| !new.counted && new.computed.is_none());
        let fill = fill.map(|fill| self.fill(&table.path(&new.name), fill)).transpose()?;
        let constant = match &new.default {
            None => new.nullable,
            Some(default) => default.text(self.dialect.name()).is_some_and(is_constant),
        };
        if !constant || new.counted || new.computed.is_some() {
            let numbers = self.dialect.row_number().filter(|_| new.counted);
            let fill = fill.or(numbers.map(str::to_owned));
            let values = |column: &ColumnDefinition| match column.name == new.name {
                true => Ok(fill.clone()),
                false => self.copied(column),
            };
            return self.rebuild(name, &values, false);
        }
        let definition = column_definition(table, new, self.dialect)?;
        let add = alter_table(name, self.dialect, &format!("ADD COLUMN {definition}"));
        let fill = fill.map(|fill| update(name, &new.name, &fill, "", self.dialect));
        Ok([add].into_iter().chain(fill).collect())
    }

    fn alter_by_rebuild(
        &self,
        name: &TableName,
        new: &ColumnDefinition,
        fill: Option<&Sql>,
    ) -> Result<Vec<String>> {
        let (before, after) = (self.before(name)?, self.checked(name)?);
        let old = column(before, &new.name)?;
        let definition = |table: &TableDefinition| {
            let table = self.on_the_way(table);
            column_definition(Subject::of(&table), column(&table, &new.name)?, self.dialect)
        };
        if fill.is_none() && definition(before)? == definition(after.table)? {
            return Ok(Vec::new());
        }
        let own = quoted(&new.name, self.dialect);
        let fill = fill.map(|fill| self.fill(&after.path(&new.name), fill)).transpose()?;
        let value = match fill {
            _ if new.computed.is_some() => None,
            Some(fill) if only_nulls(old, new) => Some(format!("coalesce({own}, {fill})")),
            Some(fill) => Some(format!("({fill})")),
            None if old.kind == new.kind => Some(own),
            None => Some(converted(after, old, new, self.dialect)?),
        };
        let values = |column: &ColumnDefinition| match column.name == new.name {
            true => Ok(value.clone()),
            false => self.copied(column),
        };
        let searched = |table: &TableDefinition| {
            table.fulltext.iter().any(|index| index.columns.contains(&new.name))
        };
        self.rebuild(name, &values, searched(before) || old.counted != new.counted)
    }

    /// What a column has that stays as it is.
    fn copied(&self, column: &ColumnDefinition) -> Result<Option<String>> {
        Ok(column.computed.is_none().then(|| quoted(&column.name, self.dialect)))
    }

    /// The table as it is afterwards, with its rows; `search_anew` where words are looked up anew.
    fn rebuild(
        &self,
        name: &TableName,
        values: Values<'_>,
        search_anew: bool,
    ) -> Result<Vec<String>> {
        let after = self.on_the_way(self.checked(name)?.table);
        let after = Subject::of(&after);
        let new = self.spare_name(name);
        let fulltext: Vec<&FulltextDefinition> =
            self.before.iter().chain([after.table]).flat_map(|table| &table.fulltext).collect();
        let indexes = self.known_indexes(after.table);
        let mut statements = self.dialect.before_rebuild(name, &indexes, &fulltext)?;
        let options = CreateOptions::default();
        statements.push(create_table(after, &new, &|_| false, options, self.dialect)?);
        statements.push(self.copy(after.table, &new, values)?);
        let counted = after.table.columns.iter().any(|column| column.counted);
        statements.extend(self.dialect.swap_tables(&name.name, &new.name, counted)?);
        statements.extend(create_indexes(after, options, self.dialect)?);
        for index in &after.table.fulltext {
            if !search_anew {
                statements.extend(self.dialect.keep_fulltext(after, index)?);
                continue;
            }
            statements.extend(self.dialect.drop_fulltext(index));
            statements.extend(self.dialect.create_fulltext(after, index, options)?);
        }
        Ok(statements)
    }

    /// The table as the database can hold it between two operations: what it counts up has to be the
    /// key there, and may become it with the next one, or have been it until this one.
    fn on_the_way(&self, table: &TableDefinition) -> TableDefinition {
        let mut held = table.clone();
        for column in held.columns.iter_mut().filter(|column| column.counted) {
            let auto = self.dialect.auto_column(Subject::of(table), column);
            column.counted = !auto.is_err_and(|error| error.is_unsupported());
        }
        held
    }

    /// A name that no table has.
    fn spare_name(&self, name: &TableName) -> TableName {
        let mut new = TableName { schema: None, name: format!("yara_new_{}", name.name) };
        while self.before.iter().chain(self.after).any(|table| table.name == new) {
            new.name.push('_');
        }
        new
    }

    fn copy(&self, table: &TableDefinition, new: &TableName, values: Values<'_>) -> Result<String> {
        let mut columns = Vec::new();
        let mut expressions = Vec::new();
        for column in &table.columns {
            if let Some(expression) = values(column)? {
                columns.push(column.name.clone());
                expressions.push(expression);
            }
        }
        Ok(format!(
            "INSERT INTO {} ({}) SELECT {} FROM {}",
            table_name(new, self.dialect),
            column_list(&columns, self.dialect),
            expressions.join(", "),
            table_name(&table.name, self.dialect)
        ))
    }

    /// The indexes of all tables, before and after.
    fn known_indexes(&self, after: &TableDefinition) -> Vec<String> {
        let before = self.before.iter().chain([after]);
        let names = before.flat_map(|table| {
            table.indexes.iter().map(|index| index_name(table, index, self.dialect))
        });
        names.collect()
    }
}

fn as_is<'a>(alter: &'a Alter<'_>) -> impl Fn(&ColumnDefinition) -> Result<Option<String>> + 'a {
    move |column| alter.copied(column)
}

/// Whether SQL is one constant, which rows that are there can have without being written.
fn is_constant(sql: &str) -> bool {
    let sql = sql.trim();
    if let Some(within) = sql.strip_prefix('(').and_then(|sql| sql.strip_suffix(')')) {
        return is_constant(within);
    }
    let number = sql.strip_prefix('-').unwrap_or(sql);
    let text = sql.strip_prefix('\'').and_then(|sql| sql.strip_suffix('\''));
    (number.starts_with(|first: char| first.is_ascii_digit()) && number.parse::<f64>().is_ok())
        || text.is_some_and(|text| !text.replace("''", "").contains('\''))
        || ["true", "false"].iter().any(|word| sql.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::is_constant;

    #[test]
    fn constants_are_told_from_what_is_computed() {
        for sql in ["0", "-1.5", "(-7)", "1e3", "'x'", "'it''s'", "TRUE", "((1))", "''"] {
            assert!(is_constant(sql), "{sql}");
        }
        for sql in ["'a' || 'b'", "date('now')", "1 + 1", "(1) + (1)", "x", "", "nan", "'", "inf"] {
            assert!(!is_constant(sql), "{sql}");
        }
    }
}
