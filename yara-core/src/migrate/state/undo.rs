//! What undoes an operation.

use super::{State, find};
use crate::error::Result;
use crate::migrate::Operation;

impl State {
    /// What undoes an operation that has not happened yet in this state; `None` where nothing does:
    /// a statement of the user's own without one that undoes it. What undoes a step of the program
    /// is the step of that name.
    ///
    /// Rows that went stay away: a table comes back empty, and a column with what its definition
    /// has the database fill in.
    ///
    /// # Errors
    ///
    /// With [`Configuration`](crate::error::ErrorKind::Configuration) where the operation names what
    /// is not there.
    pub fn undo(&self, operation: &Operation) -> Result<Option<Operation>> {
        Ok(Some(match operation.clone() {
            Operation::CreateTable(table) => Operation::DropTable(table.name),
            Operation::DropTable(name) => Operation::CreateTable(self.need(&name)?.clone()),
            Operation::RenameTable { from, to } => Operation::RenameTable { from: to, to: from },
            Operation::CommentTable { table, .. } => {
                let comment = self.need(&table)?.comment.clone();
                Operation::CommentTable { table, comment }
            }
            Operation::RenameColumn { table, from, to } => {
                Operation::RenameColumn { table, from: to, to: from }
            }
            Operation::AddColumn { table, column, .. } => {
                Operation::DropColumn { table, column: column.name }
            }
            Operation::DropColumn { table, column } => {
                let column = find::column(self.need(&table)?, &column)?.clone();
                Operation::AddColumn { table, column, fill: None }
            }
            Operation::AlterColumn { table, column, .. } => {
                let column = find::column(self.need(&table)?, &column.name)?.clone();
                Operation::AlterColumn { table, column, fill: None }
            }
            Operation::SetPrimaryKey { table, .. } => {
                let columns = self.need(&table)?.primary_key.clone();
                Operation::SetPrimaryKey { table, columns }
            }
            Operation::Sql { up, down } => match down {
                Some(down) => Operation::Sql { up: down, down: Some(up) },
                None => return Ok(None),
            },
            part => self.undo_part(part)?,
        }))
    }

    /// The same for what belongs to a table and is no column; a step is its own.
    fn undo_part(&self, operation: Operation) -> Result<Operation> {
        Ok(match operation {
            Operation::AddUnique { table, unique } => Operation::DropUnique { table, unique },
            Operation::DropUnique { table, unique } => {
                let known = self.need(&table)?;
                let unique = known.uniques[find::unique(known, &unique)?].clone();
                Operation::AddUnique { table, unique }
            }
            Operation::AddCheck { table, check } => {
                Operation::DropCheck { table, name: check.name }
            }
            Operation::DropCheck { table, name } => {
                let known = self.need(&table)?;
                let check = known.checks[find::check(known, &name)?].clone();
                Operation::AddCheck { table, check }
            }
            Operation::AddForeignKey { table, foreign_key } => {
                Operation::DropForeignKey { table, columns: foreign_key.columns }
            }
            Operation::DropForeignKey { table, columns } => {
                let known = self.need(&table)?;
                let foreign_key = known.foreign_keys[find::foreign_key(known, &columns)?].clone();
                Operation::AddForeignKey { table, foreign_key }
            }
            Operation::AddIndex { table, index, concurrently } => {
                Operation::DropIndex { table, index, concurrently }
            }
            Operation::DropIndex { table, index, concurrently } => {
                let known = self.need(&table)?;
                let index = known.indexes[find::index(known, &index)?].clone();
                Operation::AddIndex { table, index, concurrently }
            }
            Operation::AddFulltext { table, fulltext } => {
                Operation::DropFulltext { table, name: fulltext.name }
            }
            Operation::DropFulltext { table, name } => {
                let known = self.need(&table)?;
                let fulltext = known.fulltext[find::fulltext(known, &name)?].clone();
                Operation::AddFulltext { table, fulltext }
            }
            same => same,
        })
    }
}
