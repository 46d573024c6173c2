//! Inserting the rows of a query.

use super::create::now_of;
use super::fetch::{Fetched, fetch};
use super::returning::appended;
use super::{Column, Fields, Model, Projection, Query, Returning, Selected, Upsert};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::schema::{Default, Table, TableRef};
use crate::tree::{Conflict, ConflictTarget, Expr, Insert, InsertSource, Select, Statement};
use crate::value::FieldType;
use std::marker::PhantomData;

/// Columns of `M` that rows of type `Row` fit: one column, or a tuple of them for a tuple.
#[diagnostic::on_unimplemented(
    message = "rows of type `{Row}` do not fit these columns of `{M}`",
    note = "a query that selects a tuple needs a tuple of columns with the same types in the same order"
)]
pub trait Takes<M, Row>: Fields<M> {}

#[diagnostic::do_not_recommend]
impl<M: Model, T: FieldType> Takes<M, T> for Column<M, T> {}

#[diagnostic::do_not_recommend]
impl<M: Model, T: FieldType> Takes<M, T> for Column<M, Option<T>> {}

macro_rules! tuple_takes {
    ($(($($part:ident $row:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, $($row, $part: Takes<M, $row>),+> Takes<M, ($($row,)+)> for ($($part,)+) {}
    )+};
}

tuple_takes! {
    (A S) (A S, B T) (A S, B T, C U) (A S, B T, C U, D V) (A S, B T, C U, D V, E W)
    (A S, B T, C U, D V, E W, F X) (A S, B T, C U, D V, E W, F X, G Y)
    (A S, B T, C U, D V, E W, F X, G Y, H Z)
}

/// The rows of a query to insert, see [`Model::insert_from`].
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let names = Author::query().select(Author::name);
/// assert_eq!(Tag::insert_from(Tag::name, names).exec(&db).await?, 4);
/// let titles = Book::query().select((Book::title, Book::author_id));
/// let again = Book::insert_from((Book::title, Book::author_id), titles);
/// assert_eq!(again.or_ignore().exec(&db).await?, 0);
/// # Ok(()) })
/// ```
#[must_use = "rows are not inserted until `.exec(&db)`"]
pub struct InsertFrom<M> {
    fields: Result<Vec<usize>>,
    query: Select,
    conflict: Option<Conflict>,
    of: PhantomData<fn() -> M>,
}

impl<M> std::fmt::Debug for InsertFrom<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InsertFrom").field("query", &self.query).finish_non_exhaustive()
    }
}

impl<M: Model> InsertFrom<M> {
    pub(super) fn new<N: Model, Row: Send + 'static>(
        columns: impl Takes<M, Row>,
        query: Query<N, Row>,
    ) -> InsertFrom<M> {
        let (fields, query) = (columns.fields(), query.into_tree());
        InsertFrom { fields, query, conflict: None, of: PhantomData }
    }

    /// Leaves out rows whose key or unique values are there already.
    pub fn or_ignore(self) -> Self {
        self.with_conflict(Conflict::Ignore { target: None })
    }

    /// Says what happens to rows whose values of these fields are there already. See [`Upsert`].
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let rows = Book::query().select((Book::title, Book::author_id, Book::views * 2));
    /// let doubled = Book::insert_from((Book::title, Book::author_id, Book::views), rows)
    ///     .on_conflict((Book::author, Book::title))
    ///     .update(Book::views);
    /// assert_eq!(doubled.exec(&db).await?, 4);
    /// assert_eq!(Book::find(1).one(&db).await?.views, 20);
    /// # Ok(()) })
    /// ```
    pub fn on_conflict(self, fields: impl Fields<M>) -> Upsert<M, Selected> {
        Upsert::query(self, fields.fields().map(ConflictTarget::Fields))
    }

    pub(super) fn with_conflict(mut self, conflict: Conflict) -> Self {
        self.conflict = Some(conflict);
        self
    }

    /// Inserts all rows, or none if one is refused, and gives their number.
    pub async fn exec(self, db: &impl Executor) -> Result<u64> {
        let fetched: Fetched<()> = fetch(db, self.into_statement(Vec::new())?, |_| Ok(())).await?;
        Ok(fetched.count)
    }

    /// Inserts all rows, and gives columns and expressions of each.
    pub fn returning<P: Projection<M>>(self, projection: P) -> Returning<P::Row> {
        Returning::one(self.into_statement(appended(projection)), P::decode)
    }

    /// [`returning`](InsertFrom::returning) whole rows.
    pub fn returning_rows(self) -> Returning<M> {
        let fields = vec![Expr::fields(TableRef(M::table()))];
        Returning::one(self.into_statement(fields), M::decode)
    }

    pub(super) fn into_statement(self, returning: Vec<Expr>) -> Result<Statement> {
        let (mut fields, mut query) = (self.fields?, self.query);
        fill_defaults(M::table(), &mut fields, &mut query)?;
        let insert = Insert::new(M::table(), fields, InsertSource::Select(Box::new(query)));
        Ok(Statement::Insert(Insert { conflict: self.conflict, returning, ..insert }))
    }
}

/// Adds what this library fills in, the same in all rows, and refuses what is missing.
fn fill_defaults(table: &'static Table, fields: &mut Vec<usize>, query: &mut Select) -> Result<()> {
    let now = std::cell::OnceCell::new();
    for (at, field) in table.fields.iter().enumerate() {
        if fields.contains(&at) {
            continue;
        }
        let value = match &field.default {
            _ if field.auto_now => now_of(field.kind, &now),
            Default::Now => now_of(field.kind, &now),
            Default::Value(_) if field.primary_key || field.unique => {
                return Err(missing(table, field.name, "is made anew for each row by the program"));
            }
            Default::Value(value) => Some(value()),
            _ if field.version => Some(super::create::version_start(field.kind)),
            Default::None if !field.nullable => {
                return Err(missing(table, field.name, "has no default"));
            }
            Default::None
            | Default::Auto
            | Default::Sql(_)
            | Default::Constant(_)
            | Default::Clock
            | Default::RandomHex(_) => None,
        };
        if let Some(value) = value {
            fields.push(at);
            query.columns.push(Expr::literal(value));
        }
    }
    Ok(())
}

fn missing(table: &Table, field: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::InvalidQuery,
        format!("{}.{field} {why}; select a value for it, and name the column", table.model),
    )
}
