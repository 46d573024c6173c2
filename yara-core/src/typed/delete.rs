//! Deleting rows by a query.

use super::fetch::{Fetched, fetch};
use super::returning::appended;
use super::{Model, Projection, Returning};
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
        let statement = self.into_statement(Vec::new());
        let fetched: Fetched<()> = fetch(db, statement, |_| Ok(())).await?;
        Ok(fetched.count)
    }

    /// Deletes the rows and gives them as they were.
    pub async fn all(self, db: &impl Executor) -> Result<Vec<M>> {
        self.returning_rows().all(db).await
    }

    /// Deletes the rows and gives columns and expressions of each, as they were.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let few = Book::filter(Book::views.lt(10)).delete();
    /// let gone = few.returning((Book::title, Book::author.name)).all(&db).await?;
    /// assert_eq!(gone, [("École".into(), "Bob".into())]);
    /// # Ok(()) })
    /// ```
    pub fn returning<P: Projection<M>>(self, projection: P) -> Returning<P::Row> {
        Returning::one(Ok(self.into_statement(appended(projection))), P::decode)
    }

    /// [`returning`](Delete::returning) whole rows.
    pub fn returning_rows(self) -> Returning<M> {
        let fields = vec![Expr::fields(self.rows.table)];
        Returning::one(Ok(self.into_statement(fields)), M::decode)
    }

    pub(super) fn into_statement(self, returning: Vec<Expr>) -> Statement {
        Statement::Delete(self.into_tree(returning))
    }

    pub(super) fn into_tree(self, returning: Vec<Expr>) -> tree::Delete {
        tree::Delete { rows: self.rows, returning }
    }
}
