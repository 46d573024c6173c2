//! Changing rows by a query.

use super::create::{check, now_of};
use super::fetch::{Fetched, fetch};
use super::returning::appended;
use super::{Column, Model, Operand, Pred, Projection, Query, Returning};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::tree::{self, Expr, Select, Statement};
use crate::value::FieldType;
use std::marker::PhantomData;

/// A change of the rows that a query selects.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let changed = Book::filter(Book::author.name.eq("Ada"))
///     .update()
///     .set(Book::views, Book::views + 1)
///     .set(Book::rating, None)
///     .exec(&db)
///     .await?;
/// assert_eq!(changed, 2);
/// let nothing = Book::query().update().exec(&db).await.unwrap_err();
/// assert!(nothing.is_invalid_query());
/// # Ok(()) })
/// ```
#[must_use = "nothing is changed until `.exec(&db)`"]
pub struct Update<M> {
    rows: Select,
    set: Vec<(usize, Expr)>,
    /// What was wrong with a value, in words.
    error: Option<String>,
    of: PhantomData<fn() -> M>,
}

impl<M> std::fmt::Debug for Update<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Update").field("rows", &self.rows).field("set", &self.set).finish()
    }
}

impl<M> Clone for Update<M> {
    fn clone(&self) -> Self {
        let (rows, set, error) = (self.rows.clone(), self.set.clone(), self.error.clone());
        Update { rows, set, error, of: PhantomData }
    }
}

impl<M: Model> Update<M> {
    pub(super) fn new(rows: Select) -> Update<M> {
        Update { rows, set: Vec::new(), error: None, of: PhantomData }
    }

    /// A query for the rows that would be changed.
    pub(super) fn to_query(&self) -> Query<M> {
        let mut query = Query::new();
        query.select = Select { columns: query.select.columns, ..self.rows.clone() };
        query
    }

    /// Only those of the rows that match.
    pub(super) fn narrow(mut self, condition: Pred<M>) -> Self {
        self.rows.filter.push(condition.into_tree());
        self
    }

    /// Gives a column a new value, or an expression over the old row: `Book::views + 1`.
    pub fn set<T: FieldType>(mut self, column: Column<M, T>, value: impl Operand<M, T>) -> Self {
        match target::<M, T>(column) {
            Ok(at) => assign(&mut self.set, at, value.operand()),
            Err(error) => self.error = self.error.or_else(|| Some(error.to_string())),
        }
        self
    }

    /// Changes the rows and gives their number.
    pub async fn exec(self, db: &impl Executor) -> Result<u64> {
        let statement = self.into_statement(Vec::new())?;
        let fetched: Fetched<()> = fetch(db, statement, |_| Ok(())).await?;
        Ok(fetched.count)
    }

    /// Changes the rows and gives them as they are now.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let books = Book::filter(Book::views.lt(10)).update().set(Book::views, 10).all(&db).await?;
    /// assert_eq!((books[0].title.as_str(), books[0].views), ("École", 10));
    /// # Ok(()) })
    /// ```
    pub async fn all(self, db: &impl Executor) -> Result<Vec<M>> {
        self.returning_rows().all(db).await
    }

    /// Changes the rows and gives columns and expressions of each, as they are now.
    pub fn returning<P: Projection<M>>(self, projection: P) -> Returning<P::Row> {
        Returning::one(self.into_statement(appended(projection)), P::decode)
    }

    /// [`returning`](Update::returning) whole rows.
    pub fn returning_rows(self) -> Returning<M> {
        let fields = vec![Expr::fields(self.rows.table)];
        Returning::one(self.into_statement(fields), M::decode)
    }

    pub(super) fn into_statement(self, returning: Vec<Expr>) -> Result<Statement> {
        if let Some(reason) = self.error {
            return Err(Error::new(ErrorKind::InvalidQuery, reason));
        }
        let mut set = self.set;
        if set.is_empty() {
            return Err(nothing_to_set(M::table()));
        }
        touch(M::table(), &mut set)?;
        Ok(Statement::Update(tree::Update { rows: self.rows, set, returning }))
    }
}

/// The error of an update without a new value.
pub(super) fn nothing_to_set(table: &crate::schema::Table) -> Error {
    Error::new(
        ErrorKind::InvalidQuery,
        format!("an update of {} sets nothing; add `.set(column, value)`", table.model),
    )
}

/// The position of a column of the model itself.
pub(super) fn target<M: Model, T>(column: Column<M, T>) -> Result<usize> {
    let resolved = column.resolve();
    if !resolved.path.is_empty() {
        return Err(Error::new(
            ErrorKind::InvalidQuery,
            format!(
                "an update of {} sets columns of {} only, not `{}.{}`; update the other model instead",
                M::table().model,
                M::table().model,
                resolved.path.join("."),
                resolved.field
            ),
        ));
    }
    M::table().field_index(&resolved.field)
}

/// Sets a field, in place of an earlier value.
pub(super) fn assign(set: &mut Vec<(usize, Expr)>, at: usize, value: Expr) {
    match set.iter_mut().find(|(other, _)| *other == at) {
        Some((_, old)) => *old = value,
        None => set.push((at, value)),
    }
}

/// Checks the values, and adds what every update sets: the times of the last change, the versions.
pub(super) fn touch(
    table: &'static crate::schema::Table,
    set: &mut Vec<(usize, Expr)>,
) -> Result<()> {
    for (at, value) in set.iter() {
        check(table, *at, value)?;
    }
    let now = std::cell::OnceCell::new();
    for (at, field) in table.fields.iter().enumerate() {
        if set.iter().any(|(given, _)| *given == at) {
            continue;
        }
        if field.auto_now {
            if let Some(now) = now_of(field.kind, &now) {
                set.push((at, Expr::literal(now)));
            }
        } else if field.version {
            let old = Expr::Column(tree::ColumnRef::own(table, field.name));
            let one = Expr::literal(crate::value::Value::I16(1));
            set.push((at, old.binary(tree::BinaryOperator::Add, one)));
        }
    }
    Ok(())
}
