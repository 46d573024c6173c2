//! What a statement that writes gives back.

use super::Projection;
use super::fetch::{Decode, fetch_all};
use crate::error::Result;
use crate::executor::Executor;
use crate::tree::{Expr, Statement};

/// A statement that writes, and what it gives of each row that it wrote: columns, expressions, or
/// whole rows.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let titles: Vec<(String, i64)> = Book::filter(Book::views.lt(100))
///     .update()
///     .set(Book::views, Book::views + 1)
///     .returning((Book::title, Book::views * 10))
///     .all(&db)
///     .await?;
/// assert_eq!(titles, [("Notes".into(), 110), ("École".into(), 60)]);
/// # Ok(()) })
/// ```
#[must_use = "nothing is written until `.all(&db)`"]
pub struct Returning<Row> {
    pub(super) statements: Result<Vec<Statement>>,
    pub(super) decode: Decode<Row>,
}

impl<Row> std::fmt::Debug for Returning<Row> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Returning").field("statements", &self.statements).finish_non_exhaustive()
    }
}

impl<Row: Send + 'static> Returning<Row> {
    pub(super) fn new(statements: Result<Vec<Statement>>, decode: Decode<Row>) -> Returning<Row> {
        Returning { statements, decode }
    }

    pub(super) fn one(statement: Result<Statement>, decode: Decode<Row>) -> Returning<Row> {
        Returning::new(statement.map(|statement| vec![statement]), decode)
    }

    /// Writes, and gives what was asked for of each row that was written.
    pub async fn all(self, db: &impl Executor) -> Result<Vec<Row>> {
        Ok(fetch_all(db, self.statements?, self.decode).await?.rows)
    }
}

/// What a projection reads.
pub(super) fn appended<M, P: Projection<M>>(projection: P) -> Vec<Expr> {
    let mut columns = Vec::new();
    projection.append(&mut columns);
    columns
}
