//! What a model is, as data: [`Table`], [`Field`], [`Relation`], [`Index`], [`Check`].
//!
//! The derive and the Python binding build the same description through [`TableBuilder`], once for
//! each model, and leak it: a description lives as long as the program, so everything above holds
//! plain `&'static` references. Nothing here knows how a model is spelled in either language.

mod builder;
pub mod definition;
mod describe;
mod field;
mod index;
pub mod operation;
mod path;
mod relation;
mod size;
mod table;

pub use builder::{FieldOptions, ForeignKeyOptions, ManyToManyOptions, TableBuilder};
pub use field::{Computed, Default, Field, Generated, Validate};
pub use index::{Check, Fulltext, Index, IndexKey, IndexMember, IndexOptions, IndexPart, Unique};
pub use path::{PathNode, Step};
pub use relation::{OnDelete, Pairs, Relation, RelationKind, Shape, Target};
pub use size::Size;
pub use table::{Table, TableRef};
