//! Running the statements of a batch, and handing each its rows.

use super::{Batched, Finish, Part};
use crate::backend::{ColumnInfo, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::tree::Statement;
use crate::typed::fetch::{named, request};
use crate::value::ValueRef;
use std::any::Any;

/// The statements of a batch, with where their rows go.
#[derive(Default)]
pub(super) struct Parts {
    parts: Vec<(Box<dyn RowSink>, Vec<Statement>)>,
}

impl Parts {
    pub(super) fn add<B: Batched>(&mut self, part: B) -> Result<Finish<B::Output>> {
        let number = self.parts.len() + 1;
        let Part { statements, sink, finish } = part
            .into_part()
            .map_err(|error| error.context(format!("statement {number} of the batch")))?;
        self.parts.push((sink, statements));
        Ok(finish)
    }

    /// Runs all statements, and gives the sinks back, filled.
    pub(super) async fn run(mut self, db: &dyn Executor) -> Result<Sinks> {
        let mut batch: Vec<Request> = Vec::with_capacity(self.parts.len());
        let mut owners = Vec::with_capacity(self.parts.len());
        for (part, (_, statements)) in self.parts.iter_mut().enumerate() {
            for (at, statement) in statements.iter_mut().enumerate() {
                let made = request(db, statement);
                let context = || format!("statement {} of the batch", part + 1);
                batch.push(made.map_err(|error| error.context(context()))?);
                owners.push((part, at));
            }
        }
        let sink = db.run(batch, Box::new(Share { parts: self.parts, owners })).await?;
        match sink.into_any().downcast::<Share>() {
            Ok(share) => Ok(Sinks(share.parts.into_iter())),
            Err(_) => Err(lost_sink()),
        }
    }
}

/// The filled sinks, in the order of the batch.
pub(super) struct Sinks(std::vec::IntoIter<(Box<dyn RowSink>, Vec<Statement>)>);

impl Sinks {
    pub(super) fn next(&mut self) -> Result<Box<dyn RowSink>> {
        self.0.next().map(|(sink, _)| sink).ok_or_else(lost_sink)
    }
}

fn lost_sink() -> Error {
    Error::new(ErrorKind::Internal, "the backend gave back another sink than it took")
}

/// Hands each request's rows to the sink of its part.
struct Share {
    parts: Vec<(Box<dyn RowSink>, Vec<Statement>)>,
    /// For each request, its part, and which statement of that it is.
    owners: Vec<(usize, usize)>,
}

impl Share {
    fn part(&mut self, request: usize) -> Result<(&mut dyn RowSink, usize, &Statement)> {
        let (part, at) = self.owners.get(request).copied().ok_or_else(lost_sink)?;
        let (sink, statements) = &mut self.parts[part];
        Ok((&mut **sink, at, &statements[at]))
    }
}

impl RowSink for Share {
    fn wants_columns(&self) -> bool {
        self.parts.iter().any(|(sink, _)| sink.wants_columns())
    }

    fn columns(&mut self, request: usize, columns: &[ColumnInfo]) -> Result<()> {
        let (sink, at, _) = self.part(request)?;
        sink.columns(at, columns)
    }

    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let (sink, at, statement) = self.part(request)?;
        sink.row(at, cells).map_err(|error| named(error, statement))
    }

    fn done(&mut self, request: usize, rows: u64) -> Result<()> {
        let (sink, at, _) = self.part(request)?;
        sink.done(at, rows)
    }

    fn restart(&mut self) {
        self.parts.iter_mut().for_each(|(sink, _)| sink.restart());
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
