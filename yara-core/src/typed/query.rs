//! Queries.

use super::fetch::{Decode, Fetched, fetch};
use super::load::{IntoLoad, Loader};
use super::{Delete, IntoOrder, Model, Pred, Projection, RowStream, Update};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::plan;
use crate::tree::{self, Distinct, Literal, Select, Statement};
use crate::value::{FieldType, Value};
use std::marker::PhantomData;
use std::sync::Arc;

/// A query about rows of `M` that gives `Row`s: the rows themselves, or what was
/// [selected](Query::select) of them.
///
/// Building a query sends nothing. What is wrong with it — a value out of range, a path that leads
/// nowhere — is the error of the call that runs it, before anything is sent.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let hot: Query<Book> = Book::filter(Book::views.gt(100));
/// let titles: Query<Book, String> = hot.clone().order_by(Book::title).select(Book::title);
/// assert_eq!(titles.all(&db).await?, ["100% sure", "Engine"]);
/// assert_eq!(hot.limit(1).count(&db).await?, 1);
/// # Ok(()) })
/// ```
#[must_use = "a query does nothing until it is run, for instance by `.all(&db)`"]
pub struct Query<M, Row = M> {
    pub(super) select: Select,
    pub(super) decode: Decode<Row>,
    pub(super) loads: Vec<Arc<dyn Loader<Row>>>,
    of: PhantomData<fn() -> M>,
}

impl<M, Row> Clone for Query<M, Row> {
    fn clone(&self) -> Self {
        Query {
            select: self.select.clone(),
            decode: self.decode,
            loads: self.loads.clone(),
            of: PhantomData,
        }
    }
}

impl<M, Row> std::fmt::Debug for Query<M, Row> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.select.fmt(f)
    }
}

impl<M: Model> Query<M> {
    /// All rows of a model, in its own order if it has one.
    pub fn new() -> Query<M> {
        let table = M::table();
        let mut select = Select::new(table);
        select.columns.push(tree::Expr::fields(select.table));
        Query { select, decode: M::decode, loads: Vec::new(), of: PhantomData }
    }

    /// Reads a relation of all rows too, in one statement: `.load(Author::books)`, or
    /// `.load(Author::books.filter(…).load(Book::tags))`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let query = Author::query()
    ///     .order_by(Author::name)
    ///     .load(Author::mentor)
    ///     .load(Author::books.order_by(Book::views.desc()).limit(1).load(Book::tags));
    /// let authors = query.all(&db).await?; // four statements in all
    /// assert_eq!(authors[0].books.get()?[0].title, "Engine");
    /// assert_eq!(authors[0].books.get()?[0].tags.get()?[0].name, "maths");
    /// # Ok(()) })
    /// ```
    pub fn load(mut self, relation: impl IntoLoad<M>) -> Query<M> {
        self.loads.push(relation.into_load().0);
        self
    }
}

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// Reads columns and expressions instead of what was read before: whole rows, at first.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let rows: Vec<(String, i64)> = Book::filter(Book::author.name.eq("Ada"))
    ///     .order_by(Book::id)
    ///     .select((Book::title, Book::views + 1))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(rows, [("Notes".into(), 11), ("Engine".into(), 501)]);
    /// # Ok(()) })
    /// ```
    pub fn select<P: Projection<M>>(mut self, projection: P) -> Query<M, P::Row> {
        self.select.columns.clear();
        projection.append(&mut self.select.columns);
        Query { select: self.select, decode: P::decode, loads: Vec::new(), of: PhantomData }
    }
}

