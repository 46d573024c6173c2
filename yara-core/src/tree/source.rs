//! What a query reads from, besides its own table.

use super::{Alias, Delete, Expr, Insert, Select, Update};
use crate::schema::TableRef;
use std::sync::Arc;

/// The user's name of a table, subquery or common table expression within a query.
pub type Name = Arc<str>;

/// Which of the tables around a column belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Origin {
    /// The nearest query, from the innermost outwards, that is about the column's model.
    #[default]
    Query,
    /// The nearest one *around* the innermost query.
    Outer,
    /// What was joined by this name.
    Named(Name),
}

/// What a query reads from, or joins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// A table.
    Table(TableRef),
    /// The rows of another query.
    Query(Box<Select>),
    /// The rows of several queries.
    Compound(Box<Compound>),
    /// A common table expression, by its name.
    Common(Name),
}

/// `first union second …`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Compound {
    /// The first query; the kinds of its columns are those of the whole.
    pub first: Select,
    /// The others, each combined with all before it.
    pub rest: Vec<(SetOperator, Select)>,
}

/// How the rows of two queries are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetOperator {
    /// The rows of both, each once.
    Union,
    /// The rows of both.
    UnionAll,
    /// The rows that both have, each once.
    Intersect,
    /// The rows that both have, as often as both have them.
    IntersectAll,
    /// The rows that the second has not, each once.
    Except,
    /// The rows of the first, without as many as the second has.
    ExceptAll,
}

/// A table, subquery or common table expression that a query joins by a condition of the user's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamedJoin {
    /// By which name the columns refer to it, see [`Origin::Named`].
    pub name: Name,
    /// How.
    pub kind: super::JoinKind,
    /// Whether a subquery may read columns of what stands before it.
    pub lateral: bool,
    /// What.
    pub source: Source,
    /// The condition; `None` joins every row with every row.
    pub on: Option<Expr>,
}

/// `with name as (…)`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Common {
    /// The name.
    pub name: Name,
    /// What gives its rows.
    pub query: CommonQuery,
    /// Whether it is computed once (`Some(true)`), as part of what reads it (`Some(false)`), or as
    /// the database likes.
    pub materialized: Option<bool>,
}

impl Common {
    /// Whether it writes.
    pub fn writes(&self) -> bool {
        !matches!(self.query, CommonQuery::Select(_) | CommonQuery::Recursive { .. })
    }
}

/// What gives the rows of a common table expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CommonQuery {
    /// A query.
    Select(Box<Select>),
    /// A query, and one that reads the rows found last by [`Source::Common`], until there are none.
    Recursive {
        /// Where it begins.
        base: Box<Select>,
        /// What each round adds.
        step: Box<Select>,
        /// Whether rows that are there already count again (`union all`).
        all: bool,
    },
    /// An insert and what it returns.
    Insert(Box<Insert>),
    /// An update and what it returns.
    Update(Box<Update>),
    /// A delete and what it returns.
    Delete(Box<Delete>),
}

/// A lock on the rows that a query reads, until the end of the transaction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lock {
    /// How strong.
    pub strength: LockStrength,
    /// What happens where a row is locked by another transaction.
    pub wait: LockWait,
    /// Which rows, by the paths to them; the query's own are the empty path, and are meant where
    /// there is none.
    pub of: Vec<Vec<&'static str>>,
    /// The tables at the ends of these paths; given by the planner.
    pub tables: Vec<Alias>,
}

impl Lock {
    /// On the rows that the query gives, waiting for others.
    pub fn new(strength: LockStrength) -> Lock {
        Lock { strength, wait: LockWait::Wait, of: Vec::new(), tables: Vec::new() }
    }
}

/// How strong a lock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LockStrength {
    /// Nobody else may change, delete or lock the row.
    Update,
    /// As [`LockStrength::Update`], but others may refer to its key.
    NoKeyUpdate,
    /// Nobody else may change or delete the row.
    Share,
    /// Nobody else may delete the row or change its key.
    KeyShare,
}

/// What happens where a row is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LockWait {
    /// The query waits.
    #[default]
    Wait,
    /// The query fails at once.
    NoWait,
    /// The row is left out.
    Skip,
}
