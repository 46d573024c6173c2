//! Reading rows.

use super::{Alias, Common, Expr, Literal, Lock, Name, NamedJoin, Order, Source};
use crate::schema::{Table, TableRef};

/// Which of several equal rows are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Distinct {
    /// All.
    #[default]
    No,
    /// One.
    Rows,
    /// The first, in the order of the query, of those that are equal in these.
    On(Vec<Expr>),
}

/// A query: `select columns from table where filter …`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Select {
    /// Queries that this one and those within it read by name.
    pub with: Vec<Common>,
    /// The model that the query is about.
    pub table: TableRef,
    /// Reads the table through another one, once for each row of that; see [`Via`].
    pub via: Option<Via>,
    /// The alias of that table; given by the planner.
    pub alias: Option<Alias>,
    /// What is joined by conditions of the user's.
    pub named: Vec<NamedJoin>,
    /// All joins; made by the planner.
    pub joins: Vec<Join>,
    /// What is read.
    pub columns: Vec<Expr>,
    /// Which rows: all of these are true.
    pub filter: Vec<Expr>,
    /// What to group by.
    pub group_by: Vec<Expr>,
    /// Which groups.
    pub having: Vec<Expr>,
    /// In which order.
    pub order_by: Vec<Order>,
    /// Of several equal rows, which.
    pub distinct: Distinct,
    /// How many at most; an integer.
    pub limit: Option<Literal>,
    /// How many to pass over; an integer.
    pub offset: Option<Literal>,
    /// What is read instead of the table: `(query) as alias`. In such a query a column or another
    /// expression that the inner query selects stands for that column of it, and so does an
    /// [`Output`](super::Output). The planner makes such a layer too, where an operation is about
    /// the result of another query.
    pub from: Option<Source>,
    /// By which name, besides by being the query's own, columns refer to what is read; see
    /// [`Origin::Named`](super::Origin::Named).
    pub name: Option<Name>,
    /// The lock to take on the rows.
    pub lock: Option<Lock>,
    /// Words for the database's log, written before the statement as a comment. They are part of
    /// the shape of a query: each makes a statement of its own to write, prepare and keep, so they
    /// should name a place in the program and not a user or a request.
    pub tag: Option<Name>,
}

impl Select {
    /// All rows of a table, and no column yet.
    pub fn new(table: &'static Table) -> Select {
        Select {
            with: Vec::new(),
            table: TableRef(table),
            via: None,
            alias: None,
            named: Vec::new(),
            joins: Vec::new(),
            columns: Vec::new(),
            filter: Vec::new(),
            group_by: Vec::new(),
            having: Vec::new(),
            order_by: Vec::new(),
            distinct: Distinct::No,
            limit: None,
            offset: None,
            from: None,
            name: None,
            lock: None,
            tag: None,
        }
    }

    /// Whether all rows become one: aggregates are selected, and there are no groups.
    pub fn is_total(&self) -> bool {
        self.group_by.is_empty() && self.columns.iter().any(Expr::holds_aggregate)
    }

    /// Whether the rows are a slice of what matches.
    pub fn is_sliced(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }
}

/// A table between: the query reads its rows, each with the row of the query's own table that
/// `relation` leads to. Columns of both can be named. The own table is joined only if the query
/// needs more of it than the key that the table between holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Via {
    /// The table between.
    pub table: TableRef,
    /// Its foreign key to the query's own table.
    pub relation: &'static str,
}

/// How a row without a partner is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// It is left out.
    Inner,
    /// It is kept, with NULL in the place of the partner's columns.
    Left,
}

/// A join, as the planner makes it of a path or of a [`NamedJoin`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Join {
    /// How.
    pub kind: JoinKind,
    /// Whether a subquery may read columns of what stands before it.
    pub lateral: bool,
    /// What.
    pub source: Source,
    /// Its alias.
    pub alias: Alias,
    /// The condition.
    pub on: Expr,
}
