//! A sink that keeps what it is given, as text.

use crate::backend::{ColumnInfo, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ValueRef;
use std::any::Any;

/// Keeps rows as text, for asserting on them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collect {
    /// The rows: the request they belong to, and their cells in Rust's debug notation.
    pub rows: Vec<(usize, Vec<String>)>,
    /// The names of the columns, by request.
    pub columns: Vec<(usize, Vec<String>)>,
    /// The numbers of rows that the requests wrote or read.
    pub done: Vec<(usize, u64)>,
    /// How many times the batch was run again.
    pub restarts: usize,
}

impl Collect {
    /// An empty one, ready to be handed over.
    pub fn new() -> Box<Collect> {
        Box::default()
    }

    /// Gets it back when the run is over. Errs if it is another sink.
    pub fn from_sink(sink: Box<dyn RowSink>) -> Result<Collect> {
        sink.into_any()
            .downcast::<Collect>()
            .map(|collect| *collect)
            .map_err(|_| Error::new(ErrorKind::Internal, "the sink came back as another one"))
    }
}

impl RowSink for Collect {
    fn columns(&mut self, request: usize, columns: &[ColumnInfo]) -> Result<()> {
        self.columns.push((request, columns.iter().map(|column| column.name.clone()).collect()));
        Ok(())
    }

    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        self.rows.push((request, cells.iter().map(|cell| format!("{cell:?}")).collect()));
        Ok(())
    }

    fn done(&mut self, request: usize, rows: u64) -> Result<()> {
        self.done.push((request, rows));
        Ok(())
    }

    fn restart(&mut self) {
        *self = Collect { restarts: self.restarts + 1, ..Collect::default() };
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
