//! The tables that one query names.

use crate::schema::Table;
use crate::tree::{Alias, Expr, Join, Via};
use crate::value::Type;

/// What becomes of a path through a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paths {
    /// A join of the query.
    Join,
    /// A subquery that gives one value: where a statement has no place for a join.
    Subquery,
}

/// The part of a query that is being planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    /// Which rows: there are no groups yet, so no aggregates.
    Filter,
    /// Any other.
    Other,
}

/// One query and its tables.
#[derive(Debug)]
pub(super) struct Scope {
    /// The model that the query is about: columns of this table are columns of this query.
    pub(super) table: &'static Table,
    /// The table between, if the query reads its model through one.
    pub(super) via: Option<Via>,
    /// The first table of FROM: the model's, or the one between.
    pub(super) alias: Alias,
    /// What becomes of a path.
    pub(super) paths: Paths,
    /// The joins made so far.
    pub(super) joins: Vec<Joined>,
    /// The columns of the query in FROM, if there is one: kind, and whether NULL is possible.
    pub(super) outputs: Option<Vec<(Option<Type>, bool)>>,
    /// Where we are.
    pub(super) clause: Clause,
    /// Whether an aggregate over the rows of this query was found.
    pub(super) aggregates: bool,
    /// Whether we are in the argument of one.
    pub(super) in_aggregate: bool,
    /// Groups with literals in them, see [`Planned::same`](super::Planned::same).
    pub(super) groups: Vec<Expr>,
}

/// A join, and the step of a path that it stands for.
#[derive(Debug)]
pub(super) struct Joined {
    /// The table that the step begins at.
    pub(super) from: Alias,
    /// The relation of that table.
    pub(super) relation: &'static str,
    /// Whether there may be no row.
    pub(super) nullable: bool,
    /// The join.
    pub(super) join: Join,
}

impl Scope {
    pub(super) fn new(table: &'static Table, alias: Alias, paths: Paths) -> Scope {
        Scope {
            table,
            via: None,
            alias,
            paths,
            joins: Vec::new(),
            outputs: None,
            clause: Clause::Other,
            aggregates: false,
            in_aggregate: false,
            groups: Vec::new(),
        }
    }

    /// Whether the alias is one of this query's tables.
    pub(super) fn has(&self, alias: Alias) -> bool {
        self.table_of(alias).is_some()
    }

    /// The table of an alias.
    pub(super) fn table_of(&self, alias: Alias) -> Option<&'static Table> {
        if alias == self.alias {
            return Some(self.root());
        }
        self.joins
            .iter()
            .find(|joined| joined.join.alias == alias)
            .map(|joined| joined.join.table.0)
    }

    /// The first table of FROM.
    pub(super) fn root(&self) -> &'static Table {
        self.via.map_or(self.table, |via| via.table.0)
    }
}
