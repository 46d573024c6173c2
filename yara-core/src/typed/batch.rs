//! Several statements of different kinds in one round trip.

use super::fetch::{Collect, Decode, Fetched, collected, named, request};
use super::{
    Delete, InsertMany, Insertable, IntoNewRow, Many, Model, One, Query, Returning, ReturningOne,
    Update, Upsert, Upserted,
};
use crate::backend::{ColumnInfo, Request, RowSink};
use crate::db::Db;
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::future::BoxFuture;
use crate::plan;
use crate::transaction::Transaction;
use crate::tree::{Expr, Statement};
use crate::value::ValueRef;
use std::any::Any;

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
        Part {
            statements,
            sink: Box::new(Collect::new(decode)),
            finish: Box::new(|sink, _| Box::pin(async move { finish(collected(sink)?) })),
        }
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

/// A query of a batch that gives something else than all its rows.
pub struct Asked<T>(Result<Part<T>>);

impl<T> std::fmt::Debug for Asked<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Asked").field(&self.0).finish()
    }
}

impl<T: Send + 'static> Batched for Asked<T> {
    type Output = T;

    fn into_part(self) -> Result<Part<T>> {
        self.0
    }
}

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// [`count`](Query::count), as a part of a batch.
    pub fn into_count(self) -> Asked<u64> {
        let statements = vec![plan::count(&self.select)];
        Asked(Ok(Part::new(statements, |row| row.read::<u64>(), only)))
    }

    /// [`exists`](Query::exists), as a part of a batch.
    pub fn into_exists(self) -> Asked<bool> {
        let statements = vec![plan::exists(&self.select)];
        Asked(Ok(Part::new(statements, |row| row.read::<bool>(), only)))
    }

    /// [`first`](Query::first), as a part of a batch.
    pub fn into_first(self) -> Asked<Option<Row>> {
        Asked(self.first_only().into_part().map(|part| part.then(|mut rows| Ok(rows.pop()))))
    }

    /// [`one`](Query::one), as a part of a batch.
    pub fn into_one(self) -> Asked<Row> {
        let rows = self.two_at_most().into_part();
        Asked(rows.map(|part| {
            part.then(|rows| {
                super::query::at_most_one::<M, Row>(rows)?.ok_or_else(super::query::none::<M>)
            })
        }))
    }

    /// [`optional`](Query::optional), as a part of a batch.
    pub fn into_optional(self) -> Asked<Option<Row>> {
        let rows = self.two_at_most().into_part();
        Asked(rows.map(|part| part.then(super::query::at_most_one::<M, Row>)))
    }
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

fn only<T>(fetched: Fetched<T>) -> Result<T> {
    fetched.rows.into_iter().next().ok_or_else(|| {
        Error::new(ErrorKind::Internal, "the database gave no row for a query that always has one")
    })
}

impl<M: Model, Row: Send + 'static> Batched for Query<M, Row> {
    type Output = Vec<Row>;

    fn into_part(self) -> Result<Part<Vec<Row>>> {
        let (decode, loads) = (self.decode, self.loads.clone());
        let statements = vec![Statement::Select(self.into_tree())];
        Ok(Part {
            statements,
            sink: Box::new(Collect::new(decode)),
            finish: Box::new(move |sink, db| {
                Box::pin(async move {
                    let mut rows = collected::<Row>(sink)?.rows;
                    super::query::run_loads(&loads, db, &mut rows).await?;
                    Ok(rows)
                })
            }),
        })
    }
}

impl<M: Model> Batched for Update<M> {
    type Output = u64;

    fn into_part(self) -> Result<Part<u64>> {
        counted(vec![self.into_statement(Vec::new())?])
    }
}

impl<M: Model> Batched for Delete<M> {
    type Output = u64;

    fn into_part(self) -> Result<Part<u64>> {
        counted(vec![self.into_statement(Vec::new())])
    }
}

impl<M: Model> Batched for InsertMany<M> {
    type Output = u64;

    fn into_part(self) -> Result<Part<u64>> {
        counted(self.into_statements(&[])?)
    }
}

fn counted(statements: Vec<Statement>) -> Result<Part<u64>> {
    Ok(Part::new::<()>(statements, |_| Ok(()), |fetched| Ok(fetched.count)))
}

impl<Row: Send + 'static> Batched for Returning<Row> {
    type Output = Vec<Row>;

    fn into_part(self) -> Result<Part<Vec<Row>>> {
        Ok(Part::new(self.statements?, self.decode, |fetched| Ok(fetched.rows)))
    }
}

