//! Reading rows.

use super::{Alias, Expr, Literal, Order};
use crate::schema::{Table, TableRef};

/// Which of several equal rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Distinct {
    /// All.
    #[default]
    No,
    /// One.
    Rows,
}

/// A query: `select columns from table where filter …`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Select {
    /// The model that the query is about.
    pub table: TableRef,
    /// Reads the table through another one, once for each row of that; see [`Via`].
    pub via: Option<Via>,
    /// The alias of that table; given by the planner.
    pub alias: Option<Alias>,
    /// The joins that the columns need; made by the planner.
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
    /// What is read *from* this query instead of a table: `(query) as alias`. The planner makes
    /// such a layer where an operation is about the result of another query.
    pub from: Option<Box<Select>>,
}

impl Select {
    /// All rows of a table, and no column yet.
    pub fn new(table: &'static Table) -> Select {
        Select {
            table: TableRef(table),
            via: None,
            alias: None,
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
        }
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

/// A joined table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Join {
    /// How.
    pub kind: JoinKind,
    /// Which table.
    pub table: TableRef,
    /// Its alias.
    pub alias: Alias,
    /// The condition.
    pub on: Expr,
}
