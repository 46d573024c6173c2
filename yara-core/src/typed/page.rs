//! Pages of a query: by number, with a total, and by the key of the row before.

use super::fetch::{Decode, named, request};
use super::query::count_literal;
use super::{Model, Query};
use crate::backend::RowSink;
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::plan::{self, Keyset, Position};
use crate::tree::{Select, Statement};
use crate::value::{RowReader, Type, Value, ValueRef};
use std::any::Any;

/// A page of the rows of a query: see [`Query::page`].
#[derive(Debug, Clone, PartialEq)]
pub struct Page<Row> {
    /// Its rows.
    pub rows: Vec<Row>,
    /// How many rows the query has in all.
    pub total: u64,
    /// Its number, from 1.
    pub number: u64,
    /// How many rows a page has.
    pub size: u64,
}

impl<Row> Page<Row> {
    /// How many pages there are.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.size)
    }

    /// Whether another page follows.
    pub fn has_next(&self) -> bool {
        self.number < self.pages()
    }
}

/// A page of rows, and where those beside it begin: see [`Query::keyset`].
#[derive(Debug, Clone, PartialEq)]
pub struct KeysetPage<Row> {
    /// Its rows.
    pub rows: Vec<Row>,
    /// What to give to [`after`](KeysetQuery::after) for the page behind it; `None` if it is the
    /// last one.
    pub next: Option<String>,
    /// What to give to [`before`](KeysetQuery::before) for the page before it; `None` if it is the
    /// first one.
    pub previous: Option<String>,
}

/// A query that is read page by page: see [`Query::keyset`].
#[derive(Debug, Clone)]
#[must_use = "a page is not read until `.fetch(&db)`"]
pub struct KeysetQuery<M, Row = M> {
    query: Query<M, Row>,
    size: u64,
    place: Place,
}

/// Where a page is.
#[derive(Debug, Clone)]
enum Place {
    First,
    After(String),
    Before(String),
}

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// The rows of a page, counted from 1, and how many rows there are in all, in two statements
    /// and one round trip. Rows that the order leaves equal stand in that of their keys, so that no
    /// row is on two pages.
    ///
    /// A page costs more the farther it is from the start, and rows that come or go shift those
    /// behind them; [`keyset`](Query::keyset) has neither trouble.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let page = Book::query().order_by(Book::views).page(2, 3, &db).await?;
    /// assert_eq!((page.rows[0].title.as_str(), page.total, page.pages()), ("100% sure", 4, 2));
    /// assert!(!page.has_next());
    /// # Ok(()) })
    /// ```
    pub async fn page(self, number: u64, size: u64, db: &impl Executor) -> Result<Page<Row>> {
        if number == 0 || size == 0 {
            let message = format!(
                "page {number} with {size} rows of {}: pages count from 1, and have a row at least",
                M::table().model
            );
            return Err(Error::new(ErrorKind::InvalidQuery, message));
        }
        let Query { decode, .. } = self;
        let loads = self.loads.clone();
        let mut select = self.into_tree();
        let count = plan::count(&select);
        plan::in_page_order(&mut select);
        let rows = slice_of(select, (number - 1).saturating_mul(size), size);
        let (mut rows, mut count) = (Statement::Select(rows), count);
        let batch = vec![request(db, &mut rows)?, request(db, &mut count)?];
        let sink = PageSink { decode, rows: Vec::new(), total: 0 };
        let sink = db.run(batch, Box::new(sink)).await.map_err(|error| named(error, &rows))?;
        let PageSink { mut rows, total, .. } = given_back(sink)?;
        super::query::load_all(&loads, &mut rows, db).await?;
        Ok(Page { rows, total, number, size })
    }

    /// The query in pages of at most so many rows, each of which begins where another one ended:
    /// none costs more than the first, and no row is missed or read twice, whatever is inserted or
    /// deleted meanwhile. The order may mix directions and hold NULLs; the primary key is added to
    /// it, so that it is complete.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let books = Book::query().order_by(Book::rating.desc()).keyset(3);
    /// let first = books.clone().fetch(&db).await?;
    /// assert_eq!(first.rows.len(), 3);
    /// let next = first.next.expect("there is another page");
    /// let second = books.clone().after(&next).fetch(&db).await?;
    /// assert_eq!((second.rows.len(), second.next), (1, None));
    /// let back = books.before(&second.previous.expect("there is a page before it"));
    /// assert_eq!(back.fetch(&db).await?.rows, first.rows);
    /// # Ok(()) })
    /// ```
    pub fn keyset(self, size: u64) -> KeysetQuery<M, Row> {
        KeysetQuery { query: self, size, place: Place::First }
    }
}

