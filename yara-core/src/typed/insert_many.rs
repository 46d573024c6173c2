//! Inserting many rows.

use super::create::CompleteRow;
use super::fetch::{Fetched, fetch_all};
use super::returning::appended;
use super::{Fields, Many, Model, NewRow, Projection, Returning, Row, Upsert};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::schema::TableRef;
use crate::tree::{Conflict, ConflictTarget, Expr, Insert, InsertSource, Literal, Statement};
use crate::value::{Array, DecodeError, RowReader, Type, Value};
use std::marker::PhantomData;

/// A builder whose required fields are all set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a complete row of `{M}`",
    note = "give builders made by `create()` with every required field set"
)]
pub trait IntoNewRow<M> {
    /// The row.
    fn into_new_row(self) -> NewRow<M>;
}

#[diagnostic::do_not_recommend]
impl<M> IntoNewRow<M> for NewRow<M> {
    fn into_new_row(self) -> NewRow<M> {
        self
    }
}

/// Rows to insert, see [`Model::insert_many`].
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let rows = (0..1000).map(|at| Tag::create().name(format!("tag {at}")));
/// let tags = Tag::insert_many(rows).all(&db).await?;
/// assert_eq!((tags.len(), tags[7].name.as_str()), (1000, "tag 7"));
///
/// let rows = ["tag 7", "new"].map(|name| Tag::create().name(name));
/// assert_eq!(Tag::insert_many(rows).or_ignore().exec(&db).await?, 1);
/// # Ok(()) })
/// ```
#[derive(Debug)]
#[must_use = "rows are not inserted until `.exec(&db)` or `.all(&db)`"]
pub struct InsertMany<M> {
    rows: Vec<NewRow<M>>,
    conflict: Option<Conflict>,
    of: PhantomData<fn() -> M>,
}

impl<M: Model> InsertMany<M> {
    pub(super) fn new(rows: Vec<NewRow<M>>) -> InsertMany<M> {
        InsertMany { rows, conflict: None, of: PhantomData }
    }

    /// Leaves out rows whose key or unique values are there already.
    pub fn or_ignore(mut self) -> Self {
        self.conflict = Some(Conflict::Ignore { target: None });
        self
    }

    /// Says what happens to rows whose values of these fields are there already: the fields of the
    /// primary key or of a unique constraint. See [`Upsert`].
    pub fn on_conflict(self, fields: impl Fields<M>) -> Upsert<M, Many> {
        Upsert::rows(self.rows, fields.fields().map(ConflictTarget::Fields))
    }

    /// As [`on_conflict`](InsertMany::on_conflict), by the name of the constraint.
    pub fn on_constraint(self, name: &str) -> Upsert<M, Many> {
        Upsert::rows(self.rows, Ok(ConflictTarget::Constraint(name.into())))
    }

    /// Inserts all rows, or none if one is refused, and gives the number that was inserted.
    pub async fn exec(self, db: &impl Executor) -> Result<u64> {
        let statements = self.into_statements(&[])?;
        let fetched: Fetched<()> = fetch_all(db, statements, |_| Ok(())).await?;
        Ok(fetched.count)
    }

    /// Inserts all rows, or none if one is refused, and gives them as the database has them, in the
    /// order in which they were given.
    pub async fn all(self, db: &impl Executor) -> Result<Vec<M>> {
        self.returning_rows().all(db).await
    }

    /// As [`all`](InsertMany::all), and tells what was left out: for each row that was given, in
    /// order, the row as the database has it, or `None`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let rows = ["new", "rust"].map(|name| Tag::create().name(name));
    /// let each = Tag::insert_many(rows).or_ignore().each(&db).await?;
    /// assert!(each[0].is_some() && each[1].is_none()); // "rust" was there
    /// # Ok(()) })
    /// ```
    pub async fn each(self, db: &impl Executor) -> Result<Vec<Option<M>>> {
        let given = self.rows.len();
        let fields = [Expr::fields(TableRef(M::table()))];
        let statements = statements(self.rows, self.conflict.as_ref(), &fields, true)?;
        let fetched = fetch_all(db, statements, told::<M>).await?;
        Ok(in_order(given, fetched.rows).into_iter().map(|row| row.map(|(row, _)| row)).collect())
    }

    /// Inserts all rows, and gives columns and expressions of each, in the order in which they were
    /// given.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let rows = ["new", "newer"].map(|name| Tag::create().name(name));
    /// let keys: Vec<i64> = Tag::insert_many(rows).returning(Tag::id).all(&db).await?;
    /// assert_eq!(keys, [4, 5]);
    /// # Ok(()) })
    /// ```
    pub fn returning<P: Projection<M>>(self, projection: P) -> Returning<P::Row> {
        Returning::new(self.into_statements(&appended(projection)), P::decode)
    }

