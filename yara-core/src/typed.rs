//! The typed shells over the tree: columns, conditions, queries and relations of a model.
//!
//! Everything here is thin: a call becomes nodes of [`tree`](crate::tree), and the type parameters
//! vanish. They are there so that a filter on the wrong model, a value of the wrong type or a
//! forgotten field does not compile. Generic depth stops at [`Query<M, Row>`](Query).
//!
//! # The examples
//!
//! The examples of this crate are about one small library, with these models:
//!
//! ```
//! use yara_orm::prelude::*;
//!
//! #[derive(Model, Debug, Clone)]
//! struct Author {
//!     id: i64,
//!     #[field(max_length = 100, unique)]
//!     name: String,
//!     mentor: Option<ForeignKey<Author>>,
//!     #[relation(reverse = "mentor")]
//!     pupils: HasMany<Author>,
//!     #[relation(reverse = "author")]
//!     books: HasMany<Book>,
//! }
//!
//! #[derive(Model, Debug, Clone)]
//! #[model(unique(author, title), check(views_not_negative, Book::views.ge(0)))]
//! struct Book {
//!     id: i64,
//!     #[field(max_length = 200)]
//!     title: String,
//!     #[field(default = 0, index)]
//!     views: i64,
//!     rating: Option<f64>,
//!     #[relation(on_delete = Cascade)]
//!     author: ForeignKey<Author>,
//!     tags: ManyToMany<Tag>,
//! }
//!
//! #[derive(Model, Debug, Clone)]
//! struct Tag {
//!     id: i64,
//!     #[field(max_length = 50, unique)]
//!     name: String,
//!     #[relation(reverse = "tags")]
//!     books: ManyToMany<Book>,
//! }
//!
//! #[derive(Model, Debug, Clone)]
//! struct Account {
//!     id: i64,
//!     #[field(unique)]
//!     owner: String,
//!     #[field(default = 0)]
//!     balance: i64,
//!     #[field(version)]
//!     version: i32,
//! }
//! ```
//!
//! | author | books: views, rating, tags |
//! |---|---|
//! | Ada | "Notes": 10, 4.5, maths and poetry; "Engine": 500, 3.0, maths |
//! | Bob, whose mentor is Ada | "École": 5, not rated |
//! | Cy | "100% sure": 1000, 5.0, rust |
//! | Dan | |
//!
//! Keys count from 1 in that order, and Eve has an account with a balance of 100.

mod aggregates;
mod alias;
mod batch;
mod bulk_load;
mod cells;
mod column;
mod combine;
mod common;
mod create;
#[doc(hidden)]
pub mod declare;
mod delete;
mod edit;
mod embed;
mod ends;
mod explain;
mod expression;
pub(crate) mod fetch;
mod fields;
mod follow;
mod frame;
pub mod func;
mod functions;
mod graph;
mod groups;
mod insert_from;
mod insert_many;
mod insertable;
mod join;
mod key;
mod load;
mod lock;
mod lookup;
#[cfg(feature = "migrate")]
mod migrations;
mod model;
mod operand;
mod operators;
mod or_create;
mod order;
mod page;
mod path;
mod predicate;
mod projection;
mod query;
mod refer;
mod related;
mod relation;
mod returning;
mod sql;
mod stream;
mod subquery;
mod tables;
mod to_many;
mod to_one;
mod update;
mod whole;

pub use alias::{Alias, Perhaps, Presence, Present};
pub use cells::Cells;
mod windows;

pub use aggregates::Aggregate;
mod update_many;
mod upsert;

pub use batch::{Asked, Batch, Batched, Part};
pub use bulk_load::BulkLoad;
pub use column::Column;
pub use common::Common;
pub use create::{Missing, NewRow, Set};
pub use delete::Delete;
pub use edit::Edit;
pub use embed::{Embed, EmbedColumns, Embedded};
#[doc(hidden)]
pub use embed::{decode_optional, embed, encode_optional};
pub use explain::Sql;
pub use expression::{Expr, Expression, InValue};
pub use fields::Fields;
pub use follow::ToItself;
pub use frame::Distance;
pub use functions::cast::CastFunctions;
pub use functions::choice::ChoiceFunctions;
pub use functions::moment::{DateFunctions, MomentFunctions};
pub use functions::number::NumberFunctions;
pub use functions::text::TextFunctions;
pub use functions::{
    ArrayFunctions, Fulltext, FulltextColumns, IntoJsonPath, JsonArray, JsonComparable,
    JsonFunctions, JsonObject, JsonOperand, JsonPath, JsonStep, ListOperand, RangeFunctions,
    Ranged, RegexFunctions, SearchFunctions,
};
pub use graph::{Branch, Graph, IntoGraph, Parent, parent};
pub use groups::{IntoGroups, Totals};
pub use insert_from::{InsertFrom, Takes};
pub use insert_many::{InsertMany, IntoNewRow};
pub use insertable::{Insertable, ReturningOne};
pub use join::MayBeAbsent;
pub use key::{Composite, Key};
pub use load::{IntoLoad, Load};
pub use lock::Locked;
pub use model::{FieldError, Model, Models};
pub use operand::Operand;
pub use order::{IntoOrder, Ordering};
pub use page::{KeysetPage, KeysetQuery, Page};
pub use path::{EmbedStep, Path, Root, Via, Within};
pub use predicate::Pred;
pub use projection::{Projection, Row};
pub use query::Query;
pub use refer::Refer;
pub use related::RelatedMany;
pub use relation::{ForeignKey, HasMany, HasOne, ManyToMany, OneToOne};
pub use relation::{
    ForeignRelation, ManyRelation, OneRelation, OptionalRelation, Relation, ThroughRelation,
};
pub use returning::Returning;
pub use sql::{RawQuery, sql};
pub use stream::RowStream;
pub use subquery::{Among, exists, outer};
pub use to_many::{ToMany, ToManyQuery};
pub use to_one::{ToOne, ToOneQuery};
pub use update::Update;
pub use update_many::UpdateMany;
pub use upsert::{Many, One, Selected, Upsert, UpsertCount, Upserted, excluded};
pub use whole::{AtEnd, RelatedRow, RowOf, WholeRow, whole};
pub use windows::{OfWindow, Window};
