//! From a query tree to a statement that can run.
//!
//! In flows a [`Statement`] whose columns are paths through relations. The
//! planner turns paths into joins with aliases, and questions about related rows into subqueries;
//! the SQL writer turns the planned tree into text. Out flows a [`Compiled`] statement, which binds
//! the literals of every tree of the same shape. No value is ever looked at while planning: that is
//! what lets a [`ShapeCache`] serve the next query without planning it.

mod aggregate;
mod cache;
mod column;
mod combine;
mod compiled;
mod count;
mod distinct;
mod expr;
mod follow;
mod group;
mod keyset;
mod last;
mod layer;
mod load;
mod lock;
mod order;
mod planner;
mod related;
mod scope;
mod select;
mod source;
mod through;
mod token;
mod update;
mod window;
mod write;

#[cfg(test)]
mod tests;

pub use aggregate::aggregate;
pub use cache::ShapeCache;
pub use combine::{combined, is_whole, outputs};
pub use compiled::Compiled;
pub use count::{count, exists, without_columns};
pub use follow::{reached_from, width};
pub use keyset::{Keyset, Position};
pub use last::last;
pub use load::{Load, key_list, load, owner_key};
pub use order::{
    first_only, in_own_order, in_page_order, in_some_order, is_in_own_order, narrow, own_order,
    part,
};
pub use through::{related_to, through_delete, through_insert, through_keep_only};

use crate::error::{Error, ErrorKind, Result};
use crate::sql::{self, Dialect};
use crate::tree::{Expr, Nulls, Order, Statement};
use planner::Planner;

/// A planned statement.
#[derive(Debug)]
pub struct Planned {
    /// The tree, in which every column belongs to an aliased table.
    pub statement: Statement,
    /// Pairs of literals that the statement writes as one parameter, because a database must see
    /// that two expressions are the same (`select views / 10 … group by views / 10`): their values
    /// have to be equal.
    pub same: Vec<(usize, usize)>,
}

/// Plans a statement: resolves paths, adds joins, and checks what can be checked without a
/// database. Its literals are numbered in the order of
/// [`Statement::for_each_literal`](crate::tree::Statement::for_each_literal).
pub fn plan(statement: &Statement) -> Result<Planned> {
    if let Some(reason) = statement.first_invalid() {
        return Err(invalid(&**reason));
    }
    let mut statement = statement.clone();
    statement.number_literals();
    let mut planner = Planner::default();
    let statement = planner.statement(&statement)?;
    Ok(Planned { statement, same: planner.same })
}

/// Plans a statement and writes it in a database's SQL.
pub fn compile(statement: &Statement, dialect: &dyn Dialect) -> Result<Compiled> {
    let planned = plan(statement)?;
    let written = sql::write(&planned.statement, dialect)?;
    Ok(Compiled::new(written, planned.same, dialect))
}

/// A query that cannot mean anything.
fn invalid(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidQuery, reason)
}

/// Least first.
fn ascending(expr: Expr) -> Order {
    Order { expr, descending: false, nulls: Nulls::Greatest }
}
