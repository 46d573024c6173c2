//! Inserting rows that may be there already.

mod check;
mod outcome;

pub use outcome::{UpsertCount, Upserted};

use super::batch::Part;
use super::fetch::{Fetched, fetch_all};
use super::insert_many::{Told, in_order, statements, told};
use super::update::{assign, target, touch};
use super::{Column, Fields, InsertFrom, Model, NewRow, Operand, Pred};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::schema::{Table, TableRef};
use crate::tree::{Conflict, ConflictTarget, Expr, Statement};
use crate::value::FieldType;
use check::{check_each_once, check_target, undecided};
use std::marker::PhantomData;

/// In the type of an [`Upsert`]: of one row.
#[derive(Debug, Clone, Copy)]
pub struct One;

/// In the type of an [`Upsert`]: of a list of rows.
#[derive(Debug, Clone, Copy)]
pub struct Many;

/// In the type of an [`Upsert`]: of the rows of a query.
#[derive(Debug, Clone, Copy)]
pub struct Selected;

/// Refuses a conflict that the database could not tell, and rows that would be the same one.
pub(super) fn check_all(
    table: &'static Table,
    conflict: &Conflict,
    statements: &[Statement],
) -> Result<()> {
    match conflict {
        Conflict::Ignore { target: None } => Ok(()),
        Conflict::Ignore { target: Some(target) } => check_target(table, target),
        Conflict::Update { target, .. } => {
            check_target(table, target)?;
            check_each_once(table, target, statements)
        }
    }
}

/// Rows to insert, and what happens to those that are there already.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let rows = [
///     Book::create().title("Notes").author_id(1).views(7),
///     Book::create().title("Sketches").author_id(1).views(1),
/// ];
/// let books = Book::insert_many(rows)
///     .on_conflict((Book::author, Book::title))
///     .set(Book::views, Book::views + excluded(Book::views)) // the old row, and the new one
///     .each(&db)
///     .await?;
/// assert!(books[0].is_updated() && books[1].is_inserted());
/// assert_eq!(books[0].row().map(|book| book.views), Some(17));
/// # Ok(()) })
/// ```
#[must_use = "nothing is written until `.insert(&db)`, `.each(&db)` or `.exec(&db)`"]
pub struct Upsert<M, Number> {
    source: Source<M>,
    target: Result<ConflictTarget>,
    ignore: bool,
    set: Vec<(usize, Expr)>,
    filter: Vec<Expr>,
    error: Option<Error>,
    of: PhantomData<fn() -> Number>,
}

enum Source<M> {
    Rows(Vec<NewRow<M>>),
    Query(Box<InsertFrom<M>>),
}

impl<M, Number> std::fmt::Debug for Upsert<M, Number> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upsert").field("target", &self.target).finish_non_exhaustive()
    }
}

/// The value of a column in the row that was to be inserted, where another one is there: for
/// [`Upsert::set`] and [`Upsert::filter`].
pub fn excluded<M: Model, T: FieldType>(column: Column<M, T>) -> super::Expr<M, T> {
    let name = target(column).map(|at| M::table().fields[at].name);
    super::Expr::from_tree(match name {
        Ok(name) => Expr::Excluded(name),
        Err(error) => Expr::Invalid(error.to_string().into()),
    })
}

impl<M: Model, Number> Upsert<M, Number> {
    pub(super) fn rows(rows: Vec<NewRow<M>>, target: Result<ConflictTarget>) -> Self {
        Upsert::new(Source::Rows(rows), target)
    }

    pub(super) fn query(query: InsertFrom<M>, target: Result<ConflictTarget>) -> Self {
        Upsert::new(Source::Query(Box::new(query)), target)
    }

    fn new(source: Source<M>, target: Result<ConflictTarget>) -> Self {
        let (ignore, error) = (false, None);
        Upsert {
            source,
            target,
            ignore,
            set: Vec::new(),
            filter: Vec::new(),
            error,
            of: PhantomData,
        }
    }

    /// The fields are those of a unique index that holds only the rows of which this is true.
    pub fn partial(mut self, condition: Pred<M>) -> Self {
        self.target = self.target.and_then(|target| match target {
            ConflictTarget::Fields(fields) => {
                Ok(ConflictTarget::partial(fields, condition.into_tree()))
            }
            _ => Err(Error::new(
                ErrorKind::InvalidQuery,
                "a partial index is told by its fields and one condition",
            )),
        });
        self
    }

    /// The old row stays as it is.
    pub fn ignore(mut self) -> Self {
        self.ignore = true;
        self
    }

    /// The old row takes over the new one's values of these fields.
    pub fn update(mut self, fields: impl Fields<M>) -> Self {
        match fields.fields() {
            Ok(fields) => {
                for at in fields {
                    assign(&mut self.set, at, Expr::Excluded(M::table().fields[at].name));
                }
            }
            Err(error) => self.error = self.error.or(Some(error)),
        }
        self
    }

    /// A column of the old row gets a new value, or an expression over the old row and the
    /// [`excluded`] one.
    pub fn set<T: FieldType>(mut self, column: Column<M, T>, value: impl Operand<M, T>) -> Self {
        match target::<M, T>(column) {
            Ok(at) => assign(&mut self.set, at, value.operand()),
            Err(error) => self.error = self.error.or(Some(error)),
        }
        self
    }

