//! How models refer to each other.

use super::Table;
use crate::error::{Error, ErrorKind, Result};
use std::fmt;
use std::sync::OnceLock;

/// A table that another one refers to. It is looked up when it is needed, because models refer to
/// each other in cycles.
#[derive(Clone, Copy)]
pub enum Target {
    /// A model known to the compiler.
    Known(fn() -> &'static Table),
    /// A model that is declared by name at run time, and perhaps later than this one.
    Named {
        /// The model's name.
        name: &'static str,
        /// Filled when the model is registered.
        slot: &'static OnceLock<&'static Table>,
    },
}

impl Target {
    /// The table; errs where no model of that name has been registered.
    pub fn table(self) -> Result<&'static Table> {
        match self {
            Target::Known(table) => Ok(table()),
            Target::Named { name, slot } => slot.get().copied().ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    format!("no model `{name}` is registered; declare it before the first query"),
                )
            }),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Known(_) => f.write_str("Target"),
            Target::Named { name, .. } => write!(f, "Target({name})"),
        }
    }
}

/// What the database does with a row when the row that it refers to is deleted, or its key changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnDelete {
    /// Refuse, at the end of the statement.
    #[default]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Delete, or change, the row too.
    Cascade,
    /// Set the foreign key to NULL.
    SetNull,
    /// Set the foreign key to its default.
    SetDefault,
}

/// The shapes of relations.
#[derive(Debug, Clone)]
pub enum RelationKind {
    /// This table has the foreign key.
    ToOne {
        /// The key's columns here, as indexes into [`Table::fields`].
        fields: Vec<usize>,
        /// Their counterparts, by name of the target's field; empty: the target's primary key.
        to: Vec<&'static str>,
        /// At most one row here for each row there.
        unique: bool,
    },
    /// The other side of a relation that the target declares under this name.
    Reverse {
        /// The target's relation that points here: a foreign key, or one through a third table.
        inverse: &'static str,
        /// At most one row there for each row here.
        unique: bool,
    },
    /// A table between the two has a foreign key to each.
    Through {
        /// The table between.
        table: Target,
        /// Its relation to this table.
        source: &'static str,
        /// Its relation to the target.
        target: &'static str,
    },
}

/// A relation from one model to another.
#[derive(Debug)]
pub struct Relation {
    /// The member of the model.
    pub name: &'static str,
    /// The model it leads to.
    pub target: Target,
    /// Which side has the key.
    pub kind: RelationKind,
    /// For a foreign key: NULL is allowed, so there may be no row.
    pub optional: bool,
    /// When the row referred to is deleted.
    pub on_delete: OnDelete,
    /// When the key referred to changes.
    pub on_update: OnDelete,
    /// Whether the database checks it; an index is made in any case.
    pub db_constraint: bool,
    /// For a foreign key: what the other side is called where the target declares no member for it,
    /// as it need not for lookups by text and in languages that add members at run time.
    pub related_name: Option<&'static str>,
}

impl Relation {
    /// Whether a row has any number of related rows.
    pub fn is_to_many(&self) -> bool {
        match self.kind {
            RelationKind::ToOne { .. } => false,
            RelationKind::Reverse { unique, .. } => !unique,
            RelationKind::Through { .. } => true,
        }
    }

    /// Whether the foreign key is on this side.
    pub fn is_owning(&self) -> bool {
        matches!(self.kind, RelationKind::ToOne { .. })
    }

    /// Whether a row may have no related row: an optional key, or the far side of a key.
    pub fn may_be_absent(&self) -> bool {
        self.optional || !self.is_owning()
    }

    /// How the tables are joined.
    pub fn shape(&self, owner: &Table) -> Result<Shape> {
        let target = self.target.table()?;
        match &self.kind {
            RelationKind::ToOne { fields, to, .. } => {
                let remote = if to.is_empty() {
                    target.primary_key.clone()
                } else {
                    to.iter().map(|name| target.field_index(name)).collect::<Result<_>>()?
                };
                if remote.len() != fields.len() {
                    return Err(Error::new(
                        ErrorKind::Configuration,
                        format!(
                            "{}.{}: the foreign key has {} columns and the key of {} has {}",
                            owner.model,
                            self.name,
                            fields.len(),
                            target.model,
                            remote.len()
                        ),
                    ));
                }
                Ok(Shape::Direct(fields.iter().copied().zip(remote).collect()))
            }
            RelationKind::Reverse { inverse, .. } => {
                let there = target.relation(inverse)?;
                if matches!(there.kind, RelationKind::Reverse { .. }) {
                    return Err(Error::new(
                        ErrorKind::Configuration,
                        format!(
                            "{}.{} and {}.{inverse} each say that the other has the key; \
                             one of them must be the foreign key",
                            owner.model, self.name, target.model
                        ),
                    ));
                }
                there.shape(target).map(Shape::reversed)
            }
            RelationKind::Through { table, source, target: far } => {
                let table = table.table()?;
                let near = table.relation(source)?.shape(table)?.reversed();
                match (near, table.relation(far)?.shape(table)?) {
                    (Shape::Direct(near), Shape::Direct(far)) => {
                        Ok(Shape::Through { table, near, far })
                    }
                    _ => Err(Error::new(
                        ErrorKind::Configuration,
                        format!(
                            "{}.{} goes through {}, whose `{source}` and `{far}` must be foreign keys",
                            owner.model, self.name, table.model
                        ),
                    )),
                }
            }
        }
    }
}

/// The pairs of columns by which two tables are joined: positions in the fields of the nearer
/// table, then of the farther one.
pub type Pairs = Vec<(usize, usize)>;

/// How the tables of a relation are joined.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Owner and target.
    Direct(Pairs),
    /// Owner, the table between, target.
    Through {
        /// The table between.
        table: &'static Table,
        /// Owner and the table between.
        near: Pairs,
        /// The table between and the target.
        far: Pairs,
    },
}

impl Shape {
    fn reversed(self) -> Shape {
        let swap = |pairs: Pairs| pairs.into_iter().map(|(here, there)| (there, here)).collect();
        match self {
            Shape::Direct(pairs) => Shape::Direct(swap(pairs)),
            Shape::Through { table, near, far } => {
                Shape::Through { table, near: swap(far), far: swap(near) }
            }
        }
    }
}
