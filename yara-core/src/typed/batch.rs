//! Several statements of different kinds in one round trip.

mod part;
mod share;

pub use part::Asked;

use super::fetch::{Collect, Decode, Fetched, collected};
use crate::backend::RowSink;
use crate::db::Db;
use crate::error::Result;
use crate::executor::Executor;
use crate::future::BoxFuture;
use crate::transaction::Transaction;
use crate::tree::Statement;
use share::Parts;

/// A statement of a [batch](Db::batch), and what becomes of its rows.
pub struct Part<T> {
    statements: Vec<Statement>,
    sink: Box<dyn RowSink>,
    finish: Finish<T>,
}

type Finish<T> =
    Box<dyn for<'a> FnOnce(Box<dyn RowSink>, &'a dyn Executor) -> BoxFuture<'a, Result<T>> + Send>;

impl<T> std::fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("statements", &self.statements).finish_non_exhaustive()
    }
}

impl<T: Send + 'static> Part<T> {
    pub(super) fn new<R: Send + 'static>(
        statements: Vec<Statement>,
        decode: Decode<R>,
        finish: impl FnOnce(Fetched<R>) -> Result<T> + Send + 'static,
    ) -> Part<T> {
        let sink = Box::new(Collect::new(decode));
        Part::with_sink(statements, sink, |sink| finish(collected(sink)?))
    }

    pub(super) fn with_sink(
        statements: Vec<Statement>,
        sink: Box<dyn RowSink>,
        finish: impl FnOnce(Box<dyn RowSink>) -> Result<T> + Send + 'static,
    ) -> Part<T> {
        let finish: Finish<T> = Box::new(|sink, _| Box::pin(async move { finish(sink) }));
        Part { statements, sink, finish }
    }
}

/// What can be a part of a [batch](Db::batch).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no statement that a batch can run",
    note = "give queries, builders of rows, updates, deletes, and what `.returning(…)` gives; of a query that is to give one row or a number, `.into_one()`, `.into_count()` and so on"
)]
pub trait Batched {
    /// What it gives.
    type Output: Send + 'static;

    /// Its statements.
    fn into_part(self) -> Result<Part<Self::Output>>;
}

impl<T: Send + 'static> Part<T> {
    /// With another end.
    fn then<U>(self, end: impl FnOnce(T) -> Result<U> + Send + 'static) -> Part<U> {
        let Part { statements, sink, finish } = self;
        let finish: Finish<U> = Box::new(move |sink, db| {
            let finished = finish(sink, db);
            Box::pin(async move { end(finished.await?) })
        });
        Part { statements, sink, finish }
    }
}

/// What [`Db::batch`] runs: a tuple of up to twelve statements, or a list of statements of one kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no batch",
    note = "give a tuple of up to twelve queries, builders of rows, updates and deletes, or a `Vec` of one of these"
)]
pub trait Batch {
    /// What the statements give.
    type Output;

    /// Runs them.
    fn run<'a>(self, db: &'a dyn Executor) -> BoxFuture<'a, Result<Self::Output>>
    where
        Self: 'a;
}

macro_rules! tuple_batches {
    ($(($($part:ident $finish:ident $at:tt),+))+) => {$(
        impl<$($part: Batched + Send),+> Batch for ($($part,)+) {
            type Output = ($($part::Output,)+);

            fn run<'a>(self, db: &'a dyn Executor) -> BoxFuture<'a, Result<Self::Output>>
            where
                Self: 'a,
            {
                let mut parts = Parts::default();
                // Before the future is made, so that it holds what was built and not the builders.
                let finish = (|| Ok(($(parts.add(self.$at)?,)+)))();
                Box::pin(async move {
                    let ($($finish,)+) = finish?;
                    let mut sinks = parts.run(db).await?;
                    Ok(($($finish(sinks.next()?, db).await?,)+))
                })
            }
        }
    )+};
}

tuple_batches! {
    (A a 0)
    (A a 0, B b 1)
    (A a 0, B b 1, C c 2)
    (A a 0, B b 1, C c 2, D d 3)
    (A a 0, B b 1, C c 2, D d 3, E e 4)
    (A a 0, B b 1, C c 2, D d 3, E e 4, F f 5)
    (A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6)
    (A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7)
    (A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8)
    (A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9)
    (A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9, K k 10)
    (A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7, I i 8, J j 9, K k 10, L l 11)
}

impl<B: Batched> Batch for Vec<B> {
    type Output = Vec<B::Output>;

    fn run<'a>(self, db: &'a dyn Executor) -> BoxFuture<'a, Result<Self::Output>>
    where
        Self: 'a,
    {
        let mut parts = Parts::default();
        let finish: Result<Vec<_>> = self.into_iter().map(|part| parts.add(part)).collect();
        Box::pin(async move {
            let finish = finish?;
            let mut sinks = parts.run(db).await?;
            let mut outputs = Vec::with_capacity(finish.len());
            for finish in finish {
                outputs.push(finish(sinks.next()?, db).await?);
            }
            Ok(outputs)
        })
    }
}

impl Db {
    /// Runs statements of different kinds in one round trip, and gives what each gives: of a query
    /// all rows, of a builder its row, of an update or a delete the number of rows.
    ///
    /// They run one after the other, and all of them happen or, after an error, none. That they
    /// share a round trip does not make them see one moment: on PostgreSQL, what others commit
    /// between two of them is seen by the second; a transaction of the level
    /// [`RepeatableRead`](crate::transaction::Isolation::RepeatableRead) is for that.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let (tag, changed, books, authors) = db
    ///     .batch((
    ///         Tag::create().name("new"),
    ///         Book::filter(Book::views.lt(10)).update().set(Book::views, 10),
    ///         Book::filter(Book::views.eq(10)).order_by(Book::id).select(Book::title),
    ///         Author::query().into_count(),
    ///     ))
    ///     .await?;
    /// assert_eq!((tag.id, changed, authors), (4, 1, 4));
    /// assert_eq!(books, ["Notes", "École"]);
    /// # Ok(()) })
    /// ```
    pub async fn batch<B: Batch>(&self, batch: B) -> Result<B::Output> {
        batch.run(self).await
    }
}

impl Transaction {
    /// [`Db::batch`], as a part of the transaction.
    pub async fn batch<B: Batch>(&self, batch: B) -> Result<B::Output> {
        batch.run(self).await
    }
}