    /// Only old rows that match are changed; the others stay as they are.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let upsert = Book::create()
    ///     .title("Notes")
    ///     .author_id(1)
    ///     .views(3)
    ///     .on_conflict((Book::author, Book::title))
    ///     .update(Book::views)
    ///     .filter(Book::views.lt(excluded(Book::views)));
    /// assert!(upsert.insert(&db).await?.is_skipped()); // it has 10 views
    /// # Ok(()) })
    /// ```
    pub fn filter(mut self, condition: Pred<M>) -> Self {
        self.filter.push(condition.into_tree());
        self
    }

    /// What happens on a conflict, checked, and the rows.
    fn into_parts(self) -> Result<(Source<M>, Conflict)> {
        let table = M::table();
        if let Some(error) = self.error {
            return Err(error);
        }
        let target = self.target?;
        check_target(table, &target)?;
        let (mut set, filter) = (self.set, self.filter);
        let conflict = match (self.ignore, set.is_empty()) {
            (true, true) if filter.is_empty() => Conflict::Ignore { target: Some(target) },
            (false, false) => {
                touch(table, &mut set)?;
                Conflict::Update { target, set, filter }
            }
            _ => return Err(undecided(table)),
        };
        Ok((self.source, conflict))
    }

    /// As a part of a batch.
    pub(super) fn into_each(self) -> Result<Part<Vec<Upserted<M>>>> {
        let fields = [Expr::fields(TableRef(M::table()))];
        let (statements, given) = self.into_statements(&fields)?;
        Ok(Part::new(statements, told::<M>, move |fetched| Ok(each_of(given, fetched))))
    }

    /// The statements, and the number of rows that were given.
    fn into_statements(self, returning: &[Expr]) -> Result<(Vec<Statement>, usize)> {
        let (source, conflict) = self.into_parts()?;
        let Source::Rows(rows) = source else {
            return Err(Error::new(ErrorKind::Internal, "the rows of a query are not told apart"));
        };
        let given = rows.len();
        let statements = statements(rows, Some(&conflict), returning, true)?;
        let is_empty = |statement: &Statement| matches!(statement, Statement::Insert(insert) if insert.fields.is_empty());
        if statements.iter().any(is_empty) {
            return Err(Error::new(
                ErrorKind::InvalidQuery,
                format!("an upsert of {} without any value meets no other row", M::table().model),
            ));
        }
        if let Conflict::Update { target, .. } = &conflict {
            check_each_once(M::table(), target, &statements)?;
        }
        Ok((statements, given))
    }
}

impl<M: Model> Upsert<M, One> {
    /// Inserts the row or does what was said, in one statement, and tells which.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let new = Account::create().owner("Eve").balance(5);
    /// let outcome = new.on_conflict(Account::owner).update(Account::balance).insert(&db).await?;
    /// let account = outcome.row().expect("there is no filter");
    /// assert_eq!((outcome.is_updated(), account.balance, account.version), (true, 5, 2));
    /// # Ok(()) })
    /// ```
    pub async fn insert(self, db: &impl Executor) -> Result<Upserted<M>> {
        Ok(each(self, db).await?.pop().unwrap_or(Upserted::Skipped))
    }
}

impl<M: Model> Upsert<M, Many> {
    /// Writes all rows, or none if one is refused, and tells of each that was given, in order, what
    /// became of it. Two rows that would be the same one are refused.
    pub async fn each(self, db: &impl Executor) -> Result<Vec<Upserted<M>>> {
        each(self, db).await
    }

    /// As [`each`](Upsert::each), and gives the numbers only.
    pub async fn exec(self, db: &impl Executor) -> Result<UpsertCount> {
        let (statements, given) = self.into_statements(&[])?;
        let fetched: Fetched<(i64, bool)> =
            fetch_all(db, statements, |row| Ok((row.read()?, row.read()?))).await?;
        let inserted = fetched.rows.iter().filter(|(_, is_new)| *is_new).count() as u64;
        let written = fetched.rows.len() as u64;
        let skipped = (given as u64).saturating_sub(written);
        Ok(UpsertCount { inserted, updated: written - inserted, skipped })
    }
}

impl<M: Model> Upsert<M, Selected> {
    /// Writes all rows of the query, or none if one is refused, and gives the number of those that
    /// are new or changed.
    pub async fn exec(self, db: &impl Executor) -> Result<u64> {
        let (source, conflict) = self.into_parts()?;
        match source {
            Source::Query(query) => query.with_conflict(conflict).exec(db).await,
            Source::Rows(_) => Err(Error::new(ErrorKind::Internal, "an insert lost its query")),
        }
    }
}

async fn each<M: Model, Number>(
    upsert: Upsert<M, Number>,
    db: &dyn Executor,
) -> Result<Vec<Upserted<M>>> {
    let fields = [Expr::fields(TableRef(M::table()))];
    let (statements, given) = upsert.into_statements(&fields)?;
    let fetched = fetch_all(db, statements, told::<M>).await?;
    Ok(each_of(given, fetched))
}

fn each_of<M>(given: usize, fetched: Fetched<Told<M>>) -> Vec<Upserted<M>> {
    in_order(given, fetched.rows).into_iter().map(Upserted::of).collect()
}
