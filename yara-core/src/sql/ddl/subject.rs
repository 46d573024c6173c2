//! The table that statements are about, and what messages call it.

use crate::schema::Table;
use crate::schema::definition::TableDefinition;

/// A definition, and the model that it is of, where there is one.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'t> {
    /// What the database holds.
    pub table: &'t TableDefinition,
    /// What the program declares.
    pub model: Option<&'t Table>,
}

impl<'t> Subject<'t> {
    /// A table of no model.
    pub fn of(table: &'t TableDefinition) -> Subject<'t> {
        Subject { table, model: None }
    }

    /// The name of the model, or that of the table.
    pub fn title(&self) -> String {
        match self.model {
            Some(model) => model.model.to_owned(),
            None => self.table.name.to_string(),
        }
    }

    /// The member that a column is of, such as `address.street`, or the column.
    pub fn member<'n>(&'n self, column: &'n str) -> &'n str {
        let fields = self.model.into_iter().flat_map(|model| &model.fields);
        let mut fields = fields.filter(|field| field.column == column);
        fields.next().map_or(column, |field| field.name)
    }

    /// Both: `Book.views`, or `book.views` where no model is at hand.
    pub fn path(&self, column: &str) -> String {
        format!("{}.{}", self.title(), self.member(column))
    }
}
