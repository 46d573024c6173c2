//! Running a tree and decoding its rows straight into what the caller asked for.

use crate::backend::{Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
pub(crate) use crate::executor::request;
use crate::tree::{Expr, Statement};
use crate::value::{DecodeError, RowReader, ValueRef};
use std::any::Any;

/// How a row is decoded.
pub(crate) type Decode<R> = fn(&mut RowReader<'_, '_>) -> Result<R, DecodeError>;

/// What a statement gave.
#[derive(Debug)]
pub(crate) struct Fetched<R> {
    /// The rows.
    pub(crate) rows: Vec<R>,
    /// The number of rows that were written, or read.
    pub(crate) count: u64,
}

/// Collects decoded rows.
pub(crate) struct Collect<R> {
    pub(crate) fetched: Fetched<R>,
    decode: Decode<R>,
}

impl<R> Collect<R> {
    pub(crate) fn new(decode: Decode<R>) -> Collect<R> {
        Collect { fetched: Fetched { rows: Vec::new(), count: 0 }, decode }
    }
}

impl<R: Send + 'static> RowSink for Collect<R> {
    fn wants_columns(&self) -> bool {
        false
    }

    fn row(&mut self, _request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let mut reader = RowReader::new(cells);
        match (self.decode)(&mut reader) {
            Ok(row) => {
                self.fetched.rows.push(row);
                Ok(())
            }
            Err(reason) => Err(Error::decode(reader.position(), &reason)),
        }
    }

    fn done(&mut self, _request: usize, rows: u64) -> Result<()> {
        self.fetched.count += rows;
        Ok(())
    }

    fn restart(&mut self) {
        self.fetched.rows.clear();
        self.fetched.count = 0;
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Runs one statement.
pub(crate) async fn fetch<R: Send + 'static>(
    db: &dyn Executor,
    mut statement: Statement,
    decode: Decode<R>,
) -> Result<Fetched<R>> {
    let request = request(db, &mut statement)?;
    run(db, vec![request], decode).await.map_err(|error| named(error, &statement))
}

/// Runs statements whose rows are all of one kind as one batch, which is atomic.
pub(crate) async fn fetch_all<R: Send + 'static>(
    db: &dyn Executor,
    mut statements: Vec<Statement>,
    decode: Decode<R>,
) -> Result<Fetched<R>> {
    let batch: Vec<Request> =
        statements.iter_mut().map(|statement| request(db, statement)).collect::<Result<_>>()?;
    let Some(first) = statements.first() else {
        return Ok(Fetched { rows: Vec::new(), count: 0 });
    };
    run(db, batch, decode).await.map_err(|error| named(error, first))
}

/// Runs requests whose rows are all of one kind.
pub(crate) async fn run<R: Send + 'static>(
    db: &dyn Executor,
    batch: Vec<Request>,
    decode: Decode<R>,
) -> Result<Fetched<R>> {
    let sink = db.run(batch, Box::new(Collect::new(decode))).await?;
    collected(sink)
}

/// What a sink of kind [`Collect<R>`] holds.
pub(crate) fn collected<R: Send + 'static>(sink: Box<dyn RowSink>) -> Result<Fetched<R>> {
    match sink.into_any().downcast::<Collect<R>>() {
        Ok(collect) => Ok(collect.fetched),
        Err(_) => {
            Err(Error::new(ErrorKind::Internal, "the backend gave back another sink than it took"))
        }
    }
}

/// Puts the name of the column before an error about a cell.
pub(crate) fn named(error: Error, statement: &Statement) -> Error {
    let Some(position) = error.cell() else { return error };
    let columns = match statement {
        Statement::Select(select) => &select.columns,
        Statement::Insert(insert) => &insert.returning,
        Statement::Update(update) => &update.returning,
        Statement::Delete(delete) => &delete.returning,
        Statement::UpdateEach(update) => &update.returning,
        Statement::Raw(_) => return error,
    };
    match label(columns, position) {
        Some(label) => error.context(label),
        None => error,
    }
}

/// The name of the column at a position of a row.
fn label(columns: &[Expr], position: usize) -> Option<String> {
    let mut at = 0;
    for column in columns {
        match column {
            Expr::Fields(table, _) => {
                if let Some(field) = table.fields.get(position - at) {
                    return Some(format!(
                        "{}.{} (column `{}`)",
                        table.model, field.name, field.column
                    ));
                }
                at += table.fields.len();
                continue;
            }
            Expr::Column(column) if at == position => {
                let path: String = column.path.iter().map(|step| format!("{step}.")).collect();
                return Some(format!("{}.{path}{}", column.table.model, column.field));
            }
            _ if at == position => return None,
            _ => {}
        }
        at += 1;
    }
    None
}
