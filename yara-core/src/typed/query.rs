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
        select.columns.push(tree::Expr::Fields(select.table));
        Query { select, decode: M::decode, loads: Vec::new(), of: PhantomData }
    }

    /// Reads a relation of all rows too, in one statement: `.load(Author::books)`, or
    /// `.load(Author::books.filter(…).load(Book::tags))`.
    pub fn load(mut self, relation: impl IntoLoad<M>) -> Query<M> {
        self.loads.push(relation.into_load().0);
        self
    }

    /// Reads columns and expressions instead of whole rows.
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
    pub fn filter(mut self, condition: Pred<M>) -> Self {
        self.select.filter.push(condition.into_tree());
        self
    }

    /// [`filter`](Query::filter), if there is a condition.
    pub fn filter_if(self, condition: Option<Pred<M>>) -> Self {
        match condition {
            Some(condition) => self.filter(condition),
            None => self,
        }
    }

    /// Only the rows that do not match: exactly those that [`filter`](Query::filter) leaves out.
    pub fn exclude(self, condition: Pred<M>) -> Self {
        self.filter(!condition)
    }

    /// Sorts; what was sorted by before comes first.
    pub fn order_by(mut self, order: impl IntoOrder<M>) -> Self {
        order.append(&mut self.select.order_by);
        self
    }

    /// At most so many rows.
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
    pub fn distinct(mut self) -> Self {
        self.select.distinct = Distinct::Rows;
        self
    }

    /// All rows.
    pub async fn all(self, db: &impl Executor) -> Result<Vec<Row>> {
        self.rows(db).await
    }

    /// The first row, if there is one. Without an order, that of the smallest primary key.
    pub async fn first(mut self, db: &impl Executor) -> Result<Option<Row>> {
        if M::table().ordering.is_empty() {
            order_unless_distinct(&mut self.select, key_order(M::table()));
        }
        self.narrow(1);
        Ok(self.rows(db).await?.pop())
    }

    /// The one row. No row is an error, and so are several.
    pub async fn one(self, db: &impl Executor) -> Result<Row> {
        self.optional(db).await?.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("no {} matches the query", M::table().model))
        })
    }

    /// The one row, or none. Several are an error.
    pub async fn optional(mut self, db: &impl Executor) -> Result<Option<Row>> {
        self.narrow(2);
        let mut rows = self.rows(db).await?;
        let row = rows.pop();
        if rows.is_empty() {
            return Ok(row);
        }
        Err(Error::new(
            ErrorKind::MultipleFound,
            format!("more than one {} matches a query that is to give one row", M::table().model),
        ))
    }

    /// The number of rows that [`all`](Query::all) would give.
    pub async fn count(self, db: &impl Executor) -> Result<u64> {
        let statement = plan::count(&self.select);
        let fetched = fetch(db, &statement, |row| row.read::<u64>()).await?;
        one_cell(fetched)
    }

    /// Whether there is a row.
    pub async fn exists(self, db: &impl Executor) -> Result<bool> {
        let statement = plan::exists(&self.select);
        one_cell(fetch(db, &statement, |row| row.read::<bool>()).await?)
    }

    /// The rows one after the other. Memory holds a portion of them; the stream keeps its
    /// connection until it is at its end or dropped.
    pub async fn stream(self, db: &impl Executor) -> Result<RowStream<Row>> {
        if !self.loads.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidQuery,
                "a stream does not load relations, because it never has all rows at hand; \
                 load them for each row, or read pages with `limit`",
            ));
        }
        let decode = self.decode;
        RowStream::open(db, Statement::Select(self.ordered()), decode).await
    }

    /// Changes the rows instead of reading them: `.update().set(…).exec(&db)`.
    pub fn update(self) -> Update<M> {
        Update::new(self.select)
    }

    /// Deletes the rows: `.delete().exec(&db)`.
    pub fn delete(self) -> Delete<M> {
        Delete::new(self.select)
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
        let mut rows = fetch(db, &statement, decode).await?.rows;
        for load in &loads {
            if rows.is_empty() {
                break;
            }
            load.load(db, rows.iter_mut().collect()).await?;
        }
        Ok(rows)
    }

    /// The tree, in the model's own order where the query names none.
    fn ordered(self) -> Select {
        let mut select = self.select;
        order_unless_distinct(&mut select, own_order(M::table()));
        select
    }

    /// No more than `rows`, in addition to the limit that is there.
    fn narrow(&mut self, rows: i64) {
        let limit = match self.select.limit.as_ref().map(|limit| &limit.value) {
            Some(Value::I64(limit)) => rows.min(*limit),
            _ => rows,
        };
        self.select.limit = Some(Literal::new(Value::I64(limit)));
    }
}

/// A number of rows; past the largest integer of the database there are none to count.
fn count_literal(rows: u64) -> Literal {
    Literal::new(Value::I64(i64::try_from(rows).unwrap_or(i64::MAX)))
}

/// Sorts a query that names no order. Where equal rows are one row, by what is selected only: they
/// have no single place in any other order.
fn order_unless_distinct(select: &mut Select, order: Vec<tree::Order>) {
    let selected = |order: &tree::Order| {
        let whole = |column: &tree::Expr| matches!(column, tree::Expr::Fields(_));
        select.columns.iter().any(|column| whole(column) || *column == order.expr)
    };
    let fits = select.distinct == Distinct::No || order.iter().all(selected);
    if select.order_by.is_empty() && fits {
        select.order_by = order;
    }
}

/// The order that a model says its rows have.
pub(super) fn own_order(table: &'static crate::schema::Table) -> Vec<tree::Order> {
    let order = |(at, descending): &(usize, bool)| field_order(table, *at, *descending);
    table.ordering.iter().map(order).collect()
}

fn key_order(table: &'static crate::schema::Table) -> Vec<tree::Order> {
    table.primary_key.iter().map(|at| field_order(table, *at, false)).collect()
}

fn field_order(table: &'static crate::schema::Table, at: usize, descending: bool) -> tree::Order {
    let column = tree::ColumnRef::own(table, table.fields[at].name);
    tree::Order { expr: tree::Expr::Column(column), descending, nulls: tree::Nulls::Greatest }
}

/// The cell of a query that has one row of one column.
fn one_cell<T: FieldType>(fetched: Fetched<T>) -> Result<T> {
    fetched.rows.into_iter().next().ok_or_else(|| {
        Error::new(ErrorKind::Internal, "the database gave no row for a query that always has one")
    })
}
