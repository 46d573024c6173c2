//! Inserting many rows.

use super::fetch::{Fetched, named, request, run};
use super::{Model, NewRow};
use crate::backend::Request;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::schema::TableRef;
use crate::tree::{Conflict, Expr, Insert, InsertSource, Literal, Statement};
use crate::value::{Array, Value};
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

    /// Inserts all rows, or none if one is refused, and gives the number that was inserted.
    pub async fn exec(self, db: &impl Executor) -> Result<u64> {
        let statements = self.into_statements(false)?;
        let fetched: Fetched<()> = insert(db, statements, |_| Ok(())).await?;
        Ok(fetched.count)
    }

    /// Inserts all rows, or none if one is refused, and gives them as the database has them, in the
    /// order in which they were given.
    pub async fn all(self, db: &impl Executor) -> Result<Vec<M>> {
        let statements = self.into_statements(true)?;
        Ok(insert(db, statements, M::decode).await?.rows)
    }

    /// One statement for each run of rows that set the same fields; mostly one in all.
    fn into_statements(self, returning: bool) -> Result<Vec<Statement>> {
        let table = TableRef(M::table());
        let mut statements = Vec::new();
        let mut group: Vec<Vec<(usize, Expr)>> = Vec::new();
        let finish = |group: &mut Vec<Vec<(usize, Expr)>>, statements: &mut Vec<Statement>| {
            if let Some((fields, source)) = source_of(std::mem::take(group)) {
                statements.push(Statement::Insert(Insert {
                    table,
                    fields,
                    source,
                    conflict: self.conflict.clone(),
                    returning: if returning { vec![Expr::fields(table)] } else { Vec::new() },
                    tag: None,
                }));
            }
        };
        for (position, row) in self.rows.into_iter().enumerate() {
            let row = row.complete().map_err(|error| in_row(position, error))?;
            let fits = group.last().is_none_or(|last| {
                last.len() == row.len()
                    && !row.is_empty()
                    && last.iter().zip(&row).all(|((left, before), (right, now))| {
                        left == right && bindable(before) && bindable(now)
                    })
            });
            if !fits {
                finish(&mut group, &mut statements);
            }
            group.push(row);
        }
        finish(&mut group, &mut statements);
        Ok(statements)
    }
}

/// Which row of the list an error is about.
fn in_row(position: usize, error: Error) -> Error {
    error.context(format!("row {position}"))
}

fn bindable(value: &Expr) -> bool {
    matches!(value, Expr::Literal(_))
}

/// The fields that the rows of a group set, and their values: by column where all are values.
fn source_of(rows: Vec<Vec<(usize, Expr)>>) -> Option<(Vec<usize>, InsertSource)> {
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
    let literals = columns.into_iter().map(|items| {
        let element = items.first().map_or(crate::value::Type::Text, Value::kind);
        Literal::new(Value::Array(Box::new(Array::new(element.list(), items))))
    });
    Some((fields, InsertSource::Columns(literals.collect())))
}

/// Runs the statements as one batch, which is atomic.
async fn insert<R: Send + 'static>(
    db: &dyn Executor,
    mut statements: Vec<Statement>,
    decode: super::fetch::Decode<R>,
) -> Result<Fetched<R>> {
    let batch: Vec<Request> =
        statements.iter_mut().map(|statement| request(db, statement)).collect::<Result<_>>()?;
    let Some(first) = statements.first() else {
        return Ok(Fetched { rows: Vec::new(), count: 0 });
    };
    run(db, batch, decode).await.map_err(|error| named(error, first))
}
