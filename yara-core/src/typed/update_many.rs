//! Changing many rows, each to values of its own.

use super::create::check;
use super::fetch::{Decode, fetch};
use super::insert_many::{in_order, list};
use super::update::{nothing_to_set, touch};
use super::{Fields, Model, Row};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::{Executor, nested, settle};
use crate::schema::TableRef;
use crate::tree::{Expr, Statement, UpdateEach};
use crate::value::Value;
use std::collections::HashMap;

/// How many rows an error names.
const NAMED: usize = 5;

/// Rows of which some fields are to be written, see [`Model::update_many`].
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let mut books = Book::query().order_by(Book::id).all(&db).await?;
/// for (book, views) in books.iter_mut().zip([1, 2, 3, 4]) {
///     book.views = views;
/// }
/// assert_eq!(Book::update_many(&books, Book::views).exec(&db).await?, 4);
///
/// books[0].delete(&db).await?;
/// let error = Book::update_many(&books, (Book::title, Book::views)).exec(&db).await.unwrap_err();
/// assert!(error.is_stale_row()); // and nothing has been written
/// # Ok(()) })
/// ```
#[must_use = "nothing is changed until `.exec(&db)`"]
pub struct UpdateMany<M: Model> {
    keys: Vec<M::Key>,
    /// The values of all fields, row by row.
    rows: Vec<Vec<Value>>,
    fields: Result<Vec<usize>>,
    error: Option<Error>,
}

impl<M: Model> std::fmt::Debug for UpdateMany<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpdateMany").field("fields", &self.fields).finish_non_exhaustive()
    }
}

