//! The description of a model's table.

use super::{Check, Field, Fulltext, Index, Relation, Target, Unique};
use crate::error::{Error, ErrorKind, Result};
use crate::hash::FastMap;
use crate::names::nearest;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

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
    /// Indexes; plain ones of one column are in [`Field::index`].
    pub indexes: Vec<Index>,
    /// Indexes for full-text searches.
    pub fulltext: Vec<&'static Fulltext>,
    /// Conditions that hold for every row.
    pub checks: Vec<Check>,
    /// The order of a query that names none: field, and whether descending.
    pub ordering: Vec<(usize, bool)>,
    pub(super) fields_by_name: FastMap<&'static str, usize>,
    pub(super) relations_by_name: FastMap<&'static str, usize>,
    /// See [`Table::add_reverse`].
    pub(super) late: RwLock<FastMap<&'static str, &'static Relation>>,
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
        self.known_relation(name).ok_or_else(|| self.unknown(name))
    }

    /// The field of a name, where it may be none: an error would look for the nearest name.
    pub(crate) fn known_field(&self, name: &str) -> Option<&Field> {
        self.fields_by_name.get(name).map(|at| &self.fields[*at])
    }

    /// The same for a relation.
    pub(crate) fn known_relation(&self, name: &str) -> Option<&Relation> {
        match self.relations_by_name.get(name) {
            Some(at) => Some(&self.relations[*at]),
            None => self.late_relations().get(name).copied(),
        }
    }

    /// Adds the other side of a relation of a model that was described later than this one, in
    /// place of an earlier one of its name: languages that declare models at run time know them one
    /// after the other. Relations that the description itself has outrank these.
    pub fn add_reverse(
        &self,
        name: &'static str,
        target: Target,
        inverse: &'static str,
        unique: bool,
    ) {
        let relation = super::builder::reverse_relation(name, target, inverse, unique);
        let relation: &'static Relation = Box::leak(Box::new(relation));
        self.late.write().unwrap_or_else(PoisonError::into_inner).insert(name, relation);
    }

    /// The relations, with those that other models have added.
    pub(super) fn all_relations(&self) -> Vec<&Relation> {
        let late: Vec<&'static Relation> = self.late_relations().values().copied().collect();
        let added = late.into_iter().filter(|one| !self.relations_by_name.contains_key(one.name));
        self.relations.iter().chain(added).collect()
    }

    fn late_relations(&self) -> RwLockReadGuard<'_, FastMap<&'static str, &'static Relation>> {
        self.late.read().unwrap_or_else(PoisonError::into_inner)
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
            .chain(self.late_relations().keys().copied().collect::<Vec<_>>())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{FieldOptions, ForeignKeyOptions, Shape, TableBuilder};
    use crate::value::Type;
    use std::sync::OnceLock;

    fn key() -> FieldOptions {
        FieldOptions { primary_key: true, ..FieldOptions::REQUIRED }
    }

    #[test]
    fn the_far_side_of_a_relation_may_be_added_later_and_again() {
        static AUTHOR: OnceLock<&'static Table> = OnceLock::new();
        static BOOK: OnceLock<&'static Table> = OnceLock::new();
        let author = TableBuilder::new("Author", "author").field("id", Type::I64, key());
        let author: &'static Table = Box::leak(Box::new(author.build()));
        assert!(author.relation("books").is_err());
        AUTHOR.set(author).unwrap();
        let to = Target::Named { name: "Author", slot: &AUTHOR };
        let book = TableBuilder::new("Book", "book").field("id", Type::I64, key()).foreign_key(
            "author",
            to,
            &[("id", Type::I64)],
            ForeignKeyOptions::REQUIRED,
        );
        BOOK.set(Box::leak(Box::new(book.build()))).unwrap();
        for _ in 0..2 {
            let from = Target::Named { name: "Book", slot: &BOOK };
            author.add_reverse("books", from, "author", false);
        }
        let books = author.relation("books").unwrap();
        assert!(books.is_to_many());
        match books.shape(author).unwrap() {
            Shape::Direct(pairs) => assert_eq!(pairs, [(0, 1)]),
            shape => panic!("{shape:?}"),
        }
        let error = author.relation("boks").unwrap_err().to_string();
        assert!(error.contains("did you mean `books`"), "{error}");
    }
}
