//! Deleting rows by a query.

use super::Model;
use super::fetch::{Fetched, fetch};
use crate::error::Result;
use crate::executor::Executor;
use crate::tree::{self, Expr, Select, Statement};
use std::marker::PhantomData;

/// The deletion of the rows that a query selects.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// assert_eq!(Book::filter(Book::views.lt(10)).delete().exec(&db).await?, 1);
/// let hot = Book::filter(Book::views.gt(500)).delete().all(&db).await?;
/// assert_eq!(hot[0].title, "100% sure");
/// # Ok(()) })
/// ```
#[derive(Debug)]
#[must_use = "nothing is deleted until `.exec(&db)`"]
pub struct Delete<M> {
    rows: Select,
    of: PhantomData<fn() -> M>,
}

impl<M: Model> Delete<M> {
    pub(super) fn new(rows: Select) -> Delete<M> {
        Delete { rows, of: PhantomData }
    }

    /// Deletes the rows and gives their number.
    pub async fn exec(self, db: &impl Executor) -> Result<u64> {
        let statement = Statement::Delete(self.into_tree(false));
        let fetched: Fetched<()> = fetch(db, statement, |_| Ok(())).await?;
        Ok(fetched.count)
    }

    /// Deletes the rows and gives them as they were.
    pub async fn all(self, db: &impl Executor) -> Result<Vec<M>> {
        let statement = Statement::Delete(self.into_tree(true));
        Ok(fetch(db, statement, M::decode).await?.rows)
    }

    pub(super) fn into_tree(self, returning: bool) -> tree::Delete {
        let returning = if returning { vec![Expr::fields(self.rows.table)] } else { Vec::new() };
        tree::Delete { rows: self.rows, returning }
    }
}
