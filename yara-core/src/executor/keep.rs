//! A sink that survives the failure of its run, so that the run can be tried again.

use crate::backend::{ColumnInfo, RowSink};
use crate::error::Result;
use crate::value::ValueRef;
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

type Slot = Arc<Mutex<Option<Box<dyn RowSink>>>>;

/// Hands everything on to another sink, and puts that one aside when it is dropped.
pub(crate) struct Keep {
    sink: Option<Box<dyn RowSink>>,
    slot: Slot,
}

/// Where a [`Keep`] puts its sink.
pub(crate) struct Kept(Slot);

impl Keep {
    pub(crate) fn new(sink: Box<dyn RowSink>) -> (Box<Keep>, Kept) {
        let slot = Slot::default();
        (Box::new(Keep { sink: Some(sink), slot: slot.clone() }), Kept(slot))
    }
}

impl Kept {
    /// The sink, if the run is over.
    pub(crate) fn take(&self) -> Option<Box<dyn RowSink>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Keep {
    fn drop(&mut self) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = self.sink.take();
    }
}

impl RowSink for Keep {
    fn wants_columns(&self) -> bool {
        self.sink.as_ref().is_some_and(|sink| sink.wants_columns())
    }

    fn columns(&mut self, request: usize, columns: &[ColumnInfo]) -> Result<()> {
        self.sink.as_mut().map_or(Ok(()), |sink| sink.columns(request, columns))
    }

    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        self.sink.as_mut().map_or(Ok(()), |sink| sink.row(request, cells))
    }

    fn done(&mut self, request: usize, rows: u64) -> Result<()> {
        self.sink.as_mut().map_or(Ok(()), |sink| sink.done(request, rows))
    }

    fn restart(&mut self) {
        if let Some(sink) = &mut self.sink {
            sink.restart();
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