impl<M: Model> Default for Query<M> {
    fn default() -> Self {
        Query::new()
    }
}

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// Only the rows that match, too.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let query = Book::filter(Book::views.gt(5)).filter(Book::author.name.eq("Ada"));
    /// assert_eq!(query.count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    pub fn filter(mut self, condition: Pred<M>) -> Self {
        self.select.filter.push(condition.into_tree());
        self
    }

    /// [`filter`](Query::filter), if there is a condition.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let least: Option<i64> = Some(100);
    /// let query = Book::query().filter_if(least.map(|least| Book::views.ge(least)));
    /// assert_eq!(query.count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    pub fn filter_if(self, condition: Option<Pred<M>>) -> Self {
        match condition {
            Some(condition) => self.filter(condition),
            None => self,
        }
    }

    /// Only the rows that do not match: exactly those that [`filter`](Query::filter) leaves out.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::query().exclude(Book::rating.ge(4.0)).count(&db).await?, 2); // 3.0 and NULL
    /// # Ok(()) })
    /// ```
    pub fn exclude(self, condition: Pred<M>) -> Self {
        self.filter(!condition)
    }

    /// Sorts; what was sorted by before comes first.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let sorted = Book::query().order_by((Book::author.name, Book::views.desc()));
    /// assert_eq!(sorted.select(Book::title).all(&db).await?[0], "Engine");
    /// # Ok(()) })
    /// ```
    pub fn order_by(mut self, order: impl IntoOrder<M>) -> Self {
        order.append(&mut self.select.order_by);
        self
    }

    /// At most so many rows.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let page = Book::query().order_by(Book::id).offset(1).limit(2);
    /// assert_eq!(page.clone().select(Book::title).all(&db).await?, ["Engine", "École"]);
    /// assert_eq!(page.count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    pub fn limit(mut self, rows: u64) -> Self {
        self.select.limit = Some(count_literal(rows));
        self
    }

    /// Passes over so many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.select.offset = Some(count_literal(rows));
        self
    }

    /// Of equal rows, one.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let names = Book::query().select(Book::author.name).distinct();
    /// assert_eq!(names.count(&db).await?, 3);
    /// # Ok(()) })
    /// ```
    pub fn distinct(mut self) -> Self {
        self.select.distinct = Distinct::Rows;
        self
    }

    /// Of the rows that are alike in a column, an expression, or a tuple of them, the first in the
    /// order of the query, which has to begin with these; rows that are equal in order stand in
    /// that of their keys.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let most_read = Book::query()
    ///     .distinct_on(Book::author.id)
    ///     .order_by((Book::author.id, Book::views.desc()))
    ///     .select((Book::author.name, Book::title));
    /// assert_eq!(most_read.all(&db).await?[0], ("Ada".into(), "Engine".into()));
    /// # Ok(()) })
    /// ```
    pub fn distinct_on<P: Projection<M>>(mut self, alike: P) -> Self {
        let mut keys = Vec::new();
        alike.append(&mut keys);
        self.select.distinct = Distinct::On(keys);
        self
    }

    /// Words for the database's log and for whoever looks at running statements: a comment before
    /// the statement. It is part of the statement, which is written and prepared for each tag
    /// anew; so name a place in the program, and not a user or a request.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let query = Book::filter(Book::views.gt(100)).tag("report: hot books");
    /// assert!(query.sql(&db)?.text.starts_with("/* report: hot books */ SELECT"));
    /// assert_eq!(query.count(&db).await?, 2); // the count is tagged, too
    /// # Ok(()) })
    /// ```
    pub fn tag(mut self, words: impl Into<Arc<str>>) -> Self {
        self.select.tag = Some(words.into());
        self
    }

    /// All rows.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let books: Vec<Book> = Book::filter(Book::views.gt(100)).order_by(Book::id).all(&db).await?;
    /// assert_eq!(books[0].title, "Engine");
    /// # Ok(()) })
    /// ```
    pub async fn all(self, db: &impl Executor) -> Result<Vec<Row>> {
        self.rows(db).await
    }

    /// The first row, if there is one. Without an order, that of the smallest primary key.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::query().first(&db).await?.map(|book| book.title), Some("Notes".into()));
    /// assert_eq!(Book::filter(Book::views.gt(5000)).first(&db).await?, None);
    /// # Ok(()) })
    /// ```
    pub async fn first(mut self, db: &impl Executor) -> Result<Option<Row>> {
        self.first_only();
        Ok(self.rows(db).await?.pop())
    }

    /// The one row. No row is an error, and so are several.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::filter(Book::title.eq("Notes")).one(&db).await?;
    /// assert_eq!(book.views, 10);
    /// let error = Book::filter(Book::views.gt(10)).one(&db).await.unwrap_err();
    /// assert!(error.is_multiple_found());
    /// let error = Book::filter(Book::views.gt(5000)).one(&db).await.unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok(()) })
    /// ```
    pub async fn one(self, db: &impl Executor) -> Result<Row> {
        self.optional(db).await?.ok_or_else(none::<M>)
    }

    /// The one row, or none. Several are an error.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::views.gt(5000)).optional(&db).await?, None);
    /// let error = Book::query().optional(&db).await.unwrap_err();
    /// assert!(error.is_multiple_found());
    /// # Ok(()) })
    /// ```
    pub async fn optional(self, db: &impl Executor) -> Result<Option<Row>> {
        at_most_one::<M, Row>(self.two_at_most().rows(db).await?)
    }

    /// Enough rows to know whether there is one.
    pub(super) fn two_at_most(mut self) -> Self {
        plan::narrow(&mut self.select, 2);
        self
    }

    /// The number of rows that [`all`](Query::all) would give.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::query().count(&db).await?, 4);
    /// assert_eq!(Book::query().order_by(Book::id).offset(3).limit(5).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    pub async fn count(self, db: &impl Executor) -> Result<u64> {
        let statement = plan::count(&self.select);
        let fetched = fetch(db, statement, |row| row.read::<u64>()).await?;
        one_cell(fetched)
    }

    /// Whether there is a row.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert!(Book::filter(Book::views.gt(500)).exists(&db).await?);
    /// assert!(!Book::query().offset(4).exists(&db).await?);
    /// # Ok(()) })
    /// ```
    pub async fn exists(self, db: &impl Executor) -> Result<bool> {
        let statement = plan::exists(&self.select);
        one_cell(fetch(db, statement, |row| row.read::<bool>()).await?)
    }

    /// The rows one after the other. Memory holds a portion of them; the stream keeps its
    /// connection until it is at its end or dropped.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let mut titles = Book::query().order_by(Book::id).select(Book::title).stream(&db).await?;
    /// let mut letters = 0;
    /// while let Some(title) = titles.next().await {
    ///     letters += title?.chars().count();
    /// }
    /// assert_eq!(letters, 25);
    /// # Ok(()) })
    /// ```
    pub async fn stream(self, db: &impl Executor) -> Result<RowStream<Row>> {
        if !self.loads.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidQuery,
                "a stream does not load relations, because it never has all rows at hand; \
                 load them for each row, or read pages by `keyset`",
            ));
        }
        let decode = self.decode;
        RowStream::open(db, Statement::Select(self.ordered()), decode).await
    }

    /// Changes the rows instead of reading them: `.update().set(…).exec(&db)`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let top = Book::query().order_by(Book::views.desc()).limit(1);
    /// assert_eq!(top.update().set(Book::views, 0).exec(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    pub fn update(self) -> Update<M> {
        Update::new(self.select)
    }

    /// Deletes the rows: `.delete().exec(&db)`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let deleted = Book::filter(Book::author.name.eq("Ada")).delete().exec(&db).await?;
    /// assert_eq!(deleted, 2);
    /// # Ok(()) })
    /// ```
    pub fn delete(self) -> Delete<M> {
        Delete::new(self.select)
    }

    /// The query as a part of another one, in which the order of all rows means nothing.
    pub(super) fn into_inner(self) -> Select {
        plan::part(self.select)
    }

    /// Makes the query one for the first row alone: see [`first`](Query::first).
    pub(super) fn first_only(&mut self) {
        plan::first_only(&mut self.select);
    }

    pub(super) fn from_parts(select: Select, decode: Decode<Row>) -> Self {
        Query { select, decode, loads: Vec::new(), of: PhantomData }
    }

    pub(super) fn with_loads(self, loads: Vec<Arc<dyn Loader<Row>>>) -> Self {
        Query { loads, ..self }
    }

    /// The query as a tree.
    pub fn into_tree(self) -> Select {
        self.ordered()
    }

    /// Runs the query and its loads.
    pub(super) async fn rows(self, db: &dyn Executor) -> Result<Vec<Row>> {
        let Query { decode, .. } = self;
        let loads = self.loads.clone();
        let statement = Statement::Select(self.ordered());
        let mut rows = fetch(db, statement, decode).await?.rows;
        load_all(&loads, &mut rows, db).await?;
        Ok(rows)
    }

    /// The tree, in the model's own order where the query names none.
    fn ordered(self) -> Select {
        let mut select = self.select;
        plan::in_own_order(&mut select);
        select
    }
}

