//! The one query tree: what a query asks, without SQL text and without types.
//!
//! Typed Rust, Python objects and lookup strings all become these nodes; the planner turns paths
//! into joins and the SQL writer turns the result into text. Nodes are plain data: equality and
//! hash are those of a query's *shape*, in which two literals of one kind are the same, because
//! they become parameters. So a tree is its own key in the cache of written statements.

mod column;
mod delete;
mod expr;
mod function;
mod insert;
mod kind;
mod literal;
mod map;
mod nullable;
mod order;
mod raw;
mod select;
mod source;
mod update;
mod walk;
mod window;

pub use column::{Alias, ColumnRef, Output, Slot};
pub use delete::Delete;
pub use expr::{
    Aggregate, AggregateFunction, Between, BinaryOperator, Expr, InList, InRows, MatchKind,
    Quantifier, Related, TextMatch,
};
pub use function::{Case, Custom, CustomCall, DatePart, Family, Function};
pub use insert::{Conflict, ConflictTarget, Insert, InsertSource, PartialValues};
pub use literal::Literal;
pub(crate) use map::{list as map_exprs, orders as map_orders};
pub use order::{Nulls, Order};
pub use raw::{Raw, RawPart};
pub use select::{Distinct, Join, JoinKind, Select, Via};
pub use source::{
    Common, CommonQuery, Compound, Lock, LockStrength, LockWait, Name, NamedJoin, Origin,
    SetOperator, Source,
};
pub use update::{Update, UpdateEach};
pub(crate) use walk::{Reference, for_each_operand};
pub use window::{Frame, FrameBound, FrameUnit, Window, WindowFunction};

/// A statement that a query becomes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Statement {
    /// Reads rows.
    Select(Select),
    /// Adds rows.
    Insert(Insert),
    /// Changes rows.
    Update(Update),
    /// Changes rows, each by values of its own.
    UpdateEach(UpdateEach),
    /// Removes rows.
    Delete(Delete),
    /// A statement that is SQL text already.
    Raw(Raw),
}