    /// [`returning`](InsertMany::returning) whole rows.
    pub fn returning_rows(self) -> Returning<M> {
        let fields = [Expr::fields(TableRef(M::table()))];
        Returning::new(self.into_statements(&fields), M::decode)
    }

    pub(super) fn into_statements(self, returning: &[Expr]) -> Result<Vec<Statement>> {
        statements(self.rows, self.conflict.as_ref(), returning, false)
    }
}

/// One statement for each run of rows that set the same fields; mostly one in all. With `told` each
/// row that comes back has two more cells, see [`Insert::told`].
pub(super) fn statements<M: Model>(
    rows: Vec<NewRow<M>>,
    conflict: Option<&Conflict>,
    returning: &[Expr],
    told: bool,
) -> Result<Vec<Statement>> {
    let mut groups: Vec<Vec<CompleteRow>> = Vec::new();
    for (position, row) in rows.into_iter().enumerate() {
        let row = row.complete().map_err(|error| in_row(position, error))?;
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|last| is_alike(last, &row)) => group.push(row),
            _ => groups.push(vec![row]),
        }
    }
    let mut first = 0;
    let statements = groups.into_iter().filter_map(|group| {
        let numbers = first..first + group.len() as i64;
        first = numbers.end;
        let (fields, source) = source_of(group)?;
        let told = told.then(|| match source {
            InsertSource::Columns(_) => list(Type::I64, numbers.map(Value::I64).collect()),
            _ => Literal::new(Value::I64(numbers.start)),
        });
        let (conflict, returning) = (conflict.cloned(), returning.to_vec());
        let insert = Insert::new(M::table(), fields, source);
        Some(Statement::Insert(Insert { conflict, returning, told, ..insert }))
    });
    Ok(statements.collect())
}

/// Whether two rows can be inserted by one statement.
fn is_alike(before: &CompleteRow, now: &CompleteRow) -> bool {
    before.len() == now.len()
        && !now.is_empty()
        && before.iter().zip(now).all(|((left, before), (right, now))| {
            left == right && bindable(before) && bindable(now)
        })
}

/// Reads a row, its number, and whether it is new.
pub(super) fn told<R: Row>(row: &mut RowReader<'_, '_>) -> Result<Told<R>, DecodeError> {
    Ok((R::decode(row)?, row.read()?, row.read()?))
}

/// A row with its number, and whether it is new.
pub(super) type Told<R> = (R, i64, bool);

/// What became of each row that was given: the rows that came back at their numbers.
pub(super) fn in_order<R>(given: usize, rows: Vec<Told<R>>) -> Vec<Option<(R, bool)>> {
    let mut each: Vec<Option<(R, bool)>> = (0..given).map(|_| None).collect();
    for (row, number, is_new) in rows {
        if let Some(place) = usize::try_from(number).ok().and_then(|at| each.get_mut(at)) {
            *place = Some((row, is_new));
        }
    }
    each
}

/// Which row of the list an error is about.
fn in_row(position: usize, error: Error) -> Error {
    error.context(format!("row {position}"))
}

fn bindable(value: &Expr) -> bool {
    matches!(value, Expr::Literal(_))
}

/// The fields that the rows of a group set, and their values: by column where all are values.
fn source_of(rows: Vec<CompleteRow>) -> Option<(Vec<usize>, InsertSource)> {
    let first = rows.first()?;
    let fields: Vec<usize> = first.iter().map(|(at, _)| *at).collect();
    let by_column = !first.is_empty() && first.iter().all(|(_, value)| bindable(value));
    if !by_column {
        let values = rows.into_iter().flatten().map(|(_, value)| value).collect();
        return Some((fields, InsertSource::Row(values)));
    }
    let mut columns: Vec<Vec<Value>> =
        fields.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, (_, value)) in columns.iter_mut().zip(row) {
            if let Expr::Literal(literal) = value {
                column.push(literal.value);
            }
        }
    }
    let lists = columns.into_iter().map(|items| {
        let kind = items.first().map_or(Type::Text, Value::kind);
        list(kind, items)
    });
    Some((fields, InsertSource::Columns(lists.collect())))
}

/// Values of one kind as one.
pub(super) fn list(kind: Type, items: Vec<Value>) -> Literal {
    Literal::new(Value::Array(Box::new(Array::new(kind.list(), items))))
}
