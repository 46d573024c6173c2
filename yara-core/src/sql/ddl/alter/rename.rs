//! Other names for tables and columns, where tables are changed in place.

use super::aside::all_names;
use super::{Alter, alter_table};
use crate::error::Result;
use crate::schema::definition::TableName;
use crate::sql::ddl::{name, quoted, table_name};

impl Alter<'_> {
    /// Another name, another schema, or both; and the names that are made of the table's.
    pub(super) fn rename_table(&self, from: &TableName, to: &TableName) -> Result<Vec<String>> {
        let dialect = self.dialect;
        let mut statements = Vec::new();
        let mut now = from.clone();
        let after = self.checked(to)?;
        if from.schema != to.schema {
            statements.extend(name::create_schema(after, dialect)?);
            let schema = to.schema.as_ref().map(|schema| quoted(schema, dialect));
            statements.extend(dialect.set_schema(&table_name(&now, dialect), schema.as_deref()));
            now.schema.clone_from(&to.schema);
        }
        if from.name != to.name {
            let change = format!("RENAME TO {}", quoted(&to.name, dialect));
            statements.push(alter_table(&now, dialect, &change));
        }
        statements.extend(self.rename_made(from, to)?);
        Ok(statements)
    }

    pub(super) fn rename_column(
        &self,
        table: &TableName,
        from: &str,
        to: &str,
    ) -> Result<Vec<String>> {
        self.checked(table)?;
        let (from, to) = (quoted(from, self.dialect), quoted(to, self.dialect));
        let own = alter_table(table, self.dialect, &format!("RENAME COLUMN {from} TO {to}"));
        Ok([own].into_iter().chain(self.rename_made(table, table)?).collect())
    }

    /// Gives constraints and indexes the names that are made now.
    fn rename_made(&self, from: &TableName, to: &TableName) -> Result<Vec<String>> {
        let was = all_names(self.before, self.before(from)?, self.dialect);
        let is = all_names(self.after, self.after(to)?, self.dialect);
        let pairs = was.into_iter().zip(is);
        let mut left: Vec<_> = pairs.filter(|(was, is)| was.0 != is.0).collect();
        let mut statements = Vec::new();
        while !left.is_empty() {
            // One whose new name nothing else still has.
            let free = left.iter().position(|(_, new)| !left.iter().any(|(old, _)| old.0 == new.0));
            let ((old, is_index), (new, _)) = left.remove(free.unwrap_or(0));
            let new = quoted(&new, self.dialect);
            statements.push(if is_index {
                let index = TableName { schema: to.schema.clone(), name: old };
                format!("ALTER INDEX {} RENAME TO {new}", table_name(&index, self.dialect))
            } else {
                let old = quoted(&old, self.dialect);
                alter_table(to, self.dialect, &format!("RENAME CONSTRAINT {old} TO {new}"))
            });
        }
        Ok(statements)
    }
}