impl<M: Model> UpdateMany<M> {
    pub(super) fn new<'a>(
        rows: impl IntoIterator<Item = &'a M>,
        fields: impl Fields<M>,
    ) -> UpdateMany<M> {
        let fields = fields.fields();
        let mut many = UpdateMany { keys: Vec::new(), rows: Vec::new(), fields, error: None };
        for (position, row) in rows.into_iter().enumerate() {
            let mut values = Vec::with_capacity(M::table().fields.len());
            if let Err(reason) = row.encode(&mut values) {
                let text = format!("row {position}: {}.{}", M::table().model, reason.field);
                let error = Error::new(ErrorKind::InvalidValue, reason.reason.to_string());
                many.error.get_or_insert(error.context(text));
            }
            many.keys.push(row.key());
            many.rows.push(values);
        }
        many
    }

    /// Writes the fields of all rows in one statement, and gives their number.
    ///
    /// Errs with [`is_stale_row`](Error::is_stale_row) if one of them is gone or, where the model
    /// has a `version` field, has been changed since it was read; then nothing is written.
    pub async fn exec(self, db: &impl Executor) -> Result<u64> {
        let written = self.strictly(db, Vec::new(), |row| Ok(((), row.read()?))).await?;
        Ok(written.len() as u64)
    }

    /// As [`exec`](UpdateMany::exec), and gives the rows as they are then, in the order in which
    /// they were given: with their new versions, where the model has such.
    pub async fn all(self, db: &impl Executor) -> Result<Vec<M>> {
        self.strictly(db, vec![Expr::fields(TableRef(M::table()))], numbered::<M>).await
    }

    /// Writes the rows that are still there, and of the version that was read: for each that was
    /// given, in order, the row as it is then, or `None`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tags = Tag::query().order_by(Tag::id).all(&db).await?;
    /// tags[0].delete(&db).await?;
    /// let each = Tag::update_many(&tags, Tag::name).each(&db).await?;
    /// assert!(each[0].is_none() && each[1].is_some());
    /// # Ok(()) })
    /// ```
    pub async fn each(self, db: &impl Executor) -> Result<Vec<Option<M>>> {
        let fields = vec![Expr::fields(TableRef(M::table()))];
        let given = self.rows.len();
        let Some(statement) = self.statement(fields)? else { return Ok(Vec::new()) };
        run(db, given, statement, numbered::<M>).await
    }

    async fn strictly<R: Send + 'static>(
        self,
        db: &dyn Executor,
        returning: Vec<Expr>,
        decode: Decode<(R, i64)>,
    ) -> Result<Vec<R>> {
        let Some(statement) = self.statement(returning)? else { return Ok(Vec::new()) };
        let given = self.rows.len();
        let transaction = nested(db).await?;
        let written = run(&transaction, given, statement, decode).await;
        let outcome = written.and_then(|each| self.complete(each));
        settle(transaction, outcome).await
    }

    /// All rows, or which are missing.
    fn complete<R>(&self, each: Vec<Option<R>>) -> Result<Vec<R>> {
        let missing: Vec<usize> =
            each.iter().enumerate().filter(|(_, row)| row.is_none()).map(|(at, _)| at).collect();
        if missing.is_empty() {
            return Ok(each.into_iter().flatten().collect());
        }
        let table = M::table();
        let reason = match table.fields.iter().any(|field| field.version) {
            true => "gone, or have been changed since they were read",
            false => "gone",
        };
        let mut names: Vec<String> =
            missing.iter().take(NAMED).map(|at| format!("row {at} ({})", self.key(*at))).collect();
        if missing.len() > NAMED {
            names.push("…".into());
        }
        Err(Error::new(
            ErrorKind::StaleRow,
            format!(
                "{} of {} rows of {} are {reason}: {}; nothing was written",
                missing.len(),
                each.len(),
                table.model,
                names.join(", ")
            ),
        ))
    }

    /// The key of a row, for messages.
    fn key(&self, row: usize) -> String {
        let table = M::table();
        let part =
            |at: &usize| format!("{} {}", table.fields[*at].name, shown(&self.rows[row][*at]));
        table.primary_key.iter().map(part).collect::<Vec<_>>().join(", ")
    }

    /// The statement; none where there are no rows.
    fn statement(&self, returning: Vec<Expr>) -> Result<Option<Statement>> {
        if let Some(error) = &self.error {
            return Err(Error::new(error.kind(), error.to_string()));
        }
        let fields = match &self.fields {
            Ok(fields) => fields,
            Err(error) => return Err(Error::new(error.kind(), error.to_string())),
        };
        self.check(fields)?;
        if self.rows.is_empty() {
            return Ok(None);
        }
        let table = M::table();
        let column = |at: usize| {
            let values: Vec<Value> = self.rows.iter().map(|row| row[at].clone()).collect();
            (at, list(table.fields[at].kind, values))
        };
        let version = (0..table.fields.len()).filter(|at| table.fields[*at].version);
        let key = table.primary_key.iter().copied().chain(version).map(column).collect();
        // What all rows get besides: their versions, the time.
        let mut set: Vec<(usize, Expr)> =
            fields.iter().map(|at| (*at, Expr::And(Vec::new()))).collect();
        touch(table, &mut set)?;
        let set = set.split_off(fields.len());
        let each = fields.iter().copied().map(column).collect();
        let numbers = (0..self.rows.len() as i64).map(Value::I64).collect();
        let told = list(crate::value::Type::I64, numbers);
        let table = TableRef(table);
        Ok(Some(Statement::UpdateEach(UpdateEach { table, key, each, set, returning, told })))
    }

    /// Refuses what cannot be written, before anything is sent.
    fn check(&self, fields: &[usize]) -> Result<()> {
        let table = M::table();
        if fields.is_empty() {
            return Err(nothing_to_set(table));
        }
        for (at, index) in fields.iter().enumerate() {
            let field = &table.fields[*index];
            if fields[..at].contains(index) {
                return Err(refused(table.model, field.name, "is named twice"));
            }
            if field.primary_key {
                return Err(refused(table.model, field.name, "is the key, by which a row is told"));
            }
            if field.version {
                return Err(refused(table.model, field.name, "counts the writes by itself"));
            }
        }
        let mut seen = HashMap::with_capacity(self.keys.len());
        for (position, (key, row)) in self.keys.iter().zip(&self.rows).enumerate() {
            if let Some(first) = seen.insert(key, position) {
                return Err(Error::new(
                    ErrorKind::InvalidValue,
                    format!(
                        "rows {first} and {position} are the same {} ({}); give it once",
                        table.model,
                        self.key(position)
                    ),
                ));
            }
            for at in fields {
                check(table, *at, &Expr::literal(row[*at].clone()))
                    .map_err(|error| error.context(format!("row {position}")))?;
            }
        }
        Ok(())
    }
}

fn refused(model: &str, field: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::InvalidQuery,
        format!("{model}.{field} {why}; leave it out of the fields to write"),
    )
}

/// A value of a key, for messages.
fn shown(value: &Value) -> String {
    match value {
        Value::I16(number) => number.to_string(),
        Value::I32(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Uuid(id) => id.to_string(),
        other => format!("{other:?}"),
    }
}

/// What came back of each row that was given.
async fn run<R: Send + 'static>(
    db: &dyn Executor,
    given: usize,
    statement: Statement,
    decode: Decode<(R, i64)>,
) -> Result<Vec<Option<R>>> {
    let rows = fetch(db, statement, decode).await?.rows;
    let rows = rows.into_iter().map(|(row, number)| (row, number, true)).collect();
    Ok(in_order(given, rows).into_iter().map(|row| row.map(|(row, _)| row)).collect())
}

/// Reads a row and its number.
fn numbered<R: Row>(
    row: &mut crate::value::RowReader<'_, '_>,
) -> Result<(R, i64), crate::value::DecodeError> {
    Ok((R::decode(row)?, row.read()?))
}