impl<Row: Send + 'static> Batched for ReturningOne<Row> {
    type Output = Row;

    fn into_part(self) -> Result<Part<Row>> {
        Ok(Part::new(vec![self.statement?], self.decode, super::create::only))
    }
}

impl<B: Insertable + IntoNewRow<B::Model>> Batched for B {
    type Output = B::Model;

    fn into_part(self) -> Result<Part<B::Model>> {
        let fields = vec![Expr::fields(crate::schema::TableRef(B::Model::table()))];
        let statement = self.into_new_row().into_statement(None, fields)?;
        Ok(Part::new(vec![statement], <B::Model as super::Row>::decode, super::create::only))
    }
}

impl<M: Model> Batched for Upsert<M, One> {
    type Output = Upserted<M>;

    fn into_part(self) -> Result<Part<Upserted<M>>> {
        let part = self.into_each()?;
        Ok(part.then(|mut each| Ok(each.pop().unwrap_or(Upserted::Skipped))))
    }
}

impl<M: Model> Batched for Upsert<M, Many> {
    type Output = Vec<Upserted<M>>;

    fn into_part(self) -> Result<Part<Vec<Upserted<M>>>> {
        self.into_each()
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

/// The statements of a batch, with where their rows go.
#[derive(Default)]
struct Parts {
    parts: Vec<(Box<dyn RowSink>, Vec<Statement>)>,
}

impl Parts {
    fn add<B: Batched>(&mut self, part: B) -> Result<Finish<B::Output>> {
        let number = self.parts.len() + 1;
        let Part { statements, sink, finish } = part
            .into_part()
            .map_err(|error| error.context(format!("statement {number} of the batch")))?;
        self.parts.push((sink, statements));
        Ok(finish)
    }

    /// Runs all statements, and gives the sinks back, filled.
    async fn run(mut self, db: &dyn Executor) -> Result<Sinks> {
        let mut batch: Vec<Request> = Vec::with_capacity(self.parts.len());
        let mut owners = Vec::with_capacity(self.parts.len());
        for (part, (_, statements)) in self.parts.iter_mut().enumerate() {
            for (at, statement) in statements.iter_mut().enumerate() {
                let made = request(db, statement);
                let context = || format!("statement {} of the batch", part + 1);
                batch.push(made.map_err(|error| error.context(context()))?);
                owners.push((part, at));
            }
        }
        let sink = db.run(batch, Box::new(Share { parts: self.parts, owners })).await?;
        match sink.into_any().downcast::<Share>() {
            Ok(share) => Ok(Sinks(share.parts.into_iter())),
            Err(_) => Err(lost_sink()),
        }
    }
}

/// The filled sinks, in the order of the batch.
struct Sinks(std::vec::IntoIter<(Box<dyn RowSink>, Vec<Statement>)>);

impl Sinks {
    fn next(&mut self) -> Result<Box<dyn RowSink>> {
        self.0.next().map(|(sink, _)| sink).ok_or_else(lost_sink)
    }
}

fn lost_sink() -> Error {
    Error::new(ErrorKind::Internal, "the backend gave back another sink than it took")
}

/// Hands each request's rows to the sink of its part.
struct Share {
    parts: Vec<(Box<dyn RowSink>, Vec<Statement>)>,
    /// For each request, its part, and which statement of that it is.
    owners: Vec<(usize, usize)>,
}

impl Share {
    fn part(&mut self, request: usize) -> Result<(&mut dyn RowSink, usize, &Statement)> {
        let (part, at) = self.owners.get(request).copied().ok_or_else(lost_sink)?;
        let (sink, statements) = &mut self.parts[part];
        Ok((&mut **sink, at, &statements[at]))
    }
}

impl RowSink for Share {
    fn wants_columns(&self) -> bool {
        self.parts.iter().any(|(sink, _)| sink.wants_columns())
    }

    fn columns(&mut self, request: usize, columns: &[ColumnInfo]) -> Result<()> {
        let (sink, at, _) = self.part(request)?;
        sink.columns(at, columns)
    }

    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let (sink, at, statement) = self.part(request)?;
        sink.row(at, cells).map_err(|error| named(error, statement))
    }

    fn done(&mut self, request: usize, rows: u64) -> Result<()> {
        let (sink, at, _) = self.part(request)?;
        sink.done(at, rows)
    }

    fn restart(&mut self) {
        self.parts.iter_mut().for_each(|(sink, _)| sink.restart());
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
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
