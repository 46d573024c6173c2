//! One async ORM for Rust and Python, over one query engine.
//!
//! This crate is the Rust side: models by `#[derive(Model)]`, typed columns and queries, relations,
//! transactions. Programs import the [`prelude`]; everything else is the engine, `yara-core`, whose
//! modules stand here under their own names.

mod derive;

#[cfg(feature = "migrate")]
pub use yara_core::migrate;
#[cfg(feature = "testing")]
pub use yara_core::testing;
pub use yara_core::{
    backend, db, error, executor, future, lookup, plan, pool, runtime, schema, sql, transaction,
    tree, typed, value,
};

pub use derive::{DbEnum, Embed, Model, Row};
pub use yara_core::db::Db;
pub use yara_core::error::{Error, Result};
pub use yara_core::typed::{Embed, Model, Row, func, sql};

pub mod prelude {
    //! What a program that uses models imports: `use yara_orm::prelude::*;`

    pub use crate::derive::{DbEnum, Embed, Model, Row};
    pub use yara_core::db::Db;
    pub use yara_core::error::{Error, ErrorKind};
    pub use yara_core::executor::Executor;
    pub use yara_core::schema::OnDelete;
    pub use yara_core::transaction::{Isolation, Transaction, TransactionOptions};
    pub use yara_core::tree::DatePart;
    pub use yara_core::typed::{
        ArrayFunctions, JsonFunctions, RangeFunctions, RegexFunctions, SearchFunctions,
    };
    pub use yara_core::typed::{CastFunctions, ChoiceFunctions, DateFunctions};
    pub use yara_core::typed::{Embed, Expression, Insertable, IntoGraph, Model, Row};
    pub use yara_core::typed::{ForeignKey, HasMany, HasOne, ManyToMany, OneToOne};
    pub use yara_core::typed::{MomentFunctions, NumberFunctions, TextFunctions};
    pub use yara_core::typed::{Pred, Query, excluded, func, outer, parent, sql, whole};
    pub use yara_core::value::{Inet, Interval, Json, Range};
}

/// The examples of the README and the guide, which must compile and run.
#[cfg(doctest)]
mod guide {
    #[doc = include_str!("../README.md")]
    struct Readme;

    #[doc = include_str!("../docs/models.md")]
    struct Models;

    #[doc = include_str!("../docs/queries.md")]
    struct Queries;

    #[doc = include_str!("../docs/writing.md")]
    struct Writing;

    #[doc = include_str!("../docs/aggregates.md")]
    struct Aggregates;

    #[doc = include_str!("../docs/functions.md")]
    struct Functions;

    #[doc = include_str!("../docs/documents.md")]
    struct Documents;

    #[doc = include_str!("../docs/joins.md")]
    struct Joins;

    #[doc = include_str!("../docs/lookups.md")]
    struct Lookups;

    #[doc = include_str!("../docs/reading.md")]
    struct Reading;

    #[doc = include_str!("../docs/migrations.md")]
    struct Migrations;

    #[doc = include_str!("../docs/connections.md")]
    struct Connections;

    #[doc = include_str!("../docs/backends.md")]
    struct Backends;

    #[doc = include_str!("../docs/sqlite.md")]
    struct Sqlite;

    #[doc = include_str!("../docs/postgresql.md")]
    struct Postgresql;
}

/// What the output of the derives refers to; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use std::marker::PhantomData;
    pub use std::sync::{Arc, OnceLock};
    pub use yara_core::error::Result;
    pub use yara_core::executor::Executor;
    pub use yara_core::future::BoxFuture;
    pub use yara_core::schema::{
        Check, Computed, Default, FieldOptions, ForeignKeyOptions, IndexMember, IndexOptions,
        ManyToManyOptions, OnDelete, Table, TableBuilder, Target,
    };
    pub use yara_core::tree::{Expr, Name, Nulls};
    pub use yara_core::typed::Expr as TypedExpr;
    /// What expressions in attributes may use without an import.
    pub mod functions {
        pub use yara_core::tree::DatePart;
        pub use yara_core::typed::{CastFunctions, ChoiceFunctions, DateFunctions, Expression};
        pub use yara_core::typed::{MomentFunctions, NumberFunctions, TextFunctions, func};
    }
    pub use yara_core::typed::declare::*;
    pub use yara_core::typed::{
        Cells, Column, Embed, EmbedColumns, EmbedStep, Embedded, Expression, FieldError,
        ForeignKey, ForeignRelation, Insertable, IntoNewRow, Key, ManyRelation, Missing, Model,
        NewRow, OneRelation, Operand, OptionalRelation, Path, Pred, Presence, Projection, Refer,
        Relation, Root, Row, Set, ThroughRelation, ToMany, ToOne, decode_optional, embed,
        encode_optional,
    };
    pub use yara_core::value::{
        Comparable, DecodeError, EncodeError, FieldType, Item, Nullability, RowReader, Type, Value,
        ValueRef,
    };
}
