//! Changing, saving and deleting one row that has been read.

use super::fetch::{Fetched, fetch};
use super::update::{assign, nothing_to_set, target, touch};
use super::{Column, Model, Operand, Pred, Query};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::schema::Table;
use crate::tree::{self, Expr, Select, Statement};
use crate::value::{FieldType, Value};

/// Changes of one row: `book.edit().set(Book::title, "New").save(&db)`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let mut book = Book::filter(Book::title.eq("Notes")).one(&db).await?;
/// book.edit().set(Book::title, "Old notes").set(Book::views, Book::views + 1).save(&db).await?;
/// assert_eq!((book.title.as_str(), book.views), ("Old notes", 11));
/// # Ok(()) })
/// ```
#[derive(Debug)]
#[must_use = "nothing is changed until `.save(&db)`"]
pub struct Edit<'a, M> {
    row: &'a mut M,
    set: Vec<(usize, Expr)>,
    error: Option<Error>,
}

impl<'a, M: Model> Edit<'a, M> {
    pub(super) fn new(row: &'a mut M) -> Edit<'a, M> {
        Edit { row, set: Vec::new(), error: None }
    }

    /// Gives a column a new value, or an expression over the row as the database has it.
    pub fn set<T: FieldType>(mut self, column: Column<M, T>, value: impl Operand<M, T>) -> Self {
        match target::<M, T>(column) {
            Ok(at) => assign(&mut self.set, at, value.operand()),
            Err(error) => self.error = self.error.or(Some(error)),
        }
        self
    }

    /// Writes what was set, and nothing else, and takes over the row as it is then.
    ///
    /// Errs with [`is_stale_row`](Error::is_stale_row) if the row is gone or, where the model has a
    /// `version` field, has been changed since it was read.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let mut mine = Account::filter(Account::owner.eq("Eve")).one(&db).await?;
    /// let mut yours = mine.clone();
    /// mine.edit().set(Account::balance, Account::balance - 10).save(&db).await?;
    /// assert_eq!((mine.balance, mine.version), (90, 2));
    /// let error = yours.edit().set(Account::balance, 0).save(&db).await.unwrap_err();
    /// assert!(error.is_stale_row());
    /// # Ok(()) })
    /// ```
    pub async fn save(self, db: &impl Executor) -> Result<()> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.set.is_empty() {
            return Err(nothing_to_set(M::table()));
        }
        write(self.row, self.set, db).await
    }
}

/// Writes fields of a row, if it is still the row that was read.
async fn write<M: Model>(
    row: &mut M,
    mut set: Vec<(usize, Expr)>,
    db: &dyn Executor,
) -> Result<()> {
    let table = M::table();
    touch(table, &mut set)?;
    let rows = same_row(row)?;
    let returning = vec![Expr::fields(rows.table)];
    let statement = Statement::Update(tree::Update { rows, set, returning });
    match fetch(db, statement, M::decode).await?.rows.into_iter().next() {
        Some(fresh) => {
            row.refresh(fresh);
            Ok(())
        }
        None => Err(stale(table)),
    }
}

/// A query for the row, of the version that was read.
fn same_row<M: Model>(row: &M) -> Result<Select> {
    let table = M::table();
    let mut select = Query::<M>::new().filter(Pred::key_is(row.key())).select;
    if let Some(at) = table.fields.iter().position(|field| field.version) {
        let version = values(row)?.swap_remove(at);
        let column = Expr::Column(tree::ColumnRef::own(table, table.fields[at].name));
        select.filter.push(column.equal(Expr::literal(version)));
    }
    Ok(select)
}

/// The values of all fields.
fn values<M: Model>(row: &M) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(M::table().fields.len());
    row.encode(&mut values).map_err(|error| {
        let message = format!("{}.{}: {}", M::table().model, error.field, error.reason);
        Error::new(ErrorKind::InvalidValue, message)
    })?;
    Ok(values)
}

fn stale(table: &Table) -> Error {
    let reason = match table.fields.iter().any(|field| field.version) {
        true => "has been changed or deleted since it was read; read it again",
        false => "is gone",
    };
    Error::new(ErrorKind::StaleRow, format!("the {} {reason}", table.model))
}

/// Writes every field of a row but its key, see [`Model::save`].
pub(super) async fn save<M: Model>(row: &mut M, db: &dyn Executor) -> Result<()> {
    let table = M::table();
    let set: Vec<(usize, Expr)> = values(row)?
        .into_iter()
        .enumerate()
        .filter(|(at, _)| {
            let field = &table.fields[*at];
            !(field.primary_key || field.version || field.auto_now || field.computed.is_some())
        })
        .map(|(at, value)| (at, Expr::literal(value)))
        .collect();
    if set.is_empty() {
        return Err(nothing_to_set(table));
    }
    write(row, set, db).await
}

/// Deletes a row, see [`Model::delete`].
pub(super) async fn delete<M: Model>(row: &M, db: &dyn Executor) -> Result<()> {
    let statement = Statement::Delete(tree::Delete { rows: same_row(row)?, returning: Vec::new() });
    let fetched: Fetched<()> = fetch(db, statement, |_| Ok(())).await?;
    if fetched.count == 0 { Err(stale(M::table())) } else { Ok(()) }
}

/// Reads a row again, see [`Model::reload`].
pub(super) async fn reload<M: Model>(row: &mut M, db: &dyn Executor) -> Result<()> {
    match Query::<M>::new().filter(Pred::key_is(row.key())).rows(db).await?.pop() {
        Some(fresh) => {
            row.refresh(fresh);
            Ok(())
        }
        None => Err(Error::new(ErrorKind::StaleRow, format!("the {} is gone", M::table().model))),
    }
}
