//! What a migration changes. It stands beside the definitions, because the writer of DDL, which is
//! below migrations, makes the statements of it.

use super::definition::{
    CheckDefinition, ColumnDefinition, ForeignKeyDefinition, FulltextDefinition, IndexDefinition,
    Sql, TableDefinition, TableName, UniqueDefinition,
};
use std::fmt;

/// One change. It names what is there by name only: what it was is known from the tables before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// A table, with all that belongs to it.
    CreateTable(TableDefinition),
    /// A table goes, with its rows.
    DropTable(TableName),
    /// A table, and the made names of what belongs to it.
    RenameTable {
        /// What it was called.
        from: TableName,
        /// What it is called.
        to: TableName,
    },
    /// What a table is for.
    CommentTable {
        /// The table.
        table: TableName,
        /// What is written there.
        comment: Option<String>,
    },
    /// A column.
    AddColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnDefinition,
        /// What the rows there are have in it, where it is not what the database fills in.
        fill: Option<Sql>,
    },
    /// A column goes, with its values.
    DropColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// A column, and the made names of what it is part of.
    RenameColumn {
        /// The table.
        table: TableName,
        /// What it was called.
        from: String,
        /// What it is called.
        to: String,
    },
    /// A column of this name becomes what is said here.
    AlterColumn {
        /// The table.
        table: TableName,
        /// All of what it is.
        column: ColumnDefinition,
        /// What the rows have in it, made of what they had; where databases would convert it
        /// otherwise, or NULL is not allowed any more.
        fill: Option<Sql>,
    },
    /// Another primary key.
    SetPrimaryKey {
        /// The table.
        table: TableName,
        /// The columns.
        columns: Vec<String>,
    },
    /// A unique constraint.
    AddUnique {
        /// The table.
        table: TableName,
        /// The constraint.
        unique: UniqueDefinition,
    },
    /// A unique constraint goes.
    DropUnique {
        /// The table.
        table: TableName,
        /// Its name if it was given one, else of which columns; nothing more counts.
        unique: UniqueDefinition,
    },
    /// A condition.
    AddCheck {
        /// The table.
        table: TableName,
        /// The condition.
        check: CheckDefinition,
    },
    /// A condition goes.
    DropCheck {
        /// The table.
        table: TableName,
        /// Its name.
        name: String,
    },
    /// A foreign key.
    AddForeignKey {
        /// The table.
        table: TableName,
        /// The constraint.
        foreign_key: ForeignKeyDefinition,
    },
    /// A foreign key's constraint goes; its columns stay.
    DropForeignKey {
        /// The table.
        table: TableName,
        /// The columns that refer.
        columns: Vec<String>,
    },
    /// An index.
    AddIndex {
        /// The table.
        table: TableName,
        /// The index.
        index: IndexDefinition,
        /// Whether rows are written while it is built, where the database can; not in a
        /// transaction then.
        concurrently: bool,
    },
    /// An index goes.
    DropIndex {
        /// The table.
        table: TableName,
        /// Its name if it was given one, else its keys; nothing more counts.
        index: IndexDefinition,
        /// Whether rows are written meanwhile, where the database can; not in a transaction then.
        concurrently: bool,
    },
    /// An index for full-text searches.
    AddFulltext {
        /// The table.
        table: TableName,
        /// The index.
        fulltext: FulltextDefinition,
    },
    /// An index for full-text searches goes.
    DropFulltext {
        /// The table.
        table: TableName,
        /// Its name.
        name: String,
    },
    /// Statements of the user's own; the tables are the same after them.
    Sql {
        /// What is run.
        up: Sql,
        /// What undoes it; without it the migration cannot be undone.
        down: Option<Sql>,
    },
    /// Code of the program, by the name under which the program has it; for rows, not tables.
    Step {
        /// The name.
        name: String,
    },
}

impl Operation {
    /// The names of all operations, as files have them.
    pub const NAMES: [&str; 21] = [
        "create_table",
        "drop_table",
        "rename_table",
        "comment_table",
        "add_column",
        "drop_column",
        "rename_column",
        "alter_column",
        "set_primary_key",
        "add_unique",
        "drop_unique",
        "add_check",
        "drop_check",
        "add_foreign_key",
        "drop_foreign_key",
        "add_index",
        "drop_index",
        "add_fulltext",
        "drop_fulltext",
        "sql",
        "step",
    ];

    /// The name, as files have it.
    pub fn name(&self) -> &'static str {
        match self {
            Operation::CreateTable(_) => "create_table",
            Operation::DropTable(_) => "drop_table",
            Operation::RenameTable { .. } => "rename_table",
            Operation::CommentTable { .. } => "comment_table",
            Operation::AddColumn { .. } => "add_column",
            Operation::DropColumn { .. } => "drop_column",
            Operation::RenameColumn { .. } => "rename_column",
            Operation::AlterColumn { .. } => "alter_column",
            Operation::SetPrimaryKey { .. } => "set_primary_key",
            Operation::AddUnique { .. } => "add_unique",
            Operation::DropUnique { .. } => "drop_unique",
            Operation::AddCheck { .. } => "add_check",
            Operation::DropCheck { .. } => "drop_check",
            Operation::AddForeignKey { .. } => "add_foreign_key",
            Operation::DropForeignKey { .. } => "drop_foreign_key",
            Operation::AddIndex { .. } => "add_index",
            Operation::DropIndex { .. } => "drop_index",
            Operation::AddFulltext { .. } => "add_fulltext",
            Operation::DropFulltext { .. } => "drop_fulltext",
            Operation::Sql { .. } => "sql",
            Operation::Step { .. } => "step",
        }
    }
}

/// The name and what it is about, for errors and lists: `add_column book.views`.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Operation::CreateTable(TableDefinition { name, .. }) | Operation::DropTable(name) => {
                write!(f, " {name}")
            }
            Operation::RenameTable { from, to } => write!(f, " {from} to {to}"),
            Operation::CommentTable { table, .. } => write!(f, " {table}"),
            Operation::AddColumn { table, column: ColumnDefinition { name, .. }, .. }
            | Operation::AlterColumn { table, column: ColumnDefinition { name, .. }, .. }
            | Operation::DropColumn { table, column: name } => write!(f, " {table}.{name}"),
            Operation::RenameColumn { table, from, to } => write!(f, " {table}.{from} to {to}"),
            Operation::SetPrimaryKey { table, columns }
            | Operation::AddForeignKey {
                table,
                foreign_key: ForeignKeyDefinition { columns, .. },
            }
            | Operation::DropForeignKey { table, columns } => {
                write!(f, " {table}({})", columns.join(", "))
            }
            Operation::AddUnique { table, unique } | Operation::DropUnique { table, unique } => {
                let columns = || unique.columns.join(", ");
                write!(f, " {table}({})", unique.name.clone().unwrap_or_else(columns))
            }
            Operation::AddIndex { table, index, .. }
            | Operation::DropIndex { table, index, .. } => {
                let columns = || index.columns().collect::<Vec<_>>().join(", ");
                write!(f, " {table}({})", index.name.clone().unwrap_or_else(columns))
            }
            Operation::AddCheck { table, check: CheckDefinition { name, .. } }
            | Operation::DropCheck { table, name }
            | Operation::AddFulltext { table, fulltext: FulltextDefinition { name, .. } }
            | Operation::DropFulltext { table, name } => write!(f, " {table}({name})"),
            Operation::Sql { .. } => Ok(()),
            Operation::Step { name } => write!(f, " {name}"),
        }
    }
}
