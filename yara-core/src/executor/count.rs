//! A sink for statements whose rows nobody wants.

use crate::backend::RowSink;
use crate::error::{Error, ErrorKind, Result};
use crate::value::ValueRef;
use std::any::Any;

/// Counts rows and keeps none.
pub(crate) struct Count(u64);

impl Count {
    pub(crate) fn new() -> Box<Count> {
        Box::new(Count(0))
    }

    /// The number of rows that all requests wrote or read.
    pub(crate) fn of(sink: Box<dyn RowSink>) -> Result<u64> {
        match sink.into_any().downcast::<Count>() {
            Ok(count) => Ok(count.0),
            Err(_) => Err(Error::new(ErrorKind::Internal, "a connection gave back another sink")),
        }
    }
}

impl RowSink for Count {
    fn row(&mut self, _: usize, _: &[ValueRef<'_>]) -> Result<()> {
        Ok(())
    }

    fn done(&mut self, _: usize, rows: u64) -> Result<()> {
        self.0 += rows;
        Ok(())
    }

    fn restart(&mut self) {
        self.0 = 0;
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
