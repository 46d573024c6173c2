//! What an operation makes of a state.

use super::find::wrong;
use super::{State, check, table};
use crate::error::Result;
use crate::migrate::Operation;
use crate::schema::definition::TableName;

impl State {
    /// Changes what an operation changes.
    ///
    /// # Errors
    ///
    /// With [`Configuration`](crate::error::ErrorKind::Configuration) where it names what is not
    /// there, adds what is there, or takes away what something else is made of; the state is as it
    /// was then.
    pub fn apply(&mut self, operation: &Operation) -> Result<()> {
        match operation {
            Operation::CreateTable(table) => {
                check::new_table(self, table)?;
                self.tables.push(table.clone());
            }
            Operation::DropTable(name) => self.drop_table(name)?,
            Operation::RenameTable { from, to } => self.rename_table(from, to)?,
            Operation::CommentTable { table, comment } => {
                self.need_mut(table)?.comment.clone_from(comment);
            }
            Operation::RenameColumn { table, from, to } => self.rename_column(table, from, to)?,
            Operation::Sql { .. } | Operation::Step { .. } => {}
            operation => {
                let Some(name) = table::changed(operation) else { return Ok(()) };
                let at = self.position(name)?;
                let mut changed = self.tables[at].clone();
                table::change(self, &mut changed, operation)?;
                check::still_referred(self, &changed)?;
                self.tables[at] = changed;
            }
        }
        Ok(())
    }

    fn drop_table(&mut self, name: &TableName) -> Result<()> {
        let at = self.position(name)?;
        if let Some((other, _)) = check::references(self, name).find(|(other, _)| *other != name) {
            return Err(wrong(format!(
                "a foreign key of `{other}` leads to `{name}`; drop it before"
            )));
        }
        self.tables.remove(at);
        Ok(())
    }

    fn rename_table(&mut self, from: &TableName, to: &TableName) -> Result<()> {
        let at = self.position(from)?;
        if self.table(to).is_some() {
            return Err(wrong(format!("there is a table `{to}` already")));
        }
        self.tables[at].name = to.clone();
        let keys = self.tables.iter_mut().flat_map(|table| &mut table.foreign_keys);
        for key in keys.filter(|key| key.table == *from) {
            key.table = to.clone();
        }
        Ok(())
    }

    fn rename_column(&mut self, name: &TableName, from: &str, to: &str) -> Result<()> {
        table::rename_column(self.need_mut(name)?, from, to)?;
        let keys = self.tables.iter_mut().flat_map(|table| &mut table.foreign_keys);
        for key in keys.filter(|key| key.table == *name) {
            table::rename_in(&mut key.to, from, to);
        }
        Ok(())
    }
}