/// Runs the loads of rows that have been read.
pub(super) async fn load_all<Row>(
    loads: &[Arc<dyn Loader<Row>>],
    rows: &mut [Row],
    db: &dyn Executor,
) -> Result<()> {
    for load in loads {
        if rows.is_empty() {
            break;
        }
        load.load(db, rows.iter_mut().collect()).await?;
    }
    Ok(())
}

/// The row, or none; several are an error.
pub(super) fn at_most_one<M: Model, Row>(mut rows: Vec<Row>) -> Result<Option<Row>> {
    let row = rows.pop();
    if rows.is_empty() {
        return Ok(row);
    }
    Err(Error::new(
        ErrorKind::MultipleFound,
        format!("more than one {} matches a query that is to give one row", M::table().model),
    ))
}

/// The error of a query that was to give a row.
pub(super) fn none<M: Model>() -> Error {
    Error::new(ErrorKind::NotFound, format!("no {} matches the query", M::table().model))
}

/// A number of rows; past the largest integer of the database there are none to count.
pub(super) fn count_literal(rows: u64) -> Literal {
    Literal::new(Value::I64(i64::try_from(rows).unwrap_or(i64::MAX)))
}

/// The cell of a query that has one row of one column.
fn one_cell<T: FieldType>(fetched: Fetched<T>) -> Result<T> {
    fetched.rows.into_iter().next().ok_or_else(|| {
        Error::new(ErrorKind::Internal, "the database gave no row for a query that always has one")
    })
}
