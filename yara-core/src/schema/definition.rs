//! What a database holds of a model: owned, made of texts, and the same in every language.
//!
//! A [`Table`](super::Table) is what a program declares, closures and all. A [`TableDefinition`] is
//! what remains of it once it has been created: it can be compared with another one, written into a
//! file of a migration, and read back by a program that has no such model. The writer of DDL knows
//! definitions alone, so that creating a table and changing one say the same things.
//!
//! Names of columns, never of members, stand here. A constraint or index without a name has the one
//! that is made from its table and columns.

mod name;

#[cfg(feature = "migrate")]
pub(crate) use name::{Part, dotted};

use super::OnDelete;
use crate::tree::Nulls;
use crate::value::Type;
use std::collections::BTreeMap;

/// The name of a table, and the schema where it is not the connection's default one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The schema.
    pub schema: Option<String>,
    /// The table.
    pub name: String,
}

/// SQL of an expression: one text for all databases, or a text for each, by its
/// [name](crate::sql::Dialect::name) in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sql {
    /// The same everywhere.
    Same(String),
    /// Each database has its own.
    Each(BTreeMap<String, String>),
}

impl Sql {
    /// The text for a database, by its [name](crate::sql::Dialect::name).
    pub fn text(&self, database: &str) -> Option<&str> {
        match self {
            Sql::Same(text) => Some(text),
            Sql::Each(texts) => texts.get(&database.to_ascii_lowercase()).map(String::as_str),
        }
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Sql {
        Sql::Same(text.to_owned())
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDefinition {
    /// What it is called.
    pub name: TableName,
    /// What it is for.
    pub comment: Option<String>,
    /// The columns, in order.
    pub columns: Vec<ColumnDefinition>,
    /// The columns of the primary key, in order.
    pub primary_key: Vec<String>,
    /// By which rows are told apart beside the primary key.
    pub uniques: Vec<UniqueDefinition>,
    /// What holds for every row.
    pub checks: Vec<CheckDefinition>,
    /// To which tables it refers.
    pub foreign_keys: Vec<ForeignKeyDefinition>,
    /// Its indexes, those of foreign keys included.
    pub indexes: Vec<IndexDefinition>,
    /// Its indexes for full-text searches.
    pub fulltext: Vec<FulltextDefinition>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDefinition {
    /// What it is called.
    pub name: String,
    /// The kind of value.
    pub kind: Type,
    /// The greatest number of characters of a text.
    pub max_length: Option<u32>,
    /// Digits in all and after the point, for [`Type::Numeric`].
    pub precision: Option<(u32, u32)>,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Whether the database counts up.
    pub counted: bool,
    /// What the database fills in.
    pub default: Option<Sql>,
    /// What the database computes it from.
    pub computed: Option<Sql>,
    /// The texts or numbers that it can be; none: any.
    pub choices: Vec<String>,
    /// What it is for.
    pub comment: Option<String>,
}

/// A constraint: no two rows have the same values here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueDefinition {
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Of which columns.
    pub columns: Vec<String>,
}

/// A constraint: this holds for every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckDefinition {
    /// Its name.
    pub name: String,
    /// What holds.
    pub condition: Sql,
}

/// A constraint: there is such a row in another table. Its name is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKeyDefinition {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// To which table.
    pub table: TableName,
    /// The columns there.
    pub to: Vec<String>,
    /// When the row referred to is deleted.
    pub on_delete: OnDelete,
    /// When the key referred to changes.
    pub on_update: OnDelete,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexDefinition {
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Whether no two rows have the same values.
    pub unique: bool,
    /// What rows are found by, the first part first.
    pub keys: Vec<KeyDefinition>,
    /// How it is built, such as `gin`, in small letters.
    pub method: Option<String>,
    /// Columns whose values it holds beside its keys.
    pub include: Vec<String>,
    /// Which rows it is of.
    pub condition: Option<Sql>,
}

/// A part of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDefinition {
    /// What it is made of.
    pub of: KeySource,
    /// Greatest first.
    pub descending: bool,
    /// Where NULL stands; where the database puts it, if this is [`Nulls::Greatest`].
    pub nulls: Nulls,
    /// By which rules values are compared: the name of an operator class.
    pub class: Option<String>,
}

impl KeyDefinition {
    /// A column in its natural order.
    pub fn column(name: impl Into<String>) -> KeyDefinition {
        KeyDefinition {
            of: KeySource::Column(name.into()),
            descending: false,
            nulls: Nulls::Greatest,
            class: None,
        }
    }

    /// Whether it is a column, and nothing more is said of it.
    pub fn is_plain(&self) -> bool {
        matches!(self.of, KeySource::Column(_))
            && !self.descending
            && self.nulls == Nulls::Greatest
            && self.class.is_none()
    }
}

impl IndexDefinition {
    /// The columns among its keys.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter_map(|key| match &key.of {
            KeySource::Column(name) => Some(name.as_str()),
            KeySource::Expression(_) => None,
        })
    }
}

impl ColumnDefinition {
    /// A column of a kind, without NULL, and nothing more.
    pub fn new(name: impl Into<String>, kind: Type) -> ColumnDefinition {
        ColumnDefinition {
            name: name.into(),
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
}

impl TableDefinition {
    /// A table of columns whose key is the first of them, and nothing more.
    pub fn new(name: TableName, columns: Vec<ColumnDefinition>) -> TableDefinition {
        TableDefinition {
            name,
            comment: None,
            primary_key: columns.first().map(|column| column.name.clone()).into_iter().collect(),
            columns,
            uniques: Vec::new(),
            checks: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            fulltext: Vec::new(),
        }
    }

    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&ColumnDefinition> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// What a part of an index is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A column.
    Column(String),
    /// An expression over columns of the table.
    Expression(Sql),
}

/// An index for full-text searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FulltextDefinition {
    /// Its name, and on SQLite that of the table that is one.
    pub name: String,
    /// In which language words are looked for.
    pub language: String,
    /// Of which columns.
    pub columns: Vec<String>,
}
