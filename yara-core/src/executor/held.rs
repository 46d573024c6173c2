//! A cursor that has a connection of the pool to itself.

use crate::backend::{Cursor, RowSink};
use crate::error::Result;
use crate::future::BoxFuture;
use crate::pool::Lease;

/// Gives its connection back at its end, at an error, and when it is dropped.
pub(crate) struct HeldCursor {
    open: Option<Open>,
}

/// Dropped in this order: the connection goes back without a cursor on it.
struct Open {
    cursor: Box<dyn Cursor>,
    _lease: Lease,
}

impl HeldCursor {
    pub(crate) fn new(cursor: Box<dyn Cursor>, lease: Lease) -> HeldCursor {
        HeldCursor { open: Some(Open { cursor, _lease: lease }) }
    }
}

impl Cursor for HeldCursor {
    fn next(&mut self, sink: Box<dyn RowSink>) -> BoxFuture<'_, Result<(Box<dyn RowSink>, bool)>> {
        Box::pin(async move {
            let Some(open) = &mut self.open else { return Ok((sink, false)) };
            let portion = open.cursor.next(sink).await;
            if !matches!(portion, Ok((_, true))) {
                self.open = None;
            }
            portion
        })
    }
}
