//! The description of a model's table.

use super::{Check, ExpressionIndex, Field, Fulltext, Index, Relation, Unique};
use crate::error::{Error, ErrorKind, Result};
use crate::hash::FastMap;
use crate::names::nearest;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// A model as data.
#[derive(Debug)]
pub struct Table {
    /// The model's name, for messages.
    pub model: &'static str,
    /// The schema, where it is not the connection's default one.
    pub schema: Option<&'static str>,
    /// The table in the database.
    pub name: &'static str,
    /// Whether no model stands for it: the table between the two of a many-to-many relation, which
    /// is created with them.
    pub implicit: bool,
    /// What the table is for; stored in the database where it can.
    pub comment: Option<&'static str>,
    /// The columns, in the order in which rows are read and written.
    pub fields: Vec<Field>,
    /// The relations.
    pub relations: Vec<Relation>,
    /// The fields of the primary key, in order.
    pub primary_key: Vec<usize>,
    /// Constraints over several columns; single ones are in [`Field::unique`].
    pub uniques: Vec<Unique>,
    /// Indexes over several columns; single ones are in [`Field::index`].
    pub indexes: Vec<Index>,
    /// Indexes over expressions.
    pub expression_indexes: Vec<ExpressionIndex>,
    /// Indexes for full-text searches.
    pub fulltext: Vec<&'static Fulltext>,
    /// Conditions that hold for every row.
    pub checks: Vec<Check>,
    /// The order of a query that names none: field, and whether descending.
    pub ordering: Vec<(usize, bool)>,
    pub(super) fields_by_name: FastMap<&'static str, usize>,
    pub(super) relations_by_name: FastMap<&'static str, usize>,
}

impl Table {
    /// The field of a name.
    pub fn field(&self, name: &str) -> Result<&Field> {
        self.field_index(name).map(|at| &self.fields[at])
    }

    /// The position of a field in [`Table::fields`].
    pub fn field_index(&self, name: &str) -> Result<usize> {
        self.fields_by_name.get(name).copied().ok_or_else(|| self.unknown(name))
    }

    /// The relation of a name.
    pub fn relation(&self, name: &str) -> Result<&Relation> {
        match self.relations_by_name.get(name) {
            Some(at) => Ok(&self.relations[*at]),
            None => Err(self.unknown(name)),
        }
    }

    /// The relation of a name, which must have its foreign key in this table.
    pub fn owning_relation(&self, name: &str) -> Result<&Relation> {
        let relation = self.relation(name)?;
        if relation.is_owning() {
            return Ok(relation);
        }
        Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "{}.{name} is no foreign key, so it cannot be the other side of a relation",
                self.model
            ),
        ))
    }

    /// The fields of the primary key.
    pub fn key_fields(&self) -> impl Iterator<Item = &Field> {
        self.primary_key.iter().map(|at| &self.fields[*at])
    }

    /// Every name that a path can go on with, for messages.
    pub fn member_names(&self) -> impl Iterator<Item = &'static str> {
        self.fields
            .iter()
            .map(|field| field.name)
            .chain(self.relations.iter().map(|relation| relation.name))
    }

    fn unknown(&self, name: &str) -> Error {
        let near = nearest(name, self.member_names());
        Error::new(ErrorKind::InvalidQuery, format!("{} has no field `{name}`{near}", self.model))
    }
}

/// A table in a query tree; equal where it is the same table.
#[derive(Debug, Clone, Copy)]
pub struct TableRef(pub &'static Table);

impl PartialEq for TableRef {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for TableRef {}

impl Hash for TableRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self.0).hash(state);
    }
}

impl Deref for TableRef {
    type Target = Table;

    fn deref(&self) -> &Table {
        self.0
    }
}
