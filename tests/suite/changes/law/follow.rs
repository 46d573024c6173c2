//! Where the values of a column are, and that they are what they were.

use super::super::change::Tables;
use yara_orm::migrate::{Operation, State};
use yara_orm::schema::definition::{TableDefinition, TableName};

/// A column from the beginning, where it is now, and its values beside the keys of their rows.
struct Column {
    table: TableName,
    key: String,
    name: String,
    values: Vec<String>,
}

/// All columns whose values nothing has changed.
pub struct Followed {
    columns: Vec<Column>,
}

impl Followed {
    pub async fn new(tables: &Tables) -> Followed {
        let mut columns = Vec::new();
        for table in &tables.state.tables {
            for column in &table.columns {
                let mut column = Column {
                    table: table.name.clone(),
                    key: table.columns[0].name.clone(),
                    name: column.name.clone(),
                    values: Vec::new(),
                };
                column.values = column.read(tables).await;
                assert!(!column.values.is_empty());
                columns.push(column);
            }
        }
        Followed { columns }
    }

    /// What an operation does with the columns.
    pub fn follow(&mut self, before: &State, operation: &Operation) {
        match operation {
            Operation::RenameTable { from, to } => {
                let moved = self.columns.iter_mut().filter(|column| column.table == *from);
                moved.for_each(|column| column.table = to.clone());
            }
            Operation::RenameColumn { table, from, to } => {
                for column in self.columns.iter_mut().filter(|column| column.table == *table) {
                    for name in [&mut column.key, &mut column.name] {
                        if name == from {
                            name.clone_from(to);
                        }
                    }
                }
            }
            Operation::DropTable(table) => self.columns.retain(|column| column.table != *table),
            Operation::DropColumn { table, column: gone } => {
                self.columns.retain(|column| column.table != *table || column.name != *gone)
            }
            Operation::AlterColumn { table, column: new, fill } => {
                let known = before.tables.iter().find(|known| known.name == *table).unwrap();
                let old = known.columns.iter().find(|column| column.name == new.name).unwrap();
                if fill.is_some() || old.computed != new.computed {
                    let other =
                        |column: &Column| column.table != *table || (column.name != new.name);
                    self.columns.retain(other);
                }
            }
            _ => {}
        }
    }

    pub async fn check(&self, tables: &Tables) {
        for column in &self.columns {
            let found = column.read(tables).await;
            assert_eq!(found, column.values, "{}.{}", column.table, column.name);
        }
    }
}

impl Column {
    async fn read(&self, tables: &Tables) -> Vec<String> {
        let known = |table: &&TableDefinition| table.name == self.table;
        assert!(tables.state.tables.iter().any(|table| known(&table)), "{}", self.table);
        let query = format!(
            "SELECT CAST(\"{}\" AS text) || ':' || coalesce(CAST(\"{}\" AS text), 'NULL') FROM \
             \"{}\" ORDER BY 1",
            self.key, self.name, self.table.name
        );
        tables.rows(&query).await
    }
}
