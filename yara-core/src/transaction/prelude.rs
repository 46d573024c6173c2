//! The words of transactions, which all databases share, and sending them before a statement.

use crate::backend::{Access, ColumnInfo, Command, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ValueRef;
use std::any::Any;
use std::sync::{Arc, LazyLock};

static COMMIT: LazyLock<Arc<Command>> = LazyLock::new(|| control("COMMIT"));
static ROLLBACK: LazyLock<Arc<Command>> = LazyLock::new(|| control("ROLLBACK"));

fn control(sql: impl Into<Arc<str>>) -> Arc<Command> {
    Arc::new(Command::new(sql, Access::Control))
}

pub(super) fn commit() -> Arc<Command> {
    COMMIT.clone()
}

pub(super) fn rollback() -> Arc<Command> {
    ROLLBACK.clone()
}

// Named by depth, not by number: at a depth there is one at a time, and the few texts there are
// stay prepared.

pub(super) fn savepoint(depth: usize) -> Arc<Command> {
    control(format!("SAVEPOINT s{depth}"))
}

pub(super) fn release(depth: usize) -> Arc<Command> {
    control(format!("RELEASE SAVEPOINT s{depth}"))
}

pub(super) fn rollback_to(depth: usize) -> [Arc<Command>; 2] {
    [control(format!("ROLLBACK TO SAVEPOINT s{depth}")), release(depth)]
}

/// Puts statements before a batch.
pub(super) fn prepend(prelude: Vec<Arc<Command>>, batch: Vec<Request>) -> Vec<Request> {
    if prelude.is_empty() {
        return batch;
    }
    prelude.into_iter().map(|command| Request::new(command, Vec::new())).chain(batch).collect()
}

/// A sink that knows nothing of the statements before its own.
pub(super) struct Skip {
    sink: Box<dyn RowSink>,
    skipped: usize,
}

impl Skip {
    pub(super) fn over(skipped: usize, sink: Box<dyn RowSink>) -> Box<dyn RowSink> {
        if skipped == 0 { sink } else { Box::new(Skip { sink, skipped }) }
    }

    /// The sink within.
    pub(super) fn remove(skipped: usize, sink: Box<dyn RowSink>) -> Result<Box<dyn RowSink>> {
        if skipped == 0 {
            return Ok(sink);
        }
        match sink.into_any().downcast::<Skip>() {
            Ok(skip) => Ok(skip.sink),
            Err(_) => Err(Error::new(ErrorKind::Internal, "a connection gave back another sink")),
        }
    }
}

impl RowSink for Skip {
    fn columns(&mut self, request: usize, columns: &[ColumnInfo]) -> Result<()> {
        match request.checked_sub(self.skipped) {
            Some(request) => self.sink.columns(request, columns),
            None => Ok(()),
        }
    }

    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        match request.checked_sub(self.skipped) {
            Some(request) => self.sink.row(request, cells),
            None => Ok(()),
        }
    }

    fn done(&mut self, request: usize, rows: u64) -> Result<()> {
        match request.checked_sub(self.skipped) {
            Some(request) => self.sink.done(request, rows),
            None => Ok(()),
        }
    }

    fn restart(&mut self) {
        self.sink.restart();
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
