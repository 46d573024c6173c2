//! What can be done with a row to insert, besides inserting it.

use super::fetch::fetch;
use super::graph::{Branch, Graph};
use super::returning::appended;
use super::{Fields, IntoNewRow, Model, NewRow, One, Projection, Upsert};
use crate::error::Result;
use crate::executor::Executor;
use crate::tree::{ConflictTarget, Statement};

/// A builder of a row: `Book::create()` with its fields set.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let id = Tag::create().name("new").returning(Tag::id).insert(&db).await?;
/// assert_eq!(id, 4);
/// # Ok(()) })
/// ```
pub trait Insertable: Sized {
    /// The model.
    type Model: Model;

    /// Inserts the row and gives columns and expressions of it, instead of all of it.
    fn returning<P: Projection<Self::Model>>(self, projection: P) -> ReturningOne<P::Row>
    where
        Self: IntoNewRow<Self::Model>,
    {
        let statement = self.into_new_row().into_statement(None, appended(projection));
        ReturningOne { statement, decode: P::decode }
    }

    /// Says what happens where a row with the values of these fields is there already: the fields
    /// of the primary key or of a unique constraint. See [`Upsert`].
    fn on_conflict(self, fields: impl Fields<Self::Model>) -> Upsert<Self::Model, One>
    where
        Self: IntoNewRow<Self::Model>,
    {
        Upsert::rows(vec![self.into_new_row()], fields.fields().map(ConflictTarget::Fields))
    }

    /// As [`on_conflict`](Insertable::on_conflict), by the name of the constraint.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let new = Tag::create().name("rust");
    /// assert!(new.on_constraint("tag_name_key").ignore().insert(&db).await?.is_skipped());
    /// # Ok(()) })
    /// ```
    fn on_constraint(self, name: &str) -> Upsert<Self::Model, One>
    where
        Self: IntoNewRow<Self::Model>,
    {
        Upsert::rows(vec![self.into_new_row()], Ok(ConflictTarget::Constraint(name.into())))
    }

    /// Inserts related rows with the row, see [`Graph`].
    fn with<B: Branch<Self::Model, Rows>, Rows>(self, relation: B, rows: Rows) -> Graph<Self::Model>
    where
        Self: IntoNewRow<Self::Model>,
    {
        Graph::new(self.into_new_row()).with(relation, rows)
    }
}

impl<M: Model> Insertable for NewRow<M> {
    type Model = M;
}

/// A row to insert, and what to give of it; see [`Insertable::returning`].
#[must_use = "nothing is written until `.insert(&db)`"]
pub struct ReturningOne<Row> {
    pub(super) statement: Result<Statement>,
    pub(super) decode: super::fetch::Decode<Row>,
}

impl<Row> std::fmt::Debug for ReturningOne<Row> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReturningOne").field("statement", &self.statement).finish_non_exhaustive()
    }
}

impl<Row: Send + 'static> ReturningOne<Row> {
    /// Inserts the row, and gives what was asked for.
    pub async fn insert(self, db: &impl Executor) -> Result<Row> {
        super::create::only(fetch(db, self.statement?, self.decode).await?)
    }
}
