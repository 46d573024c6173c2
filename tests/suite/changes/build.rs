//! Short words for definitions.

use yara_orm::migrate::Operation;
use yara_orm::schema::OnDelete;
use yara_orm::schema::definition::{
    CheckDefinition, ColumnDefinition, ForeignKeyDefinition, IndexDefinition, KeyDefinition,
    KeySource, Sql, TableDefinition, TableName, UniqueDefinition,
};
use yara_orm::tree::Nulls;
use yara_orm::value::Type;

pub fn name(name: &str) -> TableName {
    TableName { schema: None, name: name.to_owned() }
}

pub fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

pub fn same(text: &str) -> Sql {
    Sql::Same(text.to_owned())
}

pub fn each(postgres: &str, sqlite: &str) -> Sql {
    Sql::Each([("postgresql".into(), postgres.into()), ("sqlite".into(), sqlite.into())].into())
}

pub fn column(name: &str, kind: Type) -> ColumnDefinition {
    ColumnDefinition {
        name: name.to_owned(),
        kind,
        max_length: None,
        precision: None,
        nullable: false,
        counted: false,
        default: None,
        computed: None,
        choices: Vec::new(),
        comment: None,
    }
}

pub fn optional(name: &str, kind: Type) -> ColumnDefinition {
    ColumnDefinition { nullable: true, ..column(name, kind) }
}

/// A key that the database counts up.
pub fn id() -> ColumnDefinition {
    ColumnDefinition { counted: true, ..column("id", Type::I64) }
}

/// A table of columns, the first of which is its key.
pub fn table(called: &str, columns: Vec<ColumnDefinition>) -> TableDefinition {
    TableDefinition {
        name: name(called),
        comment: None,
        primary_key: vec![columns[0].name.clone()],
        columns,
        uniques: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        fulltext: Vec::new(),
    }
}

pub fn unique(columns: &[&str]) -> UniqueDefinition {
    UniqueDefinition { name: None, columns: names(columns) }
}

pub fn check(name: &str, condition: &str) -> CheckDefinition {
    CheckDefinition { name: name.to_owned(), condition: same(condition) }
}

pub fn refers(
    columns: &[&str],
    table: &str,
    to: &[&str],
    on_delete: OnDelete,
) -> ForeignKeyDefinition {
    ForeignKeyDefinition {
        columns: names(columns),
        table: name(table),
        to: names(to),
        on_delete,
        on_update: OnDelete::NoAction,
    }
}

pub fn key(of: KeySource) -> KeyDefinition {
    KeyDefinition { of, descending: false, nulls: Nulls::Greatest, class: None }
}

pub fn index(columns: &[&str]) -> IndexDefinition {
    let keys = columns.iter().map(|column| key(KeySource::Column((*column).to_owned())));
    IndexDefinition {
        name: None,
        unique: false,
        keys: keys.collect(),
        method: None,
        include: Vec::new(),
        condition: None,
    }
}

pub fn add_column(table: &str, column: ColumnDefinition, fill: Option<Sql>) -> Operation {
    Operation::AddColumn { table: name(table), column, fill }
}

pub fn alter_column(table: &str, column: ColumnDefinition, fill: Option<Sql>) -> Operation {
    Operation::AlterColumn { table: name(table), column, fill }
}

pub fn drop_column(table: &str, column: &str) -> Operation {
    Operation::DropColumn { table: name(table), column: column.to_owned() }
}

pub fn rename_column(table: &str, from: &str, to: &str) -> Operation {
    Operation::RenameColumn { table: name(table), from: from.to_owned(), to: to.to_owned() }
}

pub fn rename_table(from: &str, to: &str) -> Operation {
    Operation::RenameTable { from: name(from), to: name(to) }
}
