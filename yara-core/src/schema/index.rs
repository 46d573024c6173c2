//! Indexes and constraints of a table.

use crate::tree::{Expr, Nulls, Order};
use std::fmt;
use std::sync::Arc;

use super::Computed;

/// An index.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// The name; made from table and columns where none was given.
    pub name: Option<&'static str>,
    /// Whether no two rows have the same values.
    pub unique: bool,
    /// What rows are found by, the first part first.
    pub keys: Vec<IndexKey>,
    /// How it is built, such as `gin`; the database's own way where `None`.
    pub method: Option<&'static str>,
    /// Fields whose values it holds beside its keys: indexes into
    /// [`Table::fields`](super::Table::fields).
    pub include: Vec<usize>,
    /// Which rows it is of: those for which this is true.
    pub condition: Option<Computed>,
}

/// A part of an index.
#[derive(Debug, Clone)]
pub struct IndexKey {
    /// What it is made of.
    pub part: IndexPart,
    /// By which rules values are compared: the name of an operator class.
    pub class: Option<&'static str>,
}

/// What a part of an index is made of.
#[derive(Clone)]
pub enum IndexPart {
    /// A field.
    Field {
        /// An index into [`Table::fields`](super::Table::fields).
        field: usize,
        /// Greatest first.
        descending: bool,
        /// Where NULL stands; where the database puts it, if this is [`Nulls::Greatest`].
        nulls: Nulls,
    },
    /// An expression over the columns of the table alone, and its order. A function makes it,
    /// because it names the table that is still being described.
    Expression(Arc<dyn Fn() -> Order + Send + Sync>),
}

impl IndexPart {
    /// A field in its natural order.
    pub fn field(field: usize) -> IndexPart {
        IndexPart::Field { field, descending: false, nulls: Nulls::Greatest }
    }
}

impl fmt::Debug for IndexPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IndexPart::Field { field, descending, nulls } => f
                .debug_struct("Field")
                .field("field", field)
                .field("descending", descending)
                .field("nulls", nulls)
                .finish(),
            IndexPart::Expression(_) => f.write_str("Expression"),
        }
    }
}

impl Index {
    /// An index over fields, and nothing more.
    pub fn of(name: Option<&'static str>, fields: Vec<usize>) -> Index {
        let key = |field| IndexKey { part: IndexPart::field(field), class: None };
        Index { name, keys: fields.into_iter().map(key).collect(), ..Index::default() }
    }

    /// Its fields, if it is of fields alone.
    pub fn fields(&self) -> Option<Vec<usize>> {
        self.keys.iter().map(IndexKey::field).collect()
    }

    /// Its fields, if there is nothing more to say of it.
    pub fn plain(&self) -> Option<Vec<usize>> {
        let bare = !self.unique
            && self.method.is_none()
            && self.include.is_empty()
            && self.condition.is_none()
            && self.keys.iter().all(|key| {
                key.class.is_none()
                    && matches!(
                        key.part,
                        IndexPart::Field { descending: false, nulls: Nulls::Greatest, .. }
                    )
            });
        if bare { self.fields() } else { None }
    }

    /// Whether rows are found in it by the values of these fields.
    pub fn begins_with(&self, fields: &[usize]) -> bool {
        self.condition.is_none()
            && self.method.is_none_or(|method| method.eq_ignore_ascii_case("btree"))
            && self.keys.len() >= fields.len()
            && self
                .keys
                .iter()
                .zip(fields)
                .all(|(key, field)| key.class.is_none() && key.field() == Some(*field))
    }
}

impl IndexKey {
    /// The field, if it is one.
    pub fn field(&self) -> Option<usize> {
        match self.part {
            IndexPart::Field { field, .. } => Some(field),
            IndexPart::Expression(_) => None,
        }
    }
}

/// An index as it is declared: by the names of members.
#[derive(Debug, Clone, Default)]
pub struct IndexOptions {
    /// See [`Index::name`].
    pub name: Option<&'static str>,
    /// See [`Index::unique`].
    pub unique: bool,
    /// See [`Index::keys`].
    pub keys: Vec<IndexMember>,
    /// See [`Index::method`].
    pub method: Option<&'static str>,
    /// See [`Index::include`].
    pub include: Vec<&'static str>,
    /// See [`Index::condition`].
    pub condition: Option<Computed>,
}

/// A part of an index as it is declared.
#[derive(Clone)]
pub struct IndexMember {
    pub(super) part: MemberPart,
    pub(super) class: Option<&'static str>,
}

#[derive(Clone)]
pub(super) enum MemberPart {
    Name { name: &'static str, descending: bool, nulls: Nulls },
    Expression(Arc<dyn Fn() -> Order + Send + Sync>),
}

impl IndexMember {
    /// A field or foreign key, and its order.
    pub fn named(name: &'static str, descending: bool, nulls: Nulls) -> IndexMember {
        IndexMember { part: MemberPart::Name { name, descending, nulls }, class: None }
    }

    /// An expression over the columns of the table alone, and its order. A function makes it,
    /// because it names the table that is still being described.
    pub fn expression(order: impl Fn() -> Order + Send + Sync + 'static) -> IndexMember {
        IndexMember { part: MemberPart::Expression(Arc::new(order)), class: None }
    }

    /// By which rules values are compared: the name of an operator class.
    #[must_use]
    pub fn class(mut self, class: Option<&'static str>) -> IndexMember {
        self.class = class;
        self
    }
}

impl fmt::Debug for IndexMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            MemberPart::Name { name, .. } => f.write_str(name),
            MemberPart::Expression(_) => f.write_str("(an expression)"),
        }
    }
}

/// An index for full-text searches.
#[derive(Debug, Clone)]
pub struct Fulltext {
    /// The name of the index, and on SQLite of the table that is one.
    pub name: &'static str,
    /// In which language words are looked for: `simple` takes them as they are.
    pub language: &'static str,
    /// Indexes into [`Table::fields`](super::Table::fields): texts.
    pub fields: Vec<usize>,
    /// The columns of these fields.
    pub columns: Vec<&'static str>,
}

/// A constraint: no two rows have the same values here.
#[derive(Debug, Clone)]
pub struct Unique {
    /// The name; made from table and columns where none was given.
    pub name: Option<&'static str>,
    /// Indexes into [`Table::fields`](super::Table::fields).
    pub fields: Vec<usize>,
}

/// A constraint: this holds for every row.
pub struct Check {
    /// The name of the constraint.
    pub name: &'static str,
    /// Builds the condition, over the columns of the table alone. A function, because a condition
    /// names the table that is still being described.
    pub condition: Box<dyn Fn() -> Expr + Send + Sync>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}