impl<M: Model, Row: Send + 'static> KeysetQuery<M, Row> {
    /// The page behind another one: what that gave as [`next`](KeysetPage::next).
    pub fn after(self, token: impl Into<String>) -> Self {
        KeysetQuery { place: Place::After(token.into()), ..self }
    }

    /// [`after`](KeysetQuery::after), if there is a token.
    pub fn after_if(self, token: Option<impl Into<String>>) -> Self {
        match token {
            Some(token) => self.after(token),
            None => self,
        }
    }

    /// The page before another one: what that gave as [`previous`](KeysetPage::previous).
    pub fn before(self, token: impl Into<String>) -> Self {
        KeysetQuery { place: Place::Before(token.into()), ..self }
    }

    /// Reads the page, in one statement.
    ///
    /// Errs where the query cannot be read in such pages, and, by
    /// [`is_invalid_value`](Error::is_invalid_value), where a token is damaged or of a query in
    /// another order.
    pub async fn fetch(self, db: &impl Executor) -> Result<KeysetPage<Row>> {
        let KeysetQuery { query, size, place } = self;
        if size == 0 {
            let message = format!("a page of {} has a row at least", M::table().model);
            return Err(Error::new(ErrorKind::InvalidQuery, message));
        }
        let (decode, loads) = (query.decode, query.loads.clone());
        let keyset = Keyset::new(query.into_tree(), db.dialect())?;
        let position = match &place {
            Place::First => Position::Start,
            Place::After(token) => Position::After(keyset.values(token)?),
            Place::Before(token) => Position::Before(keyset.values(token)?),
        };
        let mut statement = Statement::Select(keyset.page(size.saturating_add(1), &position)?);
        let kinds = keyset.kinds().collect();
        let sink = KeyedSink { decode, kinds, rows: Vec::new(), keys: Vec::new() };
        let batch = vec![request(db, &mut statement)?];
        let sink = db.run(batch, Box::new(sink)).await.map_err(|error| named(error, &statement))?;
        let KeyedSink { mut rows, mut keys, .. } = given_back(sink)?;
        let more = rows.len() as u64 > size;
        if more {
            rows.pop();
            keys.pop();
        }
        let backwards = matches!(place, Place::Before(_));
        if backwards {
            rows.reverse();
            keys.reverse();
        }
        super::query::load_all(&loads, &mut rows, db).await?;
        // Where the page was reached from a row, that row lies on the other side of it.
        let (follows, precedes) = match place {
            Place::First => (more, false),
            Place::After(_) => (more, true),
            Place::Before(_) => (true, more),
        };
        let token = |key: Option<&Vec<Value>>, is_there: bool| {
            key.filter(|_| is_there).map(|key| keyset.token(key)).transpose()
        };
        let next = token(keys.last(), follows)?;
        let previous = token(keys.first(), precedes)?;
        Ok(KeysetPage { rows, next, previous })
    }
}

/// A part of what a query gives, its own slice included.
fn slice_of(mut select: Select, offset: u64, rows: u64) -> Select {
    let known = |literal: &Option<crate::tree::Literal>| match literal.as_ref()?.value {
        Value::I64(count) => u64::try_from(count).ok(),
        _ => None,
    };
    let left = known(&select.limit).map(|limit| limit.saturating_sub(offset));
    let offset = known(&select.offset).unwrap_or_default().saturating_add(offset);
    select.limit = Some(count_literal(left.map_or(rows, |left| left.min(rows))));
    select.offset = Some(count_literal(offset));
    select
}

/// A sink of a kind that is known.
fn given_back<S: 'static>(sink: Box<dyn RowSink>) -> Result<S> {
    match sink.into_any().downcast::<S>() {
        Ok(sink) => Ok(*sink),
        Err(_) => Err(Error::new(ErrorKind::Internal, "the backend gave back another sink")),
    }
}

/// Rows, and their number in all.
struct PageSink<Row> {
    decode: Decode<Row>,
    rows: Vec<Row>,
    total: u64,
}

impl<Row: Send + 'static> RowSink for PageSink<Row> {
    fn wants_columns(&self) -> bool {
        false
    }

    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let mut reader = RowReader::new(cells);
        let read = match request {
            0 => (self.decode)(&mut reader).map(|row| self.rows.push(row)),
            _ => reader.read().map(|total| self.total = total),
        };
        read.map_err(|reason| Error::decode(reader.position(), &reason))
    }

    fn restart(&mut self) {
        self.rows.clear();
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Rows, and behind each the values that it is ordered by.
struct KeyedSink<Row> {
    decode: Decode<Row>,
    kinds: Vec<Type>,
    rows: Vec<Row>,
    keys: Vec<Vec<Value>>,
}

impl<Row: Send + 'static> RowSink for KeyedSink<Row> {
    fn wants_columns(&self) -> bool {
        false
    }

    fn row(&mut self, _request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let mut reader = RowReader::new(cells);
        let read = (self.decode)(&mut reader).and_then(|row| {
            let keys = self.kinds.iter().map(|kind| Value::from_cell(reader.take()?, *kind));
            Ok((row, keys.collect::<Result<Vec<_>, _>>()?))
        });
        let (row, keys) = read.map_err(|reason| Error::decode(reader.position(), &reason))?;
        self.rows.push(row);
        self.keys.push(keys);
        Ok(())
    }

    fn restart(&mut self) {
        self.rows.clear();
        self.keys.clear();
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
